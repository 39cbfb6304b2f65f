/*
 * A row on its way is ready, in flight, or behind another row of its key.
 * 1. A row that is ready or in flight has locked its key; of each key there is one such row in all queues that share the locks.
 * 2. A row that comes while its key is locked is behind; the rows of a key become ready one after the other, as they came.
 * 3. `take` makes ready rows in flight, first come first: requests under way never hold a key twice, neither one nor several.
 * 4. `letGo` ends the way of a row that is in flight, `withdraw` that of any other; nothing else does.
 * 5. When a row that has locked its key goes, the next one behind it is ready at once, and the key is locked by that.
 */
import type { Chunk } from '../rows/chunk.ts'
import { createIntSet } from '../util/int-set.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Priority } from './limits/fair-semaphore.ts'
import type { SendJournal } from './send-journal.ts'

/** A chunk that is to be sent, and for whom; keys of one number count as one. */
export interface QueuedChunk extends Chunk {
  readonly origin: RequestOrigin
  readonly priority: Priority
  /** When its rows came, by the clock of `performance.now`. */
  readonly queuedAt: number
  /** Who keeps account of its rows; a chunk with a journal shares no queue with one that has none. */
  readonly journal?: SendJournal
}

/** Neighbouring rows of a chunk, from one place up to but not including another. */
export interface Slice {
  readonly chunk: QueuedChunk
  readonly from: number
  readonly to: number
}

/** The rows of one destination that are on their way. */
export interface RowQueue {
  /** How many rows of each priority are ready. */
  readonly ready: Readonly<Record<Priority, number>>
  /** Takes a chunk on, as many rows of it as may be ready. */
  add(chunk: QueuedChunk): void
  /** Up to so many ready rows of one priority; told to keep slices whole, none but the first is cut to fit. */
  take(priority: Priority, room: number, keepsWhole?: boolean): Slice[]
  /** Lets rows go that were taken. */
  letGo(slice: Slice): void
  /** Takes all rows of a chunk out that were not taken, and says which. */
  withdraw(chunk: QueuedChunk): Slice[]
}

/** An empty queue. `onReady` is told when rows become ready because others have gone, perhaps from another queue with the same locks. */
export function createRowQueue(keyLocks: KeyLocks, onReady: () => void): RowQueue {
  const lists: Record<Priority, Slice[]> = { interactive: [], bulk: [] }
  const ready = { interactive: 0, bulk: 0 }

  function putReady(slice: Slice): void {
    if (slice.from === slice.to) return
    const { priority } = slice.chunk
    lists[priority].push(slice)
    ready[priority] += slice.to - slice.from
  }

  function rowBehind(chunk: QueuedChunk, at: number): RowBehind {
    const slice = { chunk, from: at, to: at + 1 }
    const comeForward = () => {
      putReady(slice)
      onReady()
    }
    return { slice, comeForward }
  }

  function letGo({ chunk, from, to }: Slice): void {
    for (let at = from; at < to; at++) keyLocks.release(chunk.keys[at] as number)?.comeForward()
  }

  return {
    ready,
    letGo,
    add(chunk) {
      let from = 0
      for (let at = 0; at < chunk.keys.length; at++) {
        const key = chunk.keys[at] as number
        if (keyLocks.acquire(key)) continue
        keyLocks.waitBehind(key, rowBehind(chunk, at))
        putReady({ chunk, from, to: at })
        from = at + 1
      }
      putReady({ chunk, from, to: chunk.keys.length })
    },
    take(priority, room, keepsWhole = false) {
      const taken = takeFrom(lists[priority], room, keepsWhole)
      ready[priority] -= rowsIn(taken)
      return taken
    },
    withdraw(chunk) {
      // First of all: a row of its own would come forward when the one before it goes.
      const behind = keyLocks.forget(chunk)
      const { own = [], others = [] } = Object.groupBy(lists[chunk.priority], (slice) => (slice.chunk === chunk ? 'own' : 'others'))
      lists[chunk.priority] = others
      ready[chunk.priority] -= rowsIn(own)
      own.forEach(letGo)
      return [...own, ...behind]
    },
  }
}

function takeFrom(list: Slice[], room: number, keepsWhole: boolean): Slice[] {
  const taken: Slice[] = []
  for (let left = room; left > 0 && list.length > 0; ) {
    const { chunk, from, to } = list[0] as Slice
    const end = Math.min(to, from + left)
    if (keepsWhole && taken.length > 0 && end < to) break
    list.shift()
    taken.push({ chunk, from, to: end })
    if (end < to) list.unshift({ chunk, from: end, to })
    left -= end - from
  }
  return taken
}

/** How many rows some slices are. */
export function rowsIn(slices: readonly Slice[]): number {
  return slices.reduce((sum, { from, to }) => sum + to - from, 0)
}

interface RowBehind {
  readonly slice: Slice
  /** Makes it ready, in its own queue. */
  comeForward(): void
}

/** Which keys are locked, and the rows behind them, of all queues whose rows may not overtake each other. */
export interface KeyLocks {
  /** Locks a key; false when it is locked. */
  acquire(key: number): boolean
  waitBehind(key: number, row: RowBehind): void
  /** Unlocks a key, unless a row is behind it: that has it locked from now on. */
  release(key: number): RowBehind | undefined
  /** Takes all rows of a chunk out that are behind others. */
  forget(chunk: QueuedChunk): Slice[]
}

/** No key is locked yet; one costs memory only while it is. */
export function createKeyLocks(): KeyLocks {
  const locked = createIntSet()
  const behind = new Map<number, RowBehind[]>()
  return {
    acquire: locked.add,
    waitBehind(key, row) {
      const rows = behind.get(key)
      if (rows === undefined) behind.set(key, [row])
      else rows.push(row)
    },
    release(key) {
      const rows = behind.size === 0 ? undefined : behind.get(key)
      if (rows === undefined) locked.remove(key)
      if (rows?.length === 1) behind.delete(key)
      return rows?.shift()
    },
    forget(chunk) {
      const forgotten: Slice[] = []
      for (const [key, rows] of behind) {
        const { own = [], others = [] } = Object.groupBy(rows, ({ slice }) => (slice.chunk === chunk ? 'own' : 'others'))
        for (const { slice } of own) forgotten.push(slice)
        if (others.length === 0) behind.delete(key)
        else behind.set(key, others)
      }
      return forgotten
    },
  }
}
