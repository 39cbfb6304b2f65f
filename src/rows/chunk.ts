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
 * long, and the garbage collector walks and moves every object that waits. A class, since every mutation has one and most are small.
 */
export class Chunker {
  readonly #size: number
  #chunks: Chunk[] = []
  #indexes: number[] = []
  #keys: number[] = []
  /** The last rows of the open chunk, and those before them. */
  #objects: WireRow[] = []
  #serialised: WireRows[] | undefined

  constructor(size: number) {
    this.#size = size
  }

  /** How many more rows the open chunk takes; a full one is closed. */
  room(): number {
    if (this.#indexes.length === this.#size) {
      this.#serialiseObjects()
      this.#close()
    }
    return this.#size - this.#indexes.length
  }

  add(row: WireRow, index: number, key: number): void {
    this.room()
    this.#objects.push(row)
    this.#indexes.push(index)
    this.#keys.push(key)
  }

  /** Adds neighbouring rows, for which there must be room, and copies them. */
  addSerialised({ count, wire, hashes }: GoodRows, firstIndex: number): void {
    this.#serialiseObjects()
    this.#addPart(serialisedRows(count, wire))
    for (let place = 0; place < count; place++) {
      this.#indexes.push(firstIndex + place)
      this.#keys.push(hashes[place] as number)
    }
  }

  /** All chunks. */
  done(): readonly Chunk[] {
    if (this.#indexes.length > 0) this.#close()
    return this.#chunks
  }

  /** Drops all rows so far and returns their memory to the pool. */
  discard(): void {
    releaseAll(this.done())
    this.#chunks = []
  }

  #serialiseObjects(): void {
    if (this.#objects.length === 0) return
    this.#addPart(serialisedRows(this.#objects.length, itemsOf(this.#objects)))
    this.#objects = []
  }

  #addPart(part: WireRows): void {
    if (this.#serialised === undefined) this.#serialised = [part]
    else this.#serialised.push(part)
  }

  #close(): void {
    const parts = this.#serialised ?? []
    if (this.#objects.length > 0 || parts.length === 0) parts.push(wireRows(this.#objects))
    this.#chunks.push({ rows: joinRows(parts), indexes: this.#indexes, keys: this.#keys })
    this.#indexes = []
    this.#keys = []
    this.#objects = []
    this.#serialised = undefined
  }
}

/** Returns the memory of all rows to the pool; none of them is sent. */
export function releaseAll(chunks: readonly Chunk[]): void {
  for (const { rows } of chunks) rows.release()
}

/** The chunks with only the kept rows; one that keeps all of them is returned as it is, and the memory of any other to the pool. */
export function keepRows(chunks: readonly Chunk[], isKept: (index: number) => boolean): readonly Chunk[] {
  return chunks.map((chunk) => keepRowsOf(chunk, isKept)).filter(({ indexes }) => indexes.length > 0)
}

function keepRowsOf(chunk: Chunk, isKept: (index: number) => boolean): Chunk {
  const { rows, indexes, keys } = chunk
  if (indexes.every(isKept)) return chunk
  const kept = indexes.flatMap((index, place) => (isKept(index) ? [place] : []))
  const keptRows = wireRows(kept.map((place) => rows.at(place)))
  rows.release()
  return {
    rows: keptRows,
    indexes: kept.map((place) => indexes[place] as number),
    keys: kept.map((place) => keys[place] as number),
  }
}
