// AssemblyScript (assemblyscript.org), compiled into `../read-rows.wasm` by `npm run wasm`: judges rows in their JSON text and writes them
// for the wire, without making objects of them. What is unusual ends the reading at the row that has it: an escape, an unknown or repeated
// name, a value that is not certainly good. Its plain twin is parsing, judging and printing the rows.

import { skipSpace } from './bytes'
import { Column, columnAt, layout, Presence, Type } from './layout'
import { HASHES, INPUT, KEY_ENDS, KEYS, KEYS_END, OUTPUT, OUTPUT_END, RESULT } from './memory'
import { readFloat, readInteger, shortEnd } from './numbers'
import { isBeyondAscii, readString } from './strings'
import { readDate, readTimestamp } from './times'
import { hashKey, writeKey, writeRow } from './write-row'

const QUOTE: u8 = 0x22
const COMMA: u8 = 0x2c
const COLON: u8 = 0x3a
const OPENING: u8 = 0x7b
const CLOSING: u8 = 0x7d
const NULL: u32 = 0x6c6c756e
const TRUE: u32 = 0x65757274
const ALSE: u32 = 0x65736c61
/** Longer values of a key are not shown. */
const MAX_KEY: i32 = 1024
const QUOTES: i32 = 2
/** The quote before a name, the colon after it, and the comma or brace after the value. */
const SIGNS: i32 = 3

/** The number of the row being read, from one on in each call: numbers of all rows would come again after 2^32. */
let row: i32 = 0
/** The bytes of the row last read as `JSON.stringify` would print it. */
let compactLength: i32 = 0

/**
 * Reads up to `maxRows` rows of a text of `length` bytes, from its place `from` on. Leaves in `RESULT` how many, where the first row that
 * was not read begins, the lengths of what was written to `OUTPUT` and `KEYS`, where the last row that was read ends, and 1 if these rows
 * stand in the text as `JSON.stringify` would print them.
 */
export function read(from: i32, length: i32, maxRows: i32): void {
  const end = INPUT + <usize>length
  let at = INPUT + <usize>from
  let out = OUTPUT
  let keys = KEYS
  let rows: i32 = 0
  let lastEnd = at
  let compactEnd = at
  row = 0
  for (let place: i32 = 0; place < layout.columnCount; place++) columnAt(place).row = 0
  while (rows < maxRows && at !== end) {
    const rowEnd = readRow(at)
    const next: usize = rowEnd === 0 ? 0 : nextRow(rowEnd, end)
    if (next === 0 || !hasRoom(<i32>(rowEnd - at), out, keys)) break
    out = writeRow(out, row)
    keys = writeKey(keys, KEYS)
    store<i32>(HASHES + ((<usize>rows) << 2), hashKey())
    store<i32>(KEY_ENDS + ((<usize>rows) << 2), <i32>(keys - KEYS))
    rows++
    compactEnd += <usize>(compactLength + (rows > 1 ? 1 : 0))
    lastEnd = rowEnd
    at = next
  }
  store<i32>(RESULT, rows, 0)
  store<i32>(RESULT, <i32>(at - INPUT), 4)
  store<i32>(RESULT, <i32>(out - OUTPUT), 8)
  store<i32>(RESULT, <i32>(keys - KEYS), 12)
  store<i32>(RESULT, <i32>(lastEnd - INPUT), 16)
  store<i32>(RESULT, <i32>(lastEnd === compactEnd), 20)
}

function hasRoom(bytes: i32, out: usize, keys: usize): bool {
  const most = <usize>(bytes + layout.moreBytes)
  return out + most <= OUTPUT_END && keys + most <= KEYS_END
}

/** Where the next row begins, or the end of the text; 0 if neither a comma nor the end follows. */
function nextRow(rowEnd: usize, end: usize): usize {
  const at = skipSpace(rowEnd)
  if (at === end) return at
  const next = skipSpace(at + 1)
  return load<u8>(at) === COMMA && next !== end ? next : 0
}

/** Reads a row into the columns; returns where it ends, or 0. */
function readRow(start: usize): usize {
  if (load<u8>(start) !== OPENING) return 0
  row++
  let found: i32 = 0
  let compact: i32 = 1
  let at = skipSpace(start + 1)
  for (let last: i32 = -1; ; at = skipSpace(at + 1)) {
    const place = load<u8>(at) === QUOTE ? findColumn(at + 1, last) : -1
    if (place < 0) return 0
    last = place
    const column = columnAt(place)
    if (column.row === row) return 0
    at = skipSpace(at + 1 + <usize>column.nameLength)
    if (load<u8>(at) !== COLON) return 0
    at = readCell(skipSpace(at + 1), column)
    if (at === 0) return 0
    found += <i32>(column.presence === Presence.Required)
    compact += column.nameLength + column.length + SIGNS
    at = skipSpace(at)
    if (load<u8>(at) !== COMMA) break
  }
  compactLength = compact
  return load<u8>(at) === CLOSING && found === layout.requiredCount ? at + 1 : 0
}

/** The place of the column whose name is at `at`, and which mostly comes after `last`; -1 if there is none. */
function findColumn(at: usize, last: i32): i32 {
  const guess = last < 0 ? layout.first : columnAt(last).next
  if (isNameAt(at, columnAt(guess))) return guess
  for (let place: i32 = 0; place < layout.columnCount; place++)
    if (isNameAt(at, columnAt(place))) {
      if (last < 0) layout.first = place
      else columnAt(last).next = place
      return place
    }
  return -1
}

/** Compares a name with its quote, block by block; behind its blocks are those that mask what follows it. */
function isNameAt(at: usize, column: Column): bool {
  const blocks = (<usize>column.nameLength + 15) & ~15
  for (let block: usize = 0; block < blocks; block += 16) {
    const differs = v128.xor(v128.load(at + block), v128.load(column.name + block))
    if (v128.any_true(v128.and(differs, v128.load(column.name + blocks + block)))) return false
  }
  return true
}

/** Reads a value into its column; returns where it ends, or 0 if it is not certainly good. */
function readCell(start: usize, column: Column): usize {
  const isNull = load<u32>(start) === NULL
  if (isNull && column.presence === Presence.Required) return 0
  const end = isNull ? start + 4 : readValue(start, column)
  column.row = row
  column.start = start
  column.length = <i32>(end - start)
  if (column.type === Type.Float && !isNull && end !== 0) column.length = <i32>(shortEnd - start)
  return column.isKey && column.length > MAX_KEY + QUOTES ? 0 : end
}

function readValue(start: usize, column: Column): usize {
  const type = column.type
  if (type === Type.String) return readText(start, column)
  if (type === Type.Integer) return readInteger(start, column.min, column.max)
  if (type === Type.Float) return readFloat(start, column.min, column.max)
  if (type === Type.Date) return readDate(start)
  if (type === Type.Timestamp) return readTimestamp(start)
  if (type === Type.Boolean)
    return load<u32>(start) === TRUE ? start + 4 : load<u32>(start, 1) === ALSE && load<u8>(start) === 0x66 ? start + 5 : 0
  return 0
}

/** A text has at most as many UTF-16 units as bytes. A key is plain ASCII, and begins with what is not blank. */
function readText(start: usize, column: Column): usize {
  const end = readString(start)
  if (end === 0) return 0
  const length = <i32>(end - start) - 2
  if (length > column.maxLength) return 0
  if (!column.isKey) return end
  const first = load<u8>(start + 1)
  return length > 0 && first > 0x20 && first < 0x7f && !isBeyondAscii ? end : 0
}
