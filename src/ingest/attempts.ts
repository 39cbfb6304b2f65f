import { listOf } from '../util/list-of.ts'
import { type Batch, pickRows } from './batch.ts'
import { departureOf, withdrawRejected } from './departure.ts'
import type { Events } from './events.ts'
import type { TenantLimits } from './limits/tenant-limits.ts'
import { type Outcome, outcomeAfter, worthAnother } from './outcome.ts'
import { type Division, divisionOf, pauseBefore, type RetryChoices, rowsToRepeat } from './retry-policy.ts'
import { settle } from './settle.ts'
import type { Answer, UpstreamPort, UpstreamRequest } from './upstream-port.ts'

// Why retries neither write a row twice nor report a false outcome:
//
//  1. The failure class and the operation decide whether rows are sent again (`retry-policy.ts`). Repeating an UPSERT changes
//     nothing; an APPEND is repeated only where its rows were certainly not taken, or where the operator vouches for that.
//  2. An accepted row is never sent again: of an answer, only the rows that it did not accept are.
//  3. A row that may have been written is never reported as rejected afterwards (`outcomeAfter`): a later no says nothing about
//     the earlier attempt. So a rejected row was rejected by, or never reached, every attempt. A later yes is true in any case.
//  4. A retry that was withheld is not an attempt, and changes no outcome.
//  5. Later attempts carry the rows that are still open, in order; `placeOf` maps each of them to its place in the batch.
//  6. An attempt that timed out, here or at a proxy, may still be carried out, so its keys stay locked for as long as another
//     attempt may take (`mayBeWrittenUntil`): the next write of a key does not overtake it.

// An aborted request keeps its permit this long: the next one uses another socket and may reach the upstream before the abort does.
const PARTING_MS = 100

// A retry that would have less than this share of an attempt's timeout is not worth starting.
const LEAST_TIME = 0.1

/** Timeouts of attempts, in milliseconds, the retry policy's choices, and who is told of each attempt. */
export interface AttemptOptions {
  readonly attemptTimeoutMs: number
  /** All attempts at a batch together, pauses included. */
  readonly attemptsTimeoutMs: number
  readonly retry: RetryChoices
  readonly events: Pick<Events, 'emit'>
}

/** What the attempts at a batch came to. */
export interface Attempted {
  /** One outcome per row, in order. */
  readonly outcomes: Outcome[]
  /** Where the upstream declined the batch as a whole: the parts that are worth another request. */
  readonly division: Division | undefined
  readonly requests: number
  /** Until when (`performance.now`) a slow upstream may still write rows of an attempt that timed out. */
  readonly mayBeWrittenUntil: number
}

/** Sends a batch, then again the rows whose failure class allows it, while time and retry budget last. */
export type Attempt = (batch: Batch, request: UpstreamRequest, limits: TenantLimits) => Promise<Attempted>

