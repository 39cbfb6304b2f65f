import type { Tenant } from '../identity.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import { type Chunk, joinRows, type WireRows, wireRows } from '../rows/chunk.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Priority } from './limits/fair-semaphore.ts'
import type { Operation, Outcome } from './outcome.ts'

/** Where rows go; only rows of one destination can share an upstream request. */
export interface Destination {
  readonly tenant: Tenant
  readonly solution: Solution
  readonly resource: Resource
  readonly operation: Operation
  readonly dryRun: boolean
}

/** The journal of one mutation's rows, by their indexes in it: asked before rows leave, and told their outcomes. */
export interface SendJournal {
  /**
   * Records, before an attempt, that rows are about to leave; they may not where it resolves with false or rejects. It answers
   * within seconds, since the rows hold a permit that others wait for.
   */
  intend(rows: readonly number[]): Promise<boolean>
  /** Records that these rows were certainly not taken. */
  withdraw(rows: readonly number[]): Promise<void>
  /** Records one outcome for each of the rows, over all attempts. */
  tell(rows: readonly number[], outcomes: readonly Outcome[]): Promise<void>
}

/** A row with its journal. */
export interface JournaledRow {
  readonly journal: SendJournal
  /** In its mutation. */
  readonly index: number
}

/** A chunk that is to be sent, and for whom; keys with the same hash count as one. */
export interface QueuedChunk extends Chunk {
  readonly origin: RequestOrigin
  readonly priority: Priority
  /** When its rows came, by the clock of `performance.now`. */
  readonly queuedAt: number
  /** The journal of its rows, if one is kept; such chunks share no queue with others. */
  readonly journal?: SendJournal
}

/** Neighbouring rows of a chunk, from one place up to but not including another. */
export interface Slice {
  readonly chunk: QueuedChunk
  readonly from: number
  readonly to: number
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
  const all = taken.map(rowsIn)
  return all.length === 1 ? (all[0] as WireRows) : joinRows(all)
}

function rowsIn({ chunk: { rows }, from, to }: Slice): WireRows {
  return to - from === rows.length ? rows : rows.slice(from, to)
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
