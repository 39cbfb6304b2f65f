import type { Tenant } from '../identity.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import type { RowIssueCode } from '../rows/issue.ts'
import { joinRows, type WireRows, wireRows } from '../rows/wire-rows.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Operation, UnconfirmedReason } from './outcome.ts'
import type { Slice } from './row-queue.ts'
import type { JournaledRow } from './send-journal.ts'

/** Where rows go; only rows of one destination can share an upstream request. */
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
  /** The callers' requests that the rows came with, also of rows that are no longer in the batch; may repeat. */
  readonly origins: readonly RequestOrigin[]
  /** The caller's request that each row came with; absent where all came with the same. */
  readonly rowOrigins?: readonly RequestOrigin[]
  /** Since when (`performance.now`) its oldest row has been waiting: since it came, or since it was to be sent again. */
  readonly waitingSince: number
  /** By when (`performance.now`) a request with it must leave: soon after, the first of its rows runs into the execution timeout. */
  readonly sentUntil: number
  /** The journal of each row; absent where none is kept. A batch never mixes both kinds. */
  readonly journaled?: readonly JournaledRow[]
}

/** One error the upstream reported on a row, in its own words. */
export interface UpstreamError {
  readonly code?: string
  readonly category?: string
  readonly message?: string
  readonly column?: string
}

/** What the upstream says of one row. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly errors: readonly UpstreamError[] }
  | { readonly kind: 'none'; readonly reason: UnconfirmedReason }

/** How an attempt ended, as far as retries are concerned; the table in `retry-policy.ts` explains each class. */
export type FailureClass = 'UNSENT' | 'NOT_YET' | 'UNAVAILABLE' | 'LOST' | 'ROW_NOT_YET' | 'FINAL'

/** The result of one attempt; unless it has verdicts on rows, with its failure class. */
export type Answer =
  /** The upstream answered: one verdict per row, in the order sent. */
  | { readonly kind: 'answered'; readonly verdicts: readonly Verdict[] }
  /** The upstream declined the whole request and applied nothing. */
  | {
      readonly kind: 'refused'
      readonly failure: FailureClass
      readonly code: RowIssueCode
      /** A single bad row may be the cause: dividing the batch may help. */
      readonly divisible: boolean
      /** How long the upstream asked to wait, in milliseconds, clamped. */
      readonly retryAfterMs?: number
      readonly status: number
      readonly error?: UpstreamError
      /** One verdict per row, in the order sent, where the refusal names rows: these are rejected, the others have none. */
      readonly named?: readonly Verdict[]
    }
  /** The request left, and it is not known whether it was taken. */
  | {
      readonly kind: 'lost'
      readonly failure: FailureClass
      readonly reason: UnconfirmedReason
      readonly retryAfterMs?: number
      /** A proxy before the upstream timed out; the upstream may still be at work. */
      readonly mayStillBeWritten?: true
    }
  /** An attempt was made, and nothing left the process. */
  | { readonly kind: 'unsent'; readonly failure: FailureClass }
  | Withheld

/** The result of a request that Rowgate did not send. */
export interface Withheld {
  readonly kind: 'withheld'
  readonly failure: FailureClass
  readonly code: 'UPSTREAM_UNAVAILABLE' | 'OVERLOADED'
}

/** The port to the upstream: what `ingest` needs of the folder `upstream`. */
export interface UpstreamPort {
  /** The request of a batch; the caller disposes of it when it is not sent again. */
  prepare(batch: Batch): UpstreamRequest
}

/** A serialised request that can be sent several times; disposing of it returns its memory to the pool. */
export interface UpstreamRequest extends Disposable {
  /** The length of its body. */
  readonly byteLength: number
  /** One attempt, ended by the signal; rejects only on a defect. Calls `noteLeft` when the request starts to leave the process. */
  send(signal: AbortSignal, noteLeft: () => void): Promise<Answer>
}

/** The share of the execution timeout within which requests may leave; the rest is for reporting what never left as not sent. */
const SENDING_SHARE = 0.98

/** The batch of slices taken from a queue. */
export function batchOf(destination: Destination, taken: readonly Slice[], executionTimeoutMs: number): Batch {
  const origins = taken.map(({ chunk }) => chunk.origin)
  const rowOrigins = taken.length === 1 ? undefined : rowOriginsOf(taken)
  const waitingSince = Math.min(...taken.map(({ chunk }) => chunk.queuedAt))
  const journaled = journaledOf(taken)
  const sentUntil = waitingSince + executionTimeoutMs * SENDING_SHARE
  const ofRows = { ...(rowOrigins && { rowOrigins }), ...(journaled && { journaled }) }
  return { destination, rows: rowsOf(taken), origins, waitingSince, sentUntil, ...ofRows }
}

function rowOriginsOf(taken: readonly Slice[]): readonly RequestOrigin[] {
  return taken.flatMap(({ chunk, from, to }) => new Array<RequestOrigin>(to - from).fill(chunk.origin))
}

/** The journal of each row; undefined where none is kept. */
function journaledOf(taken: readonly Slice[]): readonly JournaledRow[] | undefined {
  if (taken[0]?.chunk.journal === undefined) return undefined
  return taken.flatMap(({ chunk: { journal, indexes }, from, to }) =>
    journal === undefined ? [] : indexes.slice(from, to).map((index) => ({ journal, index })),
  )
}

/** The rows of a batch; those of a whole chunk are used as they are. */
function rowsOf(taken: readonly Slice[]): WireRows {
  return joinRows(taken.map(({ chunk: { rows }, from, to }) => (to - from === rows.length ? rows : rows.slice(from, to))))
}

/** The batch with only the rows at these places, in that order. */
export function pickRows(batch: Batch, places: readonly number[]): Batch {
  const { rows, rowOrigins, journaled } = batch
  return {
    ...batch,
    rows: wireRows(places.map((at) => rows.at(at))),
    ...(rowOrigins && { rowOrigins: places.flatMap((at) => rowOrigins[at] ?? []) }),
    // They have been sent before: waiting starts anew.
    waitingSince: performance.now(),
    ...(journaled && { journaled: places.flatMap((at) => journaled[at] ?? []) }),
  }
}

/** The batch with only the rows from one place up to but not including another. */
export function sliceRows(batch: Batch, from: number, to: number): Batch {
  const { rows, rowOrigins, journaled } = batch
  const kept = { ...(rowOrigins && { rowOrigins: rowOrigins.slice(from, to) }), ...(journaled && { journaled: journaled.slice(from, to) }) }
  return { ...batch, rows: rows.slice(from, to), ...kept }
}
