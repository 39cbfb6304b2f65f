import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Has a server of a test listen on a free port; it is closed with all connections that it has then. */
export async function listening(server: Server, port = 0): Promise<{ readonly url: string; close(): Promise<void> }> {
  // Whoever calls closes what it keeps open: a request that crossed the end of its connection would be lost.
  server.keepAliveTimeout = 0
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
