import type { Caller } from './fair-semaphore.ts'
import type { KeyHolds } from './key-locks.ts'
import { createReadyRows, type Stretch } from './ready-rows.ts'

/** What a queue needs to know of the rows it keeps. */
export interface Queued {
  readonly caller: Caller
  /** A number for the primary key of each row. */
  readonly keys: readonly number[]
}

/** Rows that wait behind another of their key, and how they come forward when it is let go. */
export interface Waiter {
  readonly stretch: Stretch<unknown>
  comeForward(): void
}

/**
 * Rows that wait to be sent. A key is held from the moment its row is ready until that row is let go, and later rows of the
 * key queue up behind it: what is taken never has a key twice, nor one that is held by what was taken before.
 */
export interface RowQueue<Chunk> {
  /** Rows that may leave now. */
  ready(): number
  /** Of whom the row is that leaves next. */
  next(): Caller
  add(chunk: Chunk): void
  /** Up to so many rows, as stretches. */
  take(room: number): Stretch<Chunk>[]
  /** Lets the keys of rows go that were taken; the next of each key becomes ready. */
  letGo(stretch: Stretch<Chunk>): void
  /** Takes all waiting rows of a chunk out, and says which. */
  withdraw(chunk: Chunk): Stretch<Chunk>[]
}

/**
 * A queue without rows. The holds may be shared with other queues, whose rows then wait for this one's and the other way
 * round; `onReady` is told when rows of this queue come forward because of that.
 */
export function createRowQueue<Chunk extends Queued>(holds: KeyHolds<Waiter>, onReady: () => void): RowQueue<Chunk> {
  const rows = createReadyRows<Chunk>()

  function waiter(chunk: Chunk, at: number): Waiter {
    const stretch = { chunk, from: at, to: at + 1 }
    const comeForward = () => {
      rows.put(stretch)
      onReady()
    }
    return { stretch, comeForward }
  }

  function letGo({ chunk, from, to }: Stretch<Chunk>): void {
    for (let at = from; at < to; at++) holds.release(chunk.keys[at] as number)?.comeForward()
  }

  return {
    ready: rows.count,
    next: rows.next,
    take: rows.take,
    letGo,
    /** A row whose key is held already waits; the stretches between such rows are ready. */
    add(chunk) {
      let from = 0
      for (let at = 0; at < chunk.keys.length; at++) {
        const key = chunk.keys[at] as number
        if (holds.hold(key)) continue
        holds.lineUp(key, waiter(chunk, at))
        rows.put({ chunk, from, to: at })
        from = at + 1
      }
      rows.put({ chunk, from, to: chunk.keys.length })
    },
    withdraw(chunk) {
      const behind = holds.forget(({ stretch }) => stretch.chunk === chunk).map(({ stretch }) => stretch as Stretch<Chunk>)
      const holding = rows.remove(chunk)
      for (const stretch of holding) letGo(stretch)
      return [...holding, ...behind]
    },
  }
}
