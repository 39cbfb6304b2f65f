import { listOf } from '../util/list-of.ts'
import type { GoodRows } from './row-reader/row-reader.ts'
import { type Json, SerialisedRows } from './serialised-rows.ts'
import type { WireRow } from './wire-row.ts'

/** Neighbouring rows, as objects or serialised; these are parsed in the rare case that one is read. */
interface Part {
  readonly length: number
  objects?: readonly WireRow[]
  readonly serialised?: SerialisedRows
}

/** Rows ready for the wire, at most as many as fit in one upstream request. A class, since every mutation has some and most are few. */
export class WireRows {
  readonly length: number
  readonly parts: readonly Part[]
  /** Ends the use of the rows: none may be read afterwards, which is a defect. Undefined where they hold no memory of the pool. */
  readonly release: (() => void) | undefined
  /** Before which place each part ends. */
  readonly #ends: readonly number[]

  constructor(parts: readonly Part[]) {
    let length = 0
    this.parts = parts
    this.#ends = parts.map((part) => (length += part.length))
    this.length = length
    this.release = isSerialised(parts) ? () => releaseParts(parts) : undefined
  }

  /** The row at this position; its part is found by binary search, since a batch may have tens of thousands. */
  at(place: number): WireRow {
    let [low, high] = [0, this.parts.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ends[middle] as number) > place) high = middle
      else low = middle + 1
    }
    const part = this.parts[low] as Part
    part.objects ??= part.serialised?.parse() ?? []
    return part.objects[place - (this.#ends[low - 1] ?? 0)] as WireRow
  }

  /** The rows from `from` up to, but not including, `to`. */
  slice(from: number, to: number): WireRows {
    return wireRows(listOf(Math.min(to, this.length) - from, (place) => this.at(from + place)))
  }

  /** All rows as JSON objects separated by commas, in pieces. */
  json(): readonly Json[] {
    return this.parts.flatMap((part, nth) => (nth === 0 ? [jsonOf(part)] : [',', jsonOf(part)]))
  }
}

/** Rows kept as objects. */
export function wireRows(objects: readonly WireRow[]): WireRows {
  return new WireRows([{ length: objects.length, objects }])
}

/** Rows of others, in order, which are released with these. */
export function joinRows(all: readonly WireRows[]): WireRows {
  const parts = all.flatMap((rows) => rows.parts)
  // One native print of many rows is faster than printing one after the other.
  return isSerialised(parts) ? new WireRows(parts) : wireRows(parts.flatMap(({ objects }) => objects ?? []))
}

function isSerialised(parts: readonly Part[]): boolean {
  return parts.some(({ serialised }) => serialised !== undefined)
}

function releaseParts(parts: readonly Part[]): void {
  for (const { serialised } of parts) serialised?.release()
}

function jsonOf({ serialised, objects = [] }: Part): Json {
  return serialised?.bytes() ?? itemsOf(objects)
}

/** Rows as JSON objects separated by commas. */
function itemsOf(rows: readonly WireRow[]): string {
  return JSON.stringify(rows).slice(1, -1)
}

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
  #serialised: Part[] = []

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
    this.#serialised.push({ length: count, serialised: new SerialisedRows(wire) })
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
    this.#serialised.push({ length: this.#objects.length, serialised: new SerialisedRows(itemsOf(this.#objects)) })
    this.#objects = []
  }

  #close(): void {
    const [parts, objects] = [this.#serialised, this.#objects]
    if (objects.length > 0) parts.push({ length: objects.length, objects })
    this.#chunks.push({ rows: new WireRows(parts), indexes: this.#indexes, keys: this.#keys })
    this.#indexes = []
    this.#keys = []
    this.#objects = []
    this.#serialised = []
  }
}

/** Returns the memory of all rows to the pool; none of them is sent. */
export function releaseAll(chunks: readonly Chunk[]): void {
  for (const { rows } of chunks) rows.release?.()
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
  rows.release?.()
  return {
    rows: keptRows,
    indexes: kept.map((place) => indexes[place] as number),
    keys: kept.map((place) => keys[place] as number),
  }
}
