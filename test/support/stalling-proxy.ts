import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a PostgreSQL server, and can go silent. */
export interface StallingProxy {
  /** The database by way of it. */
  readonly url: string
  /** From now on it takes all and passes nothing on; connections stay open. */
  stall(): void
  close(): Promise<void>
}

/** A proxy before the server that an URL names by the folder of its socket. */
export async function startStallingProxy(url: string): Promise<StallingProxy> {
  const folder = new URL(url).searchParams.get('host') ?? ''
  const sockets = new Set<Socket>()
  let isStalled = false
  const server = createServer((client) => {
    const upstream = connect(`${folder}/.s.PGSQL.5432`)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {}).on('data', (part) => void (isStalled || to.write(part)))
      from.on('close', () => void (isStalled || to.destroy()))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `postgresql://postgres@127.0.0.1:${(server.address() as AddressInfo).port}${new URL(url).pathname}`,
    stall() {
      isStalled = true
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
