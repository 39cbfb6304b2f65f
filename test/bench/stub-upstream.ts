import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { announce } from './subjects/announce.ts'

/**
 * The least an upstream can be: it reads each body, counts its rows and accepts them. A small body that holds the reject
 * mark has the rows with that mark refused, which only the guard before measuring makes use of.
 */
const OPENING_BRACE = 0x7b
const SMALL_BODY = 4_000
const REJECT_MARK = 'bench-reject'

const seen = { requests: 0, rows: 0 }

announce(createServer((request, response) => answer(request, response).catch(() => response.destroy())))

process.on('message', () => process.send?.({ ...seen }))
process.once('disconnect', () => process.exit())

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isSmall = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY) < SMALL_BODY
  let braces = 0
  let text = ''
  for await (const part of request as AsyncIterable<Buffer>) {
    braces += countBraces(part)
    if (isSmall) text += part.toString()
  }
  // One object is the envelope; the rows of the benchmark hold no braces of their own.
  const rows = braces - 1
  seen.requests++
  seen.rows += rows
  const failed = text.includes(REJECT_MARK) ? refusals(text) : []
  reply(response, failed.length === 0 ? 200 : 207, { requestId: 'stub', accepted: rows - failed.length, failed })
}

function countBraces(part: Buffer): number {
  let count = 0
  for (let at = part.indexOf(OPENING_BRACE); at !== -1; at = part.indexOf(OPENING_BRACE, at + 1)) count++
  return count
}

function refusals(text: string): unknown[] {
  const { data } = JSON.parse(text) as { data?: readonly unknown[] }
  const marked = (data ?? []).flatMap((row, index) => (JSON.stringify(row).includes(REJECT_MARK) ? [index] : []))
  return marked.map((index) => ({ index, errors: [{ code: 'DI_E_10003', message: 'The guard asked for this.' }] }))
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}
