import { GatewayError } from '../errors.ts'
import type { Body } from '../http/read-body.ts'
import { parseExactly } from '../util/exact-json.ts'
import { type JsonScan, scanJson } from '../util/json-scan/scan-json.ts'
import { parseJson as parse } from '../util/json-text.ts'
import { countJsonValues, hasMoreNames, jsonDepthWithin, nestingFault } from '../util/json-values.ts'
import type { MemoryAccount } from '../util/memory-budget.ts'
import { reserve } from './builder.ts'

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
const MAX_DEPTH = 500

/**
 * Parses JSON with all digits: numbers that a double cannot hold are kept as text (`ExactNumber`); undefined if there are more than
 * `maxInexact` of them. `bytes` contain all numbers of the text, in UTF-8. Throws `BAD_REQUEST` if the text is not JSON, or is nested too
 * deep.
 */
export function parseDigits(text: string, bytes: Uint8Array, scan = scanJson(bytes), maxInexact?: number): unknown {
  if (!scan.mayBeInexact()) return parseJson(text)
  // The parser recurses for every bracket.
  if (!jsonDepthWithin(bytes, MAX_DEPTH)) throw tooDeep()
  return orDecline(() => parseExactly(text, maxInexact))
}

function tooDeep(): GatewayError {
  return new GatewayError('BAD_REQUEST', `The JSON of the body may nest at most ${MAX_DEPTH} levels deep.`, { limit: MAX_DEPTH })
}

/** The error for a body that is not JSON. */
export function notJson(): GatewayError {
  return new GatewayError('BAD_REQUEST', 'The body is not JSON in UTF-8.')
}

/** The limits on a body's content. */
export interface ParseLimits {
  readonly maxJsonValues: number
  readonly memory: MemoryAccount
}

/** Checks what parsing a body at once would cost, and takes the memory for it; throws `BAD_REQUEST`, `TOO_MANY_VALUES` or `OVERLOADED`. */
export function boundBody(body: Body, scan: JsonScan, limits: ParseLimits): void {
  const values = countValues(body, scan, limits)
  checkNesting(body, scan, limits)
  if (body.isLarge) checkNames(body, values)
  holdValues(body, values, limits.memory)
}

/**
 * Counts the values of a body, which may be small and have many: ten million empty objects fit into the bytes of a few thousand rows.
 * Throws `TOO_MANY_VALUES`.
 */
export function countValues({ bytes }: Body, scan: JsonScan, { maxJsonValues }: ParseLimits): number {
  const values = countJsonValues(bytes, scan, maxJsonValues)
  if (values > maxJsonValues) {
    const message = `The body may have at most ${maxJsonValues} JSON values; split the request.`
    throw new GatewayError('TOO_MANY_VALUES', message, { limit: maxJsonValues })
  }
  return values
}

/** In a body parsed at once, at most one in this many of the allowed values may be an object or a list: a row has more columns. */
const VALUES_PER_OBJECT = 5

function checkNesting({ bytes }: Body, scan: JsonScan, { maxJsonValues }: ParseLimits): void {
  const limit = Math.floor(maxJsonValues / VALUES_PER_OBJECT)
  const fault = nestingFault(bytes, scan, { maxDepth: MAX_DEPTH, maxObjects: limit })
  if (fault === 'TOO_DEEP') throw tooDeep()
  if (fault === undefined) return
  const message = `A body whose rows cannot be read piece by piece may have at most ${limit} objects and lists; split the request.`
  throw new GatewayError('TOO_MANY_VALUES', message, { limit })
}

/**
 * The number of different member names that a large body parsed at once may have, and that variables may have: half a million take a third
 * of a second.
 */
const MAX_NAMES = 20_000

function checkNames({ bytes }: Body, values: number): void {
  if (values > MAX_NAMES && hasMoreNames(bytes, MAX_NAMES)) throw tooManyNames()
}

/** Throws `TOO_MANY_VALUES` if there are more variables than any document can declare. */
export function boundVariables(variables: Record<string, unknown>): void {
  if (Object.keys(variables).length > MAX_NAMES) throw tooManyNames()
}

function tooManyNames(): GatewayError {
  const message = `Variables, and a body whose rows cannot be read piece by piece, may have at most ${MAX_NAMES} different member names; split the request.`
  return new GatewayError('TOO_MANY_VALUES', message, { limit: MAX_NAMES })
}

/** The values of shorter bodies are too few to take memory for. */
const SHORT_BYTES = 1_500

/** The memory of a parsed value in bytes; an empty object takes most. */
const VALUE_BYTES = 56

/** Takes the memory that values need beyond their text, which is accounted for already; the text of a large body exists twice. */
function holdValues({ bytes: { byteLength }, isLarge }: Body, values: number, memory: MemoryAccount): void {
  const more = values * VALUE_BYTES + (isLarge ? byteLength : -byteLength)
  if (byteLength > SHORT_BYTES && more > 0) reserve(memory, more)
}
