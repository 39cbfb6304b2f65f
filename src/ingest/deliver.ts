import { setTimeout as pause } from 'node:timers/promises'
import { type Outcome, rejectedHere } from './outcome.ts'
import { settle } from './settle.ts'
import type { Answer, Batch, UpstreamPort } from './upstream-port.ts'

/** Takes a batch to the upstream and brings back one outcome per row, in order. */
export type Deliver = (batch: Batch) => Promise<Outcome[]>

const MAX_ATTEMPTS = 3
const BASE_PAUSE_MS = 100

/** Sends a batch, in parts where its bytes are over the limit, and settles every row of it. */
export function createDeliver(upstream: UpstreamPort, { maxBatchBytes }: { maxBatchBytes: number }): Deliver {
  const deliver: Deliver = async (batch) => {
    const body = upstream.encode(batch)
    if (body.byteLength <= maxBatchBytes) return settle(await attempt(upstream, batch, body), batch)
    if (batch.rows.length === 1) return [tooLarge(maxBatchBytes)]

    const outcomes: Outcome[] = []
    for (const part of cut(batch, Math.ceil(body.byteLength / maxBatchBytes))) outcomes.push(...(await deliver(part)))
    return outcomes
  }
  return deliver
}

/** Repeats only what was certainly not taken: that is safe for both operations. */
async function attempt(upstream: UpstreamPort, batch: Batch, body: Buffer): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await upstream.send(batch, body)
    const wasNotTaken = answer.kind === 'unsent' || (answer.kind === 'refused' && answer.retryable)
    if (!wasNotTaken || tries === MAX_ATTEMPTS) return answer
    const asked = answer.kind === 'refused' ? answer.retryAfterMs : undefined
    await pause((asked ?? 0) + Math.random() * BASE_PAUSE_MS * 2 ** tries)
  }
}

/** A batch in so many parts of equal length, in order; every part has at least one row. */
export function cut(batch: Batch, parts: number): Batch[] {
  const size = Math.max(1, Math.ceil(batch.rows.length / Math.max(2, parts)))
  const starts = Array.from({ length: Math.ceil(batch.rows.length / size) }, (_, part) => part * size)
  return starts.map((start) => ({ ...batch, rows: batch.rows.slice(start, start + size) }))
}

function tooLarge(maxBatchBytes: number): Outcome {
  return rejectedHere([
    { code: 'ROW_TOO_LARGE', message: `The row alone is larger than an upstream request may be (${maxBatchBytes} bytes).` },
  ])
}
