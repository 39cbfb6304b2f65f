import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { GatewayError } from '../errors.ts'
import type { Caller } from '../identity.ts'
import type { Logger } from '../observability/log.ts'
import type { MemoryAccount, MemoryBudget } from '../util/memory-budget.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Admission } from './admission.ts'
import type { Cors } from './cors.ts'
import type { Endpoints } from './endpoints.ts'
import type { InboundLimits, TakeRows } from './inbound-limits.ts'
import { type BodyReader, readBody } from './read-body.ts'
import { readTarget, type Target } from './request-head.ts'
import { type HttpAnswer, textAnswer, type WriteAnswer } from './write-answer.ts'

/** A GraphQL request that was admitted. */
export interface GraphQLHttpRequest {
  readonly method: string
  /** The query string without its question mark. */
  readonly search: string
  readonly headers: IncomingHttpHeaders
  readonly origin: RequestOrigin
  readonly caller: Caller
  /** Reads the body. */
  readBody(reader: BodyReader): void
  /** Its account in the memory budget. */
  readonly memory: MemoryAccount
  readonly takeRows: TakeRows | undefined
}

/** Answers GraphQL requests; neither rejects nor throws. */
export interface GraphQLHandler {
  answer(request: GraphQLHttpRequest): Promise<HttpAnswer>
  /** The answer to a request that is declined before execution, in a media type it accepts. */
  decline(headers: IncomingHttpHeaders, error: GatewayError): HttpAnswer
}

/** The parts of the HTTP side. */
export interface ListenerOptions {
  readonly graphql: GraphQLHandler
  readonly graphqlPath: string
  readonly endpoints: Endpoints
  readonly cors: Cors
  readonly admit: Admission['admit']
  readonly memory: MemoryBudget
  /** The request id and trace of a request. */
  readonly originOf: (request: IncomingMessage, response: ServerResponse) => RequestOrigin
  /** Names this process among the replicas behind a load balancer. */
  readonly replicaId: string
  readonly quotasOf: InboundLimits['quotasOf']
  readonly maxBodyBytes: number
  readonly write: WriteAnswer
  readonly log: Logger
  readonly onDefect: (error: unknown, origin: RequestOrigin) => void
}

/** The body limit for unauthenticated callers: enough for any query of the contract. */
const STRANGERS_BODY_BYTES = 64 * 1024

/** Every answer varies by these headers, and no browser may guess its media type. */
const ALWAYS = ['x-content-type-options', 'nosniff', 'vary', 'Origin, Accept, Accept-Encoding'] as const
const NO_STORE = ['cache-control', 'no-store'] as const
const MALFORMED = new GatewayError('BAD_REQUEST', 'The Host header or the target of this request is malformed.')

/**
 * Handles every request in the same order: host and path, CORS and preflight, shedding for the process, authentication, shedding for the
 * tenant, request quota, body limit, GraphQL. Yoga's own `fetch` is not used: it ignores `q`, answers `null` to origins that are not
 * listed, and turns a malformed Host or malformed parameters into a 500 with a stack.
 */
export function createListener(options: ListenerOptions): RequestListener {
  return (request, response) => {
    const origin = options.originOf(request, response)
    const fail = (error: unknown) => {
      options.onDefect(error, origin)
      // Whatever went wrong, the caller gets an answer or a closed connection.
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end('Something went wrong in Rowgate. It has been logged.\n')
    }
    try {
      handle(request, response, origin, options)?.catch(fail)
    } catch (error) {
      fail(error)
    }
  }
}

