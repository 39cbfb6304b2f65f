import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

/** Tells whether the process still works on something that no timer knows of. */
export interface BusyLoop {
  /** Asked once a turn of the event loop. */
  isBusy(): boolean
  /** Counts work in another thread as such until it is done. */
  during<T>(work: Promise<T>): Promise<T>
  stop(): void
}

/** Turns without any news after which none is on its way. */
const QUIET_TURNS = 3

/** Both ends of all connections lie in this process, so that what was written and not yet read is known to the byte. */
export function watchLoop(): BusyLoop {
  const clients = new Set<Socket>()
  /** By both ports, since a client may have the same one towards two servers. */
  const servers = new Map<string, Socket>()
  let underWay = 0
  let events = 0
  let quiet = 0
  const onClient = (message: unknown) => void clients.add((message as { socket: Socket }).socket)
  const onServer = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    servers.set(`${socket.remotePort} ${socket.localPort}`, socket)
  }
  subscribe('net.client.socket', onClient)
  subscribe('net.server.socket', onServer)

  function isOnItsWay(client: Socket): boolean {
    if (client.destroyed) clients.delete(client)
    if (client.destroyed) return false
    if (client.connecting || client.localPort === undefined) return true
    const server = servers.get(`${client.localPort} ${client.remotePort}`)
    if (server === undefined) return true
    if (server.destroyed) return false
    return client.bytesWritten !== server.bytesRead || server.bytesWritten !== client.bytesRead
  }

  function hasNews(): boolean {
    const before = events
    events = performance.nodeTiming.uvMetricsInfo.events
    return events !== before || underWay > 0 || [...clients].some(isOnItsWay)
  }

  return {
    isBusy() {
      quiet = hasNews() ? 0 : quiet + 1
      return quiet < QUIET_TURNS
    },
    async during(work) {
      underWay++
      return await work.finally(() => underWay--)
    },
    stop() {
      unsubscribe('net.client.socket', onClient)
      unsubscribe('net.server.socket', onServer)
    },
  }
}
