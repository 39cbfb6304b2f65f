import { createBufferPool } from '../util/buffer-pool.ts'
import { parseExactly } from '../util/exact-json.ts'
import { scanJson } from '../util/json-scan/scan-json.ts'
import { parseJson } from '../util/json-text.ts'
import type { WireRow } from './wire-row.ts'

/** Rows ready for the wire, at most as many as fit in one upstream request. */
export interface WireRows {
  readonly length: number
  /** The rows, if they are kept as objects. */
  readonly objects?: readonly WireRow[]
  /** The row at this position. */
  at(place: number): WireRow
  /** The rows from `from` up to, but not including, `to`. */
  slice(from: number, to: number): WireRows
  /** All rows as JSON objects separated by commas, in pieces. */
  json(): readonly Json[]
  /** Ends the use of the rows: none may be read afterwards. */
  release(): void
}

/** JSON as text or in UTF-8. */
type Json = string | Uint8Array

/** Shared by the serialised rows of all mutations. */
const buffers = createBufferPool()

/** Rows kept as objects. */
export function wireRows(rows: readonly WireRow[]): WireRows {
  return {
    length: rows.length,
    objects: rows,
    at: (place) => rows[place] as WireRow,
    slice: (from, to) => wireRows(rows.slice(from, to)),
    json: () => [itemsOf(rows)],
    release: () => {},
  }
}

/** Rows as JSON objects separated by commas. */
export function itemsOf(rows: readonly WireRow[]): string {
  return JSON.stringify(rows).slice(1, -1)
}

/**
 * This many rows, given as JSON objects separated by commas, which are copied. They are parsed again in the rare case that one is read;
 * reading after `release` is a defect.
 */
export function serialisedRows(length: number, items: readonly Json[]): WireRows {
  let serialised: Buffer | undefined = buffers.write(...items)
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
    length,
    at: (place) => all()[place] as WireRow,
    slice: (from, to) => wireRows(all().slice(from, to)),
    json: () => [json()],
    release() {
      if (serialised) buffers.giveBack(serialised)
      serialised = undefined
    },
  }
}

function readBack(items: Buffer): readonly WireRow[] {
  const text = `[${items}]`
  return (scanJson(items).mayBeInexact() ? parseExactly(text) : parseJson(text)) as readonly WireRow[]
}

/** Rows of others, in order, which are released together with these. */
export function joinRows(parts: readonly WireRows[]): WireRows {
  const [only, second] = parts
  if (only !== undefined && second === undefined) return only
  const objects = objectsOf(parts)
  if (objects !== undefined) return wireRows(objects)
  let length = 0
  const ends = parts.map((rows) => (length += rows.length))
  const at = (place: number) => rowAmong(parts, ends, place)
  return {
    length,
    at,
    slice: (from, to) => wireRows(Array.from({ length: Math.min(to, length) - from }, (_, place) => at(from + place))),
    json: () => parts.flatMap((rows, nth) => (nth === 0 ? rows.json() : [',', ...rows.json()])),
    release: () => parts.forEach((rows) => void rows.release()),
  }
}

/** The rows of all parts, if all are kept as objects. */
function objectsOf(parts: readonly WireRows[]): readonly WireRow[] | undefined {
  const all: WireRow[] = []
  for (const { objects } of parts) {
    if (objects === undefined) return undefined
    for (const row of objects) all.push(row)
  }
  return all
}

/** By binary search, since a batch may have tens of thousands of parts; each ends before the place `ends` says. */
function rowAmong(parts: readonly WireRows[], ends: readonly number[], place: number): WireRow {
  let [low, high] = [0, parts.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] as number) > place) high = middle
    else low = middle + 1
  }
  return (parts[low] as WireRows).at(place - (ends[low - 1] ?? 0))
}
