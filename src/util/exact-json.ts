import { randomBytes } from 'node:crypto'
import { exactNumber, isHeld, isNumberText } from './exact-number.ts'
import { endOfText, parseJson } from './json-text.ts'

// A number that a double cannot hold becomes a string with this random prefix, which nobody can send on purpose. A reviver would be called
// for every value; test/exact-json.test.ts compares this with one.
const MARK = randomBytes(9).toString('base64url')

/**
 * Parses JSON, keeping numbers that a double cannot hold as text; undefined if there are more than `maxInexact` of them. Takes twice the
 * time of parsing, and a microsecond or two for each of them.
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
  // Anything that is not a number, or stands in place of a name, is left to the parser to reject.
  return isNumberText(number) && !isHeld(number) && !BEFORE_VALUE.test(text)
}

const BEFORE_VALUE = /[ \t\r\n]*:/y

/** Replaces marked strings by the numbers they stand for. */
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

const QUOTE = 0x22
const MINUS = 0x2d
const POINT = 0x2e
const NINE = 0x39
const MIN_DIGITS = 16

function isDigitOrPoint(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= NINE) || byte === POINT)
}

function isOfExponent(byte: number | undefined): boolean {
  return isDigitOrPoint(byte) || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d
}
