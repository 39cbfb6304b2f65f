import { GatewayError } from '../errors.ts'
import type { Body } from '../http/read-body.ts'
import { markClean, markUnsure } from '../rows/raw-rows.ts'
import { hasLongNumber, hasTinyNumber, isTiny } from '../util/exact-json.ts'
import { countJsonValues, jsonDepthWithin, nestingFault } from '../util/json-values.ts'
import type { MemoryAccount } from '../util/memory-budget.ts'
import { reserve } from './builder.ts'
import { splitBody } from './fast/split-body.ts'
import { decodeText, isCleanJson, MAX_DEPTH, parseAllDigits, parseJson, readingAgain, tooDeep } from './read-json.ts'

/** What a body says, as far as it was read. */
export interface ParsedBody {
  readonly params: unknown
  /** How long it is. */
  readonly bytes: number
  /** The body, where it turned out that not all of it can be read bit by bit: it may be no JSON, or JSON of another shape. */
  unread(): Body | undefined
}

/** How much a body may say. */
export interface ParseLimits {
  readonly maxJsonValues: number
  readonly memory: MemoryAccount
}

/** Numbers that are read with all digits within a fifth of a second, at once: up to 2 us for each. */
const MAX_EXACT_NUMBERS = 100_000

/** What a value takes up once it is parsed, in bytes: an empty object takes most. */
const VALUE_BYTES = 56

/** What a body says in JSON, read at once; throws `BAD_REQUEST`, `TOO_MANY_VALUES` or `OVERLOADED`. */
export function parseBody(body: Body, limits: ParseLimits): ParsedBody {
  const values = countValues(body, limits)
  checkNesting(body, limits)
  if (body.isLarge) reserve(limits.memory, body.bytes.byteLength + values * VALUE_BYTES)
  return parseAtOnce(body)
}

/** The same, with the rows of a large body left to be read while they are judged, where its shape allows that. */
export function parseBodyLate(body: Body, limits: ParseLimits): ParsedBody {
  if (!body.isLarge) return parseBody(body, limits)
  countValues(body, limits)
  const split = splitBody(body.bytes, body.release)
  if (split === undefined) return parseBody(body, limits)
  // Each row is kept as the text that goes on.
  reserve(limits.memory, body.bytes.byteLength)
  return {
    params: split.params,
    bytes: body.bytes.byteLength,
    unread() {
      const left = split.unread()
      return left && { ...body, bytes: left }
    },
  }
}

/** A body may be small and its values many: ten million empty objects fit into what a few thousand rows take. */
function countValues({ bytes }: Body, { maxJsonValues }: ParseLimits): number {
  const values = countJsonValues(bytes, maxJsonValues)
  if (values > maxJsonValues) {
    const message = `The body may have at most ${maxJsonValues} JSON values; split the request.`
    throw new GatewayError('TOO_MANY_VALUES', message, { limit: maxJsonValues })
  }
  return values
}

/** Of the values of a large body that is read at once, one in so many may be an object or a list: a row has more columns. */
const VALUES_PER_OBJECT = 5

function checkNesting({ bytes }: Body, { maxJsonValues }: ParseLimits): void {
  const limit = Math.floor(maxJsonValues / VALUES_PER_OBJECT)
  const fault = nestingFault(bytes, { maxDepth: MAX_DEPTH, maxObjects: limit })
  if (fault === 'TOO_DEEP') throw tooDeep()
  if (fault === undefined) return
  const message = `A body whose rows cannot be read piece by piece may have at most ${limit} objects and lists; split the request.`
  throw new GatewayError('TOO_MANY_VALUES', message, { limit })
}

function parseAtOnce(body: Body): ParsedBody {
  const text = decodeText(body.bytes)
  const params = readParams(text, body.bytes)
  if (body.isLarge) body.release()
  if (isCleanJson(text)) for (const value of Object.values(variablesOf(params))) markClean(value)
  return { params, bytes: body.bytes.byteLength, unread: () => undefined }
}

/** Tiny numbers are looked for at once only where they could stand outside of lists of rows: their judge will ask. */
function readParams(text: string, bytes: Uint8Array): unknown {
  if (hasLongNumber(bytes)) return readDigits(text, bytes)
  const params = parseJson(text)
  const variables = Object.entries(variablesOf(params))
  if (variables.some(([, value]) => mayBeTiny(value))) return hasTinyNumber(text) ? readDigits(text) : params
  const again = readingAgain(text, readDigits) as () => { variables: Record<string, unknown[]> } | undefined
  for (const [name, value] of variables) if (Array.isArray(value)) markUnsure(value, () => again()?.variables[name])
  return params
}

function variablesOf(params: unknown): Record<string, unknown> {
  return (params as { variables?: Record<string, unknown> } | null)?.variables ?? {}
}

function mayBeTiny(variable: unknown): boolean {
  return isTiny(variable) || (typeof variable === 'object' && variable !== null && !Array.isArray(variable))
}

/** Each number that a double does not hold costs, and the reading goes down a level for every bracket. */
function readDigits(text: string, bytes: Uint8Array = Buffer.from(text)): unknown {
  if (!jsonDepthWithin(bytes, MAX_DEPTH)) throw tooDeep()
  const params = parseAllDigits(text, MAX_EXACT_NUMBERS)
  if (params !== undefined) return params
  const message = `A body whose rows cannot be read piece by piece may have at most ${MAX_EXACT_NUMBERS} numbers that a double does not hold; split the request, or send its rows as one list in variables, each beginning with the same field.`
  throw new GatewayError('TOO_MANY_VALUES', message, { limit: MAX_EXACT_NUMBERS })
}
