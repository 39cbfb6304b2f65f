const MAX_RETRY_AFTER_MS = 60_000

/** `Retry-After` as seconds or a date, in milliseconds from now, a minute at most; the past is now, nonsense counts as unsaid. */
export function readRetryAfter(header: string | undefined): { readonly retryAfterMs?: number } {
  const ms = SECONDS.test(header ?? '') ? longest(header ?? '') : untilDate(header?.trim() ?? '')
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) }
}

/** Whole seconds, as RFC 9110 has them; also with a fraction, and as two headers come. */
const SECONDS = /^\s*\d+(?:\.\d+)?\s*(?:,\s*\d+(?:\.\d+)?\s*)*$/

function longest(list: string): number {
  return Math.max(...list.split(',').map((seconds) => Math.ceil(Number(seconds) * 1_000)))
}

const HTTP_DATE = /^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/
/** The oldest form of HTTP ends in the year and means GMT; `Date.parse` would take it for local time. */
const OLDEST_FORM = /:\d{2} \d{4}$/

function untilDate(text: string): number {
  if (!HTTP_DATE.test(text)) return Number.NaN
  return Date.parse(OLDEST_FORM.test(text) ? `${text} GMT` : text) - Date.now()
}
