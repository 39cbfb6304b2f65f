import type { WireRow } from '../rows/wire-row.ts'
import { type WireRows, wireRows } from '../rows/wire-rows.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Caller } from './fair-semaphore.ts'
import type { KeyHolds } from './key-locks.ts'
import { type Outcome, unconfirmed } from './outcome.ts'
import { rowsIn, type Stretch } from './ready-rows.ts'
import { createRefusals } from './refusals.ts'
import { createRowQueue, type Waiter } from './row-queue.ts'
import type { Deliver, Delivered } from './send-batch.ts'
import { notSent } from './settle.ts'
import type { Line } from './tenant-limits.ts'
import type { Destination } from './upstream-port.ts'

/** Rows of one mutation that travel together; the key of the loader. */
export interface Chunk {
  readonly origin: RequestOrigin
  readonly caller: Caller
  readonly rows: WireRows
  /** A number for the primary key of each row; rows of one number never travel at once. */
  readonly keys: readonly number[]
}

/** Rows of one destination on their way out. A row is in one of three states: ready, in flight, or behind another of its key. */
export interface Lane {
  /** Takes a chunk on; resolves with one outcome per row, in order, and never rejects. */
  add(chunk: Chunk): Promise<Outcome[]>
  /** Answers at once for every row: not sent, or unconfirmed where it is in flight. */
  giveUp(): void
}

export interface LaneOptions {
  readonly maxBatchRows: number
  readonly deliver: Deliver
  readonly line: Line
  /** Keys on their way to the same table, by this operation or another. */
  readonly holds: KeyHolds<Waiter>
  /** How long a chunk may take to its outcomes, in milliseconds. */
  readonly executionTimeoutMs: number
  /** Told when no row of a chunk is on its way any more, which may be after it was answered. */
  readonly onSettled: () => void
  /** Calls back after so many milliseconds, at once where there are none; till then the keys of the table outlive its rows. */
  readonly lock: (ms: number, letGo: () => void) => void
  /** Told of a defect in delivery, and of whose rows it struck; these are unconfirmed. */
  readonly onDefect: (error: unknown, origins: readonly RequestOrigin[]) => void
}

interface OpenChunk extends Chunk {
  readonly outcomes: Outcome[]
  /** Rows on their way. */
  left: number
  readonly resolve: (outcomes: Outcome[]) => void
  /** Called when no row is on its way any more: nobody asks for one again. */
  readonly leave: () => void
}

const NOTHING: Delivered = { outcomes: [], mayBeWrittenUntil: 0 }

/** Packs rows into batches as slots become free; the writes of a key leave one after the other, in the order they came. */
export function createLane(destination: Destination, options: LaneOptions): Lane {
  const { maxBatchRows, line } = options
  const callSoon = soon(callForSlots)
  const queue = createRowQueue<OpenChunk>(options.holds, callSoon)
  const open = new Set<OpenChunk>()
  const deliverAll = deliverer(destination, options)
  let called = 0

  /** Asks for as many slots as the ready rows fill; each request is packed only when it may leave. */
  function callForSlots(): void {
    for (; called * maxBatchRows < queue.ready(); called++) line.slots(queue.next(), sendNext)
  }

  async function sendNext(): Promise<void> {
    called--
    const packed = queue.take(maxBatchRows)
    for (const { chunk, from, to } of packed) line.waiting[chunk.caller] -= to - from
    const { outcomes, mayBeWrittenUntil } = packed.length === 0 ? NOTHING : await deliverAll(packed)
    // The next write of a key would be undone by one that a slow upstream still makes.
    options.lock(mayBeWrittenUntil - performance.now(), () => packed.forEach(queue.letGo))
    for (const stretch of packed) settleStretch(stretch, outcomes.splice(0, stretch.to - stretch.from))
    callForSlots()
  }

  function settleStretch({ chunk, from, to }: Stretch<OpenChunk>, outcomes: readonly Outcome[]): void {
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
    line.waiting[chunk.caller] -= rowsIn(unsent)
    chunk.left -= rowsIn(unsent)
    chunk.resolve(outcomes)
    if (chunk.left === 0) chunk.leave()
    callForSlots()
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

/** Acts once for all calls of a moment: rows that come together are to leave together. */
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
  chunk: Chunk,
  { executionTimeoutMs, onSettled }: LaneOptions,
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

/** Delivers what was packed; a defect in that leaves rows without outcomes, never a caller without an answer. */
function deliverer(
  destination: Destination,
  { deliver, line, onDefect }: LaneOptions,
): (packed: readonly Stretch<OpenChunk>[]) => Promise<Delivered> {
  const refusals = createRefusals()
  return async (packed) => {
    const origins = packed.map(({ chunk }) => chunk.origin)
    try {
      return await deliver({ destination, rows: rowsOf(packed), origins }, line, refusals)
    } catch (error) {
      onDefect(error, origins)
      return NOTHING
    }
  }
}

/** The rows of a batch; a whole chunk is taken as it is. */
function rowsOf(packed: readonly Stretch<OpenChunk>[]): WireRows {
  const [only, second] = packed
  if (only && second === undefined && only.from === 0 && only.to === only.chunk.rows.length) return only.chunk.rows
  const rows: WireRow[] = []
  for (const { chunk, from, to } of packed) for (let at = from; at < to; at++) rows.push(chunk.rows.at(at))
  return wireRows(rows)
}
