import { randomInt } from 'node:crypto'
import type { JsonScan } from './json-scan/scan-json.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
/** Setting this bit makes a bracket a brace; no other byte of JSON outside strings becomes one. */
const BRACE_BIT = 0x20

/**
 * Counts, without parsing, the values of a JSON text in UTF-8 up to a limit: objects, arrays, strings, numbers and literals count, member
 * names do not. Returns `limit + 1` if there are more, otherwise an upper bound that is at most `limit`. Accepts text that is not JSON,
 * too.
 */
export function countJsonValues(bytes: Uint8Array, { maxValues }: JsonScan, limit: number): number {
  return maxValues <= limit ? maxValues : countExactly(bytes, limit)
}

// Levels that are parsed within a tenth of a second: V8 takes about 0.8 us each.
const QUICK_LEVELS = 100_000
/** A shorter text is parsed within a quarter of a second even if it is nothing but brackets. */
const QUICK_BYTES = 256 * 1024

/**
 * What about the objects and arrays of a UTF-8 JSON text would block the process for long: some deeply nested texts take seconds per
 * megabyte, and half a million objects a quarter of a second. A text that is short or has few brackets is not checked.
 */
export function nestingFault(
  bytes: Uint8Array,
  scan: JsonScan,
  { maxDepth, maxObjects }: { readonly maxDepth: number; readonly maxObjects: number },
): 'TOO_DEEP' | 'TOO_MANY' | undefined {
  if (bytes.length < QUICK_BYTES || scan.maxObjects <= Math.min(QUICK_LEVELS, maxObjects)) return undefined
  if (!jsonDepthWithin(bytes, maxDepth)) return 'TOO_DEEP'
  return hasMoreObjects(bytes, maxObjects) ? 'TOO_MANY' : undefined
}

/** Whether a UTF-8 JSON text has more objects and arrays than `limit`; determined without parsing. */
export function hasMoreObjects(bytes: Uint8Array, limit: number): boolean {
  let count = 0
  for (let at = 0; at < bytes.length && count <= limit; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) at = endOfText(bytes, at)
    else if ((byte | BRACE_BIT) === OPEN_OBJECT) count++
  }
  return count > limit
}

/**
 * Whether no array or object of a UTF-8 JSON text is nested deeper than `maxDepth`, the outermost being at 1; determined without parsing.
 */
export function jsonDepthWithin(bytes: Uint8Array, maxDepth: number): boolean {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) at = endOfText(bytes, at)
    else if ((byte | BRACE_BIT) === OPEN_OBJECT && ++depth > maxDepth) return false
    else if ((byte | BRACE_BIT) === CLOSE_OBJECT) depth--
  }
  return true
}

// Every hash sets one entry; the random seed keeps collisions unpredictable.
const HASHES = 2 ** 20
const HASH_SEED = randomInt(2 ** 31)
const COLON = 0x3a

/**
 * Whether the objects of a UTF-8 JSON text have more different member names than `limit`, since the parser keeps a copy of each; determined
 * without parsing. With many names some collide and count once, and a name spelt in two ways counts twice.
 */
export function hasMoreNames(bytes: Uint8Array, limit: number): boolean {
  const seen = new Uint8Array(HASHES)
  let count = 0
  for (let at = 0; at < bytes.length && count <= limit; at++) {
    if (bytes[at] !== QUOTE) continue
    const end = endOfText(bytes, at)
    let next = end + 1
    while (isSpace(bytes[next])) next++
    if (bytes[next] === COLON) {
      const hash = hashOf(bytes, at + 1, end) % HASHES
      count += 1 - (seen[hash] as number)
      seen[hash] = 1
    }
    at = end
  }
  return count > limit
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = HASH_SEED
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** Counts the outermost value, one per comma and one per bracket that is not empty; stops once the limit is exceeded. */
function countExactly(bytes: Uint8Array, limit: number): number {
  let count = 1
  for (let at = 0; at < bytes.length && count <= limit; at++) {
    const byte = bytes[at] as number
    if (byte === QUOTE) at = endOfText(bytes, at)
    else if (byte === COMMA || ((byte | BRACE_BIT) === OPEN_OBJECT && !isEmpty(bytes, at))) count++
  }
  return count
}

function isEmpty(bytes: Uint8Array, open: number): boolean {
  let at = open + 1
  while (isSpace(bytes[at])) at++
  return bytes[at] === CLOSE_ARRAY || bytes[at] === CLOSE_OBJECT
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** The index of the quote that closes a string; the end of the bytes if it is unclosed. */
function endOfText(bytes: Uint8Array, open: number): number {
  for (let at = open + 1; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at++
  }
  return bytes.length
}
