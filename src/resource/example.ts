import type { Resource } from './define-resource.ts'
import { camelCase } from './names.ts'

/** The declared example in field names, as a caller would send it. */
export function exampleRow(resource: Resource): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource.example).map(([name, value]) => [camelCase(name), value]))
}
