import { wholeNumber } from '../lenient-read.ts'

const CENTURY_END_S = Date.UTC(2100) / 1_000

/** Whether a value is a time of this century: a date as text, or seconds or milliseconds since 1970. */
export function isTimestamp(value: unknown): boolean {
  if (typeof value === 'number') return [value, value / 1_000].some((seconds) => seconds > 1e9 && seconds < CENTURY_END_S)
  return /^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(String(value))
}

/** Whether a value means nothing: false, null, 0, an empty text or list, or a word such as none. */
export function isNothing(value: unknown): boolean {
  return value === false || value === null || /^(?:|0(?:\.0+)?\s*%?|none|null|nil|n\/a|-|\[\]|\{\})$/i.test(String(value).trim())
}

/** A number as a switch; in the answer to a dry run, numbers above 1 are counts. */
export function bitOf(value: unknown, dryRun: boolean): boolean | undefined {
  const number = wholeNumber(value)
  return number === undefined || (dryRun && number > 1) ? undefined : number !== 0
}

/** A switch, also as text in some languages; otherwise undefined. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  const text = value.trim().toLowerCase()
  if (/^(?:true|t|yes|y|on|ja|oui|si|sí)$/.test(text)) return true
  return /^(?:false|f|no|n|off|nein|non)$/.test(text) ? false : undefined
}
