import type { Operation } from '../ingest/outcome.ts'

/** The states of a request with a key; printed into the SDL as the enum's descriptions. */
export const REQUEST_STATES = {
  RUNNING: 'A Rowgate process is working on it.',
  SETTLED: 'Every row has its final outcome: the same request is answered from the store, and nothing is sent.',
  INTERRUPTED:
    'No process is working on it, and not every row has its final outcome. The same request sends what may still be sent (`retryableCount`); rows of an APPEND that may have left stay unconfirmed.',
} as const satisfies Record<string, string>

/** The state of a request with a key. */
export type RequestState = keyof typeof REQUEST_STATES

/** The transitions of a request; events that are not listed are refused. `lapse`: the owner's lease has expired. */
export const REQUEST_TRANSITIONS = {
  RUNNING: { settle: 'SETTLED', release: 'INTERRUPTED', lapse: 'INTERRUPTED' },
  INTERRUPTED: { open: 'RUNNING' },
  SETTLED: {},
} as const satisfies Record<RequestState, { readonly [Event in 'open' | 'settle' | 'release' | 'lapse']?: RequestState }>

/** The state of a row of such a request. */
export type RowState =
  /** It was never sent, or certainly not taken. An UPSERT writes no intents: there it means that nothing is known. */
  | 'UNSENT'
  /** It may have been sent: an intent stands, and there is no outcome. */
  | 'INTENDED'
  /** Its outcome is that it may have been written. */
  | 'UNCERTAIN'
  /** It has its final outcome. */
  | 'SETTLED'

/** The events of a row: an intent, the withdrawal of the last one, or an outcome. `RETRYABLE`: rejected, but it may be taken unchanged, now or once the token or the table is mended. */
export type RowEvent = 'INTENT' | 'WITHDRAWN' | 'ACCEPTED' | 'REJECTED' | 'RETRYABLE' | 'UNCONFIRMED'

/** The transitions of a row; events that are not listed change nothing. While an intent stands, a rejection under another claim does not mean that the row was not written. */
export const ROW_TRANSITIONS: Readonly<Record<RowState, { readonly [Event in RowEvent]?: RowState }>> = {
  UNSENT: { INTENT: 'INTENDED', UNCONFIRMED: 'UNCERTAIN', REJECTED: 'SETTLED', ACCEPTED: 'SETTLED' },
  INTENDED: { WITHDRAWN: 'UNSENT', UNCONFIRMED: 'UNCERTAIN', ACCEPTED: 'SETTLED' },
  UNCERTAIN: { REJECTED: 'SETTLED', ACCEPTED: 'SETTLED' },
  SETTLED: {},
}

/** Whether a row is sent when its idempotency key comes again. */
export const SENT_AGAIN: Readonly<Record<RowState, Readonly<Record<Operation, boolean>>>> = {
  UNSENT: { UPSERT: true, APPEND: true },
  INTENDED: { UPSERT: true, APPEND: false },
  UNCERTAIN: { UPSERT: true, APPEND: false },
  SETTLED: { UPSERT: false, APPEND: false },
}
