import type { GraphQLParams } from 'graphql-yoga'
import { GatewayError } from '../errors.ts'
import type { Body } from '../http/read-body.ts'
import { isJsonObject } from '../util/exact-number.ts'
import { type JsonScan, scanJson } from '../util/json-scan/scan-json.ts'
import { jsonDepthWithin } from '../util/json-values.ts'
import { boundBody, countValues, namesOf, type ParseLimits } from './body-limits.ts'
import { reserve } from './builder.ts'
import type { AskedDocument } from './documents.ts'
import { splitBody } from './fast/split-body.ts'
import { decodeText, isCleanJson, MAX_DEPTH, parseAllDigits, parseDigits, parseJson, tooDeep } from './read-json.ts'
import { markRead } from './row-lists.ts'

/** What a body says, as far as it was read. */
export interface ParsedBody {
  readonly params: unknown
  /** How long it is. */
  readonly bytes: number
  /** The body, where it turned out that not all of it can be read bit by bit: it may be no JSON, or JSON of another shape. */
  readonly unread?: () => Body | undefined
}

/** Numbers that are read with all digits within a fifth of a second, at once: up to 2 us for each. */
const MAX_EXACT_NUMBERS = 100_000

/** What a body says in JSON, read at once; throws `BAD_REQUEST`, `TOO_MANY_VALUES` or `OVERLOADED`. */
export function parseBody(body: Body, limits: ParseLimits): ParsedBody {
  return parseAtOnce(body, scanJson(body.bytes), limits)
}

/** The same, with the rows of a large body left to be read while they are judged, where its shape allows that. */
export function parseBodyLate(body: Body, limits: ParseLimits): ParsedBody {
  if (!body.isLarge) return parseBody(body, limits)
  const scan = scanJson(body.bytes)
  countValues(body, scan, limits)
  const split = splitBody(body, scan.mayBeInexact ? parseDigits : parseJson)
  if (split === undefined) return parseAtOnce(body, scan, limits)
  // Each row is kept as the text that goes on.
  reserve(limits.memory, body.bytes.byteLength)
  return split
}

function parseAtOnce(body: Body, scan: JsonScan, limits: ParseLimits): ParsedBody {
  boundBody(body, scan, limits)
  const text = decodeText(body.bytes)
  const params = scan.mayBeInexact ? readDigits(text, body.bytes) : parseJson(text)
  if (body.isLarge) body.release()
  const isClean = isCleanJson(text)
  const variables = variablesOf(params)
  for (const name of namesOf(variables)) {
    const value = variables[name]
    if (Array.isArray(value)) markRead(value, { isClean })
  }
  return { params, bytes: body.bytes.byteLength }
}

function variablesOf(params: unknown): Record<string, unknown> {
  const variables = isJsonObject(params) ? params.variables : undefined
  return isJsonObject(variables) ? variables : {}
}

/** Each number that a double does not hold costs, and the reading goes down a level for every bracket. */
function readDigits(text: string, bytes: Uint8Array): unknown {
  if (!jsonDepthWithin(bytes, MAX_DEPTH)) throw tooDeep()
  const params = parseAllDigits(text, MAX_EXACT_NUMBERS)
  if (params !== undefined) return params
  const message = `A body whose rows cannot be read piece by piece may have at most ${MAX_EXACT_NUMBERS} numbers that a double does not hold; split the request, or send its rows as one list in variables, each beginning with the same field.`
  throw new GatewayError('TOO_MANY_VALUES', message, { limit: MAX_EXACT_NUMBERS })
}

/** The parameters of a GET, from what stands behind its question mark; throws `BAD_REQUEST` where a JSON in it is none. */
export function readSearch(search: string): unknown {
  const given = new URLSearchParams(search)
  // An empty operationName is none, as GraphQL over HTTP says of a GET.
  const texts = Object.fromEntries(
    ['query', 'documentId', 'operationName'].flatMap((name) => (given.get(name) ? [[name, given.get(name)]] : [])),
  )
  const objects = Object.fromEntries(
    ['variables', 'extensions'].flatMap((name) => (given.get(name) ? [[name, parseParameter(name, given.get(name) ?? '')]] : [])),
  )
  return { ...texts, ...objects }
}

function parseParameter(name: string, text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    throw new GatewayError('BAD_REQUEST', `The parameter ${name} is not JSON.`)
  }
}

/**
 * The same parameters, known to be well formed, with the document that they ask for. Names that GraphQL over HTTP does not know
 * are ignored, as it says. Throws `INVALID_PARAMETERS`, or what `choose` throws.
 */
export function checkParameters(given: unknown, choose: (asked: AskedDocument) => string): GraphQLParams {
  if (Array.isArray(given)) throw invalid('A batch of requests is not taken: send each as one JSON object.')
  if (!isJsonObject(given)) throw invalid('Send one JSON object with the members query, operationName, variables and extensions.')
  const { operationName, variables, extensions } = given
  const params: { -readonly [Name in keyof GraphQLParams]: GraphQLParams[Name] } = {}
  // Only what is there: Yoga takes a member that is null or undefined for one that was given.
  if (variables != null) params.variables = objectOf('variables', variables)
  if (extensions != null) params.extensions = objectOf('extensions', extensions)
  if (operationName != null) params.operationName = textOf('operationName', operationName)
  return { query: choose(askedDocument(given)), ...params }
}

/** The document, or what stands for it: the parameter of GraphQL over HTTP, or that of Apollo's persisted queries. */
function askedDocument({ query, documentId, extensions }: Record<string, unknown>): AskedDocument {
  if (typeof query === 'string' && query !== '') return { query, id: undefined }
  if (documentId != null) return { query: undefined, id: textOf('documentId', documentId) }
  const persisted = isJsonObject(extensions) ? extensions.persistedQuery : undefined
  if (!isJsonObject(persisted)) return { query: undefined, id: undefined }
  return { query: undefined, id: typeof persisted.sha256Hash === 'string' ? persisted.sha256Hash : '' }
}

function objectOf(name: string, value: unknown): Record<string, unknown> {
  if (!isJsonObject(value)) throw invalid(`The parameter ${name} must be an object, or be left out.`)
  return value
}

function textOf(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(`The parameter ${name} must be a text, or be left out.`)
  return value
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_PARAMETERS', message)
}
