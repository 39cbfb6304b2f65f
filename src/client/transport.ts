import { ClientError, type ErrorDetails } from './client-error.ts'
import { createStop } from './stop.ts'
import type { ClientOptions } from './types.ts'

/** Sends request bodies to the gateway. */
export interface Transport {
  /** What the gateway answered; rejects with a `ClientError` where it declined, where nothing answered, or something else. */
  post(body: Body, signal?: AbortSignal): Promise<unknown>
  /** A body with rows, ready to be sent as often as need be: in gzip where that pays. */
  prepare(text: string): Promise<Body>
}

/** A request body and the headers that go with it. */
export interface Body {
  readonly bytes: string | ArrayBuffer
  readonly headers?: Readonly<Record<string, string>>
}

/** Longer than a gateway takes for rows, with the time that a large body needs on a slow line. */
const TIMEOUT_MS = 120_000
/** What a small body would win is less than what a packet holds anyway. */
const WORTH_GZIP = 16_384
/** What `fetch` takes; the group is there where the gateway is on the same machine. */
const ADDRESS = /^https?:..(localhost\b|127\.|\[::1)?[^@/]*\//

/** A transport to the gateway at that address. */
export function createTransport({ url, token, fetch: send = fetch }: ClientOptions): Transport {
  const endpoint = new URL(url)
  const address = ADDRESS.exec(endpoint.href)
  // Each request would fail in `fetch`, as if nobody answered.
  if (!address) throw new TypeError('url: http:// or https://, no user')
  const tokenAfter = createTokenAfter(token)

  async function call({ bytes, headers }: Body, authorization: string | undefined, signal: AbortSignal): Promise<unknown> {
    const auth = authorization && { authorization }
    return read(await send(endpoint, { method: 'POST', headers: { ...JSON_ONLY, ...headers, ...auth }, body: bytes, signal }))
  }

  async function answered(body: Body, signal: AbortSignal): Promise<unknown> {
    const used = await tokenAfter()
    try {
      return await call(body, used, signal)
    } catch (error) {
      // A field is declined with a code and a status of its own; what stands before a gateway has the status only.
      const { status, code } = error as Partial<ClientError>
      if (typeof token !== 'function' || (status !== 401 && code !== 'UNAUTHENTICATED')) throw error
      return call(body, await tokenAfter(used), signal)
    }
  }

  return {
    async post(body, signal) {
      const stop = createStop(signal)
      const timer = setTimeout(stop.because, TIMEOUT_MS, 'timeout')
      try {
        // Neither the token's function nor a `fetch` that was given need heed a signal.
        const data = await Promise.race([answered(body, stop.signal), stop.promise])
        stop.signal.throwIfAborted()
        return data
      } catch (cause) {
        throw cause instanceof ClientError ? cause : new ClientError('UNREACHABLE', 'Nothing answers there.', { cause })
      } finally {
        clearTimeout(timer)
        stop.end()
      }
    },
    async prepare(text) {
      if (address[1] || text.length < WORTH_GZIP) return { bytes: text, headers: BULK }
      const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
      return { bytes: await new Response(packed).arrayBuffer(), headers: { ...BULK, 'content-encoding': 'gzip' } }
    },
  }
}

const JSON_ONLY = { accept: 'application/json', 'content-type': 'application/json' }
/** Lets what people wait for go first. */
const BULK = { priority: 'u=5' }

const NO_HEADER = /[^\t -~\x80-\xff]/

/** One token for all requests, until the gateway has refused it; requests that were refused together ask once. */
function createTokenAfter(token: ClientOptions['token']) {
  let known: Promise<string | undefined> | undefined
  async function ask(): Promise<string | undefined> {
    const given = typeof token === 'function' ? await token() : token
    // What `fetch` would say of it has the token in its words.
    if (NO_HEADER.test(given as string)) throw new TypeError()
    return given
  }
  return async (refused?: string): Promise<string | undefined> => {
    if (refused !== undefined && (await known) === refused) known = undefined
    known ??= ask().catch((cause) => {
      known = undefined
      throw new ClientError('TOKEN_FAILED', 'The token function failed.', { cause })
    })
    return known
  }
}

interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string; readonly extensions?: ErrorDetails & { readonly code?: string } }[]
}

async function read(response: Response): Promise<unknown> {
  const { status } = response
  // What stands before a gateway says in a header how long to wait, in seconds.
  const told = { status, retryAfterMs: Number(response.headers.get('retry-after')) * 1_000 || undefined }
  const text = await response.text()
  // A page, or half of an answer, is no answer.
  const { data, errors }: GraphQLAnswer = Object(await new Response(text).json().catch(() => {}))
  if (Array.isArray(errors) && errors.length > 0) {
    const [{ message, extensions: { code = 'ROOT_ERROR', ...numbers } = {} }] = errors
    throw new ClientError(code, message, { ...told, ...numbers })
  }
  if (data != null) return data
  throw new ClientError('NOT_A_GATEWAY', `No gateway answers there (status ${status}).`, told)
}
