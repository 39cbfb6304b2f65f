import { GatewayError } from '../errors.ts'
import { parseExactly } from '../util/exact-json.ts'
import { scanJson } from '../util/json-scan/scan-json.ts'
import { parseJson as parse } from '../util/json-text.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The text that some bytes are in UTF-8; throws `BAD_REQUEST` where they are not. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw notJson()
  }
}

/** What a text says in JSON; throws `BAD_REQUEST` where it is not JSON, or has an escape in a name and nests too deep for that. */
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

/** Levels that a JSON with numbers of many digits may have, and any body of very many brackets; rows take four. */
export const MAX_DEPTH = 500

/**
 * The same with every digit: numbers that a double does not hold are kept as their text (`ExactNumber`). `bytes` hold all
 * numbers that the text has, in UTF-8. Throws `BAD_REQUEST` where it is not JSON, or nests too deep for that.
 */
export function parseDigits(text: string, bytes: Uint8Array): unknown {
  return scanJson(bytes).mayBeInexact ? parseAllDigits(text) : parseJson(text)
}

/** The same of a text that is known to have such a number; undefined where it has more than so many. */
export function parseAllDigits(text: string, maxInexact?: number): unknown {
  return orDecline(() => parseExactly(text, maxInexact))
}

/** The complaint about JSON that nests too deep. */
export function tooDeep(): GatewayError {
  return new GatewayError('BAD_REQUEST', `The JSON of the body may nest at most ${MAX_DEPTH} levels deep.`, { limit: MAX_DEPTH })
}

/** Whether no text in that JSON can be unclean: only an escape brings in NUL, which JSON does not allow, or half of a surrogate pair, which UTF-8 does not. */
export function isCleanJson(text: string): boolean {
  return !text.includes('\\u')
}

/** The complaint about a body that is not JSON. */
export function notJson(): GatewayError {
  return new GatewayError('BAD_REQUEST', 'The body is not JSON in UTF-8.')
}
