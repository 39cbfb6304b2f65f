import { contract } from '../../schema/index.ts'
import { exampleRow, type Resource } from '../../src/resource/define-resource.ts'

/** The resource of that GraphQL name. */
export function resourceNamed(name: string): Resource {
  const resource = contract.resources.find((candidate) => candidate.graphqlName === name)
  if (resource === undefined) throw new Error(`no resource is called ${name}`)
  return resource
}

/** A valid product row. */
export function product(productId: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...exampleRow(resourceNamed('Products')), productId, ...changes }
}

/** So many valid product rows with keys P0, P1, ... */
export function products(count: number, prefix = 'P'): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, at) => product(`${prefix}${at}`))
}

/** What judged rows have that carry no custom attributes. */
export const WITHOUT_ATTRIBUTES = { attributeNames: undefined, judgeAttributes: () => undefined } as const