/** The retry loop, which keeps account of single rows. */
export function createAttempt(upstream: UpstreamPort, options: AttemptOptions): Attempt {
  const { attemptTimeoutMs, attemptsTimeoutMs, retry, events } = options
  return async (whole, wholeRequest, limits) => {
    const until = performance.now() + attemptsTimeoutMs
    const lastTurn = Math.min(until, whole.sentUntil)
    const timeUp = new AbortController()
    const timer = setTimeout(() => timeUp.abort(), Math.max(0, lastTurn - performance.now()))
    const rows = createOpenRows()
    limits.budget.earn()
    let requests = 0
    let division: Division | undefined
    let mayBeWrittenUntil = 0
    const onGivenUp = () => {
      mayBeWrittenUntil = performance.now() + attemptTimeoutMs
    }

    /** Repeats a request until that cannot help; returns the rows to go on with, where these are only some of it. */
    async function repeat(batch: Batch, request: UpstreamRequest): Promise<Batch | undefined> {
      const sendOnce = createSendOnce(batch, request, events, onGivenUp)
      const send = (noteLeft: () => void) => sendOnce(noteLeft, Math.min(attemptTimeoutMs, until - performance.now()))
      for (;;) {
        const departure = batch.journaled && departureOf(batch.journaled, timeUp.signal)
        const answer = await limits.request(batch.origins, departure?.guard(send) ?? send, timeUp.signal)
        const partly = departure?.takenOut()
        if (partly !== undefined) {
          rows.note(partly.outcomes)
          return rows.keepOpen(batch, partly.left)
        }
        // Where a retry was withheld, the outcomes of the attempt before stand: after it these rows were to be sent again.
        if (++requests > 1 && answer.kind === 'withheld') return rows.markAllRepeatable(batch)
        rows.note(settle(answer, batch))
        const { again, attempts, isFree } = rowsToRepeat(answer, batch, retry)
        const asked = 'retryAfterMs' in answer ? answer.retryAfterMs : undefined
        const pause = pauseBefore(requests, asked)
        const isInTime = performance.now() + pause + attemptTimeoutMs * LEAST_TIME < lastTurn
        const goesOn = again.length > 0 && requests < attempts && isInTime && (isFree || limits.budget.spend())
        if (!goesOn) {
          rows.markRepeatable(again, asked)
          division = divisionOf(answer, batch, rows.placeOf, retry)
          if (division !== undefined) withdrawRejected(whole, division.parts.flat(), (at) => rows.outcomes()[at])
          return undefined
        }
        withdrawRejected(batch, again, (at) => rows.outcomes()[rows.placeOf(at)])
        await pass(pause)
        if (again.length < batch.rows.length) return rows.keepOpen(batch, again)
      }
    }

    try {
      let left = await repeat(whole, wholeRequest)
      while (left !== undefined) {
        using request = upstream.prepare(left)
        left = await repeat(left, request)
      }
      return { outcomes: rows.outcomes(), division, requests, mayBeWrittenUntil }
    } finally {
      clearTimeout(timer)
    }
  }
}

/**
 * Single attempts at a request, with an event before and after each; for a retry, waiting counts from the answer before. One that timed out
 * keeps its permit until the upstream has had time to see the abort.
 */
function createSendOnce(batch: Batch, request: UpstreamRequest, events: Pick<Events, 'emit'>, onGivenUp: () => void) {
  let { waitingSince } = batch
  return async (noteLeft: () => void, timeoutMs: number): Promise<Answer> => {
    const ending = new AbortController()
    const timer = setTimeout(() => ending.abort(), Math.max(1, timeoutMs))
    try {
      const began = performance.now()
      events.emit('batch:sent', { batch, waitedMs: began - waitingSince })
      const answer = await request.send(ending.signal, noteLeft)
      waitingSince = performance.now()
      events.emit('batch:answered', { batch, answer, ms: waitingSince - began })
      if (answer.kind === 'unsent') return answer
      if (ending.signal.aborted || (answer.kind === 'lost' && answer.mayStillBeWritten)) onGivenUp()
      if (ending.signal.aborted) await pass(PARTING_MS)
      return answer
    } finally {
      clearTimeout(timer)
    }
  }
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** The outcomes of a batch over all its attempts; later attempts carry only the rows that are still open. */
function createOpenRows() {
  let outcomes: Outcome[] = []
  let open: readonly number[] | undefined

  /** The place in the whole batch of an open row. */
  const placeOf = (at: number) => open?.[at] ?? at

  /** Records the outcomes of an attempt, one for each open row. */
  function note(latest: Outcome[]): void {
    if (outcomes.length === 0) outcomes = latest
    else for (const [at, outcome] of latest.entries()) outcomes[placeOf(at)] = outcomeAfter(outcomes[placeOf(at)], outcome)
  }

  /** Leaves only these of the open rows open: the batch of them, or undefined where there are none. */
  function keepOpen(batch: Batch, some: readonly number[]): Batch | undefined {
    open = some.map(placeOf)
    return some.length === 0 ? undefined : pickRows(batch, some)
  }

  /** Marks open rows as worth sending again later. */
  function markRepeatable(some: readonly number[], retryAfterMs: number | undefined): void {
    for (const at of some) outcomes[placeOf(at)] = worthAnother(outcomes[placeOf(at)] as Outcome, retryAfterMs)
  }

  function markAllRepeatable(batch: Batch): undefined {
    markRepeatable(
      listOf(batch.rows.length, (at) => at),
      undefined,
    )
  }

  return { outcomes: () => outcomes, placeOf, note, keepOpen, markRepeatable, markAllRepeatable }
}
