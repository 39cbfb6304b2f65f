import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createClientErrors, type Unreadable } from './client-error.ts'
import { createServerInTurns } from './server-in-turns.ts'
import { createClosing, createUnderWay } from './under-way.ts'

/** The listening side of the process. */
export interface HttpServer {
  /** Starts accepting connections; resolves with the address. */
  listen(port: number, host: string): Promise<URL>
  /** From now on, each connection is closed after its next answer, or after all answers to what it has sent before that. */
  closeAfterAnswers(): void
  /** Accepts no new connections; resolves when every request on the existing ones is answered. */
  stop(): Promise<void>
  /** Destroys all remaining connections. */
  cut(): void
}

const SWEEP_MS = 500
/**
 * The listen backlog, which the kernel may cap. Node's 511 are too few for a burst: further clients retry only after one, three and seven
 * seconds.
 */
const BACKLOG = 4_096
/** How long accepting the backlog may take on shutdown: a cold process accepts some tens of connections per second. */
const TAKING_MS = 3_000
/** A turn of the event loop in which hardly anybody can have connected unseen. */
const SHORT_TURN_MS = 1
// Longer than load balancers keep theirs, mostly a minute: the side that closes first may cut off a request in transit.
const IDLE_MS = 75_000
const STALL_MS = 30_000

const NO_PROXY = Object.assign(new Error('CONNECT asks for a proxy.'), { code: 'CONNECT' })

/** Limits on the connections of a server. */
export interface ConnectionLimits {
  /** Concurrent connections; further ones are dropped. */
  readonly maxConnections: number
  /** How long a body or an answer may make no progress, in milliseconds. */
  readonly stallMs?: number
}

interface ServerOptions extends ConnectionLimits {
  /** Called once for bytes that are no HTTP request. */
  readonly onUnreadable?: (what: Unreadable) => void
  /** Called for each connection that is dropped because there are too many. */
  readonly onDropped?: () => void
}

/** An HTTP server that stops under load without breaking off a request, and lets no client hold a connection for nothing. */
export function createHttpServer(
  listener: RequestListener,
  { maxConnections, stallMs = STALL_MS, onUnreadable = () => {}, onDropped = () => {} }: ServerOptions,
): HttpServer {
  const underWay = createUnderWay()
  const closing = createClosing(underWay)
  const clientErrors = createClientErrors(underWay, onUnreadable)
  const serve: RequestListener = (request, response) => {
    if (!closing.take(response)) return
    response.on('timeout', endStalled)
    return listener(request, response)
  }
  const server = createServerInTurns({ keepAliveTimeout: IDLE_MS }, serve)
  // Node would answer every `Expect: 100-continue`: here the client is told to continue only once the body is read. An unread body is
  // resumed as well, once its request is answered.
  server.on('checkContinue', (request, response) => {
    request.once('resume', () => response.headersSent || response.writeContinue())
    return serve(request, response)
  })
  server.on('clientError', clientErrors.answer)
  server.on('connection', (socket) => socket.on('end', clientErrors.end))
  // Node would close the connection without a word, and with it the answers of requests before.
  server.on('connect', (_, socket) =>
    clientErrors.answer(
      NO_PROXY,
      socket.on('error', () => {}),
    ),
  )
  server.maxConnections = maxConnections
  server.on('drop', onDropped)
  server.timeout = stallMs
  // A client may half-close after its request, and is answered all the same. Node has no option for it.
  Object.assign(server, { httpAllowHalfOpen: true })

  const allTaken = watchBacklog(server)

  return {
    async listen(port, host) {
      server.listen(port, host, BACKLOG)
      await once(server, 'listening')
      return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`)
    },
    closeAfterAnswers: closing.begin,
    async stop() {
      if (!server.listening) return
      const closed = once(server, 'close')
      await allTaken()
      // The HTTP server's own close destroys idle connections at once, with requests that have arrived but are not read yet.
      NetServer.prototype.close.call(server)
      // Only now: a client whose connection is closed connects again at once, and the kernel resets whoever does so while this closes.
      closing.begin()
      const sweep = setInterval(() => setImmediate(() => server.closeIdleConnections()), SWEEP_MS)
      await closed
      clearInterval(sweep)
    },
    cut: () => server.closeAllConnections(),
  }
}

/** Counts accepted connections; the returned function resolves when the backlog has just been seen empty: on close the kernel resets the rest. */
function watchBacklog(server: NetServer): () => Promise<void> {
  let taken = 0
  server.on('connection', () => taken++)
  return async () => {
    const until = performance.now() + TAKING_MS
    // One connection is accepted per event-loop tick; the first tick may end before any is. During a long tick more may have come.
    for (let quiet = 0, began = performance.now(); quiet < 2 && began < until; ) {
      const before = taken
      await nextTurn()
      const now = performance.now()
      quiet = taken > before || now - began > SHORT_TURN_MS ? 0 : quiet + 1
      began = now
    }
  }
}

/** Called after a time without progress: a request that waits for the upstream has not stalled, but an answer that is not read has. */
function endStalled(this: ServerResponse): void {
  if (this.headersSent) this.destroy()
}
