import { GatewayError } from '../../errors.ts'
import { DOCUMENT_LIMITS } from './limits.ts'

/** Declines a text that is too long or nests too deep to be parsed; throws `DOCUMENT_TOO_LARGE`. */
export function boundText(text: string): void {
  const { characters, depth } = DOCUMENT_LIMITS
  if (text.length > characters) throw tooLarge('has more characters', characters, text.length)
  const nested = bracketDepth(text)
  if (nested > depth) throw tooLarge('nests brackets deeper', depth, nested)
}

/** A document that is declined for its size; `says` ends before "than", and `actual` is left out where it is not known. */
export function tooLarge(says: string, limit: number, actual?: number): GatewayError {
  const message = `The document ${says} than the limit of ${limit}; send rows in variables, or split the document.`
  return new GatewayError('DOCUMENT_TOO_LARGE', message, { limit, ...(actual !== undefined && { actual }) })
}

/** The greatest nesting depth of `{` and `[`, outside of strings and comments. */
export function bracketDepth(text: string): number {
  let deepest = 0
  let open = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case OPENING_BRACE:
      case OPENING_BRACKET:
        open++
        if (open > deepest) deepest = open
        break
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        open--
        break
      case QUOTE:
        at = text.startsWith('"""', at) ? endOfBlockString(text, at + 3) : endOfString(text, at + 1)
        break
      case HASH:
        at = endOfLine(text, at + 1)
        break
    }
  }
  return deepest
}

const QUOTE = '"'.charCodeAt(0)
const HASH = '#'.charCodeAt(0)
const BACKSLASH = '\\'.charCodeAt(0)
const OPENING_BRACE = '{'.charCodeAt(0)
const CLOSING_BRACE = '}'.charCodeAt(0)
const OPENING_BRACKET = '['.charCodeAt(0)
const CLOSING_BRACKET = ']'.charCodeAt(0)
const LINE_FEED = '\n'.charCodeAt(0)
const CARRIAGE_RETURN = '\r'.charCodeAt(0)

function isEndOfLine(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN
}

/** The index of the last character of a line. */
function endOfLine(text: string, from: number): number {
  let at = from
  while (at < text.length && !isEndOfLine(text.charCodeAt(at))) at++
  return at
}

/** The index of the quote that closes a string; an unclosed one ends with its line, where the parser stops as well. */
function endOfString(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE || isEndOfLine(code)) break
    if (code === BACKSLASH) at++
  }
  return at
}

/** The index of the last of the three quotes that close a block string. */
function endOfBlockString(text: string, from: number): number {
  for (let at = text.indexOf('"""', from); at >= 0; at = text.indexOf('"""', at + 3)) {
    if (text.charCodeAt(at - 1) !== BACKSLASH) return at + 2
  }
  return text.length
}
