import type { Caller } from './fair-semaphore.ts'
import type { KeyLocks } from './key-locks.ts'
import { createReadyRows, type Slice } from './ready-rows.ts'

/** What a queue needs to know of the rows it keeps. */
export interface Queued {
  readonly caller: Caller
  /** A number for the primary key of each row. */
  readonly keys: readonly number[]
}

/** Rows that wait behind another of their key, and how they come forward when it is unlocked. */
export interface Waiter {
  readonly slice: Slice<unknown>
  comeForward(): void
}

/**
 * Rows that wait to be sent. A key is locked from when its row is ready until that row is let go, and later rows of the
 * key queue up behind it: what is taken never has a key twice, nor one that is locked by what was taken before.
 */
export interface RowQueue<Chunk> {
  /** Rows that may leave now. */
  ready(): number
  /** Of whom the row is that leaves next. */
  next(): Caller
  add(chunk: Chunk): void
  /** Up to so many rows, as slices. */
  take(room: number): Slice<Chunk>[]
  /** Lets the keys of rows go that were taken; the next of each key becomes ready. */
  letGo(slice: Slice<Chunk>): void
  /** Takes all waiting rows of a chunk out, and says which. */
  withdraw(chunk: Chunk): Slice<Chunk>[]
}

/**
 * A queue without rows. The locks may be shared with other queues, whose rows then wait for this one's and the other way
 * round; `onReady` is told when rows of this queue come forward because of that.
 */
export function createRowQueue<Chunk extends Queued>(keyLocks: KeyLocks<Waiter>, onReady: () => void): RowQueue<Chunk> {
  const rows = createReadyRows<Chunk>()

  function waiter(chunk: Chunk, at: number): Waiter {
    const slice = { chunk, from: at, to: at + 1 }
    const comeForward = () => {
      rows.put(slice)
      onReady()
    }
    return { slice, comeForward }
  }

  function letGo({ chunk, from, to }: Slice<Chunk>): void {
    for (let at = from; at < to; at++) keyLocks.release(chunk.keys[at] as number)?.comeForward()
  }

  return {
    ready: rows.count,
    next: rows.next,
    take: rows.take,
    letGo,
    /** A row whose key is locked already waits; the slices between such rows are ready. */
    add(chunk) {
      let from = 0
      for (let at = 0; at < chunk.keys.length; at++) {
        const key = chunk.keys[at] as number
        if (keyLocks.acquire(key)) continue
        keyLocks.enqueue(key, waiter(chunk, at))
        rows.put({ chunk, from, to: at })
        from = at + 1
      }
      rows.put({ chunk, from, to: chunk.keys.length })
    },
    withdraw(chunk) {
      const behind = keyLocks.forget(({ slice }) => slice.chunk === chunk).map(({ slice }) => slice as Slice<Chunk>)
      const holding = rows.remove(chunk)
      for (const slice of holding) letGo(slice)
      return [...holding, ...behind]
    },
  }
}
