/*
 * A queued row is ready, in flight, or behind another row with its key.
 * 1. A row that is ready or in flight holds the lock of its key: per key there is one such row in all queues that share the locks.
 * 2. A row that comes while its key is locked is behind; the rows of a key become ready one after the other, in order of arrival.
 * 3. `take` moves ready rows in flight, first in, first out: no two rows in flight ever have the same key.
 * 4. A row leaves the queue by `letGo` when it was in flight, else by `withdraw`; nothing else removes it.
 * 5. When the row that holds a lock leaves, the lock passes to the next row behind it, which is ready at once.
 */
import { createIntSet } from '../util/int-set.ts'
import type { QueuedChunk, Slice } from './batch.ts'
import type { Priority } from './limits/fair-semaphore.ts'

/** The rows of one destination that are queued or in flight. */
export interface RowQueue {
  /** How many rows of each priority are ready. */
  readonly ready: Readonly<Record<Priority, number>>
  /** Queues a chunk; its rows are ready unless their key is locked. */
  add(chunk: QueuedChunk): void
  /** Takes up to `room` ready rows of one priority; with `keepsWhole`, no slice but the first is cut to fit. */
  take(priority: Priority, room: number, keepsWhole?: boolean): Slice[]
  /** Ends rows that were in flight, and unlocks their keys. */
  letGo(slice: Slice): void
  /** Removes the rows of a chunk that are not in flight, and returns them. */
  withdraw(chunk: QueuedChunk): Slice[]
}

/** An empty queue. `onReady` is called when a row becomes ready because another, perhaps of another queue with the same locks, has left. */
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
      // Before anything else: letting a row go would make the chunk's own next row with its key ready.
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

/** The number of rows in some slices. */
export function rowsIn(slices: readonly Slice[]): number {
  return slices.reduce((sum, { from, to }) => sum + to - from, 0)
}

interface RowBehind {
  readonly slice: Slice
  /** Makes it ready, in its own queue. */
  comeForward(): void
}

/** The locked keys, and the rows behind them, of all queues whose rows may not overtake each other. */
export interface KeyLocks {
  /** Locks a key; false when it is locked. */
  acquire(key: number): boolean
  waitBehind(key: number, row: RowBehind): void
  /** Unlocks a key, or passes the lock to the next row behind it and returns that. */
  release(key: number): RowBehind | undefined
  /** Removes the rows of a chunk that are behind others, and returns them. */
  forget(chunk: QueuedChunk): Slice[]
}

/** Key locks; a key costs memory only while it is locked. */
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
