import type { Chunk } from './chunks.ts'

/** Chunks under way: so many at once, and no two of them with rows of one key, so that the later row is written last. */
export interface InFlight<Row> {
  /** Resolves when a chunk may go. */
  room(chunk: Chunk<Row>): Promise<void>
  start(chunk: Chunk<Row>): void
  /** Resolves when none is under way. */
  ended(): Promise<unknown>
}

/** Chunks are sent by `send`, which never rejects. */
export function createInFlight<Row>(parallel: number, send: (chunk: Chunk<Row>) => Promise<void>): InFlight<Row> {
  const underWay = new Map<Promise<void>, Chunk<Row>>()
  return {
    async room(chunk) {
      while (underWay.size >= parallel || sharesKey(chunk, underWay.values())) await Promise.race(underWay.keys())
    },
    start(chunk) {
      const sent = send(chunk).finally(() => underWay.delete(sent))
      underWay.set(sent, chunk)
    },
    ended: () => Promise.all(underWay.keys()),
  }
}

function sharesKey({ keys }: Chunk<unknown>, others: Iterable<Chunk<unknown>>): boolean {
  for (const other of others) for (const key of keys) if (other.keys.has(key)) return true
  return false
}
