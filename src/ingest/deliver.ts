import { perRow } from '../resource/wire-rows.ts'
import type { Attempt } from './attempts.ts'
import { type Outcome, outcomeAfter, rejectedHere } from './outcome.ts'
import type { Line } from './traffic.ts'
import type { Batch, UpstreamPort } from './upstream-port.ts'

/** Takes a batch to the upstream and brings back one outcome per row, in order. */
export type Deliver = (batch: Batch, line: Line) => Promise<Outcome[]>

/** Requests spent on a batch that is declined whole. */
const MAX_REQUESTS_PER_BATCH = 40

/** Sends a batch, in parts where its bytes are over the limit, and settles every row of it. */
export function createDeliver(upstream: UpstreamPort, attempt: Attempt, { maxBatchBytes }: { maxBatchBytes: number }): Deliver {
  const deliver: Deliver = async (batch, line) => {
    const body = upstream.encode(batch)
    const { byteLength } = body
    if (byteLength > maxBatchBytes) {
      upstream.release(body)
      if (batch.rows.length === 1) return [tooLarge(maxBatchBytes)]
      const outcomes: Outcome[] = []
      for (const part of cut(batch, Math.ceil(byteLength / maxBatchBytes))) outcomes.push(...(await deliver(part, line)))
      return outcomes
    }
    const { outcomes, isDivisible, requests } = await attempt(batch, body, line)
    return isDivisible ? await bisect(batch, outcomes, requests, line) : outcomes
  }

  /** Halves a batch that was declined whole, and what is declined of it, until the rows that spoil it stand alone. */
  async function bisect(whole: Batch, outcomes: Outcome[], requestsMade: number, line: Line): Promise<Outcome[]> {
    // First in, first out: large parts go before small ones, so that most rows are through when the requests are spent.
    const parts = halve(whole.rows.length, 0)
    for (let requests = requestsMade, part = parts.shift(); part !== undefined; part = parts.shift()) {
      const [from, to] = part
      const batch = { ...whole, rows: whole.rows.slice(from, to) }
      const isSpent = requests >= MAX_REQUESTS_PER_BATCH
      const attempted = isSpent
        ? { outcomes: perRow(batch.rows, unprocessable), isDivisible: false, requests: 0 }
        : await attempt(batch, upstream.encode(batch), line)
      requests += attempted.requests
      if (attempted.isDivisible) parts.push(...halve(to - from, from))
      attempted.outcomes.forEach((outcome, at) => {
        outcomes[from + at] = outcomeAfter(outcomes[from + at], outcome)
      })
    }
    return outcomes
  }

  return deliver
}

function halve(rows: number, from: number): [from: number, to: number][] {
  const middle = from + Math.ceil(rows / 2)
  return [
    [from, middle],
    [middle, from + rows],
  ]
}

/** A batch in so many parts of equal length, in order; every part has at least one row. */
export function cut(batch: Batch, parts: number): Batch[] {
  const size = Math.max(1, Math.ceil(batch.rows.length / Math.max(2, parts)))
  const starts = Array.from({ length: Math.ceil(batch.rows.length / size) }, (_, part) => part * size)
  return starts.map((start) => ({ ...batch, rows: batch.rows.slice(start, start + size) }))
}

function unprocessable(): Outcome {
  const message = `The upstream declines a part of the batch that holds this row, and ${MAX_REQUESTS_PER_BATCH} requests did not find out which row is to blame.`
  return { status: 'REJECTED', by: 'UPSTREAM', retryable: true, issues: [{ code: 'BATCH_UNPROCESSABLE', message }] }
}

function tooLarge(maxBatchBytes: number): Outcome {
  return rejectedHere([
    { code: 'ROW_TOO_LARGE', message: `The row alone is larger than an upstream request may be (${maxBatchBytes} bytes).` },
  ])
}
