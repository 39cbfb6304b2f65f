import { GatewayError } from '../errors.ts'
import type { Body } from '../http/read-body.ts'
import type { JsonScan } from '../util/json-scan/scan-json.ts'
import { countJsonValues, hasMoreNames, nestingFault } from '../util/json-values.ts'
import type { MemoryAccount } from '../util/memory-budget.ts'
import { reserve } from './builder.ts'
import { MAX_DEPTH, tooDeep } from './read-json.ts'

/** How much a body may say. */
export interface ParseLimits {
  readonly maxJsonValues: number
  readonly memory: MemoryAccount
}

/** Checks what a body that is read at once would cost, and takes the memory for it; throws `BAD_REQUEST`, `TOO_MANY_VALUES` or `OVERLOADED`. */
export function boundBody(body: Body, scan: JsonScan, limits: ParseLimits): void {
  const values = countValues(body, scan, limits)
  checkNesting(body, scan, limits)
  if (body.isLarge) checkNames(body, values)
  holdValues(body, values, limits.memory)
}

/** A body may be small and its values many: ten million empty objects fit into what a few thousand rows take. Throws `TOO_MANY_VALUES`. */
export function countValues({ bytes }: Body, scan: JsonScan, { maxJsonValues }: ParseLimits): number {
  const values = countJsonValues(bytes, scan, maxJsonValues)
  if (values > maxJsonValues) {
    const message = `The body may have at most ${maxJsonValues} JSON values; split the request.`
    throw new GatewayError('TOO_MANY_VALUES', message, { limit: maxJsonValues })
  }
  return values
}

/** Of the values of a large body that is read at once, one in so many may be an object or a list: a row has more columns. */
const VALUES_PER_OBJECT = 5

function checkNesting({ bytes }: Body, scan: JsonScan, { maxJsonValues }: ParseLimits): void {
  const limit = Math.floor(maxJsonValues / VALUES_PER_OBJECT)
  const fault = nestingFault(bytes, scan, { maxDepth: MAX_DEPTH, maxObjects: limit })
  if (fault === 'TOO_DEEP') throw tooDeep()
  if (fault === undefined) return
  const message = `A body whose rows cannot be read piece by piece may have at most ${limit} objects and lists; split the request.`
  throw new GatewayError('TOO_MANY_VALUES', message, { limit })
}

/** Different names that the members of a large body may have which is read at once, and any variables: half a million take a third of a second. */
const MAX_NAMES = 20_000

function checkNames({ bytes }: Body, values: number): void {
  if (values > MAX_NAMES && hasMoreNames(bytes, MAX_NAMES)) throw tooManyNames()
}

/** The names of variables, which no document can declare so many of; throws `TOO_MANY_VALUES`. */
export function namesOf(variables: Record<string, unknown>): string[] {
  const names = Object.keys(variables)
  if (names.length > MAX_NAMES) throw tooManyNames()
  return names
}

function tooManyNames(): GatewayError {
  const message = `Variables, and a body whose rows cannot be read piece by piece, may have at most ${MAX_NAMES} different names of members; split the request.`
  return new GatewayError('TOO_MANY_VALUES', message, { limit: MAX_NAMES })
}

/** What is shorter makes too little of its values to take memory for them. */
const SHORT_BYTES = 1_500

/** What a value takes up once it is parsed, in bytes: an empty object takes most. */
const VALUE_BYTES = 56

/** Takes the memory that values need beyond that of their text, which is held already; of a large body the text is there twice. */
function holdValues({ bytes: { byteLength }, isLarge }: Body, values: number, memory: MemoryAccount): void {
  const more = values * VALUE_BYTES + (isLarge ? byteLength : -byteLength)
  if (byteLength > SHORT_BYTES && more > 0) reserve(memory, more)
}
