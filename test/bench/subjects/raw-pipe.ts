import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { announce } from './announce.ts'

/** Baseline: the bytes go to the upstream and back, nobody looks at them. */
const upstream = new URL(process.env.INGESTION_URL ?? 'http://127.0.0.1:4100')
const agent = new Agent({ keepAlive: true })

announce(createServer(pipeThrough))

function pipeThrough(incoming: IncomingMessage, response: ServerResponse): void {
  const headers = { 'content-type': 'application/json', 'content-length': incoming.headers['content-length'] }
  const outgoing = request(upstream, { method: 'POST', path: '/api/v2/objects/INV_PRODUCTS_OOTB', agent, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  incoming.pipe(outgoing)
}
