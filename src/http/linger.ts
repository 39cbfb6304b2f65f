import type { IncomingMessage, ServerResponse } from 'node:http'
import { countRead } from './reading-turns.ts'

const MAX_BYTES = 512 * 1024 * 1024
const MAX_MS = 30_000
/** What is left of a body of this length is read by Node itself, and the connection goes on. */
const SHORT = 64 * 1024

/** Whether more of a request is still to come than is worth keeping its connection for. */
export function stillSends(request: IncomingMessage): boolean {
  const { complete, headers } = request
  if (complete) return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > SHORT
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
  const timer = setTimeout(() => response.destroy(), MAX_MS).unref()
  request.unpipe()
  request.removeAllListeners('data')
  request.on('data', (part: Buffer) => {
    bytes += part.byteLength
    if (bytes > MAX_BYTES) response.destroy()
    countRead(request, part.byteLength)
  })
  request.once('end', end).once('close', end).resume()
}
