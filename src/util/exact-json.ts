import { randomBytes } from 'node:crypto'
import { exactNumber, isHeld, isNumberText } from './exact-number.ts'
import { endOfText, parseJson } from './json-text.ts'

/** Whether a number lies where doubles have fewer digits, or none: only there an exponent can cost some. */
export function isTiny(value: unknown): boolean {
  return typeof value === 'number' && value < LEAST_FULL && value > -LEAST_FULL
}

/** The least double that has all its digits. */
const LEAST_FULL = 2 ** -1022

// What a double does not hold is put in quotes behind these letters, which nobody can send on purpose. A reviver would be called
// for every value of the text; test/exact-json.test.ts holds this against one.
const MARK = randomBytes(9).toString('base64url')

/**
 * What a JSON text says, with the numbers that a double does not hold as their text; undefined where it has more than so many of
 * those. Takes twice the time of parsing, and a microsecond or two for each of them.
 */
export function parseExactly(text: string, maxInexact = Number.POSITIVE_INFINITY): unknown {
  const pieces: string[] = []
  let copied = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfText(text, at)
    if (code !== MINUS && !isDigitOrPoint(code)) continue
    const end = endOfNumber(text, at)
    if (isInexact(text, at, end)) {
      if (pieces.push(`${text.slice(copied, at)}"${MARK}${text.slice(at, end)}"`) > maxInexact) return undefined
      copied = end
    }
    at = end - 1
  }
  return copied === 0 ? parseJson(text) : withNumbers(parseJson(pieces.join('') + text.slice(copied)))
}

function isInexact(text: string, from: number, end: number): boolean {
  if (end - from < MIN_DIGITS && !/e/i.test(text.slice(from, end))) return false
  const number = text.slice(from, end)
  BEFORE_VALUE.lastIndex = end
  // What is no number, or stands for a name, is left for the parser to complain of.
  return isNumberText(number) && !isHeld(number) && !BEFORE_VALUE.test(text)
}

const BEFORE_VALUE = /[ \t\r\n]*:/y

/** The same value, with numbers in the place of marked texts. */
function withNumbers(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? exactNumber(value.slice(MARK.length)) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) for (let at = 0; at < value.length; at++) value[at] = withNumbers(value[at])
  else
    for (const name of Object.keys(value)) (value as Record<string, unknown>)[name] = withNumbers((value as Record<string, unknown>)[name])
  return value
}

function endOfNumber(text: string, from: number): number {
  let at = from + 1
  while (isOfExponent(text.charCodeAt(at))) at++
  return at
}

/** Whether a JSON text has a number that a double does not hold; `bytes` are the same text in UTF-8. */
export function hasInexactNumber(bytes: Uint8Array, text: string): boolean {
  return hasLongNumber(bytes) || hasTinyNumber(text)
}

const QUOTE = 0x22
const MINUS = 0x2d
const POINT = 0x2e
const NINE = 0x39
const MIN_DIGITS = 16

/**
 * Whether a JSON text in UTF-8 has a number of sixteen digits or more that a double does not hold; takes a twentieth of the time of
 * parsing. Every sixteenth byte is looked at: any sixteen digits one behind the other have one of these, and seven more on one side of it.
 */
export function hasLongNumber(text: Uint8Array): boolean {
  // Made once: a view for each number costs more than reading it.
  const bytes = text instanceof Buffer ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength)
  let end = 0
  for (let at = MIN_DIGITS - 1; at < bytes.length; at += MIN_DIGITS) {
    const byte = bytes[at] as number
    if (byte > NINE || byte < POINT) continue
    if (
      !(isDigitOrPoint(bytes[at + 7]) && isDigitOrPoint(bytes[at + 4])) &&
      !(isDigitOrPoint(bytes[at - 8]) && isDigitOrPoint(bytes[at - 4]))
    )
      continue
    // Digits are gone through once, however many they are.
    if (at >= end) end = endOfHeld(bytes, at)
    if (end === INEXACT) return true
  }
  return false
}

const INEXACT = -1

/** Where the digits around a byte end, if there are any; `INEXACT` where they are a number that a double does not hold. */
function endOfHeld(bytes: Buffer, at: number): number {
  if (!isDigitOrPoint(bytes[at])) return at
  let [from, to] = [at, at + 1]
  while (isDigitOrPoint(bytes[from - 1])) from--
  while (isDigitOrPoint(bytes[to])) to++
  if (to - from < MIN_DIGITS || !beginsNumber(bytes, from)) return to
  while (isOfExponent(bytes[to])) to++
  const text = bytes.toString('latin1', from, to)
  // Most are computed doubles, written as JavaScript writes them; what is no number stands within a text.
  return String(Number(text)) === text || !isNumberText(text) || isHeld(text) ? to : INEXACT
}

function isDigitOrPoint(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= NINE) || byte === POINT)
}

function isOfExponent(byte: number | undefined): boolean {
  return isDigitOrPoint(byte) || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d
}

const BEFORE_NUMBERS = new Set([...':,[ \t\r\n-'].map((sign) => sign.charCodeAt(0)))

/** Not the first digits of a text, which stand behind its quote: long codes of goods are no numbers. */
function beginsNumber(bytes: Uint8Array, from: number): boolean {
  const before = bytes[from - 1]
  return before === undefined || BEFORE_NUMBERS.has(before)
}

const TINY = /\d[eE]-\d\d\d/g

/**
 * Whether a JSON text has a number of few digits that a double does not hold: its exponent has three digits and is below zero.
 * Such a number reads as zero or nearly so; looking for it takes an eighth of the time of parsing.
 */
export function hasTinyNumber(text: string): boolean {
  for (TINY.lastIndex = 0; TINY.test(text); ) {
    let from = TINY.lastIndex - 6
    while (isDigitOrPoint(text.charCodeAt(from - 1))) from--
    if (from === 0 || BEFORE_NUMBERS.has(text.charCodeAt(from - 1))) return true
  }
  return false
}
