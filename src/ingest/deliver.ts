import { wireRows } from '../resource/wire-rows.ts'
import type { Attempt, Attempted } from './attempts.ts'
import type { Division } from './division.ts'
import { type Outcome, outcomeAfter, rejectedHere } from './outcome.ts'
import type { Refusals } from './refusals.ts'
import type { Line } from './traffic.ts'
import type { Batch, UpstreamPort } from './upstream-port.ts'

/** What became of a batch. */
export interface Delivered {
  /** One outcome per row, in order. */
  readonly outcomes: Outcome[]
  /** Until when, by the clock of `performance.now`, a slow upstream may still write rows of an attempt that was given up on. */
  readonly mayBeWrittenUntil: number
}

/** Takes a batch to the upstream and brings back what became of its rows. */
export type Deliver = (batch: Batch, line: Line, refusals: Refusals) => Promise<Delivered>

/** What bounds the delivery of a batch. */
export interface DeliverLimits {
  readonly maxBatchBytes: number
  /** How long a batch that was declined whole may be divided, in milliseconds. */
  readonly attemptsTimeoutMs: number
}

/** Requests spent on a batch that is declined whole. */
const MAX_REQUESTS_PER_BATCH = 40

/** Sends a batch, in parts where its bytes are over the limit, and settles every row of it. */
export function createDeliver(upstream: UpstreamPort, attempt: Attempt, { maxBatchBytes, attemptsTimeoutMs }: DeliverLimits): Deliver {
  const deliver: Deliver = async (batch, line, refusals) => {
    const body = upstream.encode(batch)
    const { byteLength } = body
    if (byteLength > maxBatchBytes) {
      upstream.release(body)
      if (batch.rows.length === 1) return { outcomes: [tooLarge(maxBatchBytes)], mayBeWrittenUntil: 0 }
      const parts: Delivered[] = []
      for (const part of cut(batch, Math.ceil(byteLength / maxBatchBytes))) parts.push(await deliver(part, line, refusals))
      return { outcomes: parts.flatMap(({ outcomes }) => outcomes), mayBeWrittenUntil: latestOf(parts) }
    }
    const until = performance.now() + attemptsTimeoutMs
    const first = await attempt(batch, body, line)
    if (hasAccepted(first)) refusals.noteAccepted()
    if (first.division === undefined) return first
    const parts = await divide(batch, first, first.division, line, refusals, until)
    return { outcomes: first.outcomes, mayBeWrittenUntil: latestOf([first, ...parts]) }
  }

  /** Sends the parts of a batch that was declined whole, and what is declined of them, until the rows that spoil it stand alone. */
  async function divide(
    whole: Batch,
    { outcomes, requests: requestsMade }: Attempted,
    division: Division,
    line: Line,
    refusals: Refusals,
    until: number,
  ): Promise<readonly Attempted[]> {
    const study = createStudy(refusals)
    const made: Attempted[] = []
    // First in, first out: large parts go before small ones, so that most rows are through when the requests are spent.
    const parts = [...(await study.partsOf(division))]
    const untried: number[] = []
    try {
      for (let requests = requestsMade, part = parts.shift(); part !== undefined; part = parts.shift()) {
        const places = part
        if (requests >= MAX_REQUESTS_PER_BATCH || performance.now() >= until) {
          untried.push(...places)
          continue
        }
        const batch = { ...whole, rows: wireRows(places.map((at) => whole.rows.at(at))) }
        const attempted = await attempt(batch, upstream.encode(batch), line)
        made.push(attempted)
        requests += attempted.requests
        attempted.outcomes.forEach((outcome, at) => {
          const place = places[at] as number
          outcomes[place] = outcomeAfter(outcomes[place], outcome)
        })
        if (hasAccepted(attempted)) study.noteAccepted()
        const further = attempted.division === undefined ? [] : await study.partsOf(attempted.division)
        for (const within of further) parts.push(within.map((at) => places[at] as number))
      }
    } finally {
      study.end()
    }
    // Where no row was good the upstream's words stand for all of them; else some of these may be, and nobody has found out.
    if (study.hasGoodRows()) for (const place of untried) outcomes[place] = unprocessable(outcomes[place] as Outcome)
    return made
  }

  return deliver
}

/** What one batch that is divided takes from the other batches' refusals, and gives to them. */
function createStudy(refusals: Refusals) {
  let refusal: string | undefined
  let hasGoodRows = false
  return {
    hasGoodRows: () => hasGoodRows,
    /** The parts to send; none where dividing is known not to help. */
    async partsOf(division: Division): Promise<Division['parts']> {
      if (division.refusal === undefined || refusal !== undefined) return division.parts
      if (!(await refusals.isWorthDividing(division.refusal))) return []
      refusal = division.refusal
      return division.parts
    },
    noteAccepted(): void {
      hasGoodRows = true
      refusals.noteAccepted()
    },
    end(): void {
      if (refusal !== undefined) refusals.noteDivided(refusal, hasGoodRows)
    },
  }
}

function latestOf(made: readonly Delivered[]): number {
  return Math.max(...made.map(({ mayBeWrittenUntil }) => mayBeWrittenUntil))
}

function hasAccepted({ outcomes }: Attempted): boolean {
  return outcomes.some(({ status }) => status === 'ACCEPTED')
}

/** A batch in so many parts of equal length, in order; every part has at least one row. */
export function cut(batch: Batch, parts: number): Batch[] {
  const size = Math.max(1, Math.ceil(batch.rows.length / Math.max(2, parts)))
  const starts = Array.from({ length: Math.ceil(batch.rows.length / size) }, (_, part) => part * size)
  return starts.map((start) => ({ ...batch, rows: batch.rows.slice(start, start + size) }))
}

/** The outcome of a row whose part of a declined batch was not tried by itself: refused in the upstream's words, and worth another try. */
function unprocessable(declined: Outcome): Outcome {
  if (declined.status !== 'REJECTED') return declined
  const why = `Rows beside this one spoil its batch, and ${MAX_REQUESTS_PER_BATCH} requests did not find out whether it is good.`
  const issues = declined.issues.map((issue) => ({ ...issue, code: 'BATCH_UNPROCESSABLE' as const, message: `${why} ${issue.message}` }))
  return { ...declined, retryable: true, issues }
}

function tooLarge(maxBatchBytes: number): Outcome {
  return rejectedHere([
    { code: 'ROW_TOO_LARGE', message: `The row alone is larger than an upstream request may be (${maxBatchBytes} bytes).` },
  ])
}
