import { readFileSync } from 'node:fs'
import type { Marks } from './plain-scan.ts'

/** As `plainMarks`, sixteen bytes at a time; undefined if the processor has no SIMD. */
export const simdMarks = load(readFileSync(new URL('scan.wasm', import.meta.url)))

/** The exports of `assembly/scan.ts`, described there. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly RESULT: { readonly value: number }
  readonly PLACES: { readonly value: number }
  readonly TEXT: { readonly value: number }
  readonly CAPACITY: { readonly value: number }
  scan(length: number, run: number): void
}

function load(code: Buffer<ArrayBuffer>): ((bytes: Uint8Array) => Marks) | undefined {
  if (!WebAssembly.validate(code)) return undefined
  const exports = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as Exports
  const fill = fillerOf(exports)
  const capacity = exports.CAPACITY.value
  const result = new Int32Array(exports.memory.buffer, exports.RESULT.value, 4)
  const places = new Int32Array(exports.memory.buffer, exports.PLACES.value)

  return (bytes) => {
    const marks = { commas: 0, openings: 0, suspects: [] as number[] }
    // A zero after the last byte ends a run of digits.
    for (let from = 0, run = 0; from <= bytes.length; from += capacity) {
      fill(bytes, from)
      exports.scan(Math.min(capacity, bytes.length + 1 - from), run)
      const [found, commas, openings] = [result[0] as number, result[1] as number, result[2] as number]
      run = result[3] as number
      marks.commas += commas
      marks.openings += openings
      for (let at = 0; at < found; at++) marks.suspects.push(from + (places[at] as number))
    }
    return marks
  }
}

/** How far the scan reads before and after the bytes of a call. */
const MARGIN = 16

/** Copies the bytes of a call to where they are scanned, with those around them, and zeros beyond either end of the text. */
function fillerOf({ memory: { buffer }, TEXT: { value: start }, CAPACITY: { value: capacity } }: Exports) {
  const memory = new Uint8Array(buffer)
  return (bytes: Uint8Array, from: number): void => {
    const before = Math.min(from, MARGIN)
    const part = bytes.subarray(from - before, from + capacity + MARGIN)
    const end = start - before + part.length
    if (from === 0) memory.fill(0, start - MARGIN, start)
    memory.set(part, start - before)
    memory.fill(0, end, end + 2 * MARGIN)
  }
}
