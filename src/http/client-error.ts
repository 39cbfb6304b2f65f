import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorCode } from '../util/error-code.ts'

/** Node's own statuses for what it cannot read; all else is 400. */
const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/**
 * Answers what cannot be read as a request as Node does, unless a whole request before it on the same connection waits for its answer: Node
 * would send the 400 in that one's place, though its rows are written. It gets its answer, and the connection ends with that.
 */
export function createClientErrors() {
  const underWay = new WeakMap<Duplex, Set<ServerResponse>>()
  return {
    /** Notes a request that has arrived, its body perhaps not yet. */
    note(response: ServerResponse): void {
      const { socket } = response.req
      const responses = underWay.get(socket) ?? new Set()
      underWay.set(socket, responses.add(response))
      response.once('close', () => responses.delete(response))
    },
    /** For the event `clientError`. */
    answer(error: Error, socket: Duplex): void {
      const responses = [...(underWay.get(socket) ?? [])]
      const whole = responses.findLast(({ req }) => req.complete)
      if (whole !== undefined && socket.writable) endAfter(whole, socket)
      else refuse(error, socket, responses[0]?.headersSent ?? false)
    },
  }
}

function endAfter(response: ServerResponse, socket: Duplex): void {
  // Each further chunk is an error again.
  if (!response.shouldKeepAlive) return
  response.shouldKeepAlive = false
  response.once('finish', () => socket.end(() => socket.destroy()))
}

function refuse(error: Error, socket: Duplex, isAnswered: boolean): void {
  const status = STATUSES[errorCode(error) ?? ''] ?? 400
  if (socket.writable && !isAnswered) socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`)
  socket.destroy(error)
}
