import { readFileSync } from 'node:fs'
import type { Resource } from '../../resource/define-resource.ts'
import type { WireOptions } from '../wire-row.ts'
import { createLayout } from './layout.ts'

/** Rows that are certainly good, as bytes that the next reading overwrites. */
export interface GoodRows {
  readonly count: number
  /** The rows as they are sent, and their keys by field as they came: JSON objects, separated by commas. */
  readonly wire: Uint8Array
  readonly keys: Uint8Array
  /** Where in `keys` each ends. */
  readonly keyEnds: Int32Array
  /** The hash of each row's key, by `keyHash`. */
  readonly hashes: Int32Array
  /** Where in the text the first row begins that was not read, or the end of the text. */
  readonly next: number
  /** Where in the text the last row ends that was read. */
  readonly end: number
  /** Whether the rows stand in the text as `JSON.stringify` would print them, up to that end. */
  readonly isCompact: boolean
}

/** Reads at most `most` rows of a text, which is UTF-8, from a place on: none if the first is not certainly good. */
export type ReadGoodRows = (text: Uint8Array, from: number, most: number) => GoodRows

/** Rows of one mutation in a text. They may be read at once; what is left of them comes next among its lists, parsed. */
export interface RowsText {
  /** How many rows have been read or parsed. */
  count(): number
  /**
   * Reads rows in order, those that are certainly good without parsing them, until so many are not that parsing all others together is
   * faster.
   */
  runs(read: ReadRows): Iterable<readonly unknown[] | GoodRows>
}

/** Reads rows of a text from a place on; undefined if none are wanted any more. */
export type ReadRows = (text: Uint8Array, from: number) => GoodRows | undefined

/** The longest text that is read, in bytes. */
export const MAX_TEXT_BYTES = 256 * 1024

/** The exports of `assembly/read-rows.ts`, described there. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly RESULT: { readonly value: number }
  readonly HASHES: { readonly value: number }
  readonly KEY_ENDS: { readonly value: number }
  readonly MAX_ROWS: { readonly value: number }
  readonly LAYOUT: { readonly value: number }
  readonly INPUT: { readonly value: number }
  readonly OUTPUT: { readonly value: number }
  readonly KEYS: { readonly value: number }
  read(from: number, length: number, maxRows: number): void
}

const shared = load(readFileSync(new URL('read-rows.wasm', import.meta.url)))

/** A reader of the rows of a resource; undefined if the processor has no SIMD, or the resource too many columns or too long names. */
export function createRowReader(resource: Resource, options: WireOptions): ReadGoodRows | undefined {
  const layout = shared && createLayout(resource, options, shared.layoutAt)
  return layout && ((text, from, most) => shared.read(layout, text, from, most))
}

function load(code: Buffer<ArrayBuffer>) {
  if (!WebAssembly.validate(code)) return undefined
  const exports = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as Exports
  const memory = new Uint8Array(exports.memory.buffer)
  const from = ({ value }: { readonly value: number }) => memory.subarray(value)
  const [output, keys] = [from(exports.OUTPUT), from(exports.KEYS)]
  const result = new Int32Array(memory.buffer, exports.RESULT.value, 6)
  const ofRows = ({ value }: { readonly value: number }) => new Int32Array(memory.buffer, value, exports.MAX_ROWS.value)
  const [hashes, keyEnds] = [ofRows(exports.HASHES), ofRows(exports.KEY_ENDS)]
  const place = createPlacer(memory, exports)
  return {
    layoutAt: exports.LAYOUT.value,
    read(layout: Uint8Array, text: Uint8Array, from: number, most: number): GoodRows {
      place(layout, text)
      exports.read(from, text.length, Math.min(most, hashes.length))
      const [count = 0, next = 0, wireBytes, keyBytes, end = 0, isCompact] = result
      const bytes = { wire: output.subarray(0, wireBytes), keys: keys.subarray(0, keyBytes) }
      const numbers = { keyEnds: keyEnds.subarray(0, count), hashes: hashes.subarray(0, count) }
      return { count, next, end, isCompact: isCompact === 1, ...bytes, ...numbers }
    },
  }
}

/** How far the reading looks beyond the text. */
const MARGIN = 64

/** Copies layout and text to where they are read, unless they are still there. */
function createPlacer(memory: Uint8Array, { LAYOUT, INPUT }: Exports) {
  let lastLayout: Uint8Array | undefined
  let lastText: Uint8Array | undefined
  return (layout: Uint8Array, text: Uint8Array): void => {
    if (layout !== lastLayout) memory.set(layout, LAYOUT.value)
    lastLayout = layout
    if (lastText === text) return
    memory.set(text, INPUT.value)
    memory.fill(0, INPUT.value + text.length, INPUT.value + text.length + MARGIN)
    lastText = text
  }
}
