import { createBufferPool } from '../util/buffer-pool.ts'
import { parseExactly } from '../util/exact-json.ts'
import { scanJson } from '../util/json-scan/scan-json.ts'
import { parseJson } from '../util/json-text.ts'
import { listOf } from '../util/list-of.ts'
import type { WireRow } from './wire-row.ts'

/** JSON as text or in UTF-8. */
type Json = string | Uint8Array

/** Neighbouring rows, as objects or as JSON objects separated by commas; these are parsed in the rare case that one is read. */
interface Part {
  readonly length: number
  objects?: readonly WireRow[]
  /** Undefined once it was released. */
  serialised?: Buffer | undefined
}

/** Shared by the serialised rows of all mutations. */
const buffers = createBufferPool()

/** Rows ready for the wire, at most as many as fit in one upstream request. A class, since every mutation has some and most are few. */
export class WireRows {
  readonly length: number
  readonly parts: readonly Part[]
  /** Before which place each part ends. */
  readonly #ends: readonly number[]

  constructor(parts: readonly Part[]) {
    let length = 0
    this.parts = parts
    this.#ends = parts.map((part) => (length += part.length))
    this.length = length
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
    part.objects ??= readBack(part)
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

  /** Ends the use of the rows: none may be read afterwards, which is a defect. */
  release(): void {
    for (const part of this.parts) {
      if (part.serialised === undefined) continue
      buffers.giveBack(part.serialised)
      part.serialised = undefined
    }
  }
}

/** Rows kept as objects. */
export function wireRows(objects: readonly WireRow[]): WireRows {
  return new WireRows([{ length: objects.length, objects }])
}

/** This many rows, given as JSON objects separated by commas, which are copied. */
export function serialisedRows(length: number, items: Json): WireRows {
  return new WireRows([{ length, serialised: buffers.write(items) }])
}

/** Rows of others, in order, which are released together with these. */
export function joinRows(all: readonly WireRows[]): WireRows {
  const [only, second] = all
  if (only !== undefined && second === undefined) return only
  const parts = all.flatMap((rows) => rows.parts)
  // One native print of many rows is faster than printing one after the other.
  return parts.some((part) => 'serialised' in part) ? new WireRows(parts) : wireRows(parts.flatMap(({ objects }) => objects ?? []))
}

/** Rows as JSON objects separated by commas. */
export function itemsOf(rows: readonly WireRow[]): string {
  return JSON.stringify(rows).slice(1, -1)
}

function jsonOf(part: Part): Json {
  return 'serialised' in part ? bytesOf(part) : itemsOf(part.objects ?? [])
}

function bytesOf({ serialised }: Part): Buffer {
  if (serialised === undefined) throw new Error('rows were asked for after their release')
  return serialised
}

function readBack(part: Part): readonly WireRow[] {
  const bytes = bytesOf(part)
  const text = `[${bytes}]`
  return (scanJson(bytes).mayBeInexact() ? parseExactly(text) : parseJson(text)) as readonly WireRow[]
}