/** Not `async`, nor is what it calls where that can be helped: promises are much of what a small request costs. */
function handle(
  request: IncomingMessage,
  response: ServerResponse,
  origin: RequestOrigin,
  options: ListenerOptions,
): Promise<void> | undefined {
  const { cors, endpoints, graphql, graphqlPath } = options
  const send = sender(request, response, origin, options)
  const target = readTarget(request)
  if (target === undefined) return send(graphql.decline(request.headers, MALFORMED))
  if (request.method === 'OPTIONS')
    return send({ status: 204, headers: ['allow', 'GET, POST, OPTIONS', ...cors.preflight(request.headers)], body: [] })
  const aside = endpoints(request, target)
  const holding = (answer: (memory: MemoryAccount) => Promise<HttpAnswer>) =>
    answerHolding(request, response, options.memory.open(), answer, send)
  if (aside !== undefined) return holding(() => aside)
  if (target.path !== graphqlPath) return send(textAnswer(404, `There is nothing at this path. GraphQL is at ${graphqlPath}.\n`))
  const decline = (error: GatewayError) => graphql.decline(request.headers, error)
  const answer = (admitted: Caller | GatewayError) => {
    if (admitted instanceof GatewayError) return send(decline(admitted))
    return holding((memory) => {
      const quotas = options.quotasOf(admitted)
      const asked = requestOf(request, target, { origin, memory, caller: admitted, takeRows: quotas?.takeRows }, options.maxBodyBytes)
      return quotas === undefined ? graphql.answer(asked) : quotas.within(() => graphql.answer(asked), decline)
    })
  }
  const admitted = options.admit(request)
  return admitted instanceof Promise ? admitted.then(answer) : answer(admitted)
}

/** Answers with a memory account, which is closed once the work is done and the client has its answer or is gone. */
async function answerHolding(
  request: IncomingMessage,
  response: ServerResponse,
  memory: MemoryAccount,
  answer: (memory: MemoryAccount) => Promise<HttpAnswer>,
  send: (answer: HttpAnswer, memory: MemoryAccount) => void,
): Promise<void> {
  let isAnswered = false
  let isGone = false
  const giveBack = () => {
    if (isAnswered && isGone) memory.close()
  }
  onceGone(request, response, () => {
    isGone = true
    giveBack()
  })
  try {
    send(await answer(memory), memory)
  } finally {
    isAnswered = true
    giveBack()
  }
}

/** A pipelined response that is still queued has no socket, and is not told when the connection breaks. */
function onceGone({ socket }: IncomingMessage, response: ServerResponse, act: () => void): void {
  response.once('close', act)
  if (response.socket !== null) return
  // One listener per request under way.
  socket.setMaxListeners(0).once('close', act)
  response.once('close', () => socket.off('close', act))
}

function requestOf(
  request: IncomingMessage,
  { search }: Target,
  { origin, memory, caller, takeRows }: Pick<GraphQLHttpRequest, 'origin' | 'memory' | 'caller' | 'takeRows'>,
  maxBodyBytes: number,
): GraphQLHttpRequest {
  const { method = '', headers } = request
  const isKnown = 'tenant' in caller
  const maxBytes = isKnown ? maxBodyBytes : Math.min(STRANGERS_BODY_BYTES, maxBodyBytes)
  const tooLarge = (actual: number | undefined) =>
    isKnown
      ? new GatewayError('BODY_TOO_LARGE', `The body may have at most ${maxBytes} bytes.`, { limit: maxBytes, ...(actual && { actual }) })
      : caller.refusal
  return {
    method,
    search,
    headers,
    origin,
    caller,
    readBody: (reader) => readBody(request, { maxBytes, tooLarge, memory }, reader),
    memory,
    takeRows,
  }
}

/** Sends the answer to a request, adding the headers that all answers have. */
function sender(
  request: IncomingMessage,
  response: ServerResponse,
  origin: RequestOrigin,
  { cors, write, log, replicaId }: ListenerOptions,
) {
  const isLogged = log.isLevelEnabled('debug')
  return (answer: HttpAnswer, memory?: MemoryAccount): undefined => {
    const { status, headers } = answer
    if (isLogged) log.debug({ ...origin, method: request.method, status }, 'answered')
    if (response.destroyed) return undefined
    const hasCacheControl = headers.includes('cache-control')
    headers.push(...ALWAYS, 'x-request-id', origin.requestId, 'x-rowgate-replica', replicaId, ...cors.headers(request.headers.origin))
    if (origin.traceparent !== undefined) headers.push('traceparent', origin.traceparent)
    if (!hasCacheControl) headers.push(...NO_STORE)
    write(response, answer, memory)
    return undefined
  }
}
