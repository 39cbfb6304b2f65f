import diagnosticsChannel from 'node:diagnostics_channel'
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'

const MAX_ANSWER_BYTES = 8 * 1024 * 1024

/** How far the body of a request was when its answer came; neither where that cannot be told. */
export interface Departure {
  /** It has left the process: its memory is not read any more. */
  readonly isSent: boolean
  /** A part of it had not left. */
  readonly isEarly: boolean
}

/** An answer as it came. */
export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Undefined when it broke off or went over the cap, for then nothing in it can be relied on. */
  readonly body: Buffer | undefined
  readonly departure: Departure | Promise<Departure>
  /** Ends the connection it came on. */
  readonly disconnect: () => void
}

/** What came of a request. */
export interface Dispatched {
  /** It began to leave the process: the upstream may have a part of it. */
  readonly isStarted: boolean
  /** Undefined when none came. */
  readonly reply: Reply | undefined
  /** Why the request ended before its answer did. */
  readonly error: unknown
}

/** A request, and the socket that it is written to once it leaves. */
interface RequestUnderWay {
  socket: Socket | undefined
}

const underWay = new Set<RequestUnderWay>()
let starting: RequestUnderWay | undefined

// undici does not tell a handler which socket its request is written to; this channel does, in the same turn as `onRequestStart`.
diagnosticsChannel.subscribe('undici:client:sendHeaders', (message) => {
  if (starting !== undefined) starting.socket = (message as { socket: Socket }).socket
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
  onHeadersSent: (() => void) | undefined,
): Promise<Dispatched> {
  return new Promise((resolve) => {
    const request: RequestUnderWay = { socket: undefined }
    let controller: Dispatcher.DispatchController | undefined
    let isStarted = false
    let answer: Omit<Reply, 'body'> | undefined
    let bytes = 0
    const parts: Buffer[] = []
    const abort = () => controller?.abort(signal.reason)
    const end = (body: Buffer | undefined, error?: unknown) => {
      underWay.delete(request)
      signal.removeEventListener('abort', abort)
      resolve({ isStarted, reply: answer && { ...answer, body }, error })
    }
    underWay.add(request)
    signal.addEventListener('abort', abort)
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started
        if (signal.aborted) return abort()
        isStarted = true
        starting = request
        onHeadersSent?.()
      },
      onResponseStart(_, status, headers) {
        // What is below 200 only announces the answer.
        if (status >= 200) answer = { status, headers, departure: departureOf(request), disconnect: () => request.socket?.destroy() }
      },
      onResponseData(_, part) {
        bytes += part.byteLength
        if (bytes > MAX_ANSWER_BYTES) controller?.abort(new Error('an answer of too many bytes'))
        else parts.push(part)
      },
      onResponseEnd: () => end(parts.length === 1 ? parts[0] : Buffer.concat(parts)),
      onResponseError: (_, error) => end(undefined, error),
    })
  })
}

/** How far the body of a request is, asked as its answer comes: afterwards its socket may be at work for another one. */
function departureOf(request: RequestUnderWay): Departure | Promise<Departure> {
  const { socket } = request
  if (socket === undefined) return { isSent: false, isEarly: false }
  return socket.writableLength === 0 ? { isSent: true, isEarly: false } : departureOfLate(request, socket)
}

async function departureOfLate(request: RequestUnderWay, socket: Socket): Promise<Departure> {
  const isAlone = () => [...underWay].every((other) => other === request || other.socket !== socket)
  // An encrypted socket hears of what has left a turn of the event loop late.
  for (let turns = 0; turns < 2 && isAlone(); turns++) await new Promise((resolve) => setImmediate(resolve))
  const isEarly = isAlone() && socket.writableLength > 0
  return { isSent: isAlone() && !isEarly, isEarly }
}
