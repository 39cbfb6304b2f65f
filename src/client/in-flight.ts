import type { Chunk } from './chunks.ts'

/**
 * Chunks under way: so many at once, and no two of them with rows of one key, so that the later row is written last. They are sent
 * by `send`, which never rejects.
 */
export function createInFlight<Row>(parallel: number, send: (chunk: Chunk<Row>) => Promise<void>) {
  const underWay = new Map<Promise<void>, Chunk<Row>>()
  return {
    /** Resolves when a chunk may go. */
    async room(chunk: Chunk<Row>): Promise<void> {
      while (underWay.size >= parallel || sharesKey(chunk, underWay.values())) await Promise.race(underWay.keys())
    },
    start(chunk: Chunk<Row>): void {
      const sent = send(chunk).finally(() => underWay.delete(sent))
      underWay.set(sent, chunk)
    },
    /** Resolves when none is under way. */
    ended: (): Promise<unknown> => Promise.all(underWay.keys()),
  }
}

function sharesKey({ keys }: Chunk<unknown>, others: Iterable<Chunk<unknown>>): boolean {
  for (const other of others) for (const key of keys) if (other.keys.has(key)) return true
  return false
}
