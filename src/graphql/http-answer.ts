import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'
import { GATEWAY_ERRORS, type GatewayErrorCode } from '../errors.ts'
import type { HttpAnswer } from '../http/write-answer.ts'
import type { PrintableResult } from './plugins/use-raw-rows.ts'
import type { PublicError } from './public-error.ts'

/** The two media types of GraphQL responses. */
export type MediaType = 'application/graphql-response+json' | 'application/json'

// The first wins a tie: clients that accept anything are mostly tools that know only plain JSON.
const OFFERED: readonly string[] = ['application/json', 'application/graphql-response+json'].flatMap((type) => [
  type,
  `${type};charset=utf-8`,
])

// Clients send the same few headers; longer ones are not cached, so that made-up ones cannot fill the memory.
const MAX_KEPT_LENGTH = 200
const kept = new LRUCache<string, { readonly type: MediaType | undefined }>({ max: 200 })

/** The media type that suits an `Accept` header best (RFC 9110); undefined where none is acceptable. */
export function mediaTypeFor(accept: string | undefined): MediaType | undefined {
  if (accept === undefined || accept === '*/*') return 'application/json'
  const known = kept.get(accept)
  if (known !== undefined) return known.type
  const type = chooseType(accept)
  if (accept.length <= MAX_KEPT_LENGTH) kept.set(accept, { type })
  return type
}

function chooseType(accept: string): MediaType | undefined {
  const chosen = new Negotiator({ headers: { accept } }).mediaType(OFFERED)
  return chosen?.replace(/;.*/, '') as MediaType | undefined
}

/** Headers that belong to a code. */
const HEADERS: Partial<Record<GatewayErrorCode, readonly string[]>> = {
  UNAUTHENTICATED: ['www-authenticate', 'Bearer realm="rowgate"'],
  METHOD_NOT_ALLOWED: ['allow', 'GET, POST'],
  UNSUPPORTED_MEDIA_TYPE: ['accept-post', 'application/json', 'accept-encoding', 'gzip'],
}

/**
 * By the draft, a client that accepts only application/json gets that type where there is data. Otherwise it gets the GraphQL type,
 * which shows that the status comes from the GraphQL server and not from a proxy on the way.
 */
export function printed(
  type: MediaType | undefined,
  result: Pick<PrintableResult, 'data' | 'print'>,
  errors: readonly PublicError[] = [],
): HttpAnswer {
  const status = statusOf(type, result.data, errors)
  const contentType = type === 'application/json' && status < 300 ? type : 'application/graphql-response+json'
  const headers = ['content-type', `${contentType}; charset=utf-8`]
  if (status >= 300) headers.push(...headersOf(errors[0]))
  const said = errors.length === 0 ? result : { ...result, errors }
  return { status, headers, body: result.print?.(said) ?? [JSON.stringify(said)] }
}

/** The status by the GraphQL-over-HTTP draft of 2026-08-06; clients of application/json do not expect its 294. */
function statusOf(type: MediaType | undefined, data: unknown, errors: readonly PublicError[]): number {
  if (errors.length === 0) return 200
  if (data !== undefined) return type === 'application/json' ? 200 : 294
  // A defect takes precedence, then the first of the others.
  const codes = errors.map(({ extensions }) => extensions.code)
  return GATEWAY_ERRORS[codes.includes('INTERNAL_SERVER_ERROR') ? 'INTERNAL_SERVER_ERROR' : (codes[0] ?? 'INTERNAL_SERVER_ERROR')].status
}

function headersOf(error: PublicError | undefined): readonly string[] {
  if (error === undefined) return []
  const { code, retryAfterMs } = error.extensions
  const wait = retryAfterMs !== undefined && GATEWAY_ERRORS[code].retryable ? ['retry-after', String(Math.ceil(retryAfterMs / 1_000))] : []
  return [...(HEADERS[code] ?? []), ...wait]
}
