import type { GoodRows } from './row-reader/row-reader.ts'
import type { WireRow } from './wire-row.ts'
import { itemsOf, joinRows, serialisedRows, type WireRows, wireRows } from './wire-rows.ts'

/** Good rows of one mutation, at most as many as fit in one upstream request. */
export interface Chunk {
  readonly rows: WireRows
  /** The index of each row in the mutation. */
  readonly indexes: readonly number[]
  /** The hash of each row's primary key, by `keyHash`. */
  readonly keys: readonly number[]
}

/**
 * Collects good rows into chunks of `size`. A full chunk is serialised as soon as another row is added: the rows of a large mutation wait
 * long, and the garbage collector walks and moves every object that waits.
 */
export function createChunker(size: number) {
  let chunks: Chunk[] = []
  let open = emptyChunk()

  function close(isLast: boolean): void {
    if (!isLast) endObjects()
    const { objects, serialised, indexes, keys } = open
    const parts = objects.length === 0 ? serialised : [...serialised, wireRows(objects)]
    if (indexes.length > 0) chunks.push({ rows: joinRows(parts), indexes, keys })
    open = emptyChunk()
  }

  function endObjects(): void {
    const { objects, serialised } = open
    if (objects.length > 0) serialised.push(serialisedRows(objects.length, [itemsOf(objects)]))
    open.objects = []
  }

  function note(index: number, key: number): void {
    open.indexes.push(index)
    open.keys.push(key)
  }

  /** How many more rows the open chunk takes; a full one is closed. */
  function room(): number {
    if (open.indexes.length === size) close(false)
    return size - open.indexes.length
  }

  return {
    room,
    add(row: WireRow, index: number, key: number): void {
      room()
      open.objects.push(row)
      note(index, key)
    },
    /** Adds neighbouring rows, for which there must be room, and copies them. */
    addSerialised({ count, wire, hashes }: GoodRows, firstIndex: number): void {
      endObjects()
      open.serialised.push(serialisedRows(count, [wire]))
      hashes.forEach((key, place) => void note(firstIndex + place, key))
    },
    /** All chunks; nothing may be added afterwards. */
    done(): readonly Chunk[] {
      close(true)
      return chunks
    },
    /** Drops all rows so far and returns their memory to the pool. */
    discard(): void {
      close(true)
      releaseAll(chunks)
      chunks = []
    },
  }
}

function emptyChunk() {
  return { objects: [] as WireRow[], serialised: [] as WireRows[], indexes: [] as number[], keys: [] as number[] }
}

/** Returns the memory of all rows to the pool; none of them is sent. */
export function releaseAll(chunks: readonly Chunk[]): void {
  for (const { rows } of chunks) rows.release()
}

/** The chunks with only the kept rows; a chunk that keeps all of them is returned as it is. */
export function keepRows(chunks: readonly Chunk[], isKept: (index: number) => boolean): readonly Chunk[] {
  return chunks.map((chunk) => keepRowsOf(chunk, isKept)).filter(({ indexes }) => indexes.length > 0)
}

function keepRowsOf(chunk: Chunk, isKept: (index: number) => boolean): Chunk {
  const { rows, indexes, keys } = chunk
  if (indexes.every(isKept)) return chunk
  const kept = indexes.flatMap((index, place) => (isKept(index) ? [place] : []))
  return {
    rows: wireRows(kept.map((place) => rows.at(place))),
    indexes: kept.map((place) => indexes[place] as number),
    keys: kept.map((place) => keys[place] as number),
  }
}
