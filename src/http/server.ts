import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createServerInTurns } from './server-in-turns.ts'

/** The listening side of the process. */
export interface HttpServer {
  /** Begins to take connections; resolves with the address. */
  listen(port: number, host: string): Promise<URL>
  /** From now on each connection is closed after its next answer. */
  closeAfterAnswers(): void
  /** Takes no new connections; resolves when every request on the old ones is answered. */
  stop(): Promise<void>
  /** Breaks off whatever is still connected. */
  cut(): void
}

const SWEEP_MS = 500
/** How many connections may wait in the kernel, which may allow fewer. Node's 511 are too few where many come at once: the next ones try again after one, three and seven seconds. */
const BACKLOG = 4_096
/** How long the connections that wait in the kernel may take to be accepted: a cold process accepts some tens of them in a second. */
const TAKING_MS = 3_000
// Longer than load balancers keep theirs, mostly a minute: who closes first may cut off a request that is on its way.
const IDLE_MS = 75_000
const STALL_MS = 30_000

/** What bounds the connections of a server. */
export interface ConnectionLimits {
  /** Connections at once; further ones are dropped. */
  readonly maxConnections: number
  /** How long a body or an answer may make no progress, in milliseconds. */
  readonly stallMs?: number
}

/** An HTTP server that can stop under load without breaking off a request, and lets nobody hold a connection for nothing. */
export function createHttpServer(listener: RequestListener, { maxConnections, stallMs = STALL_MS }: ConnectionLimits): HttpServer {
  let isStopping = false
  const serve: RequestListener = (request, response) => {
    if (isStopping) response.shouldKeepAlive = false
    response.on('timeout', endStalled)
    return listener(request, response)
  }
  const server = createServerInTurns({ keepAliveTimeout: IDLE_MS }, serve)
  // Node would ask for every body: a client that waits for that is told to send what will be read, and nothing else. One that
  // nobody has read flows as well, once its request is answered.
  server.on('checkContinue', (request, response) => {
    request.once('resume', () => response.headersSent || response.writeContinue())
    return serve(request, response)
  })
  server.maxConnections = maxConnections
  server.timeout = stallMs
  // A client may close its side once it has asked; it is answered all the same. Node has no option for it.
  Object.assign(server, { httpAllowHalfOpen: true })

  let taken = 0
  server.on('connection', () => taken++)

  /** Resolves when no connection waits to be accepted: the kernel would reset those when the listening socket is closed. */
  async function allTaken(): Promise<void> {
    const until = performance.now() + TAKING_MS
    // One connection is accepted in a turn of the event loop; the first turn may end before any is.
    for (let quiet = 0, before = taken; quiet < 2 && performance.now() < until; before = taken) {
      await nextTurn()
      quiet = taken > before ? 0 : quiet + 1
    }
  }

  return {
    async listen(port, host) {
      server.listen(port, host, BACKLOG)
      await once(server, 'listening')
      return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`)
    },
    closeAfterAnswers() {
      isStopping = true
    },
    async stop() {
      if (!server.listening) return
      isStopping = true
      const closed = once(server, 'close')
      await allTaken()
      // The HTTP server's own close cuts idle connections at once, and with them requests that have arrived and are not read yet.
      NetServer.prototype.close.call(server)
      const sweep = setInterval(() => setImmediate(() => server.closeIdleConnections()), SWEEP_MS)
      await closed
      clearInterval(sweep)
    },
    cut: () => server.closeAllConnections(),
  }
}

/** Called when nothing came or went for a while. Whoever waits for the upstream has not stalled, an answer that is not read has. */
function endStalled(this: ServerResponse): void {
  if (this.headersSent) this.destroy()
}
