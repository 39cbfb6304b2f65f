import { GatewayError } from '../errors.ts'
import { parseExactly } from '../util/exact-json.ts'
import { scanJson } from '../util/json-scan/scan-json.ts'
import { parseJson as parse } from '../util/json-text.ts'
import { jsonDepthWithin } from '../util/json-values.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
// A byte order mark begins nothing but a whole text.
const partDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes UTF-8; throws `BAD_REQUEST` if the bytes are not valid. */
export function decodeText(bytes: Uint8Array): string {
  return decode(bytes, decoder)
}

/** As `decodeText`, for a part of a text that is not its beginning. */
export function decodePart(bytes: Uint8Array): string {
  return decode(bytes, partDecoder)
}

function decode(bytes: Uint8Array, by: TextDecoder): string {
  try {
    return by.decode(bytes)
  } catch {
    throw notJson()
  }
}

/** Parses JSON; throws `BAD_REQUEST` if the text is not JSON, or has an escape in a name and is nested too deep for that. */
export function parseJson(text: string): unknown {
  return orDecline(() => parse(text))
}

function orDecline<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof RangeError ? tooDeep() : notJson()
  }
}

/** The maximum nesting of JSON with numbers that a double cannot hold, and of any body with very many brackets; rows take four levels. */
export const MAX_DEPTH = 500

/**
 * Parses JSON with all digits: numbers that a double cannot hold are kept as text (`ExactNumber`). `bytes` contain all numbers of the text,
 * in UTF-8. Throws `BAD_REQUEST` if the text is not JSON, or is nested too deep.
 */
export function parseDigits(text: string, bytes: Uint8Array): unknown {
  if (!scanJson(bytes).mayBeInexact()) return parseJson(text)
  if (!jsonDepthWithin(bytes, MAX_DEPTH)) throw tooDeep()
  return parseAllDigits(text)
}

/** As `parseDigits`, for a text that may have such numbers; undefined if it has more than `maxInexact`. */
export function parseAllDigits(text: string, maxInexact?: number): unknown {
  return orDecline(() => parseExactly(text, maxInexact))
}

/** The error for JSON that is nested too deep. */
export function tooDeep(): GatewayError {
  return new GatewayError('BAD_REQUEST', `The JSON of the body may nest at most ${MAX_DEPTH} levels deep.`, { limit: MAX_DEPTH })
}

/**
 * Whether no string in this JSON can be unclean: only an escape can produce NUL, which JSON forbids, or an unpaired surrogate, which UTF-8
 * forbids.
 */
export function isCleanJson(text: string): boolean {
  return !text.includes('\\u')
}

/** The error for a body that is not JSON. */
export function notJson(): GatewayError {
  return new GatewayError('BAD_REQUEST', 'The body is not JSON in UTF-8.')
}
