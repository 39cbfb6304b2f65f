import type { Caller } from './fair-semaphore.ts'

/** Neighbouring rows of a chunk, from one place up to but not including another: what leaves together. */
export interface Slice<Chunk> {
  readonly chunk: Chunk
  readonly from: number
  readonly to: number
}

/** Rows that may leave, first come first. */
export interface ReadyRows<Chunk> {
  count(): number
  /** Of whom the row is that leaves next; where none is ready there is nothing that a bulk caller would have to wait with. */
  next(): Caller
  put(slice: Slice<Chunk>): void
  /** Up to so many rows, as slices; the rest of the last one stays. */
  take(room: number): Slice<Chunk>[]
  /** Takes all slices of a chunk out. */
  remove(chunk: Chunk): Slice<Chunk>[]
}

/** No rows yet; while rows of both kinds of caller are ready, each kind gets half of a batch. */
export function createReadyRows<Chunk extends { readonly caller: Caller }>(): ReadyRows<Chunk> {
  const lists: Record<Caller, Slice<Chunk>[]> = { interactive: [], bulk: [] }
  let count = 0

  function takeFrom(list: Slice<Chunk>[], room: number, fillsUp = true): Slice<Chunk>[] {
    const taken: Slice<Chunk>[] = []
    for (let left = room; left > 0 && list.length > 0; ) {
      const { chunk, from, to } = list[0] as Slice<Chunk>
      const end = Math.min(to, from + left)
      if (!fillsUp && taken.length > 0 && end < to) break
      list.shift()
      taken.push({ chunk, from, to: end })
      if (end < to) list.unshift({ chunk, from: end, to })
      left -= end - from
      count -= end - from
    }
    return taken
  }

  return {
    count: () => count,
    next: () => (lists.interactive.length > 0 || lists.bulk.length === 0 ? 'interactive' : 'bulk'),
    put(slice) {
      if (slice.from === slice.to) return
      lists[slice.chunk.caller].push(slice)
      count += slice.to - slice.from
    },
    take(room) {
      const { interactive, bulk } = lists
      const first = takeFrom(interactive, bulk.length > 0 ? Math.ceil(room / 2) : room)
      // A large mutation's chunks are serialised as a whole: cut once, each after it would be cut as well, and serialised again.
      const second = takeFrom(bulk, room - rowsIn(first), first.length > 0)
      return [...first, ...second, ...takeFrom(interactive, room - rowsIn(first) - rowsIn(second))]
    },
    remove(chunk) {
      const list = lists[chunk.caller]
      const removed = list.filter((slice) => slice.chunk === chunk)
      if (removed.length > 0) lists[chunk.caller] = list.filter((slice) => slice.chunk !== chunk)
      count -= rowsIn(removed)
      return removed
    },
  }
}

/** How many rows some slices are. */
export function rowsIn(slices: readonly { readonly from: number; readonly to: number }[]): number {
  return slices.reduce((sum, { from, to }) => sum + to - from, 0)
}
