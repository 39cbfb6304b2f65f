import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived, with its body read. */
export interface Call {
  readonly response: ServerResponse
  readonly request: IncomingMessage
  /** The body. */
  text(): string
}

/** An upstream of any manners. */
export async function startUpstream(answer: (call: Call) => void): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    try {
      for await (const part of request) parts.push(part)
    } catch {
      return
    }
    answer({ request, response, text: () => Buffer.concat(parts).toString() })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

/** Takes all rows. */
export function takeAll({ response }: Call): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"message":"taken"}')
}
