import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import Negotiator from 'negotiator'
import { CERTAIN_TO_FIT, createBufferPool, lengthOf } from '../util/buffer-pool.ts'
import type { MemoryAccount } from '../util/memory-budget.ts'
import { countRead } from './reading-turns.ts'

/** An answer: names and values of its headers alternate, and whoever hands it on adds to them; its text comes in pieces, or in bytes that go out as they are. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: string[]
  readonly body: readonly string[] | Uint8Array
}

/** A plain text as an answer, with further headers where there are any. */
export function textAnswer(status: number, text: string, headers: readonly string[] = []): HttpAnswer {
  return { status, headers: ['content-type', 'text/plain; charset=utf-8', ...headers], body: [text] }
}

/** Writes answers. */
export type WriteAnswer = (response: ServerResponse, answer: HttpAnswer, memory?: MemoryAccount) => void

// Shorter texts are written quicker as they are.
const LARGE = 64 * 1024
// Below this, compressing a text costs more than sending it.
const WORTH_COMPRESSING = 4 * 1024
/** What compressing an answer takes up beside it. */
const COMPRESSING_BYTES = 272 * 1024
/** How long a large answer may take to be read, however steadily. */
const READING_MS = 300_000

/** The status of a GraphQL answer with data and errors, which Node has no words for. */
const PHRASES: Readonly<Record<number, string>> = { 294: 'Partial Success' }

/** Answers that have no body, and may not say how long that is. */
const BODILESS = new Set([204, 304])

/** Writes large texts through a buffer pool: joining, measuring and encoding them at once would copy them three times. */
export function createWriteAnswer(): WriteAnswer {
  const pool = createBufferPool()

  function writeLarge(response: ServerResponse, { status, headers }: HttpAnswer, pieces: readonly string[]): void {
    const bodies = groups(pieces).map((group) => pool.write(...group))
    const length = bodies.reduce((sum, { byteLength }) => sum + byteLength, 0)
    headers.push('content-length', String(length))
    response.writeHead(status, phraseOf(status), headers)
    for (const body of bodies) response.write(body)
    // Finished means that all has left the process; of a broken connection some may still be read.
    response.once('close', () => bodies.forEach(response.writableFinished ? pool.giveBack : pool.abandon))
    response.end()
  }

  return (response, answer, memory) => {
    if (response.destroyed) return
    if (stillSends(response.req)) return writeAndLinger(response, answer)
    const { body } = answer
    if (body instanceof Uint8Array) return writeWhole(response, answer, body)
    const length = lengthOf(body)
    if (length >= LARGE) {
      memory?.holdAtLeast(length)
      endInTime(response)
    }
    if (length >= WORTH_COMPRESSING && wantsGzip(response.req.headers) && hasRoomToCompress(memory))
      return void writeGzip(response, answer, body)
    if (length >= LARGE) return writeLarge(response, answer, body)
    writeWhole(response, answer, body.length === 1 ? (body[0] as string) : body.join(''))
  }
}

function writeWhole(response: ServerResponse, { status, headers }: HttpAnswer, body: string | Uint8Array): void {
  if (!BODILESS.has(status)) headers.push('content-length', String(Buffer.byteLength(body)))
  response.writeHead(status, phraseOf(status), headers).end(body)
}

/** The words of a status on the wire. */
function phraseOf(status: number): string {
  return PHRASES[status] ?? STATUS_CODES[status] ?? ''
}

/** Whether somebody who sends these headers prefers a compressed answer. */
export function wantsGzip(headers: IncomingHttpHeaders): boolean {
  if (headers['accept-encoding'] === undefined) return false
  return new Negotiator({ headers }).encoding(['gzip', 'identity']) === 'gzip'
}

/** Where there is none, the answer goes out as it is. */
function hasRoomToCompress(memory: MemoryAccount | undefined): boolean {
  return memory === undefined || memory.take(COMPRESSING_BYTES)
}

async function writeGzip(response: ServerResponse, { status, headers }: HttpAnswer, pieces: readonly string[]): Promise<void> {
  headers.push('content-encoding', 'gzip')
  response.writeHead(status, phraseOf(status), headers)
  // A client that leaves ends this; there is nobody left to tell.
  await pipeline(Readable.from(pieces), createGzip({ level: 1 }), response).catch(() => {})
}

/** A reader that takes a byte now and then would keep the memory of its answer for ever. */
function endInTime(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), READING_MS).unref()
  response.once('close', () => clearTimeout(timer))
}

/** Neighbouring pieces that are certain to fit into one buffer of the pool together, or stand alone. */
function groups(pieces: readonly string[]): string[][] {
  const found: string[][] = []
  let room = 0
  for (const piece of pieces) {
    if (piece.length > room) {
      found.push([])
      room = CERTAIN_TO_FIT
    }
    found.at(-1)?.push(piece)
    room -= piece.length
  }
  return found
}

const MAX_LEFT_BYTES = 512 * 1024 * 1024
const MAX_LINGERING_MS = 30_000
/** What is left of a body of this length is read by Node itself, and the connection goes on. */
const SHORT_REST = 64 * 1024

/** Whether more of a request is still to come than is worth keeping its connection for. */
function stillSends(request: IncomingMessage): boolean {
  const { complete, headers } = request
  if (complete) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > SHORT_REST
}

/** Answers somebody who still sends, and closes the connection behind that. */
function writeAndLinger(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const words = body instanceof Uint8Array ? body : Buffer.from(body.join(''))
  headers.push('content-length', String(words.byteLength), 'connection', 'close')
  response.writeHead(status, phraseOf(status), headers).write(words)
  endAfter(response.req, response)
}

/**
 * Ends an answer when its request has ended, and reads what still comes of it into nothing: a connection that is closed
 * while the other side sends is reset, and takes an answer that was not read yet along. Time and bytes are bounded.
 */
export function endAfter(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0
  const end = () => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(() => response.destroy(), MAX_LINGERING_MS).unref()
  request.unpipe()
  request.removeAllListeners('data')
  request.on('data', (part: Buffer) => {
    bytes += part.byteLength
    if (bytes > MAX_LEFT_BYTES) response.destroy()
    countRead(request, part.byteLength)
  })
  request.once('end', end).once('close', end).resume()
}
