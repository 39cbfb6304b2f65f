import type { Resource } from '../resource/define-resource.ts'
import { isExactNumber } from '../util/exact-number.ts'
import { isCleanText } from './check-value.ts'

/** The public key of any row, by field; the plain twin of the generated code. */
export function keyOf(row: Record<string, unknown>, resource: Resource): Record<string, unknown> {
  return Object.fromEntries(resource.keyColumns.map(({ field }) => [field, showable(row[field])]))
}

const MAX_SHOWN = 1024

/** A good value as part of a public key: a very long text is not shown. */
export function shortened(value: unknown): unknown {
  return typeof value === 'string' && value.length > MAX_SHOWN ? null : value
}

/** Any value as part of a public key: only what an answer can carry is shown. */
export function showable(value: unknown): unknown {
  if (typeof value === 'string') return isCleanText(value) ? shortened(value) : null
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) || isExactNumber(value) ? value : null
}
