import type { Attempt, Attempted } from './attempts.ts'
import { createDivide, hasAccepted, type Refusals } from './divide.ts'
import type { TenantLimits } from './limits/tenant-limits.ts'
import { type Outcome, rejectedHere } from './outcome.ts'
import { type Batch, sliceRows, type UpstreamPort } from './upstream-port.ts'

/** What became of a batch. */
export type BatchResult = Pick<Attempted, 'outcomes' | 'mayBeWrittenUntil'>

/** Takes a batch to the upstream and brings back what became of its rows. */
export type SendBatch = (batch: Batch, limits: TenantLimits, refusals: Refusals) => Promise<BatchResult>

/** Sends a batch, in parts where its bytes are over the limit, and settles every row of it; for `attemptsTimeoutMs` one that was declined whole may be divided. */
export function createSendBatch(
  upstream: UpstreamPort,
  attempt: Attempt,
  { maxBatchBytes, attemptsTimeoutMs }: { readonly maxBatchBytes: number; readonly attemptsTimeoutMs: number },
): SendBatch {
  const divide = createDivide(upstream, attempt)

  /** Attempts at all rows in one request, or only how many bytes that would have where these are too many. */
  async function sendWhole(batch: Batch, limits: TenantLimits): Promise<Attempted | number> {
    using request = upstream.prepare(batch)
    return request.byteLength > maxBatchBytes ? request.byteLength : await attempt(batch, request, limits)
  }

  async function sendInParts(parts: readonly Batch[], limits: TenantLimits, refusals: Refusals): Promise<BatchResult> {
    const sent: BatchResult[] = []
    for (const part of parts) sent.push(await sendBatch(part, limits, refusals))
    return { outcomes: sent.flatMap(({ outcomes }) => outcomes), mayBeWrittenUntil: latestOf(sent) }
  }

  const sendBatch: SendBatch = async (batch, limits, refusals) => {
    const until = Math.min(performance.now() + attemptsTimeoutMs, batch.sentUntil)
    const first = await sendWhole(batch, limits)
    if (typeof first === 'number') {
      if (batch.rows.length === 1) return { outcomes: [tooLarge(maxBatchBytes)], mayBeWrittenUntil: 0 }
      return await sendInParts(cut(batch, Math.ceil(first / maxBatchBytes)), limits, refusals)
    }
    if (hasAccepted(first)) refusals.noteAccepted()
    if (first.division === undefined) return first
    const parts = await divide(batch, first, { division: first.division, limits, refusals, until })
    return { outcomes: first.outcomes, mayBeWrittenUntil: latestOf([first, ...parts]) }
  }

  return sendBatch
}

function latestOf(made: readonly BatchResult[]): number {
  return Math.max(...made.map(({ mayBeWrittenUntil }) => mayBeWrittenUntil))
}

/** A batch in so many parts of equal length, in order; every part has at least one row. */
function cut(batch: Batch, parts: number): Batch[] {
  const size = Math.max(1, Math.ceil(batch.rows.length / Math.max(2, parts)))
  const starts = Array.from({ length: Math.ceil(batch.rows.length / size) }, (_, part) => part * size)
  return starts.map((start) => sliceRows(batch, start, start + size))
}

function tooLarge(maxBatchBytes: number): Outcome {
  return rejectedHere([
    { code: 'ROW_TOO_LARGE', message: `The row alone is larger than an upstream request may be (${maxBatchBytes} bytes).` },
  ])
}
