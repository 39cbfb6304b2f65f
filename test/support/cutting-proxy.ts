import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, and cuts connections. */
export interface CuttingProxy {
  readonly url: URL
  /** How many connections were cut. */
  cuts(): number
  close(): Promise<void>
}

/** Cuts a connection, in place of passing an answer on, whenever `isCut` says so of the first bytes of an answer. */
export async function startCuttingProxy(target: URL, isCut: () => boolean): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  let cuts = 0
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    const both = [client, upstream]
    const end = () => {
      for (const socket of both) socket.destroy()
    }
    for (const socket of both) socket.on('error', end).on('close', end)
    for (const socket of both) sockets.add(socket)
    client.pipe(upstream)
    upstream.on('data', (part: Buffer) => {
      if (!part.subarray(0, 5).equals(Buffer.from('HTTP/')) || !isCut()) return void client.write(part)
      cuts++
      end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: new URL(target.pathname, `http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    cuts: () => cuts,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
