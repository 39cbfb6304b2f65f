import { createBufferPool } from '../util/buffer-pool.ts'
import { hasInexactNumber, parseExactly } from '../util/exact-json.ts'
import type { WireRow } from './wire-row.ts'

/** Rows ready for the wire, at most as many as one upstream request holds. */
export interface WireRows {
  readonly length: number
  /** The row at that place. */
  at(place: number): WireRow
  /** The rows from one place up to but not including another. */
  slice(from: number, to: number): WireRows
  /** All of them as a JSON list, as text or in UTF-8. */
  json(): string | Uint8Array
  /** Says that nobody asks for any of them again. */
  release(): void
}

/** For the serialised rows of all mutations. */
const buffers = createBufferPool()

/** Rows that are kept as they are. */
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
 * Rows that are serialised at once and not kept: those of a large mutation wait long, and the garbage collector walks and moves
 * what waits. They are read back where one is asked for, which is rare; after their release that is a defect.
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
  return (hasInexactNumber(serialised, text) ? parseExactly(text) : JSON.parse(text)) as readonly WireRow[]
}
