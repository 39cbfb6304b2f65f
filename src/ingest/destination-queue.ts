import { batchOf, type Destination, type QueuedChunk, type Slice } from './batch.ts'
import type { Events } from './events.ts'
import type { TenantLimits } from './limits/tenant-limits.ts'
import { notSent, type Outcome, unconfirmed } from './outcome.ts'
import { createRowQueue, type KeyLocks, type RowQueue, rowsIn } from './row-queue.ts'
import { type BatchResult, createRefusals, type SendBatch } from './send-batch.ts'

/** Decides which rows of one destination leave, and when. */
export interface DestinationQueue {
  /** Takes a chunk on; resolves with one outcome per row, in order, and never rejects. */
  add(chunk: QueuedChunk): Promise<Outcome[]>
  /** Settles every queued row as not sent. */
  giveBack(): void
  /** Settles every row at once: as not sent, or as unconfirmed where it is in flight. */
  giveUp(): void
}

/** How chunks are sent, whatever their destination. */
export interface SendingOptions {
  readonly maxBatchRows: number
  readonly sendBatch: SendBatch
  /** How long a chunk may take from its arrival to its outcomes, in milliseconds. */
  readonly executionTimeoutMs: number
  /** Where a defect that struck while a batch was sent is reported; its rows are unconfirmed. */
  readonly events: Pick<Events, 'emit'>
}

/** What the queues that write to one table of a tenant share. */
export interface SharedTable {
  readonly limits: TenantLimits
  readonly keyLocks: KeyLocks
  /** Calls `letGo`, which unlocks keys, after `ms`, or at once where that is 0 or less; the table is kept until then. */
  keep(ms: number, letGo: () => void): void
  /** Called when no row of a chunk is on its way any more, which may be after its caller was answered. */
  leave(): void
}

const NOTHING: BatchResult = { outcomes: [], mayBeWrittenUntil: 0 }

/** Cuts rows into batches as permits become free; writes of one key leave one after the other, in order of arrival. */
export function createDestinationQueue(destination: Destination, table: SharedTable, options: SendingOptions): DestinationQueue {
  const { limits } = table
  const acquireSoon = soon(acquirePermits)
  const queue = createRowQueue(table.keyLocks, acquireSoon)
  const open = new Map<QueuedChunk, Progress>()
  const sendAll = batchSender(destination, limits, options)
  let called = 0

  /** Asks for one permit per request that the ready rows would fill; which rows a request takes is decided when it may leave. */
  function acquirePermits(): void {
    const { ready } = queue
    for (; called * options.maxBatchRows < ready.interactive + ready.bulk; called++)
      // Evaluated when the permit is granted: by then other rows may have come, or all may have been withdrawn.
      limits.withPermit(() => (ready.interactive > 0 || ready.bulk === 0 ? 'interactive' : 'bulk'), sendNext)
  }

  async function sendNext(): Promise<void> {
    called--
    const taken = takeFairly(queue, options.maxBatchRows)
    for (const { chunk, from, to } of taken) limits.waiting[chunk.priority] -= to - from
    const { outcomes, mayBeWrittenUntil } = taken.length === 0 ? NOTHING : await sendAll(taken)
    // A slow upstream may still carry out this write, and would undo the next one of its keys.
    table.keep(mayBeWrittenUntil - performance.now(), () => taken.forEach(queue.letGo))
    for (const slice of taken) {
      const ofSlice = outcomesOf(slice, outcomes.splice(0, slice.to - slice.from), destination)
      void slice.chunk.journal?.tell(slice.chunk.indexes.slice(slice.from, slice.to), ofSlice)
      if (open.get(slice.chunk)?.settle(slice, ofSlice)) forget(slice.chunk)
    }
    acquirePermits()
  }

  function forget(chunk: QueuedChunk): void {
    open.delete(chunk)
    chunk.rows.release?.()
    table.leave()
  }

  /** Takes the queued rows of a chunk out and settles them. Rows in flight go on, since other chunks may share their request, and keep their keys locked. */
  function withdraw(chunk: QueuedChunk, tell: 'giveBack' | 'giveUp'): void {
    const unsent = queue.withdraw(chunk)
    limits.waiting[chunk.priority] -= rowsIn(unsent)
    if (open.get(chunk)?.[tell](unsent)) forget(chunk)
    acquirePermits()
  }

  const withdrawAll = (tell: 'giveBack' | 'giveUp') => [...open.keys()].forEach((chunk) => void withdraw(chunk, tell))

  return {
    add: (chunk) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => withdraw(chunk, 'giveUp'), timeLeft(chunk, options))
        open.set(chunk, createProgress(chunk.rows.length, destination, resolve, timer))
        queue.add(chunk)
        acquireSoon()
      }),
    giveBack: () => withdrawAll('giveBack'),
    giveUp: () => withdrawAll('giveUp'),
  }
}

