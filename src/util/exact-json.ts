import { readNumber } from './exact-number.ts'

/** Whether a number lies where doubles have fewer digits, or none: only there an exponent can cost some. */
export function isTiny(value: unknown): boolean {
  return typeof value === 'number' && value < LEAST_FULL && value > -LEAST_FULL
}

/** The least double that has all its digits. */
const LEAST_FULL = 2 ** -1022

/** What a JSON text says, with the numbers that a double does not hold as their text; such numbers cost, others do not. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, keepDigits as (this: unknown, key: string, value: unknown) => unknown)
}

function keepDigits(_: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === 'number' && source !== undefined ? readNumber(source, value) : value
}

/** Whether a JSON text has a number that a double does not hold; `bytes` are the same text in UTF-8. */
export function hasInexactNumber(bytes: Uint8Array, text: string): boolean {
  return hasLongNumber(bytes) || hasTinyNumber(text)
}

const POINT = 0x2e
const NINE = 0x39
const MIN_DIGITS = 16

/**
 * Whether a JSON text in UTF-8 has a number of sixteen digits or more that a double does not hold; takes a twentieth of the time of
 * parsing. Every sixteenth byte is looked at: digits in such a row have one of them, and seven more on one side of it.
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
  // Most are computed doubles, written as JavaScript writes them.
  return String(Number(text)) === text || typeof readNumber(text) === 'number' ? to : INEXACT
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
