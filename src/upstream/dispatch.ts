import diagnosticsChannel from 'node:diagnostics_channel'
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { type Dispatcher, EnvHttpProxyAgent, errors, Pool } from 'undici'
import { MAX_REQUESTS_IN_FLIGHT } from '../ingest/limits/host-permits.ts'
import { errorCode } from '../util/error-code.ts'
import { withoutInterims } from './interim-responses.ts'

const MAX_ANSWER_BYTES = 8 * 1024 * 1024
const IDLE_CONNECTION_MS = 4_000

/** How to connect to the upstream. */
export interface Connecting {
  /** In milliseconds. */
  readonly connectTimeoutMs: number
  /** Proxies by the upstream's scheme, and the hosts reached directly, as the environment names them; undefined: no proxy. */
  readonly proxies?: { readonly http: string; readonly https: string; readonly except: string } | undefined
}

/** A connection pool for the upstream's host, with keep-alive. */
export function createDispatcher({ origin }: URL, { connectTimeoutMs, proxies }: Connecting): Dispatcher {
  const settings = {
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    connections: MAX_REQUESTS_IN_FLIGHT,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    connect: { timeout: connectTimeoutMs },
  }
  if (proxies === undefined) return new Pool(origin, settings)
  const { http, https, except } = proxies
  // A proxy that does not answer counts as one that cannot be connected to.
  const clientFactory = (proxy: URL, options: object) => new Pool(proxy, { ...options, headersTimeout: connectTimeoutMs })
  // An empty text keeps undici from reading the environment itself.
  return new EnvHttpProxyAgent({
    ...settings,
    clientFactory,
    connectTimeout: connectTimeoutMs,
    httpProxy: http,
    httpsProxy: https,
    noProxy: except,
  })
}

/** A response as received. */
export interface Reply {
  readonly status: number
  /** Trailers included. */
  readonly headers: IncomingHttpHeaders
  /** Undefined if it broke off or exceeded the cap, since then nothing in it can be relied on. */
  readonly body: Buffer | undefined
  /** The request body had left the process when the response began. */
  readonly isSent: boolean
  /** It was followed by another response, by more bytes than it announced, or by a reset in place of its end. */
  readonly isDoubtful: boolean
  /** Destroys the connection that it came on. */
  readonly disconnect: () => void
}

/** What became of a request. */
export interface Dispatched {
  /** It began to leave the process, so the upstream may have a part of it. */
  readonly isStarted: boolean
  /** Undefined if none arrived. */
  readonly reply: Reply | undefined
  /** Why the request ended before its response did, or what was wrong after the response. */
  readonly error: unknown
}

let starting: ((socket: Socket) => void) | undefined

// undici does not tell a handler which socket its request is written to; this channel does, in the same tick as `onRequestStart`.
diagnosticsChannel.subscribe('undici:client:sendHeaders', (message) => {
  starting?.((message as { socket: Socket }).socket)
  starting = undefined
})

/**
 * Sends one request, which the signal aborts; never rejects. It uses a handler of its own, since undici's `request` creates a stream per
 * response, which takes more time than everything else about a small one.
 */
export function dispatch(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  noteLeft: (() => void) | undefined,
): Promise<Dispatched> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined
    let socket: Socket | undefined
    let [isStarted, isSent, bytes] = [false, false, 0]
    let answer: Pick<Reply, 'status' | 'headers'> | undefined
    const parts = gather()
    // A request that still waits for a connection ends at once: undici would report it only once there is one.
    const abort = () => (controller === undefined ? end(undefined, signal.reason) : controller.abort(signal.reason))
    const disconnect = () => void socket?.destroy()
    const end = (body: Buffer | undefined, error: unknown, trailers?: IncomingHttpHeaders) => {
      signal.removeEventListener('abort', abort)
      answer ??= refusalOfProxy(error)
      const isDoubtful = body !== undefined && error !== undefined
      const headers = { ...trailers, ...answer?.headers }
      resolve({ isStarted, reply: answer && { ...answer, headers, body, isSent, isDoubtful, disconnect }, error })
    }
    signal.addEventListener('abort', abort)
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started
        if (signal.aborted) return abort()
        isStarted = true
        noteLeft?.()
        starting = (taken) => {
          socket = withoutInterims(taken)
        }
      },
      onResponseStart(reading, status, headers) {
        // An informational response only announces the final one.
        if (status < 200) return
        answer = { status, headers }
        isSent = socket?.writableLength === 0
        if (!isSent) askLater(reading)
      },
      onResponseData(_, part) {
        bytes += part.byteLength
        if (bytes > MAX_ANSWER_BYTES) controller?.abort(new errors.ResponseExceededMaxSizeError())
        else parts.add(part)
      },
      // What is wrong after the response, undici detects before the microtask runs.
      onResponseEnd: (_, trailers) => queueMicrotask(() => end(parts.joined(), errorOn(socket), trailers)),
      onResponseError: (_, error) => end(undefined, error),
    })

    /** A TLS socket learns a tick late what has left; until then the response must not end, nor the socket take another request. */
    function askLater(reading: Dispatcher.DispatchController): void {
      reading.pause()
      setImmediate(() => {
        isSent = socket?.writableLength === 0
        reading.resume()
      })
    }
  })
}

/** What a proxy has answered that asks for a password: on the way to an http upstream, undici reports that as a wrong argument. */
function refusalOfProxy(error: unknown): Pick<Reply, 'status' | 'headers'> | undefined {
  return error instanceof errors.InvalidArgumentError && error.message.includes('407') ? { status: 407, headers: {} } : undefined
}

/** After this many chunks of a response they are joined: it may arrive byte by byte, and each chunk takes some hundred bytes of its own. */
const JOINED_AT_ONCE = 1_000

/** Collects the chunks of a response. */
function gather() {
  const parts: Buffer[] = []
  const recent: Buffer[] = []
  return {
    add(part: Buffer): void {
      if (recent.push(part) === JOINED_AT_ONCE) parts.push(Buffer.concat(recent.splice(0)))
    },
    joined(): Buffer | undefined {
      const all = [...parts, ...recent]
      return all.length === 1 ? all[0] : Buffer.concat(all)
    },
  }
}

/** The error of a connection, unless undici closed it itself. */
function errorOn(socket: Socket | undefined): Error | undefined {
  const error = socket?.errored ?? undefined
  return error && errorCode(error) !== 'UND_ERR_INFO' ? error : undefined
}
