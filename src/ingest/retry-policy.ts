import type { Operation } from './outcome.ts'

/** What an attempt left behind, as far as sending the same rows again is concerned. */
export type FailureClass = keyof typeof SEND_AGAIN

/**
 * Whether rows are sent again, by what became of the attempt and the operation: the one table of it. UPSERT may be repeated
 * whenever that could help; APPEND only where the rows were certainly not taken. What cost the upstream next to nothing is
 * repeated without a word of the retry budget.
 */
export const SEND_AGAIN = {
  /** Nothing left the process: refused connection, DNS, connect timeout, reset before the headers went out. */
  UNSENT: { UPSERT: true, APPEND: true, isFree: true },
  /** The upstream asked for patience and took nothing: 429, 425. */
  NOT_YET: { UPSERT: true, APPEND: true, isFree: true },
  /** 503 with Retry-After: refused, probably. Operators who know their upstream can allow it for APPEND. */
  UNAVAILABLE: { UPSERT: true, APPEND: false, isFree: false },
  /** It left, and no answer can be relied on: reset, timeout, 5xx, a truncated or contradictory body. */
  LOST: { UPSERT: true, APPEND: false, isFree: false },
  /** The upstream refused one row with a code that operators declared to be transient. */
  ROW_NOT_YET: { UPSERT: true, APPEND: true, isFree: false },
  /** The upstream has spoken, or Rowgate itself withheld the rows. */
  FINAL: { UPSERT: false, APPEND: false, isFree: false },
} as const satisfies Record<string, Record<Operation | 'isFree', boolean>>

/** What operators say of their upstream where the rules leave a choice. */
export interface RetryChoices {
  /** Upstream codes of single rows that may succeed when sent again unchanged. */
  readonly retryableCodes: ReadonlySet<string>
  /** A 503 with Retry-After means that nothing was written, so APPEND may be repeated after it. */
  readonly retryAppendOn503: boolean
  /** A refused batch has written nothing, so APPEND may be divided and sent again too. */
  readonly bisectAppend: boolean
}

/** Whether rows are sent again after that. */
export function isSentAgain(failureClass: FailureClass, operation: Operation, { retryAppendOn503 }: RetryChoices): boolean {
  return SEND_AGAIN[failureClass][operation] || (failureClass === 'UNAVAILABLE' && retryAppendOn503)
}

/** Attempts at the same rows, the first one included. */
export const MAX_ATTEMPTS = 5

const BASE_PAUSE_MS = 100

/** How long to wait before the next attempt, in milliseconds: what the upstream asked for, plus full jitter that doubles. */
export function pauseBefore(attempt: number, askedMs = 0): number {
  return askedMs + Math.random() * BASE_PAUSE_MS * 2 ** attempt
}
