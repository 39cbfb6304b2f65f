import type { GraphQLParams } from 'graphql-yoga'
import { GatewayError } from '../errors.ts'
import { isExactNumber } from '../util/exact-number.ts'
import { parseJson } from './read-json.ts'

/** The parameters of a GET, from what stands behind its question mark; throws `BAD_REQUEST` where a JSON in it is none. */
export function readSearch(search: string): unknown {
  const given = new URLSearchParams(search)
  const texts = Object.fromEntries(['query', 'operationName'].flatMap((name) => (given.has(name) ? [[name, given.get(name)]] : [])))
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
 * The same parameters, known to be well formed. Names that GraphQL over HTTP does not know are ignored, as it says. Throws
 * `INVALID_PARAMETERS`, or `PERSISTED_QUERY_NOT_SUPPORTED` where a hash stands for the document.
 */
export function checkParameters(given: unknown): GraphQLParams {
  if (!isObject(given)) throw invalid('Send one JSON object with the members query, operationName, variables and extensions.')
  const { query, operationName, variables, extensions } = given
  const params: { -readonly [Name in keyof GraphQLParams]: GraphQLParams[Name] } = {}
  // Only what is there: Yoga takes a member that is null or undefined for one that was given.
  if (variables != null) params.variables = objectOf('variables', variables)
  if (extensions != null) params.extensions = objectOf('extensions', extensions)
  if (operationName != null) params.operationName = textOf('operationName', operationName)
  if (typeof query === 'string' && query !== '') return { query, ...params }
  if (isObject(params.extensions?.persistedQuery)) throw new GatewayError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
  throw invalid('The parameter query is missing: it holds the document, as a text.')
}

function objectOf(name: string, value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw invalid(`The parameter ${name} must be an object, or be left out.`)
  return value
}

function textOf(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(`The parameter ${name} must be a text, or be left out.`)
  return value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_PARAMETERS', message)
}
