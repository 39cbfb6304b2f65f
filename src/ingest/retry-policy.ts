import { listOf } from '../util/list-of.ts'
import type { Batch } from './batch.ts'
import type { Operation } from './outcome.ts'
import type { Answer, FailureClass, UpstreamError } from './upstream-port.ts'

/**
 * The retry policy: how many attempts rows may have, the first included, by failure class and operation. UPSERT is repeated
 * whenever that could help; APPEND only where the rows were certainly not taken. Retries marked free cost the upstream next to
 * nothing, and do not count against the retry budget.
 */
export const ATTEMPTS = {
  /** Nothing left the process: refused connection, DNS, connect timeout, reset before the headers went out. */
  UNSENT: { UPSERT: 5, APPEND: 5, isFree: true },
  /** The upstream asked to wait and took nothing: 429, 425. */
  NOT_YET: { UPSERT: 5, APPEND: 5, isFree: true },
  /** 503 with Retry-After: refused, probably. Operators who know their upstream can allow it for APPEND. */
  UNAVAILABLE: { UPSERT: 5, APPEND: 1, isFree: false },
  /** It was sent, and there is no reliable answer: reset, timeout, 5xx, a truncated or contradictory body. */
  LOST: { UPSERT: 5, APPEND: 1, isFree: false },
  /** The upstream refused one row with a code that operators declared to be transient. */
  ROW_NOT_YET: { UPSERT: 5, APPEND: 5, isFree: false },
  /** The upstream has decided, or Rowgate itself withheld the rows. */
  FINAL: { UPSERT: 1, APPEND: 1, isFree: false },
} as const satisfies Record<FailureClass, Record<Operation, number> & { isFree: boolean }>

/** What the operator knows of the upstream, where the policy leaves a choice. */
export interface RetryChoices {
  /** Upstream codes of single rows that may succeed when sent again unchanged. */
  readonly retryableCodes: ReadonlySet<string>
  /** A 503 with Retry-After means that nothing was written, so APPEND may be repeated after it. */
  readonly retryAppendOn503: boolean
  /** A refused batch has written nothing, so APPEND may be divided and sent again too. */
  readonly bisectAppend: boolean
}

/** How many attempts rows of an operation may have after such a failure. */
function attemptsAfter(failure: FailureClass, operation: Operation, { retryAppendOn503 }: RetryChoices): number {
  return ATTEMPTS[failure][failure === 'UNAVAILABLE' && retryAppendOn503 ? 'UPSERT' : operation]
}

/** The class of a single row that the upstream refused with these codes. */
function failureOfRefusedRow(errors: readonly UpstreamError[], { retryableCodes }: RetryChoices): FailureClass {
  const isTransient = errors.length > 0 && errors.every(({ code }) => code !== undefined && retryableCodes.has(code))
  return isTransient ? 'ROW_NOT_YET' : 'FINAL'
}

/** The places of the rows that are worth another attempt after an answer, how many attempts they may have, and whether retries are free. */
export function rowsToRepeat(answer: Answer, { rows, destination }: Batch, choices: RetryChoices) {
  const attemptsOf = (failure: FailureClass) => attemptsAfter(failure, destination.operation, choices)
  if (answer.kind !== 'answered') {
    const attempts = attemptsOf(answer.failure)
    return { again: attempts > 1 ? listOf(rows.length, (at) => at) : [], attempts, isFree: ATTEMPTS[answer.failure].isFree }
  }
  const again: number[] = []
  let attempts = 1
  let isFree = true
  answer.verdicts.forEach((verdict, at) => {
    if (verdict.kind === 'accepted') return
    const failure = verdict.kind === 'none' ? 'LOST' : failureOfRefusedRow(verdict.errors, choices)
    if (attemptsOf(failure) === 1) return
    again.push(at)
    attempts = Math.max(attempts, attemptsOf(failure))
    isFree &&= ATTEMPTS[failure].isFree
  })
  return { again, attempts, isFree }
}

const BASE_PAUSE_MS = 100

/** How long to wait before the next attempt, in milliseconds: what the upstream asked for, plus full jitter that doubles. */
export function pauseBefore(attempt: number, askedMs = 0): number {
  return askedMs + Math.random() * BASE_PAUSE_MS * 2 ** attempt
}

/** How a batch that was declined as a whole may be divided and sent again. */
export interface Division {
  /** The places of the rows of each part; a part gets a request of its own. */
  readonly parts: readonly (readonly number[])[]
  /** Status and code of a refusal that blames no single row: whether dividing helps has to be tried. */
  readonly refusal?: string
}

/** The division after an answer: the rows that the refusal does not blame, else two halves; undefined where dividing cannot help. */
export function divisionOf(
  answer: Answer,
  { rows, destination }: Batch,
  placeOf: (at: number) => number,
  { bisectAppend }: RetryChoices,
): Division | undefined {
  if (answer.kind !== 'refused' || answer.failure !== 'FINAL') return undefined
  if (destination.operation === 'APPEND' && !bisectAppend) return undefined
  const { named, status, error } = answer
  const places = listOf(rows.length, placeOf)
  if (named?.some(({ kind }) => kind === 'rejected')) {
    const others = places.filter((_, at) => named[at]?.kind !== 'rejected')
    return others.length === 0 ? undefined : { parts: [others] }
  }
  if (!answer.divisible || places.length === 1) return undefined
  return { parts: halves(places), refusal: `${status} ${error?.code ?? ''}` }
}

function halves(places: readonly number[]): readonly number[][] {
  const middle = Math.ceil(places.length / 2)
  return [places.slice(0, middle), places.slice(middle)]
}

/** Keeps retries from becoming the load that breaks an upstream. */
export interface RetryBudget {
  /** Notes a first attempt. */
  earn(): void
  /** Takes one retry from the budget; false when it is spent. */
  spend(): boolean
}

/** First attempts that pay for one retry. */
const PER_REPEAT = 5
const KEPT_SECONDS = 10
const RESERVE_PER_SECOND = 10

/** Retries may come to a fifth of the first attempts of the last ten seconds, plus ten a second, so that a quiet tenant has some as well. */
export function createRetryBudget(): RetryBudget {
  const reserve = createReserve()
  // First attempts that have not paid for a retry yet, by the second in which they were made, the oldest first.
  let unspent: { readonly second: number; firstTries: number }[] = []

  return {
    earn() {
      const second = currentSecond()
      const latest = unspent.at(-1)
      if (latest?.second === second) latest.firstTries++
      else unspent = [...unspent.filter((entry) => second - entry.second < KEPT_SECONDS), { second, firstTries: 1 }]
    },
    spend() {
      const second = currentSecond()
      unspent = unspent.filter((entry) => second - entry.second < KEPT_SECONDS)
      if (unspent.reduce((sum, { firstTries }) => sum + firstTries, 0) < PER_REPEAT) return reserve.spend()
      let owed = PER_REPEAT
      for (const entry of unspent) {
        const paid = Math.min(owed, entry.firstTries)
        entry.firstTries -= paid
        owed -= paid
      }
      return true
    },
  }
}

/** Retries that need no first attempts: ten a second, of which at most ten are saved up. */
function createReserve(): Pick<RetryBudget, 'spend'> {
  let left = RESERVE_PER_SECOND
  let countedAt = performance.now()
  return {
    spend() {
      const now = performance.now()
      left = Math.min(RESERVE_PER_SECOND, left + ((now - countedAt) * RESERVE_PER_SECOND) / 1_000)
      countedAt = now
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}

function currentSecond(): number {
  return Math.floor(performance.now() / 1_000)
}
