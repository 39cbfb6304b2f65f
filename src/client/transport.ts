import { ClientError } from './client-error.ts'
import type { ClientOptions } from './types.ts'

/** Sends request bodies to the gateway. */
export interface Transport {
  /** What the gateway answered; rejects with a `ClientError` where it declined, where nothing answered, or something else. */
  post(body: Body, signal?: AbortSignal): Promise<unknown>
  /** A body ready to be sent as often as need be: in gzip where that pays. */
  prepare(text: string): Promise<Body>
}

/** A request body and the headers that go with it. */
export interface Body {
  readonly bytes: string | ArrayBuffer
  readonly headers: Readonly<Record<string, string>>
}

/** Longer than a gateway takes for rows, with the time that a large body needs on a slow line. */
const TIMEOUT_MS = 120_000
/** What a small body would win is less than what a packet holds anyway. */
const WORTH_GZIP = 16_384
const IS_LOCAL = /^(?:localhost|127\.[\d.]+|\[::1\])$/

/** A transport to the gateway at that address. */
export function createTransport({ url, token, fetch: send = fetch }: ClientOptions): Transport {
  const endpoint = new URL(url)
  const pays = typeof CompressionStream === 'function' && !IS_LOCAL.test(endpoint.hostname)
  const tokens = createTokens(token)

  async function call({ bytes, headers }: Body, authorization: string | undefined, signal: AbortSignal): Promise<Response> {
    const auth = authorization === undefined ? undefined : { authorization }
    return await send(endpoint, { method: 'POST', headers: { ...HEADERS, ...headers, ...auth }, body: bytes, signal })
  }

  async function answered(body: Body, signal: AbortSignal): Promise<unknown> {
    const used = await tokens.current()
    try {
      return await read(await call(body, used, signal))
    } catch (error) {
      if (typeof token !== 'function' || !isAboutToken(error)) throw error
      return await read(await call(body, await tokens.after(used), signal))
    }
  }

  return {
    async post(body, signal) {
      const limit = withTimeout(signal)
      try {
        return await answered(body, limit.signal)
      } catch (error) {
        throw error instanceof ClientError ? error : lost(error, signal)
      } finally {
        limit.end()
      }
    },
    async prepare(text) {
      if (!pays || text.length < WORTH_GZIP) return { bytes: text, headers: {} }
      const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
      return { bytes: await new Response(packed).arrayBuffer(), headers: { 'content-encoding': 'gzip' } }
    },
  }
}

const HEADERS = { accept: 'application/graphql-response+json, application/json;q=0.9', 'content-type': 'application/json' }

/** A field is declined with a code and a status of its own; what stands before a gateway has the status only. */
function isAboutToken(error: unknown): boolean {
  return error instanceof ClientError && (error.status === 401 || error.code === 'UNAUTHENTICATED')
}

/** One token for all requests, until the gateway has refused it. */
function createTokens(token: ClientOptions['token']) {
  let known: Promise<string> | undefined
  const ask = async (): Promise<string | undefined> => {
    if (typeof token !== 'function') return token
    known ??= Promise.resolve(token())
    try {
      return await known
    } catch (cause) {
      known = undefined
      throw new ClientError('TOKEN_FAILED', 'The function that gives the token failed.', { cause })
    }
  }
  return {
    current: ask,
    /** Another token than the refused one; requests that were refused together ask once. */
    async after(refused: string | undefined): Promise<string | undefined> {
      const current = await ask()
      if (current !== refused) return current
      known = undefined
      return await ask()
    },
  }
}

function withTimeout(signal: AbortSignal | undefined) {
  const controller = new AbortController()
  const abort = () => controller.abort(signal?.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort)
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS)
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

function lost(cause: unknown, signal: AbortSignal | undefined): ClientError {
  if (signal?.aborted) return aborted(signal)
  return new ClientError('UNREACHABLE', 'The gateway could not be reached, or the connection was lost before it answered.', { cause })
}

/** What a caller gets who has aborted. */
export function aborted(signal: AbortSignal): ClientError {
  return new ClientError('ABORTED', 'The caller stopped it.', { cause: signal.reason })
}

interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly { readonly message?: string; readonly extensions?: Readonly<Record<string, unknown>> }[]
}

async function read(response: Response): Promise<unknown> {
  const { data, errors } = parse(await response.text(), response)
  const [first] = errors ?? []
  if (first === undefined) return data
  const { code, retryAfterMs, limit, actual } = first.extensions ?? {}
  throw new ClientError(typeof code === 'string' ? code : 'ROOT_ERROR', first.message ?? 'The gateway declined the request.', {
    status: response.status,
    retryAfterMs: numberIn(retryAfterMs),
    limit: numberIn(limit),
    actual: numberIn(actual),
  })
}

function parse(text: string, response: Response): GraphQLAnswer {
  try {
    const answer: unknown = JSON.parse(text)
    if (isAnswer(answer)) return answer
  } catch {
    // A page, or half of an answer: told below.
  }
  const { status, headers } = response
  const message = `What answers at this address is no gateway, or not in full (status ${status}, not a GraphQL answer). Check the URL.`
  throw new ClientError('NOT_A_GATEWAY', message, { status, retryAfterMs: secondsIn(headers.get('retry-after')) })
}

function isAnswer(answer: unknown): answer is GraphQLAnswer {
  if (typeof answer !== 'object' || answer === null) return false
  const { data, errors } = answer as GraphQLAnswer
  return errors === undefined ? typeof data === 'object' && data !== null : Array.isArray(errors)
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function secondsIn(header: string | null): number | undefined {
  return header !== null && /^\d{1,4}$/.test(header) ? Number(header) * 1_000 : undefined
}
