import type { GraphQLParams } from 'graphql-yoga'
import { GatewayError } from '../errors.ts'
import { isJsonObject } from '../util/exact-number.ts'
import type { AskedDocument } from './documents.ts'
import { parseJson } from './read-json.ts'

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
