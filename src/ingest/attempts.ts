import { departureOf, withdrawRejected } from './departure.ts'
import type { Events } from './events.ts'
import type { TenantLimits } from './limits/tenant-limits.ts'
import { type Outcome, outcomeAfter, worthAnother } from './outcome.ts'
import { type Division, divisionOf, pauseBefore, type RetryChoices, rowsToRepeat } from './retry-policy.ts'
import { settle } from './settle.ts'
import { type Answer, type Batch, pickRows, type UpstreamPort, type UpstreamRequest } from './upstream-port.ts'

// Why repeats neither write a row twice nor tell a caller what is not so:
//
//  1. The class of a failure, and the operation, say whether rows go again (`retry-policy.ts`). An UPSERT of the same row again
//     changes nothing; an APPEND goes again only where its rows were certainly not taken, or where the operator vouches for that.
//  2. A row that was accepted never goes again: of an answer only rows that it did not accept do.
//  3. A row that may have been written is not called rejected any more (`outcomeAfter`): a later no says nothing of the earlier
//     attempt. So a rejected row was rejected by, or never reached, every attempt. A later yes is true whatever came before.
//  4. A repeat that was withheld is no attempt, and changes no outcome.
//  5. Later attempts carry the rows that are still open, in order; `placeOf` says which row of the batch each of them is.
//  6. An attempt that was given up on, here or on the way, may still be carried out, so its keys stay locked for the time of
//     another attempt (`mayBeWrittenUntil`): the next write of a key does not come before it.

// A broken connection and the next request travel on different sockets: the later may arrive first, and find too many under way.
const PARTING_MS = 100

// A repeat with less of an attempt's time than this left would only be given up on.
const LEAST_TIME = 0.1

/** How long attempts may take, in milliseconds, which rows go again, and who hears of each. */
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
  /** Where the upstream declined the rows together: the parts that are worth another request. */
  readonly division: Division | undefined
  readonly requests: number
  /** Until when, by the clock of `performance.now`, a slow upstream may still write rows of an attempt that was given up on. */
  readonly mayBeWrittenUntil: number
}

/** Sends a batch by its request; the rows whose failure class allows it are sent again, by themselves, while time and budget last. */
export type Attempt = (batch: Batch, request: UpstreamRequest, limits: TenantLimits) => Promise<Attempted>

/** The row-aware loop of attempts. */
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

    /** Repeats a request until that cannot help, or only for some of its rows: these are what is left to send. */
    async function repeat(batch: Batch, request: UpstreamRequest): Promise<Batch | undefined> {
      const sendAndTell = telling(events, batch, request)
      const send = (noteLeft: () => void) =>
        sendOnce((signal) => sendAndTell(signal, noteLeft), Math.min(attemptTimeoutMs, until - performance.now()), onGivenUp)
      for (;;) {
        const departure = batch.journaled && departureOf(batch.journaled, timeUp.signal)
        const answer = await limits.request(batch.origins, departure?.guard(send) ?? send, timeUp.signal)
        const partly = departure?.takenOut()
        if (partly !== undefined) {
          rows.note(partly.outcomes)
          return rows.keepOpen(batch, partly.left)
        }
        // Of a repeat that was not made the earlier attempt has more to say.
        if (++requests === 1 || answer.kind !== 'withheld') rows.note(settle(answer, batch))
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

/** Sends a request and says so, as often as it is called; of a repeat the rows have waited since the answer before. */
function telling(events: Pick<Events, 'emit'>, batch: Batch, request: UpstreamRequest): UpstreamRequest['send'] {
  let { waitingSince } = batch
  return async (signal, noteLeft) => {
    const began = performance.now()
    events.emit('batch:sent', { batch, waitedMs: began - waitingSince })
    const answer = await request.send(signal, noteLeft)
    waitingSince = performance.now()
    events.emit('batch:answered', { batch, answer, ms: waitingSince - began })
    return answer
  }
}

/** One attempt. One that was given up on keeps its permit until the upstream has had time to hear of that. */
async function sendOnce(send: (signal: AbortSignal) => Promise<Answer>, timeoutMs: number, onGivenUp: () => void): Promise<Answer> {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(), Math.max(1, timeoutMs))
  try {
    const answer = await send(ending.signal)
    if (answer.kind === 'unsent') return answer
    if (ending.signal.aborted || (answer.kind === 'lost' && answer.mayStillBeWritten)) onGivenUp()
    if (ending.signal.aborted) await pass(PARTING_MS)
    return answer
  } finally {
    clearTimeout(timer)
  }
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Outcomes of the rows of a batch over all attempts, of which the later ones concern fewer rows: those still open. */
function createOpenRows() {
  let outcomes: Outcome[] = []
  let open: readonly number[] | undefined

  /** The place in the whole batch of an open row. */
  const placeOf = (at: number) => open?.[at] ?? at

  /** Takes what an attempt came to for the open rows. */
  function note(latest: Outcome[]): void {
    if (outcomes.length === 0) outcomes = latest
    else for (const [at, outcome] of latest.entries()) outcomes[placeOf(at)] = outcomeAfter(outcomes[placeOf(at)], outcome)
  }

  /** Leaves only these of the open rows open: the batch of them, or undefined where there are none. */
  function keepOpen(batch: Batch, some: readonly number[]): Batch | undefined {
    open = some.map(placeOf)
    return some.length === 0 ? undefined : pickRows(batch, some)
  }

  /** Says of some open rows that they may be sent again later. */
  function markRepeatable(some: readonly number[], retryAfterMs: number | undefined): void {
    for (const at of some) outcomes[placeOf(at)] = worthAnother(outcomes[placeOf(at)] as Outcome, retryAfterMs)
  }

  return { outcomes: () => outcomes, placeOf, note, keepOpen, markRepeatable }
}