/** What is left of the execution timeout after the batch window. */
function timeLeft({ queuedAt }: QueuedChunk, { executionTimeoutMs }: SendingOptions): number {
  return Math.max(0, queuedAt + executionTimeoutMs - performance.now())
}

/** One outcome for each row of a slice; rows that a defect left without one are unconfirmed. */
function outcomesOf({ from, to }: Slice, known: readonly Outcome[], destination: Destination): readonly Outcome[] {
  return known.length === to - from
    ? known
    : Array.from({ length: to - from }, (_, at) => known[at] ?? unconfirmed('NO_VERDICT', destination))
}

/** The outcomes of a chunk so far. */
interface Progress {
  /** Records outcomes of rows in flight; true when all rows of the chunk are done. */
  settle(slice: Slice, outcomes: readonly Outcome[]): boolean
  /** Records rows that will never leave; true when all rows of the chunk are done. */
  giveBack(unsent: readonly Slice[]): boolean
  /** Answers without waiting for the rows that are in flight; true when there are none. */
  giveUp(unsent: readonly Slice[]): boolean
}

/** Resolves when every row has an outcome, or at once when the chunk is given up; either clears the timer, which would give it up. */
function createProgress(rows: number, destination: Destination, resolve: (outcomes: Outcome[]) => void, timer: NodeJS.Timeout): Progress {
  const outcomes = new Array<Outcome>(rows)
  let left = rows
  const answer = (known: Outcome[]) => {
    clearTimeout(timer)
    resolve(known)
  }
  const noteDone = (done: number) => {
    left -= done
    if (left === 0) answer(outcomes)
    return left === 0
  }
  const giveBack = (unsent: readonly Slice[]) => {
    for (const { from, to } of unsent) outcomes.fill(notSent('OVERLOADED'), from, to)
    return noteDone(rowsIn(unsent))
  }
  return {
    settle({ from, to }, latest) {
      for (let at = from; at < to; at++) outcomes[at] = latest[at - from] as Outcome
      return noteDone(to - from)
    },
    giveBack,
    giveUp(unsent) {
      const isDone = giveBack(unsent)
      if (!isDone) answer(Array.from(outcomes, (outcome) => outcome ?? unconfirmed('TIMED_OUT', destination)))
      return isDone
    },
  }
}

/** Debounces calls to the end of the current microtask queue: rows that come together are to leave together. */
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

/** Rows for one request: while both priorities have rows ready, each gets half of it and what the other leaves free. */
function takeFairly(queue: RowQueue, room: number): Slice[] {
  const first = queue.take('interactive', queue.ready.bulk > 0 ? Math.ceil(room / 2) : room)
  // Chunks of large mutations are serialised as a whole: once one was cut, every later one would be cut and serialised again.
  const second = queue.take('bulk', room - rowsIn(first), first.length === 0)
  return [...first, ...second, ...queue.take('interactive', room - rowsIn(first) - rowsIn(second))]
}

/** Sends what was taken; a defect in that leaves rows without outcomes, never a caller without an answer. */
function batchSender(
  destination: Destination,
  limits: TenantLimits,
  { sendBatch, events, executionTimeoutMs }: SendingOptions,
): (taken: readonly Slice[]) => Promise<BatchResult> {
  const refusals = createRefusals()
  return async (taken) => {
    try {
      return await sendBatch(batchOf(destination, taken, executionTimeoutMs), limits, refusals)
    } catch (error) {
      events.emit('defect', { error, origins: taken.map(({ chunk }) => chunk.origin) })
      return NOTHING
    }
  }
}
