import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** The listening side of the process. */
export interface HttpServer {
  /** Begins to take connections; resolves with the address. */
  listen(port: number, host: string): Promise<URL>
  /** Takes no new connections; resolves when every request on the old ones is answered. Each is closed after its next answer. */
  stop(): Promise<void>
  /** Breaks off whatever is still connected. */
  cut(): void
}

const GRACE_MS = 500
// Longer than load balancers keep theirs, mostly a minute: who closes first may cut off a request that is on its way.
const IDLE_MS = 75_000

/** An HTTP server that can stop under load without breaking off a request. */
export function createHttpServer(listener: RequestListener): HttpServer {
  let isStopping = false
  const server = createServer({ keepAliveTimeout: IDLE_MS }, (request, response) => {
    if (isStopping) response.setHeader('connection', 'close')
    return listener(request, response)
  })

  let taken = 0
  server.on('connection', () => taken++)

  /** Resolves when no connection waits to be taken: with the listening socket the kernel would reset those that do. */
  async function allTaken(): Promise<void> {
    const until = performance.now() + GRACE_MS
    // One connection is taken a turn; the first turn may end without any reading.
    for (let quiet = 0, before = taken; quiet < 2 && performance.now() < until; before = taken) {
      await nextTurn()
      quiet = taken > before ? 0 : quiet + 1
    }
  }

  return {
    async listen(port, host) {
      server.listen(port, host)
      await once(server, 'listening')
      return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`)
    },
    async stop() {
      if (!server.listening) return
      isStopping = true
      const closed = once(server, 'close')
      await allTaken()
      // The HTTP server's own close cuts idle connections at once, and with them requests that have arrived and are not read yet.
      NetServer.prototype.close.call(server)
      const sweep = setInterval(() => setImmediate(() => server.closeIdleConnections()), GRACE_MS)
      await closed
      clearInterval(sweep)
    },
    cut: () => server.closeAllConnections(),
  }
}
