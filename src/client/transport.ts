import { ClientError, type ErrorDetails } from './client-error.ts'
import { createStop } from './stop.ts'
import type { ClientOptions } from './types.ts'

/** Sends request bodies to the gateway. */
export interface Transport {
  /** The data of the gateway's answer; rejects with a `ClientError` where there is none. */
  post(body: Body, signal?: AbortSignal): Promise<unknown>
  /** A body with rows that can be sent several times, compressed where that pays. */
  prepare(text: string): Promise<Body>
}

/** A request body and the headers that go with it. */
export interface Body {
  readonly bytes: string | ArrayBuffer
  readonly headers?: Readonly<Record<string, string>>
}

/** Longer than a gateway takes for rows, plus the time to transfer a large body on a slow connection. */
const TIMEOUT_MS = 120_000
/** Smaller bodies gain too little from compression. */
const WORTH_GZIP = 16_384
/** A URL that `fetch` takes; the group matches where the gateway is on the same machine. */
const ADDRESS = /^https?:..(localhost\b|127\.|\[::1)?[^@/]*\//

/** A transport to the gateway at that address. */
export function createTransport({ url, token, fetch: send = fetch }: ClientOptions): Transport {
  const endpoint = new URL(url)
  const address = ADDRESS.exec(endpoint.href)
  // With such a URL each request would fail in `fetch`, as if the gateway were down.
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
      // The gateway gives a code and a status; a proxy before it only a status.
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
        // The caller's token function or `fetch` may ignore the signal.
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
/** Lets interactive requests go first. */
const BULK = { priority: 'u=5' }

const NO_HEADER = /[^\t -~\x80-\xff]/

/** The token for all requests until the gateway refuses it; requests that were refused together ask for a new one once. */
function createTokenAfter(token: ClientOptions['token']) {
  let known: Promise<string | undefined> | undefined
  async function ask(): Promise<string | undefined> {
    const given = typeof token === 'function' ? await token() : token
    // The error of `fetch` would quote the token.
    if (NO_HEADER.test(given as string)) throw new TypeError()
    return given
  }
  return async (refused?: string): Promise<string | undefined> => {
    if (refused !== undefined && (await known) === refused) known = undefined
    known ??= ask().catch((cause) => {
      known = undefined
      throw new ClientError('TOKEN_FAILED', 'No token can be sent.', { cause })
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
  // A proxy before the gateway says in a header how long to wait, in seconds.
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
