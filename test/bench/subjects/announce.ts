import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a free port of the loopback and prints the address, which is what the benchmark waits for. */
export function announce(server: Server, path = '/'): void {
  server.listen(0, '127.0.0.1', () => {
    console.log(`listening: http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
  })
}
