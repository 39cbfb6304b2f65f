import type { WireRow } from '../rows/wire-row.ts'
import { type WireRows, wireRows } from '../rows/wire-rows.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Caller } from './fair-semaphore.ts'
import type { KeyLocks } from './key-locks.ts'
import { type Outcome, unconfirmed } from './outcome.ts'
import { rowsIn, type Slice } from './ready-rows.ts'
import { createRefusals } from './refusals.ts'
import { createRowQueue, type Waiter } from './row-queue.ts'
import type { BatchResult, SendBatch } from './send-batch.ts'
import { notSent } from './settle.ts'
import type { TenantLimits } from './tenant-limits.ts'
import type { Destination } from './upstream-port.ts'

/** Rows of one mutation that travel together; the key of the loader. */
export interface QueuedChunk {
  readonly origin: RequestOrigin
  readonly caller: Caller
  readonly rows: WireRows
  /** A number for the primary key of each row; rows of one number never travel at once. */
  readonly keys: readonly number[]
}

/** Rows of one destination on their way out. A row is in one of three states: ready, in flight, or behind another of its key. */
export interface DestinationQueue {
  /** Takes a chunk on; resolves with one outcome per row, in order, and never rejects. */
  add(chunk: QueuedChunk): Promise<Outcome[]>
  /** Answers at once for every row: not sent, or unconfirmed where it is in flight. */
  giveUp(): void
}

export interface DestinationQueueOptions {
  readonly maxBatchRows: number
  readonly sendBatch: SendBatch
  readonly limits: TenantLimits
  /** Keys on their way to the same table, by this operation or another. */
  readonly keyLocks: KeyLocks<Waiter>
  /** How long a chunk may take to its outcomes, in milliseconds. */
  readonly executionTimeoutMs: number
  /** Told when no row of a chunk is on its way any more, which may be after it was answered. */
  readonly onSettled: () => void
  /** Calls back after so many milliseconds, at once where there are none; till then the keys of the table outlive its rows. */
  readonly lock: (ms: number, letGo: () => void) => void
  /** Told of a defect in delivery, and of whose rows it struck; these are unconfirmed. */
  readonly onDefect: (error: unknown, origins: readonly RequestOrigin[]) => void
}

interface OpenChunk extends QueuedChunk {
  readonly outcomes: Outcome[]
  /** Rows on their way. */
  left: number
  readonly resolve: (outcomes: Outcome[]) => void
  /** Called when no row is on its way any more: nobody asks for one again. */
  readonly leave: () => void
}

const NOTHING: BatchResult = { outcomes: [], mayBeWrittenUntil: 0 }

/** Cuts rows into batches as permits become free; the writes of a key leave one after the other, in the order they came. */
export function createDestinationQueue(destination: Destination, options: DestinationQueueOptions): DestinationQueue {
  const { maxBatchRows, limits } = options
  const callSoon = soon(acquirePermits)
  const queue = createRowQueue<OpenChunk>(options.keyLocks, callSoon)
  const open = new Set<OpenChunk>()
  const sendAll = batchSender(destination, options)
  let called = 0

  /** Asks for as many permits as the ready rows fill requests; what each of these takes is decided when it may leave. */
  function acquirePermits(): void {
    for (; called * maxBatchRows < queue.ready(); called++) limits.withPermit(queue.next, sendNext)
  }

  async function sendNext(): Promise<void> {
    called--
    const taken = queue.take(maxBatchRows)
    for (const { chunk, from, to } of taken) limits.waiting[chunk.caller] -= to - from
    const { outcomes, mayBeWrittenUntil } = taken.length === 0 ? NOTHING : await sendAll(taken)
    // The next write of a key would be undone by one that a slow upstream still makes.
    options.lock(mayBeWrittenUntil - performance.now(), () => taken.forEach(queue.letGo))
    for (const slice of taken) settleSlice(slice, outcomes.splice(0, slice.to - slice.from))
    acquirePermits()
  }

  function settleSlice({ chunk, from, to }: Slice<OpenChunk>, outcomes: readonly Outcome[]): void {
    for (let at = from; at < to; at++) chunk.outcomes[at] = outcomes[at - from] ?? unconfirmed('NO_VERDICT', destination)
    chunk.left -= to - from
    if (chunk.left > 0) return
    chunk.resolve(chunk.outcomes)
    chunk.leave()
  }

  /** Answers for a chunk whose time is up. What is in flight goes on, since others may share it, and keeps its keys. */
  function giveUpOn(chunk: OpenChunk): void {
    const outcomes = Array.from(chunk.outcomes, (outcome) => outcome ?? unconfirmed('TIMED_OUT', destination))
    const unsent = queue.withdraw(chunk)
    for (const { from, to } of unsent) outcomes.fill(notSent('OVERLOADED'), from, to)
    limits.waiting[chunk.caller] -= rowsIn(unsent)
    chunk.left -= rowsIn(unsent)
    chunk.resolve(outcomes)
    if (chunk.left === 0) chunk.leave()
    acquirePermits()
  }

  return {
    add: (chunk) =>
      new Promise((resolve) => {
        const entry = openChunk(chunk, options, giveUpOn, (outcomes) => {
          open.delete(entry)
          resolve(outcomes)
        })
        open.add(entry)
        queue.add(entry)
        callSoon()
      }),
    giveUp() {
      for (const chunk of [...open]) giveUpOn(chunk)
    },
  }
}

/** Acts once for all calls of one turn: rows that come together are to leave together. */
function soon(act: () => void): () => void {
  let isDue = false
  return () => {
    if (isDue) return
    isDue = true
    queueMicrotask(() => {
      isDue = false
      act()
    })
  }
}

/** A chunk nothing is known of yet, and its time running. */
function openChunk(
  chunk: QueuedChunk,
  { executionTimeoutMs, onSettled }: DestinationQueueOptions,
  onTimeout: (entry: OpenChunk) => void,
  onDone: (outcomes: Outcome[]) => void,
): OpenChunk {
  const { origin, caller, rows, keys } = chunk
  const timer = setTimeout(() => onTimeout(entry), executionTimeoutMs)
  const resolve = (outcomes: Outcome[]) => {
    clearTimeout(timer)
    onDone(outcomes)
  }
  const leave = () => {
    rows.release()
    onSettled()
  }
  const entry = { origin, caller, rows, keys, outcomes: new Array<Outcome>(rows.length), left: rows.length, resolve, leave }
  return entry
}

/** Sends what was taken; a defect in that leaves rows without outcomes, never a caller without an answer. */
function batchSender(
  destination: Destination,
  { sendBatch, limits, onDefect }: DestinationQueueOptions,
): (taken: readonly Slice<OpenChunk>[]) => Promise<BatchResult> {
  const refusals = createRefusals()
  return async (taken) => {
    const origins = taken.map(({ chunk }) => chunk.origin)
    try {
      return await sendBatch({ destination, rows: rowsOf(taken), origins }, limits, refusals)
    } catch (error) {
      onDefect(error, origins)
      return NOTHING
    }
  }
}

/** The rows of a batch; a whole chunk is taken as it is. */
function rowsOf(taken: readonly Slice<OpenChunk>[]): WireRows {
  const [only, second] = taken
  if (only && second === undefined && only.from === 0 && only.to === only.chunk.rows.length) return only.chunk.rows
  const rows: WireRow[] = []
  for (const { chunk, from, to } of taken) for (let at = from; at < to; at++) rows.push(chunk.rows.at(at))
  return wireRows(rows)
}
