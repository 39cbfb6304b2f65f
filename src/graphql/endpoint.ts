import type { IncomingHttpHeaders } from 'node:http'
import type { GraphQLParams } from 'graphql-yoga'
import { GatewayError, type GatewayErrorCode } from '../errors.ts'
import type { GraphQLHandler, GraphQLHttpRequest } from '../http/listener.ts'
import type { Body } from '../http/read-body.ts'
import { sliceIfLate } from '../util/time-slices.ts'
import type { RequestContext } from './builder.ts'
import { DOCUMENT_LIMITS } from './cost/limits.ts'
import type { ChooseDocument } from './documents.ts'
import type { Engine } from './engine.ts'
import { type MediaType, mediaTypeFor, printed } from './http-answer.ts'
import { checkParameters, type ParsedBody, parseBody, parseBodyLate, readSearch } from './parameters.ts'
import type { PrintableResult } from './plugins/use-raw-rows.ts'
import { type PublicError, publicError } from './public-error.ts'
import type { ParseLimits } from './read-json.ts'

export interface EndpointOptions {
  readonly engine: Engine
  /** Rows of large bodies are read while they are judged. */
  readonly fast: boolean
  readonly maxJsonValues: number
  readonly chooseDocument: ChooseDocument
  /** Starts watching the upstream calls made for a request; calling the returned function gives the report. */
  readonly watchUpstream: (origin: RequestContext['origin']) => () => object
  /** Called once for each error code of a request. */
  readonly onDeclined: (code: GatewayErrorCode) => void
  readonly onDefect: (cause: unknown, origin: RequestContext['origin']) => void
}

/** Any of these headers makes a browser send a CORS preflight before a cross-origin GET. */
const PREFLIGHTED = [
  'authorization',
  'apollo-require-preflight',
  'graphql-require-preflight',
  'x-apollo-operation-name',
  'x-graphql-yoga-csrf',
]

/** GraphQL over HTTP; the engine behind it knows nothing of HTTP. */
export function createEndpoint(options: EndpointOptions): GraphQLHandler {
  const { engine, fast, maxJsonValues, chooseDocument, watchUpstream, onDeclined, onDefect } = options
  const parse = fast ? parseBodyLate : parseBody
  const limitsOf = ({ memory }: GraphQLHttpRequest): ParseLimits => ({ maxJsonValues, memory })

  function execute(request: GraphQLHttpRequest, given: unknown, requestBytes = request.search.length): Promise<PrintableResult> {
    const context = contextOf(request, requestBytes, watchUpstream)
    const params: GraphQLParams = checkParameters(given, (asked) => chooseDocument(asked, request.caller))
    // No await unless needed: requests that come here in one turn then see how much time those before them took.
    return sliceIfLate()?.then(() => engine({ params }, context)) ?? engine({ params }, context)
  }

  function executeBody(request: GraphQLHttpRequest, { params, bytes, unread }: ParsedBody): Promise<PrintableResult> {
    if (unread === undefined) return execute(request, params, bytes)
    const executed = Promise.try(execute, request, params, bytes)
    const result = executed.catch(() => undefined)
    return result.then((found) => {
      const left = unread()
      if (left === undefined) return executed
      if (found !== undefined && isForbidden(found)) {
        left.release?.()
        return found
      }
      // Nothing has been done yet, since no row is sent before all are parsed: now the body is parsed as a whole. Even of declined
      // parameters some may lie in what was taken for rows.
      return execute(request, parseBody(left, limitsOf(request)).params, bytes)
    })
  }

  function resultOf(request: GraphQLHttpRequest, type: MediaType | undefined): Promise<PrintableResult> {
    if (asksForWebSocket(request))
      throw new GatewayError('METHOD_NOT_ALLOWED', 'There are no subscriptions and no WebSockets here: send queries and mutations by POST.')
    if (type === undefined) throw new GatewayError('NOT_ACCEPTABLE', 'Accept application/graphql-response+json or application/json.')
    if (request.method === 'GET') return execute(request, readSearch(guarded(request)))
    if (request.method !== 'POST') throw new GatewayError('METHOD_NOT_ALLOWED', 'GraphQL is answered to POST, and queries to GET.')
    if (!isJson(request.headers)) throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/json, in UTF-8.')
    return readParsed(request, (body) => parse(body, limitsOf(request))).then((body) => executeBody(request, body))
  }

  function noted(errors: readonly PublicError[]): readonly PublicError[] {
    new Set(errors.map(({ extensions }) => extensions.code)).forEach(onDeclined)
    return errors
  }

  return {
    async answer(request) {
      const type = mediaTypeFor(request.headers.accept)
      const noteDefect = (cause: unknown) => onDefect(cause, request.origin)
      try {
        const result = await resultOf(request, type)
        const answered = result.errors?.slice(0, boundOf(result)).map((error) => publicError(error, noteDefect))
        return printed(type, result, answered && noted(answered))
      } catch (error) {
        return printed(type, {}, noted([publicError(error, noteDefect)]))
      }
    },
    decline: ({ accept }, error) => printed(mediaTypeFor(accept), {}, noted([publicError(error, () => {})])),
  }
}

