import type { Operation } from './outcome.ts'

/** How an attempt ended, as far as sending the same rows again is concerned. */
export type FailureClass = keyof typeof ATTEMPTS

/**
 * How many attempts rows may have, the first one included, by what became of an attempt and the operation: the one table of it.
 * UPSERT may be repeated whenever that could help; APPEND only where the rows were certainly not taken. What cost the upstream
 * next to nothing is repeated without taking from the retry budget.
 */
const ATTEMPTS = {
  /** Nothing left the process: refused connection, DNS, connect timeout, reset before the headers went out. */
  UNSENT: { UPSERT: 5, APPEND: 5, isFree: true },
  /** The upstream asked for patience and took nothing: 429, 425. */
  NOT_YET: { UPSERT: 5, APPEND: 5, isFree: true },
  /** 503 with Retry-After: refused, probably. Operators who know their upstream can allow it for APPEND. */
  UNAVAILABLE: { UPSERT: 5, APPEND: 1, isFree: false },
  /** It left, and no answer can be relied on: reset, timeout, 5xx, a truncated or contradictory body. */
  LOST: { UPSERT: 5, APPEND: 1, isFree: false },
  /** The upstream refused one row with a code that operators declared to be transient. */
  ROW_NOT_YET: { UPSERT: 5, APPEND: 5, isFree: false },
  /** The upstream has spoken, or Rowgate itself withheld the rows. */
  FINAL: { UPSERT: 1, APPEND: 1, isFree: false },
} as const satisfies Record<string, Record<Operation, number> & { isFree: boolean }>

/** What operators say of their upstream where the rules leave a choice. */
export interface RetryChoices {
  /** Upstream codes of single rows that may succeed when sent again unchanged. */
  readonly retryableCodes: ReadonlySet<string>
  /** A 503 with Retry-After means that nothing was written, so APPEND may be repeated after it. */
  readonly retryAppendOn503: boolean
  /** A refused batch has written nothing, so APPEND may be divided and sent again too. */
  readonly bisectAppend: boolean
}

/** How many attempts rows of that operation may have that have come to that. */
export function attemptsAfter(failure: FailureClass, operation: Operation, { retryAppendOn503 }: RetryChoices): number {
  return ATTEMPTS[failure][failure === 'UNAVAILABLE' && retryAppendOn503 ? 'UPSERT' : operation]
}

/** Whether a repeat after that costs no budget. */
export function isRepeatFree(failure: FailureClass): boolean {
  return ATTEMPTS[failure].isFree
}

/** The class of a single row that the upstream refused with these codes. */
export function failureOfRefusedRow(codes: readonly (string | undefined)[], { retryableCodes }: RetryChoices): FailureClass {
  const isTransient = codes.length > 0 && codes.every((code) => code !== undefined && retryableCodes.has(code))
  return isTransient ? 'ROW_NOT_YET' : 'FINAL'
}

const BASE_PAUSE_MS = 100

/** How long to wait before the next attempt, in milliseconds: what the upstream asked for, plus full jitter that doubles. */
export function pauseBefore(attempt: number, askedMs = 0): number {
  return askedMs + Math.random() * BASE_PAUSE_MS * 2 ** attempt
}
