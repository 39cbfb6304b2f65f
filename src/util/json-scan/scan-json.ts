import { readFileSync } from 'node:fs'
import { isHeld, isNumberText } from '../exact-number.ts'

/** What the bytes of a JSON text tell before it is parsed. */
export interface JsonScan {
  /**
   * An upper bound on the number of its values, member names aside: one more than its commas and opening brackets, including those in
   * strings.
   */
  readonly maxValues: number
  /** An upper bound on the number of its objects and lists. */
  readonly maxObjects: number
  /** Nothing in it looks like a number that a double cannot hold: neither it nor any part of it has one. */
  readonly isExact: boolean
  /** Whether it may have a number that a double cannot hold; if false, it has none. */
  mayBeInexact(): boolean
}

/** Scans a UTF-8 text, which need not be JSON, in one pass; the text must not change before `mayBeInexact` is called. */
export function scanJson(bytes: Uint8Array): JsonScan {
  const { commas, openings, suspects } = (simdMarks ?? plainMarks)(bytes)
  return {
    maxValues: 1 + commas + openings,
    maxObjects: openings,
    isExact: suspects.length === 0,
    mayBeInexact: () => suspects.length > 0 && isAnyInexact(bytes, suspects),
  }
}

function isAnyInexact({ buffer, byteOffset, byteLength }: Uint8Array, suspects: Marks['suspects']): boolean {
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  let [from, to] = [0, 0]
  return suspects.some((at) => {
    // A run that looks like a number is read once, however many suspects are in it.
    if (at >= from && at < to) return false
    from = to = at
    while (OF_NUMBERS[bytes[from - 1] ?? 0] === 1) from--
    while (OF_NUMBERS[bytes[to] ?? 0] === 1) to++
    return beginsNumber(bytes, from) && isInexact(bytes.toString('latin1', from, to))
  })
}

/** Most are computed doubles as JavaScript prints them; what is not a number is part of a string. */
function isInexact(text: string): boolean {
  return String(Number(text)) !== text && isNumberText(text) && !isHeld(text)
}

const OF_NUMBERS = tableOf('0123456789.eE+-')

const BEFORE_NUMBERS = new Set([...':,[ \t\r\n'].map((sign) => sign.charCodeAt(0)))

/** False for digits right after a quote: long article codes are not numbers. */
function beginsNumber(bytes: Uint8Array, from: number): boolean {
  return from === 0 || BEFORE_NUMBERS.has(bytes[from - 1] as number)
}

function tableOf(signs: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const sign of signs) table[sign.charCodeAt(0)] = 1
  return table
}

/** What the bytes of a JSON text show by themselves. */
export interface Marks {
  readonly commas: number
  /** Opening brackets and braces. */
  readonly openings: number
  /**
   * Where a number may be that a double cannot hold: the end of a run of sixteen or more digits and points, and the sign of a negative
   * exponent with three digits or more. In any order.
   */
  readonly suspects: readonly number[]
}

const SUSPECT = /[\d.]{16,}|(?<=\d[eE])-(?=\d{3})/g

/** The marks of some bytes; the plain twin of `simdMarks`, which takes twice as long as parsing. */
export function plainMarks({ buffer, byteOffset, byteLength }: Uint8Array): Marks {
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
  return {
    commas: text.match(/,/g)?.length ?? 0,
    openings: text.match(/[[{]/g)?.length ?? 0,
    suspects: Array.from(text.matchAll(SUSPECT), ({ 0: found, index }) => (found === '-' ? index : index + found.length)),
  }
}

/**
 * As `plainMarks`, sixteen bytes at a time, in a sixth to a quarter of the time of parsing; undefined if the processor has no SIMD.
 */
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
