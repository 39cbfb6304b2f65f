import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayErrorCode } from '../errors.ts'
import { errorCode } from '../util/error-code.ts'
import type { UnderWay } from './under-way.ts'

/** Bytes that are no HTTP request, as they are counted and logged: by codes only, which quote nothing. */
export interface Unreadable {
  readonly status: number
  readonly words: string
  readonly code: GatewayErrorCode
  /** The HTTP parser's code. */
  readonly cause: string | undefined
  /** What was spoken instead of plain HTTP/1.1, where that is known: mostly by a proxy that is set up wrongly. */
  readonly protocol: 'TLS' | 'HTTP/2' | undefined
}

/** What is told by the parser's code: Node's own statuses, and those for what is none of ours. */
const TOLD: Readonly<Record<string, readonly [status: number, words: string]>> = {
  CONNECT: [405, 'Rowgate is no proxy.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'A chunk extension is too long.'],
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is too long.'],
  HPE_INVALID_EOF_STATE: [400, 'The connection ended before the request did.'],
  HPE_PAUSED_H2_UPGRADE: [505, 'Rowgate speaks HTTP/1.1 only.'],
}

const CUT_OFF = Object.assign(new Error('The connection ended.'), { code: 'HPE_INVALID_EOF_STATE' })

/**
 * Answers bytes that are no request as Node does, unless a whole request before them on the connection still waits for its answer: Node
 * would send the 400 in place of that answer, though the rows are written. Here the answer is sent, and the connection ends with it.
 */
export function createClientErrors(underWay: UnderWay, onUnreadable: (what: Unreadable) => void) {
  function answer(error: Error, socket: Duplex): void {
    const responses = underWay.of(socket)
    const whole = responses.findLast(({ req }) => req.complete)
    const what = unreadable(error)
    // A request whose body breaks is declined by whoever reads it, and counted there. Each further chunk is an error again.
    const isNew = responses.every(({ req, shouldKeepAlive }) => req.complete && shouldKeepAlive)
    if (isNew && socket.writable) onUnreadable(what)
    if (whole !== undefined && socket.writable) endAfter(whole, socket)
    else refuse(error, what, socket, responses[0]?.headersSent ?? false)
  }

  return {
    /** For the event `clientError`. */
    answer,
    /** For the event `end` of a connection: the parser reports a body that is cut off, but not where the request has `Upgrade`. */
    end(this: Duplex): void {
      if (underWay.of(this).some(({ req }) => !req.complete)) answer(CUT_OFF, this)
    },
  }
}

function unreadable(error: Error): Unreadable {
  const cause = errorCode(error)
  const [status, words] = TOLD[cause ?? ''] ?? [400, 'This is no HTTP/1.1 request.']
  const protocol = status === 505 ? 'HTTP/2' : isHello(error) ? 'TLS' : undefined
  return { status, code: status === 408 ? 'REQUEST_TIMEOUT' : 'BAD_REQUEST', words, cause, protocol }
}

/** Whether the bytes that the parser gave up on begin as TLS does: with a handshake record of version 3. */
function isHello({ rawPacket }: Error & { readonly rawPacket?: Buffer }): boolean {
  return rawPacket?.[0] === 0x16 && rawPacket[1] === 3
}

function endAfter(response: ServerResponse, socket: Duplex): void {
  if (!response.shouldKeepAlive) return
  response.shouldKeepAlive = false
  response.once('finish', () => socket.end(() => socket.destroy()))
}

function refuse(error: Error, what: Unreadable, socket: Duplex, isAnswered: boolean): void {
  if (socket.writable && !isAnswered) socket.write(what.protocol === 'HTTP/2' ? goAway(what) : refusal(what))
  socket.destroy(error)
}

function refusal({ status, code, words }: Unreadable): string {
  const body = `${code}: ${words}\n`
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

const NO_SETTINGS = [0, 0, 0, 4, 0, 0, 0, 0, 0]
const HTTP_1_1_REQUIRED = 13

/** Says the same in HTTP/2, whose clients cannot read HTTP/1.1: empty settings, which come first, and that the connection ends. */
function goAway({ words }: Unreadable): Buffer {
  const head = [0, 0, 8 + words.length, 7, 0, 0, 0, 0, 0]
  return Buffer.from([...NO_SETTINGS, ...head, 0, 0, 0, 0, 0, 0, 0, HTTP_1_1_REQUIRED, ...Buffer.from(words)])
}
