import type { Answer } from '../ingest/upstream-port.ts'

/** What a status says of all rows of a request before its body is read: an answer on rows, certainly not written, or maybe written. */
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
  // A redirect that keeps the method asks for the request elsewhere: it was not taken here, and none is followed.
  307: REFUSED,
  308: REFUSED,
  400: SPOILT,
  401: { ...REFUSED, code: 'UPSTREAM_UNAUTHORIZED' },
  403: { ...REFUSED, code: 'UPSTREAM_UNAUTHORIZED' },
  404: { ...REFUSED, code: 'UPSTREAM_NOT_FOUND' },
  // It may have been taken: the server gave up on the rest of it (408), or whoever stands before it did on the answer.
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
  // The same, as Cloudflare names it.
  524: TIMED_OUT_THERE,
}

/** What a status means, which may depend on whether a time to wait came with it; of 4xx a client treats each that it does not know as a 400. */
export function meaningOf(status: number, asksToWait: boolean): StatusMeaning {
  if (status === 503 && asksToWait) return UNAVAILABLE
  return MEANINGS[status] ?? (status >= 500 ? FAILED : status >= 400 ? REFUSED : UNREADABLE)
}

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
