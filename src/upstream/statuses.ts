import type { Answer } from '../ingest/upstream-port.ts'

/** What a status means before the body is read: an answer on rows, certainly not written, or possibly written. */
type StatusMeaning = { readonly kind: 'answered' } | Refused | Omit<Extract<Answer, { kind: 'lost' }>, 'retryAfterMs'>

type Refused = Pick<Extract<Answer, { kind: 'refused' }>, 'kind' | 'failure' | 'code' | 'divisible'>

const ANSWERED: StatusMeaning = { kind: 'answered' }
const REFUSED: Refused = { kind: 'refused', failure: 'FINAL', code: 'UPSTREAM_REFUSED_BATCH', divisible: false }
const SPOILT: Refused = { ...REFUSED, divisible: true }
const FAILED = { kind: 'lost', failure: 'LOST', reason: 'UPSTREAM_ERROR' } as const satisfies StatusMeaning
const UNAVAILABLE: StatusMeaning = { kind: 'lost', failure: 'UNAVAILABLE', reason: 'UPSTREAM_ERROR' }
const UNREADABLE = { kind: 'lost', failure: 'LOST', reason: 'UNREADABLE_ANSWER' } as const satisfies StatusMeaning
const TIMED_OUT_THERE: StatusMeaning = { ...FAILED, mayStillBeWritten: true }
const ENDED_EARLY: StatusMeaning = { ...UNREADABLE, mayStillBeWritten: true }

const MEANINGS: Readonly<Record<number, StatusMeaning>> = {
  200: ANSWERED,
  201: ANSWERED,
  202: ANSWERED,
  204: ANSWERED,
  207: ANSWERED,
  // A redirect that keeps the method: the request was not taken here, and redirects are not followed.
  307: REFUSED,
  308: REFUSED,
  400: SPOILT,
  401: { ...REFUSED, code: 'UPSTREAM_UNAUTHORIZED' },
  403: { ...REFUSED, code: 'UPSTREAM_UNAUTHORIZED' },
  404: { ...REFUSED, code: 'UPSTREAM_NOT_FOUND' },
  // Possibly taken: the server gave up waiting for the rest of the request (408), or a proxy for the answer.
  408: ENDED_EARLY,
  409: SPOILT,
  410: { ...REFUSED, code: 'UPSTREAM_NOT_FOUND' },
  413: SPOILT,
  422: SPOILT,
  425: { ...REFUSED, failure: 'NOT_YET' },
  429: { ...REFUSED, failure: 'NOT_YET', code: 'UPSTREAM_RATE_LIMITED' },
  444: ENDED_EARLY,
  460: ENDED_EARLY,
  499: ENDED_EARLY,
  504: TIMED_OUT_THERE,
  // Cloudflare's status for a timeout of the origin.
  524: TIMED_OUT_THERE,
}

/** What a status means, which may depend on `Retry-After`; unknown 4xx are treated as 400 (RFC 9110). */
export function meaningOf(status: number, asksToWait: boolean): StatusMeaning {
  if (status === 503 && asksToWait) return UNAVAILABLE
  return MEANINGS[status] ?? (status >= 500 ? FAILED : status >= 400 ? REFUSED : UNREADABLE)
}

const MAX_RETRY_AFTER_MS = 60_000

/** `Retry-After`, in seconds or as a date, as milliseconds from now, at most a minute; malformed ones are ignored. */
export function readRetryAfter(header: string | undefined): { readonly retryAfterMs?: number } {
  const ms = SECONDS.test(header ?? '') ? longest(header ?? '') : untilDate(header?.trim() ?? '')
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) }
}

/** Whole seconds, as in RFC 9110; also with a fraction, and several joined by commas, as repeated headers arrive. */
const SECONDS = /^\s*\d+(?:\.\d+)?\s*(?:,\s*\d+(?:\.\d+)?\s*)*$/

function longest(list: string): number {
  return Math.max(...list.split(',').map((seconds) => Math.ceil(Number(seconds) * 1_000)))
}

const HTTP_DATE = /^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/
/** The asctime form of HTTP dates ends in the year and means GMT; `Date.parse` would take it for local time. */
const OLDEST_FORM = /:\d{2} \d{4}$/

function untilDate(text: string): number {
  if (!HTTP_DATE.test(text)) return Number.NaN
  return Date.parse(OLDEST_FORM.test(text) ? `${text} GMT` : text) - Date.now()
}
