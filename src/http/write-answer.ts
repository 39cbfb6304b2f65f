import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import Negotiator from 'negotiator'
import { CERTAIN_TO_FIT, createBufferPool, lengthOf } from '../util/buffer-pool.ts'
import type { MemoryAccount } from '../util/memory-budget.ts'
import { countRead } from './reading-turns.ts'

/**
 * An HTTP answer: its headers alternate names and values, and are added to on the way out; the body is text in pieces, or bytes sent as
 * they are.
 */
export interface HttpAnswer {
  readonly status: number
  readonly headers: string[]
  readonly body: readonly string[] | Uint8Array
}

/** A plain-text answer, with further headers if any. */
export function textAnswer(status: number, text: string, headers: readonly string[] = []): HttpAnswer {
  return { status, headers: ['content-type', 'text/plain; charset=utf-8', ...headers], body: [text] }
}

/** Writes answers. */
export type WriteAnswer = (response: ServerResponse, answer: HttpAnswer, memory?: MemoryAccount) => void

// Shorter texts are faster to write directly.
const LARGE = 64 * 1024
// Below this, compressing costs more than sending.
const WORTH_COMPRESSING = 4 * 1024
/** Memory that compressing an answer takes in addition. */
const COMPRESSING_BYTES = 272 * 1024
/** The maximum time to read a large answer, however steadily. */
const READING_MS = 300_000

/** The status of a GraphQL answer with data and errors, for which Node has no reason phrase. */
const PHRASES: Readonly<Record<number, string>> = { 294: 'Partial Success' }

/** Statuses without a body, sent without a content length. */
const BODILESS = new Set([204, 304])

/** Writes large texts through a buffer pool: joining, measuring and encoding them would copy them three times. */
export function createWriteAnswer(): WriteAnswer {
  const pool = createBufferPool()

  function writeLarge(response: ServerResponse, { status, headers }: HttpAnswer, pieces: readonly string[]): void {
    const bodies = groups(pieces).map((group) => pool.write(...group))
    const length = bodies.reduce((sum, { byteLength }) => sum + byteLength, 0)
    headers.push('content-length', String(length))
    response.writeHead(status, phraseOf(status), headers)
    for (const body of bodies) response.write(body)
    // Finished means that all bytes have left the process; after a broken connection some may still be in use.
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

/** The reason phrase of a status. */
function phraseOf(status: number): string {
  return PHRASES[status] ?? STATUS_CODES[status] ?? ''
}

/** Whether a request with these headers prefers gzip. */
export function wantsGzip(headers: IncomingHttpHeaders): boolean {
  if (headers['accept-encoding'] === undefined) return false
  return new Negotiator({ headers }).encoding(['gzip', 'identity']) === 'gzip'
}

/** Without memory for it, the answer is sent uncompressed. */
function hasRoomToCompress(memory: MemoryAccount | undefined): boolean {
  return memory === undefined || memory.take(COMPRESSING_BYTES)
}

async function writeGzip(response: ServerResponse, { status, headers }: HttpAnswer, pieces: readonly string[]): Promise<void> {
  headers.push('content-encoding', 'gzip')
  response.writeHead(status, phraseOf(status), headers)
  // Fails only if the client leaves, and then there is nobody to tell.
  await pipeline(Readable.from(pieces), createGzip({ level: 1 }), response).catch(() => {})
}

/** A client that reads a byte now and then would hold the memory of its answer for ever. */
function endInTime(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), READING_MS).unref()
  response.once('close', () => clearTimeout(timer))
}

/** Groups adjacent pieces that are certain to fit in one pool buffer together; a longer piece stands alone. */
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
/** The rest of a body no longer than this is read by Node itself, and the connection is kept. */
const SHORT_REST = 64 * 1024

/** Whether more of the request body is still to come than is worth reading to keep the connection. */
function stillSends(request: IncomingMessage): boolean {
  const { complete, headers } = request
  if (complete) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > SHORT_REST
}

/** Answers a client that is still sending, and closes the connection afterwards. */
function writeAndLinger(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const words = body instanceof Uint8Array ? body : Buffer.from(body.join(''))
  headers.push('content-length', String(words.byteLength), 'connection', 'close')
  response.writeHead(status, phraseOf(status), headers).write(words)
  endAfter(response.req, response)
}

/**
 * Ends an answer when its request has ended, discarding what is left of the body: closing a connection while the client sends resets it,
 * and the client loses an answer it has not read yet. Time and bytes are bounded.
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
