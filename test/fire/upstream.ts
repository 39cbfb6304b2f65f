import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { listening } from '../support/listening.ts'

/** A request as it arrived, with its body read. */
export interface Call {
  readonly response: ServerResponse
  readonly request: IncomingMessage
  /** The body. */
  text(): string
}

/** An upstream of any manners. */
export async function startUpstream(answer: (call: Call) => void): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request).catch(() => undefined)
    if (bytes !== undefined) answer({ request, response, text: () => bytes.toString() })
  })
  return await listening(server)
}

/** Takes all rows. */
export function takeAll({ response }: Call): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"message":"taken"}')
}
