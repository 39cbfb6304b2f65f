import type { ServerResponse } from 'node:http'

/** One request with its body read, for a fault to strike. */
interface Struck {
  readonly response: ServerResponse
  readonly rows: number
  /** Applies the rows that are good; returns the answer that is true of it. */
  apply(): { accepted: number; failed: { index: number; code: string }[] }
}

type Strike = (struck: Struck) => void

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

function truly({ response, apply }: Struck): void {
  const answer = apply()
  json(response, answer.failed.length > 0 ? 207 : 200, answer)
}

/** The rows are applied, and then this happens to the answer. */
const applied =
  (strike: Strike): Strike =>
  (struck) => {
    struck.apply()
    strike(struck)
  }

const raw =
  (text: string): Strike =>
  ({ response }) =>
    void response.socket?.end(text)
const says =
  (status: number, headers: Record<string, string> = {}, body: unknown = { message: 'no' }): Strike =>
  ({ response }) =>
    json(response, status, body, headers)
/** A 207 that contradicts itself or cannot be matched; the rows were applied, so only "unconfirmed" is true. */
const confused = (failed: (rows: number) => unknown, rest: object = {}): Strike =>
  applied(({ response, rows }) => json(response, 207, { failed: failed(rows), ...rest }))

const HUGE_BYTES = 50_000_000
const DRIP_MS = 2

/** Everything that goes wrong after a request was read, by name. */
export const STRIKES = {
  none: truly,
  'reset, not applied': ({ response }) => void response.socket?.resetAndDestroy(),
  'reset, applied': applied(({ response }) => void response.socket?.resetAndDestroy()),
  'FIN, not applied': ({ response }) => void response.socket?.end(),
  'FIN, applied': applied(({ response }) => void response.socket?.end()),
  'stall, not applied': () => {},
  'stall, applied': applied(() => {}),
  'stall in the body': applied(({ response }) => void response.writeHead(200, { 'content-length': '100' }).write('{')),
  'slow drip': drip,
  'truncated JSON': applied(({ response }) => void response.writeHead(200).end('{"accepted":')),
  '50 MB': applied(({ response }) => void response.writeHead(200).end(Buffer.alloc(HUGE_BYTES, ' '))),
  'HTML 502': ({ response }) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>bad gateway</html>'),
  'Content-Length too long': applied(raw('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"accepted":1}')),
  'Content-Length too short': applied(raw('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{"accepted":1}')),
  'no HTTP at all': applied(raw('hello\r\n\r\n')),
  '207, entry without a row': confused(() => [{ code: 'DI_E_1' }]),
  '207, index out of range': confused((rows) => [{ index: rows }]),
  '207, entries that disagree': confused((rows) =>
    Array.from({ length: rows }, (_, index) => [
      { index, code: 'A' },
      { index, code: 'B' },
    ]).flat(),
  ),
  '207, counts that contradict': confused(() => [{ index: 0 }], { accepted: 1_000_000 }),
  '200 with errors': applied(says(200, {}, { errors: ['some'] })),
  '429': says(429),
  '429, Retry-After 0': says(429, { 'retry-after': '0' }),
  '429, Retry-After -1': says(429, { 'retry-after': '-1' }),
  '429, Retry-After in the past': says(429, { 'retry-after': new Date(0).toUTCString() }),
  '429, Retry-After beyond reason': says(429, { 'retry-after': '1000000000' }),
  '503, Retry-After 0': says(503, { 'retry-after': '0' }),
  '503': says(503),
  '500, not applied': says(500),
  '500, applied': applied(says(500)),
  '504, applied': applied(says(504)),
  '302': applied(says(302, { location: '/elsewhere' })),
  '307': says(307, { location: '/elsewhere' }),
  '308': says(308, { location: '/elsewhere' }),
  '401': says(401),
  'closed after the answer': (struck) => {
    const { socket } = struck.response
    struck.response.on('finish', () => socket?.destroySoon())
    truly(struck)
  },
} as const satisfies Record<string, Strike>

/** The name of a fault; the first two strike before the body is read. */
export type SocketFault = 'closed on accept' | 'reset before the body' | keyof typeof STRIKES

/** All of them. */
export const SOCKET_FAULTS: readonly SocketFault[] = [
  'closed on accept',
  'reset before the body',
  ...(Object.keys(STRIKES) as (keyof typeof STRIKES)[]),
]

function drip({ response, apply }: Struck): void {
  const text = JSON.stringify(apply())
  response.writeHead(200, { 'content-length': String(text.length) })
  const next = (at: number) => {
    if (at >= text.length) return void response.end()
    response.write(text.slice(at, at + 8))
    setTimeout(next, DRIP_MS, at + 8)
  }
  next(0)
}
