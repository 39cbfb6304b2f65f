import { createBufferPool } from '../util/buffer-pool.ts'
import { parseExactly } from '../util/exact-json.ts'
import { scanJson } from '../util/json-scan/scan-json.ts'
import { parseJson } from '../util/json-text.ts'
import type { WireRow } from './wire-row.ts'

/** Good rows of one mutation, at most as many as fit in one upstream request. */
export interface Chunk {
  readonly rows: WireRows
  /** The index of each row in the mutation. */
  readonly indexes: readonly number[]
  /** The hash of each row's primary key, by `keyHash`. */
  readonly keys: readonly number[]
}

/** Collects good rows into chunks of `size`. A full chunk is serialised as soon as another row is added. */
export function createChunker(size: number) {
  const chunks: Chunk[] = []
  let open = emptyChunk()

  function close(isLast: boolean): void {
    const { rows, indexes, keys } = open
    if (rows.length > 0) chunks.push({ rows: isLast ? wireRows(rows) : serialisedRows(rows), indexes, keys })
    open = emptyChunk()
  }

  return {
    add(row: WireRow, index: number, key: number): void {
      if (open.rows.length === size) close(false)
      open.rows.push(row)
      open.indexes.push(index)
      open.keys.push(key)
    },
    /** All chunks; nothing may be added afterwards. */
    done(): readonly Chunk[] {
      close(true)
      return chunks
    },
  }
}

function emptyChunk() {
  return { rows: [] as WireRow[], indexes: [] as number[], keys: [] as number[] }
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

/** Rows ready for the wire, at most as many as fit in one upstream request. */
export interface WireRows {
  readonly length: number
  /** The row at this position. */
  at(place: number): WireRow
  /** The rows from `from` up to, but not including, `to`. */
  slice(from: number, to: number): WireRows
  /** All rows as a JSON list, as text or in UTF-8. */
  json(): string | Uint8Array
  /** Ends the use of the rows: none may be read afterwards. */
  release(): void
}

/** Shared by the serialised rows of all mutations. */
const buffers = createBufferPool()

/** Rows kept as objects. */
export function wireRows(rows: readonly WireRow[]): WireRows {
  return {
    length: rows.length,
    at: (place) => rows[place] as WireRow,
    slice: (from, to) => wireRows(rows.slice(from, to)),
    json: () => JSON.stringify(rows),
    release: () => {},
  }
}

/**
 * Rows that are serialised at once and dropped: those of a large mutation wait long, and the garbage collector walks and moves everything
 * that waits. They are parsed again in the rare case that one is read; reading after `release` is a defect.
 */
export function serialisedRows(rows: readonly WireRow[]): WireRows {
  let serialised: Buffer | undefined = buffers.write(JSON.stringify(rows))
  let read: readonly WireRow[] | undefined
  const json = () => {
    if (serialised === undefined) throw new Error('rows were asked for after their release')
    return serialised
  }
  const all = () => {
    read ??= readBack(json())
    return read
  }
  return {
    length: rows.length,
    at: (place) => all()[place] as WireRow,
    slice: (from, to) => wireRows(all().slice(from, to)),
    json,
    release() {
      if (serialised) buffers.giveBack(serialised)
      serialised = undefined
    },
  }
}

function readBack(serialised: Buffer): readonly WireRow[] {
  const text = serialised.toString()
  return (scanJson(serialised).mayBeInexact ? parseExactly(text) : parseJson(text)) as readonly WireRow[]
}
