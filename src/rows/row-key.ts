import { isExactNumber } from '../util/exact-number.ts'
import { isCleanText } from './check-value.ts'

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
