import { copy } from './bytes'
import { Column, columnAt, keyColumnAt, layout, Presence, Type } from './layout'
import { OUTPUT } from './memory'

const QUOTE: u8 = 0x22
const COMMA: u8 = 0x2c
const OPENING: u8 = 0x7b
const CLOSING: u8 = 0x7d
const SPACE: u8 = 0x20
const T: u8 = 0x54
const Z: u8 = 0x5a
const NULL: u32 = 0x6c6c756e
const DAY: i32 = 11

/** Writes the row for the wire, after a comma if it is not the first; returns where it ends. */
export function writeRow(out: usize, row: i32): usize {
  const start = separate(out, OUTPUT)
  let at = start
  for (let place: i32 = 0; place < layout.columnCount; place++) {
    const column = columnAt(place)
    const isGiven = column.row === row
    if (!isGiven && column.presence !== Presence.Nullable) continue
    copy(at, column.wireName, column.wireNameLength)
    at += <usize>column.wireNameLength
    column.wireStart = at
    at = isGiven ? writeCell(at, column) : writeNull(at)
    column.wireLength = <i32>(at - column.wireStart)
  }
  return close(start, at)
}

function separate(out: usize, first: usize): usize {
  if (out === first) return out
  store<u8>(out, COMMA)
  return out + 1
}

/** Ends an object; every name is written after a comma, and the first comma gives way to the brace. */
function close(start: usize, at: usize): usize {
  store<u8>(start, OPENING)
  store<u8>(at, CLOSING)
  return at + 1
}

function writeNull(at: usize): usize {
  store<u32>(at, NULL)
  return at + 4
}

function writeCell(at: usize, column: Column): usize {
  if (column.type === Type.Timestamp && load<u8>(column.start) === QUOTE) return writeTimestamp(at, column.start)
  copy(at, column.start, column.length)
  return at + <usize>column.length
}

function writeTimestamp(at: usize, text: usize): usize {
  const isIso = layout.isIso !== 0
  copy(at, text, DAY)
  store<u8>(at + <usize>DAY, isIso ? T : SPACE)
  v128.store(at + 12, v128.load(text + 12))
  let end = at + 20
  if (isIso) store<u8>(end++, Z)
  store<u8>(end, QUOTE)
  return end + 1
}

/** Writes the key of the row as sent, after a comma if it is not the first; returns where it ends. */
export function writeKey(keys: usize, first: usize): usize {
  const start = separate(keys, first)
  let at = start
  for (let nth: i32 = 0; nth < layout.keyCount; nth++) {
    const column = keyColumnAt(nth)
    copy(at, column.keyName, column.keyNameLength)
    at += <usize>column.keyNameLength
    copy(at, column.start, column.length)
    at += <usize>column.length
  }
  return close(start, at)
}

const PRIME: i32 = 0x01000193

/** The hash of the row's key on the wire, as by `keyHash`. */
export function hashKey(): i32 {
  let hash = layout.keySeed
  for (let nth: i32 = 0; nth < layout.keyCount; nth++) {
    const column = keyColumnAt(nth)
    const quotes: usize = load<u8>(column.wireStart) === QUOTE ? 1 : 0
    const end = column.wireStart + <usize>column.wireLength - quotes
    for (let at = column.wireStart + quotes; at < end; at++) hash = (hash ^ <i32>load<u8>(at)) * PRIME
    hash *= PRIME
  }
  return hash
}
