import diagnosticsChannel from 'node:diagnostics_channel'
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { type Dispatcher, EnvHttpProxyAgent, errors, Pool } from 'undici'
import { MAX_REQUESTS_IN_FLIGHT } from '../ingest/limits/host-permits.ts'
import { errorCode } from '../util/error-code.ts'

const MAX_ANSWER_BYTES = 8 * 1024 * 1024
const IDLE_CONNECTION_MS = 4_000

/** How the upstream is reached. */
export interface Connecting {
  /** In milliseconds. */
  readonly connectTimeoutMs: number
  /** By the scheme of the upstream, and the hosts that are reached without one, as the environment names them; undefined: it is reached directly. */
  readonly proxies?: { readonly http: string; readonly https: string; readonly except: string } | undefined
}

/** Connections to the host of the upstream, kept open for a while. */
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
  // A proxy that does not answer is one that there is no connection to.
  const clientFactory = (proxy: URL, options: object) => new Pool(proxy, { ...options, headersTimeout: connectTimeoutMs })
  // An empty text keeps undici from looking into the environment itself.
  return new EnvHttpProxyAgent({
    ...settings,
    clientFactory,
    connectTimeout: connectTimeoutMs,
    httpProxy: http,
    httpsProxy: https,
    noProxy: except,
  })
}

/** An answer as it came. */
export interface Reply {
  readonly status: number
  /** Those behind the body among them. */
  readonly headers: IncomingHttpHeaders
  /** Undefined when it broke off or went over the cap, for then nothing in it can be relied on. */
  readonly body: Buffer | undefined
  /** The body of the request had left the process when the answer came. */
  readonly isSent: boolean
  /** What came behind it is another answer, more of this one than it said, or a reset in place of its end. */
  readonly isDoubtful: boolean
  /** Ends the connection it came on. */
  readonly disconnect: () => void
}

/** What came of a request. */
export interface Dispatched {
  /** It began to leave the process: the upstream may have a part of it. */
  readonly isStarted: boolean
  /** Undefined when none came. */
  readonly reply: Reply | undefined
  /** Why the request ended before its answer did, or what was wrong behind that. */
  readonly error: unknown
}

let starting: ((socket: Socket) => void) | undefined

// undici does not tell a handler which socket its request is written to; this channel does, in the same turn as `onRequestStart`.
diagnosticsChannel.subscribe('undici:client:sendHeaders', (message) => {
  starting?.((message as { socket: Socket }).socket)
  starting = undefined
})

/**
 * Sends one request until the signal ends it, and never rejects. By a handler of its own: undici's `request` makes a stream of each
 * answer, which takes more time than all else about a small one.
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
    let [isStarted, isSent] = [false, false]
    let answer: Pick<Reply, 'status' | 'headers'> | undefined
    let bytes = 0
    const parts = gather()
    // What still waits for a connection ends at once: undici would say so only once there is one.
    const abort = () => (controller === undefined ? end(undefined, signal.reason) : controller.abort(signal.reason))
    const disconnect = () => void socket?.destroy()
    const end = (body: Buffer | undefined, error: unknown, trailers?: IncomingHttpHeaders) => {
      signal.removeEventListener('abort', abort)
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
          socket = taken
        }
      },
      onResponseStart(reading, status, headers) {
        // What is below 200 only announces the answer.
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
      // What is wrong behind it undici finds out before the microtasks.
      onResponseEnd: (_, trailers) => queueMicrotask(() => end(parts.joined(), errorOn(socket), trailers)),
      onResponseError: (_, error) => end(undefined, error),
    })

    /** An encrypted socket hears of what has left a turn of the event loop late; meanwhile it must not end, nor take another request. */
    function askLater(reading: Dispatcher.DispatchController): void {
      reading.pause()
      setImmediate(() => {
        isSent = socket?.writableLength === 0
        reading.resume()
      })
    }
  })
}

/** So many parts of an answer are joined as they come: it may come byte by byte, and each part takes some hundred bytes of its own. */
const JOINED_AT_ONCE = 1_000

/** The parts of an answer. */
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

/** What is wrong on a connection; that undici ends it is not. */
function errorOn(socket: Socket | undefined): Error | undefined {
  const error = socket?.errored ?? undefined
  return error && errorCode(error) !== 'UND_ERR_INFO' ? error : undefined
}
