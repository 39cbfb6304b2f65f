import type { GraphQLParams } from 'graphql-yoga'
import { GatewayError } from '../errors.ts'
import type { Body } from '../http/read-body.ts'
import { isJsonObject } from '../util/exact-number.ts'
import { type JsonScan, scanJson } from '../util/json-scan/scan-json.ts'
import { reserve } from './builder.ts'
import type { AskedDocument } from './documents.ts'
import { splitBody } from './fast/split-body.ts'
import { boundBody, boundVariables, countValues, decodeText, type ParseLimits, parseDigits, parseJson } from './read-json.ts'

/** The parameters of a body, as far as it has been parsed. */
export interface ParsedBody {
  readonly params: unknown
  /** The length of the body. */
  readonly bytes: number
  /** The body, if it turned out that not all of it can be parsed piece by piece: it may be no JSON, or have another structure. */
  readonly unread?: () => Body | undefined
}

/** Numbers that are parsed with all digits at once, within a fifth of a second: up to 2 us each. */
const MAX_EXACT_NUMBERS = 100_000

/** Parses a body at once; throws `BAD_REQUEST`, `TOO_MANY_VALUES` or `OVERLOADED`. */
export function parseBody(body: Body, limits: ParseLimits): ParsedBody {
  return parseAtOnce(body, scanJson(body.bytes), limits)
}

/** Bodies below this are parsed at once, which is as fast. */
const WORTH_SPLITTING = 4 * 1024

/** Parses a body, but leaves its rows to be read while they are judged, if its structure allows that. */
export function parseBodyLate(body: Body, limits: ParseLimits): ParsedBody {
  if (body.bytes.byteLength < WORTH_SPLITTING) return parseBody(body, limits)
  const scan = scanJson(body.bytes)
  countValues(body, scan, limits)
  const split = splitBody(body, scan)
  if (split === undefined) return parseAtOnce(body, scan, limits)
  // Each row is kept as the text to be sent.
  reserve(limits.memory, body.bytes.byteLength)
  return split
}

function parseAtOnce(body: Body, scan: JsonScan, limits: ParseLimits): ParsedBody {
  boundBody(body, scan, limits)
  const params = parseDigits(decodeText(body.bytes), body.bytes, scan, MAX_EXACT_NUMBERS)
  if (params === undefined) throw tooManyDigits()
  body.release?.()
  if (isJsonObject(params) && isJsonObject(params.variables)) boundVariables(params.variables)
  return { params, bytes: body.bytes.byteLength }
}

function tooManyDigits(): GatewayError {
  const message = `A body whose rows cannot be read piece by piece may have at most ${MAX_EXACT_NUMBERS} numbers that do not fit a double; split the request, or send its rows as one list in variables, each beginning with the same field.`
  return new GatewayError('TOO_MANY_VALUES', message, { limit: MAX_EXACT_NUMBERS })
}

/** Parses the parameters of a GET from its query string; throws `BAD_REQUEST` if a JSON parameter is not JSON. */
export function readSearch(search: string): unknown {
  const given = new URLSearchParams(search)
  // GraphQL over HTTP treats an empty operationName in a GET as none.
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
 * Checks parameters and adds the document they ask for. Names unknown to GraphQL over HTTP are ignored, as it demands. Throws
 * `INVALID_PARAMETERS`, or what `choose` throws.
 */
export function checkParameters(given: unknown, choose: (asked: AskedDocument) => string): GraphQLParams {
  if (Array.isArray(given)) throw invalid('Batches of requests are not supported: send each request as one JSON object.')
  if (!isJsonObject(given)) throw invalid('Send one JSON object with the members query, operationName, variables and extensions.')
  const { operationName, variables, extensions } = given
  const params: { -readonly [Name in keyof GraphQLParams]: GraphQLParams[Name] } = {}
  // Only what is set: Yoga treats a member that is null or undefined as given.
  if (variables != null) params.variables = objectOf('variables', variables)
  if (extensions != null) params.extensions = objectOf('extensions', extensions)
  if (operationName != null) params.operationName = textOf('operationName', operationName)
  return { query: choose(askedDocument(given)), ...params }
}

/** The document, or its id: the parameter of GraphQL over HTTP, or Apollo's persisted query. */
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
  if (typeof value !== 'string') throw invalid(`The parameter ${name} must be a string, or be left out.`)
  return value
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_PARAMETERS', message)
}
