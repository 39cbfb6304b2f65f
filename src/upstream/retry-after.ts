const MAX_RETRY_AFTER_MS = 60_000

/** `Retry-After` as seconds or a date, in milliseconds from now, a minute at most; the past is now, nonsense counts as unsaid. */
export function readRetryAfter(header: string | undefined): { readonly retryAfterMs?: number } {
  const text = header?.trim() ?? ''
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : HTTP_DATE.test(text) ? Date.parse(text) - Date.now() : Number.NaN
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) }
}

const HTTP_DATE = /^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/
