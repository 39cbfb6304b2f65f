import { randomUUID } from 'node:crypto'
import type { GraphQLParams } from 'graphql-yoga'
import type { Body } from '../../http/read-body.ts'
import { createBufferPool } from '../../util/buffer-pool.ts'
import { isJsonObject } from '../../util/exact-number.ts'
import type { JsonScan } from '../../util/json-scan/scan-json.ts'
import { decodePart, decodeText, parseDigits } from '../read-json.ts'
import { RawRows } from '../row-lists.ts'
import { PIECE_BYTES, readPieces, type Source, skipSpace } from './row-pieces.ts'

// The plain twin is `parseBody`; test/large-bodies.test.ts compares them. Where the list of rows begins and ends, and where its rows do, is
// guessed. Why reading the rows by themselves gives the same as parsing the whole:
//
//  1. Frame: the bytes up to the opening bracket, `"<mark>"`, and the bytes from the closing bracket on are JSON, in which `variables.<name>`
//     is a list of only the mark. The mark is random, so it is ours: it stands where the items of that list do. No later member of the
//     same names replaces the list; of any other repeated member the last one counts, in the whole and here.
//  2. Rows: the bytes between the brackets are read from their beginning to their end as JSON objects separated by commas. Each text that
//     is parsed begins where an object may begin, and ends where one ends, or does not parse between brackets.
//  3. So the whole is JSON, and its rows are these objects in this order: what may stand in place of an item, may be several of them.
//  4. Each cut is next to an ASCII character, so no UTF-8 character is cut in two.
//  5. If one of these does not hold, nothing is concluded: `splitBody` returns undefined, or parsing rows throws and `unread` has the body,
//     which is then parsed at once. No row is sent before the last one has been read.

const MAX_GUESSES = 4
const [OPENING, CLOSING] = [0x5b, 0x5d]
const [ROW_START, ROW_END] = [0x7b, 0x7d]
const QUOTE = 0x22

// The only item of the list that stands for the rows; being random, it equals nothing that is sent.
const MARK = `rows:${randomUUID()}`

/**
 * Splits a body that is mostly one list of rows, which are read later: piece by piece while they are judged, so that no row lives long.
 * Undefined if its structure is unusual.
 */
export function splitBody(body: Body, scan: JsonScan) {
  const { buffer, byteOffset, byteLength } = body.bytes
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  const frame = readFrame(bytes)
  if (frame === undefined) return undefined
  const { params, name, start, end } = frame
  const kept = body.isLarge ? { ...body, bytes } : copyOf(bytes)
  const source: Source = { unread: kept.bytes, release: kept.release }
  const rows = new RawRows(readPieces(source, start, end, scan.isExact ? scan : undefined), scan.maxObjects)
  return {
    /** All parameters, with `RawRows` in place of the rows. */
    params: { ...params, variables: { ...params.variables, [name]: rows } },
    bytes: byteLength,
    unread: (): Body | undefined => source.unread && { ...body, ...kept, bytes: source.unread },
  }
}

const buffers = createBufferPool()

/** A small body must be kept until its rows are read, and lies where the next one may come. */
function copyOf(bytes: Buffer) {
  const copy = buffers.write(bytes)
  return { bytes: copy, release: () => buffers.giveBack(copy) }
}

/** What is around the rows. */
interface Frame {
  readonly params: GraphQLParams & { readonly variables: Record<string, unknown> }
  /** The variable that has the rows. */
  readonly name: string
  /** Where the first row begins, and the last one ends. */
  readonly start: number
  readonly end: number
}

function readFrame(bytes: Buffer): Frame | undefined {
  for (const [opening, start] of guesses(openings(bytes)))
    for (const [closing, end] of guesses(closings(bytes, start))) {
      if (opening + bytes.length - closing > PIECE_BYTES) return undefined
      const params = readAround(bytes.subarray(0, opening + 1), bytes.subarray(closing))
      const name = params && Object.keys(params.variables).find((one) => isMark(params.variables[one]))
      if (params !== undefined && name !== undefined) return { params, name, start, end }
    }
  return undefined
}

function guesses<Guess>(all: Iterator<Guess> & Iterable<Guess>): Iterable<Guess> {
  return Iterator.from(all).take(MAX_GUESSES)
}

/** Where lists of objects seem to begin, and their first object. */
function* openings(bytes: Buffer): Generator<readonly [list: number, first: number]> {
  for (let at = bytes.indexOf(OPENING); at >= 0; at = bytes.indexOf(OPENING, at + 1)) {
    const first = skipSpace(bytes, at + 1, 1)
    if (bytes[first] === ROW_START && bytes[skipSpace(bytes, first + 1, 1)] === QUOTE) yield [at, first]
  }
}

/** Where lists of objects seem to end, and behind their last object; the last such list first. */
function* closings(bytes: Buffer, from: number): Generator<readonly [list: number, last: number]> {
  for (let at = bytes.lastIndexOf(CLOSING); at > from; at = bytes.lastIndexOf(CLOSING, at - 1)) {
    const last = skipSpace(bytes, at - 1, -1)
    if (bytes[last] === ROW_END) yield [at, last + 1]
  }
}

function readAround(before: Buffer, after: Buffer): Frame['params'] | undefined {
  try {
    const text = `${decodeText(before)}"${MARK}"${decodePart(after)}`
    const params = parseDigits(text, Buffer.concat([before, after])) as Frame['params']
    return isJsonObject(params) && isJsonObject(params.variables) ? params : undefined
  } catch {
    return undefined
  }
}

function isMark(value: unknown): boolean {
  return Array.isArray(value) && value[0] === MARK
}