function readParsed(request: GraphQLHttpRequest, parse: (body: Body) => ParsedBody): Promise<ParsedBody> {
  return new Promise((resolve, fail) => request.readBody({ take: (body) => resolve(parse(body)), fail }))
}

function contextOf(request: GraphQLHttpRequest, requestBytes: number, watchUpstream: EndpointOptions['watchUpstream']): RequestContext {
  const { caller, origin, method, memory, takeRows, headers } = request
  return {
    caller,
    origin,
    method,
    memory,
    takeRows,
    requestBytes,
    priority: priorityOf(headers),
    idempotencyKey: headers['idempotency-key']?.toString(),
    upstreamReport: headers['x-rowgate-debug'] === 'upstream' ? watchUpstream(origin) : undefined,
  }
}

/** Whether the caller may not send rows, so that the rest of the body need not be parsed. */
function isForbidden({ errors }: PrintableResult): boolean {
  return errors?.some(({ originalError }) => originalError instanceof GatewayError && originalError.code === 'FORBIDDEN') ?? false
}

/** How many errors are answered: all if there is data, since each null field has its own; otherwise only the first few. */
function boundOf({ data }: PrintableResult): number {
  return data == null ? DOCUMENT_LIMITS.errors : Number.POSITIVE_INFINITY
}

/** A WebSocket client shows no more than a status, and one about tokens or a missing query would mislead. */
function asksForWebSocket({ method, headers }: GraphQLHttpRequest): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}

function guarded({ headers, search }: GraphQLHttpRequest): string {
  if (PREFLIGHTED.some((name) => headers[name] !== undefined)) return search
  const names = PREFLIGHTED.slice(1).join(', ')
  throw new GatewayError(
    'PREFLIGHT_REQUIRED',
    `A GET needs a header that a page of another origin cannot send without asking first: authorization, or one of ${names}.`,
  )
}

/** The priority by RFC 9218: urgencies from `u=5` are bulk. Lower ones have no effect, since small requests go first anyway. */
function priorityOf({ priority }: IncomingHttpHeaders): RequestContext['priority'] {
  return typeof priority === 'string' && /(?:^|,)[ \t]*u=[567][ \t]*(?:[,;]|$)/.test(priority) ? 'bulk' : undefined
}

const OTHER_CHARSET = /^charset\s*=(?!\s*"?utf-?8"?$)/

/** Whether a body of this content type is read: JSON in UTF-8. As for every media type, unrelated parameters are ignored. */
function isJson({ 'content-type': type = '' }: IncomingHttpHeaders): boolean {
  if (type === 'application/json') return true
  const [mediaType = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase())
  if (mediaType !== 'application/json' && mediaType !== 'application/graphql+json') return false
  return !parameters.some((parameter) => OTHER_CHARSET.test(parameter))
}
