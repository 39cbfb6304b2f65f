import { perRow, wireRows } from '../resource/wire-rows.ts'
import { type Division, divisionOf } from './division.ts'
import { type Outcome, outcomeAfter } from './outcome.ts'
import { type Aftermath, isSentAgain, MAX_ATTEMPTS, pauseBefore, type RetryChoices } from './retry-rules.ts'
import { settle } from './settle.ts'
import type { Line } from './traffic.ts'
import type { Answer, Batch, UpstreamPort, Verdict } from './upstream-port.ts'

// A broken connection and the next request travel on different sockets: the later may arrive first.
const PARTING_MS = 100

/** How long attempts may take, in milliseconds. */
export interface AttemptLimits {
  readonly attemptTimeoutMs: number
  /** All attempts at a batch together, pauses included. */
  readonly attemptsTimeoutMs: number
}

/** What the attempts at a batch came to. */
export interface Attempted {
  /** One outcome per row, in order. */
  readonly outcomes: Outcome[]
  /** Where the upstream declined the rows together: what of them it may take. */
  readonly division: Division | undefined
  readonly requests: number
}

/** Sends a batch; the rows whose fate allows it are sent again, by themselves, while time and budget last. The body is released. */
export type Attempt = (batch: Batch, body: Buffer, line: Line) => Promise<Attempted>

/** The row-aware loop of attempts. */
export function createAttempt(upstream: UpstreamPort, limits: AttemptLimits, choices: RetryChoices): Attempt {
  const send = (batch: Batch, body: Buffer, line: Line, until: number) =>
    line.request(batch.origins, () => sendOnce(upstream, batch, body, Math.min(limits.attemptTimeoutMs, until - performance.now())))

  return async (whole, wholeBody, line) => {
    const until = performance.now() + limits.attemptsTimeoutMs
    const fates = createFates()
    line.budget.earn()
    let batch = whole
    let body = wholeBody
    try {
      for (let requests = 1; ; requests++) {
        const answer = await send(batch, body, line, until)
        const again = rowsToRepeat(answer, batch, choices)
        fates.note(settle(answer, batch))
        const pause = pauseBefore(requests, 'retryAfterMs' in answer ? answer.retryAfterMs : 0)
        const goesOn = again.length > 0 && requests < MAX_ATTEMPTS && performance.now() + pause < until && line.budget.spend()
        if (!goesOn) return { outcomes: fates.outcomes(), division: divisionOf(answer, batch, fates.placeOf, choices), requests }
        if (again.length < batch.rows.length) {
          fates.keepOpen(again)
          batch = { ...batch, rows: wireRows(again.map((at) => batch.rows.at(at))) }
          upstream.release(body)
          body = upstream.encode(batch)
        }
        await pass(pause)
      }
    } finally {
      upstream.release(body)
    }
  }
}

/** One attempt. One that was given up on keeps its slot and its keys until the upstream has had time to hear of that. */
async function sendOnce(upstream: UpstreamPort, batch: Batch, body: Buffer, timeoutMs: number): Promise<Answer> {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(), Math.max(1, timeoutMs))
  try {
    const answer = await upstream.send(batch, body, ending.signal)
    if (ending.signal.aborted) await pass(PARTING_MS)
    return answer
  } finally {
    clearTimeout(timer)
  }
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Outcomes of the rows of a batch over all attempts, of which the later ones concern fewer rows. */
function createFates() {
  let outcomes: Outcome[] = []
  let open: readonly number[] | undefined
  const placeOf = (at: number) => open?.[at] ?? at
  return {
    outcomes: () => outcomes,
    /** The place in the whole batch of a row that is still open. */
    placeOf,
    /** Takes what an attempt came to for the rows still open. */
    note(latest: Outcome[]): void {
      if (outcomes.length === 0) outcomes = latest
      else
        latest.forEach((outcome, at) => {
          outcomes[placeOf(at)] = outcomeAfter(outcomes[placeOf(at)], outcome)
        })
    },
    /** Leaves only these of the open rows open. */
    keepOpen(again: readonly number[]): void {
      open = again.map(placeOf)
    },
  }
}

/** Places in the batch of the rows that are sent again. */
function rowsToRepeat(answer: Answer, { rows, destination }: Batch, choices: RetryChoices): readonly number[] {
  const goesAgain = (aftermath: Aftermath) => isSentAgain(aftermath, destination.operation, choices)
  if (answer.kind !== 'answered') return goesAgain(aftermathOf(answer)) ? perRow(rows, (at) => at) : []
  const again: number[] = []
  answer.verdicts.forEach((verdict, at) => {
    if (verdict.kind !== 'accepted' && goesAgain(aftermathOfRow(verdict, choices))) again.push(at)
  })
  return again
}

function aftermathOf(answer: Exclude<Answer, { kind: 'answered' }>): Aftermath {
  switch (answer.kind) {
    case 'unsent':
      return 'UNSENT'
    case 'refused':
      return answer.retryable ? 'NOT_YET' : 'FINAL'
    case 'lost':
      return answer.retryAfterMs === undefined ? 'LOST' : 'UNAVAILABLE'
    case 'withheld':
      return 'FINAL'
  }
}

function aftermathOfRow(verdict: Exclude<Verdict, { kind: 'accepted' }>, { retryableCodes }: RetryChoices): Aftermath {
  if (verdict.kind === 'none') return 'LOST'
  const isOfTheMoment = verdict.errors.length > 0 && verdict.errors.every(({ code }) => code !== undefined && retryableCodes.has(code))
  return isOfTheMoment ? 'ROW_NOT_YET' : 'FINAL'
}
