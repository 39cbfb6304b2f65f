import type { Tenant } from '../identity.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import { type WireRows, wireRows } from '../rows/chunk.ts'
import type { RowIssueCode } from '../rows/issue.ts'
import type { WireRow } from '../rows/wire-row.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Operation, UnconfirmedReason } from './outcome.ts'
import type { Slice } from './row-queue.ts'
import type { JournaledRow } from './send-journal.ts'

/** What rows must have in common to share an upstream request. */
export interface Destination {
  readonly tenant: Tenant
  readonly solution: Solution
  readonly resource: Resource
  readonly operation: Operation
  readonly dryRun: boolean
}

/** The rows of one upstream request; no two of them have the same primary key. */
export interface Batch {
  readonly destination: Destination
  readonly rows: WireRows
  /** The requests whose rows these are, or were before some were sent by themselves; one may come several times. */
  readonly origins: readonly RequestOrigin[]
  /** Since when the oldest of its rows waits to leave, by the clock of `performance.now`: since it came, or is to be sent again. */
  readonly waitingSince: number
  /** When none of its requests is to leave any more, by the same clock: soon after, the first of its rows is told as it stands. */
  readonly sentUntil: number
  /** Who keeps a journal of each row; absent where nobody does: rows of both kinds share no batch. */
  readonly journaled?: readonly JournaledRow[]
}

/** One error the upstream reported on a row, in its own words. */
export interface UpstreamError {
  readonly code?: string
  readonly category?: string
  readonly message?: string
  readonly column?: string
}

/** The upstream's word on one row. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly errors: readonly UpstreamError[] }
  | { readonly kind: 'none'; readonly reason: UnconfirmedReason }

/** How an attempt ended, as far as sending the same rows again is concerned; what each means stands in the table of `retry-policy.ts`. */
export type FailureClass = 'UNSENT' | 'NOT_YET' | 'UNAVAILABLE' | 'LOST' | 'ROW_NOT_YET' | 'FINAL'

/** What one attempt to send a batch came to; unless it is an answer on rows, with its class for the table of repeats. */
export type Answer =
  /** The upstream spoke: one verdict per row, in the order sent. */
  | { readonly kind: 'answered'; readonly verdicts: readonly Verdict[] }
  /** The upstream declined the whole request and applied nothing. */
  | {
      readonly kind: 'refused'
      readonly failure: FailureClass
      readonly code: RowIssueCode
      /** One row may have spoilt the request: a part of it may be taken. */
      readonly divisible: boolean
      /** How long the upstream asked to wait, in milliseconds, clamped. */
      readonly retryAfterMs?: number
      readonly status: number
      readonly error?: UpstreamError
      /** One verdict per row, in the order sent, where the refusal names rows: those are rejected, on the others nothing is said. */
      readonly named?: readonly Verdict[]
    }
  /** The request left, and it is not known whether it was taken. */
  | {
      readonly kind: 'lost'
      readonly failure: FailureClass
      readonly reason: UnconfirmedReason
      readonly retryAfterMs?: number
      /** Whoever stands before the upstream gave up on it, which may still be at work. */
      readonly mayStillBeWritten?: true
    }
  /** Nothing left the process, though it was tried. */
  | { readonly kind: 'unsent'; readonly failure: FailureClass }
  | Withheld

/** The result of a request that Rowgate did not send. */
export interface Withheld {
  readonly kind: 'withheld'
  readonly failure: FailureClass
  readonly code: 'UPSTREAM_UNAVAILABLE' | 'OVERLOADED'
}

/** The way out: what `ingest` needs of whoever speaks the upstream's wire. */
export interface UpstreamPort {
  /** The request of a batch; the caller disposes of it when it is not sent again. */
  prepare(batch: Batch): UpstreamRequest
}

/** A request that is ready to leave, once or several times; its memory serves others when it is disposed of. */
export interface UpstreamRequest extends Disposable {
  /** The length of its body. */
  readonly byteLength: number
  /** One attempt, until the signal ends it; resolves whatever happens, rejects only on a defect. Calls `noteLeft` when it begins to leave the process. */
  send(signal: AbortSignal, noteLeft: () => void): Promise<Answer>
}

/** What of the time of its rows a batch may wait to leave: so that what never left, or was refused, is told as that. */
const SENDING_SHARE = 0.98

/** The batch of what was taken from a queue, whose rows may take so many milliseconds to their outcomes. */
export function batchOf(destination: Destination, taken: readonly Slice[], executionTimeoutMs: number): Batch {
  const origins = taken.map(({ chunk }) => chunk.origin)
  const waitingSince = Math.min(...taken.map(({ chunk }) => chunk.queuedAt))
  const journaled = journaledOf(taken)
  const sentUntil = waitingSince + executionTimeoutMs * SENDING_SHARE
  return { destination, rows: rowsOf(taken), origins, waitingSince, sentUntil, ...(journaled && { journaled }) }
}

/** Who keeps a journal of each row; undefined where nobody does. */
function journaledOf(taken: readonly Slice[]): readonly JournaledRow[] | undefined {
  if (taken[0]?.chunk.journal === undefined) return undefined
  return taken.flatMap(({ chunk: { journal, indexes }, from, to }) =>
    journal === undefined ? [] : indexes.slice(from, to).map((index) => ({ journal, index })),
  )
}

/** The rows of a batch; a whole chunk is taken as it is. */
function rowsOf(taken: readonly Slice[]): WireRows {
  const [only, second] = taken
  if (only && second === undefined && only.from === 0 && only.to === only.chunk.rows.length) return only.chunk.rows
  const rows: WireRow[] = []
  for (const { chunk, from, to } of taken) for (let at = from; at < to; at++) rows.push(chunk.rows.at(at))
  return wireRows(rows)
}

/** The batch with only the rows at these places, in that order. */
export function pickRows(batch: Batch, places: readonly number[]): Batch {
  const { rows, journaled } = batch
  return {
    ...batch,
    rows: wireRows(places.map((at) => rows.at(at))),
    // They have been sent before, and wait anew.
    waitingSince: performance.now(),
    ...(journaled && { journaled: places.flatMap((at) => journaled[at] ?? []) }),
  }
}

/** The batch with only the rows from one place up to but not including another. */
export function sliceRows(batch: Batch, from: number, to: number): Batch {
  const { rows, journaled } = batch
  return { ...batch, rows: rows.slice(from, to), ...(journaled && { journaled: journaled.slice(from, to) }) }
}
