import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayErrorCode } from '../errors.ts'
import { errorCode } from '../util/error-code.ts'

/** Bytes that are no HTTP request, as they are counted and logged: by codes only, which quote nothing. */
export interface Unreadable {
  readonly status: number
  readonly code: GatewayErrorCode
  /** The HTTP parser's code. */
  readonly cause: string | undefined
}

/** Node's own statuses for what it cannot read; all else is 400. */
const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/**
 * Answers bytes that are no request as Node does, unless a whole request before them on the connection still waits for its answer: Node
 * would send the 400 in place of that answer, though the rows are written. Here the answer is sent, and the connection ends with it.
 */
export function createClientErrors(onUnreadable: (what: Unreadable) => void) {
  const underWay = new WeakMap<Duplex, Set<ServerResponse>>()

  function forget(this: ServerResponse): void {
    underWay.get(this.req.socket)?.delete(this)
  }

  return {
    /** Notes a request that has arrived, its body perhaps not yet. */
    note(response: ServerResponse): void {
      const { socket } = response.req
      const responses = underWay.get(socket)
      if (responses === undefined) underWay.set(socket, new Set([response]))
      else responses.add(response)
      response.on('close', forget)
    },
    /** For the event `clientError`. */
    answer(error: Error, socket: Duplex): void {
      const responses = [...(underWay.get(socket) ?? [])]
      const whole = responses.findLast(({ req }) => req.complete)
      const what = unreadable(error)
      // A request whose body breaks is declined by whoever reads it, and counted there. Each further chunk is an error again.
      const isNew = responses.every(({ req, shouldKeepAlive }) => req.complete && shouldKeepAlive)
      if (isNew && socket.writable) onUnreadable(what)
      if (whole !== undefined && socket.writable) endAfter(whole, socket)
      else refuse(error, what, socket, responses[0]?.headersSent ?? false)
    },
  }
}

function unreadable(error: Error): Unreadable {
  const cause = errorCode(error)
  const status = STATUSES[cause ?? ''] ?? 400
  return { status, code: status === 408 ? 'REQUEST_TIMEOUT' : 'BAD_REQUEST', cause }
}

function endAfter(response: ServerResponse, socket: Duplex): void {
  if (!response.shouldKeepAlive) return
  response.shouldKeepAlive = false
  response.once('finish', () => socket.end(() => socket.destroy()))
}

function refuse(error: Error, { status }: Unreadable, socket: Duplex, isAnswered: boolean): void {
  if (socket.writable && !isAnswered) socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`)
  socket.destroy(error)
}
