import type { ServerResponse } from 'node:http'
import type { Chance } from '../support/random.ts'
import type { Cells } from './history.ts'

/** One request with its body read, for a fault to strike; whatever is done with it is noted. */
export interface Struck {
  readonly response: ServerResponse
  readonly rows: readonly Cells[]
  readonly chance: Chance
  /** Places of the rows that are refused whatever else happens. */
  readonly bad: readonly number[]
  /** Writes all rows that are not bad, but for those at these places. */
  apply(without?: readonly number[]): void
  /** Answers in full; `refused` are the places of the rows that the answer refuses. */
  answer(status: number, body: string, how?: { refused?: readonly number[]; headers?: Record<string, string> }): void
  /** Notes that the gateway may know from now on that the request is over. */
  end(): void
}

type Strike = (struck: Struck) => void

const failure = (index: number) => `{"index":${index},"errors":[{"code":"DI_E_10003","category":"DATA_TYPE","message":"no"}]}`
const echo = ({ product_id, updated_at }: Cells) => `{"row":{"product_id":${product_id},"updated_at":${updated_at}},"code":"DI_E_10003"}`

const applied =
  (strike: Strike): Strike =>
  (struck) => {
    struck.apply()
    strike(struck)
  }

const says =
  (status: number, body = '{"message":"no"}', headers: Record<string, string> = {}): Strike =>
  ({ answer }) =>
    answer(status, body, { headers })

const reset: Strike = ({ response, end }) => {
  end()
  response.socket?.resetAndDestroy()
}

const raw =
  (text: string): Strike =>
  ({ response, end }) => {
    end()
    response.socket?.end(text)
  }

const stall: Strike = () => {}

/** Refuses some rows, each in an entry of its own, and takes the others. */
const refuseSome =
  (entryOf: (place: number, cells: Cells) => string, percent: number): Strike =>
  ({ rows, bad, chance, apply, answer }) => {
    const refused = rows.flatMap((_, place) => (bad.includes(place) || chance.percent(percent) ? [place] : []))
    apply(refused)
    const failed = refused.map((place) => entryOf(place, rows[place] ?? {}))
    answer(refused.length > 0 ? 207 : 200, `{"accepted":${rows.length - refused.length},"failed":[${failed}]}`, { refused })
  }

/** Takes half of the rows, and says so by a number only. */
const takeHalf: Strike = ({ rows, apply, answer }) => {
  const left = rows.flatMap((_, place) => (place % 2 === 1 ? [place] : []))
  apply(left)
  answer(200, left.length === 0 ? '{"warnings":1}' : `{"accepted":${rows.length - left.length}}`)
}

const LATE_MS = 700

const BODIES_THAT_SAY_NO = [
  '{"success":false}',
  '{"status":"FAILED"}',
  '{"errors":["some"]}',
  '{"accepted":0}',
  '{"message":"The rows were not written."}',
  '{"data":{"rejected":{"count":"all"}}}',
]

/** How an upstream answers that is well: bad rows are refused, all others taken. */
export const answerTruly = refuseSome(failure, 0)

/** How it refuses a batch that one row spoils. */
export const refuseWhole = says(400)

/** Everything that goes wrong, by name. */
export const STRIKES: Readonly<Record<string, Strike>> = {
  'reset, not applied': reset,
  'reset, applied': applied(reset),
  'closed, not applied': raw(''),
  'closed, applied': applied(raw('')),
  'stall, not applied': stall,
  'stall, applied': applied(stall),
  'stall, applied late': ({ response, chance, apply }) => void response.once('close', () => setTimeout(apply, chance.between(0, LATE_MS))),
  'stall in the body': applied(({ response }) => void response.writeHead(200, { 'content-length': '100' }).write('{')),
  'truncated JSON': applied(says(200, '{"accepted":')),
  'Content-Length too long': applied(raw('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"accepted":1}')),
  'no HTTP at all': applied(raw('hello\r\n\r\n')),
  'HTML 502': says(502, '<html>bad gateway</html>'),
  '500, not applied': says(500),
  '500, applied': applied(says(500)),
  '503': says(503),
  '503, Retry-After': says(503, '{"message":"no"}', { 'retry-after': '0' }),
  '504, applied': applied(says(504)),
  '408, applied': applied(says(408)),
  '302, applied': applied(says(302, '', { location: '/elsewhere' })),
  '400': refuseWhole,
  '400 that names a row': says(400, `{"message":"no","errors":[${failure(0)}]}`),
  '401': says(401),
  '404': says(404),
  '413': says(413),
  '422': says(422),
  '429': says(429),
  '429, Retry-After': says(429, '{"message":"no"}', { 'retry-after': '1' }),
  '207, some refused by index': refuseSome(failure, 30),
  '207, some refused by echo': refuseSome((_, cells) => echo(cells), 30),
  '207, all refused': refuseSome(failure, 100),
  '207, entry without a row': applied(says(207, '{"failed":[{"code":"DI_E_1"}]}')),
  '207, index out of range': applied(says(207, '{"failed":[{"index":1000000}]}')),
  '207, counts that contradict': applied(says(207, `{"accepted":1000000,"failed":[${failure(0)}]}`)),
  '200, half taken': takeHalf,
  '200 that says no': ({ chance, answer }) => answer(200, chance.pick(BODIES_THAT_SAY_NO)),
  '200 that says no, applied': applied(({ chance, answer }) => answer(200, chance.pick(BODIES_THAT_SAY_NO))),
}
