import type { Operation } from '../ingest/outcome.ts'

/** What a request with a key is in; printed into the SDL as the enum's docs. */
export const REQUEST_STATES = {
  RUNNING: 'A process of Rowgate is at work on it.',
  SETTLED: 'Every row has its final outcome: the same request is answered from the store, and nothing is sent.',
  INTERRUPTED:
    'Nobody is at work on it, and not every row has its final outcome. The same request sends what may still be sent (`retryableCount`); rows of an APPEND that may have left stay unconfirmed.',
} as const satisfies Record<string, string>

/** The closed list of states of a request. */
export type RequestState = keyof typeof REQUEST_STATES

/** What leads a request from state to state; what is not in the table is refused and changes nothing. A lapse is the owner's lease running out. */
export const REQUEST_TRANSITIONS = {
  RUNNING: { settle: 'SETTLED', release: 'INTERRUPTED', lapse: 'INTERRUPTED' },
  INTERRUPTED: { open: 'RUNNING' },
  SETTLED: {},
} as const satisfies Record<RequestState, { readonly [Event in 'open' | 'settle' | 'release' | 'lapse']?: RequestState }>

/** What a row of such a request is in. */
export type RowState =
  /** No request with it can have left, or each was certainly not taken. An UPSERT writes no intents: there, nothing is known. */
  | 'UNSENT'
  /** A request with it may have left: an intent stands, and nobody has said what came of it. */
  | 'INTENDED'
  /** Somebody has said that it may have been written. */
  | 'UNCERTAIN'
  /** It has its final outcome. */
  | 'SETTLED'

/** What a journal tells of a row: an intent, that none stands any more, or an outcome; `RETRYABLE` is a rejection of a row that may be taken as it is, now or when the token or the table was mended. */
export type RowEvent = 'INTENT' | 'WITHDRAWN' | 'ACCEPTED' | 'REJECTED' | 'RETRYABLE' | 'UNCONFIRMED'

/** How a row goes from state to state; what is not in the table changes nothing. While an intent stands, no rejection by others can say that the row was not written. */
export const ROW_TRANSITIONS: Readonly<Record<RowState, { readonly [Event in RowEvent]?: RowState }>> = {
  UNSENT: { INTENT: 'INTENDED', UNCONFIRMED: 'UNCERTAIN', REJECTED: 'SETTLED', ACCEPTED: 'SETTLED' },
  INTENDED: { WITHDRAWN: 'UNSENT', UNCONFIRMED: 'UNCERTAIN', ACCEPTED: 'SETTLED' },
  UNCERTAIN: { REJECTED: 'SETTLED', ACCEPTED: 'SETTLED' },
  SETTLED: {},
}

/** What is done with a row when its key comes again: sent, or told without being sent. */
export const SENT_AGAIN: Readonly<Record<RowState, Readonly<Record<Operation, boolean>>>> = {
  UNSENT: { UPSERT: true, APPEND: true },
  INTENDED: { UPSERT: true, APPEND: false },
  UNCERTAIN: { UPSERT: true, APPEND: false },
  SETTLED: { UPSERT: false, APPEND: false },
}
