import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { attemptHeaders, type RequestOrigin, readOrigin, requestIdsOf } from '../src/util/request-origin.ts'
import { anyText } from './support/any-text.ts'
import { type Arrived, type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { product } from './support/rows.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const OTHER_TRACE = '0af7651916cd43dd8448eb211c80319c'
const SAMPLED = `00-${TRACE}-${SPAN}-01`
const UNSAMPLED = `00-${OTHER_TRACE}-${SPAN}-00`
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const MALFORMED_IDS = ['', 'a b', 'a,b', 'a"b', '<b>', 'é', 'x'.repeat(129)]
const WELL_FORMED_IDS = ['7', 'Az09._~:@/+=-', 'x'.repeat(128)]
const MALFORMED_TRACES = [
  'nonsense',
  SAMPLED.toUpperCase(),
  `${SAMPLED}-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.slice(1)}-${SPAN}-01`,
  `01-${TRACE}-${SPAN}-01more`,
]

const taken: FakeAnswer = { status: 200, body: { message: 'taken' } }
type Reply = (request: Arrived, nth: number) => FakeAnswer | Promise<FakeAnswer>

let replying: (request: Arrived) => FakeAnswer | Promise<FakeAnswer> = () => taken
let upstream: FakeUpstream
let shared: Gateway
let own: Gateway | undefined

let gateway: Gateway
let arrived: Arrived[] = []
let token = ''
let tenants = 0

beforeAll(async () => {
  upstream = await startFakeUpstream((request) => replying(request))
  shared = await startGateway({ INGESTION_URL: upstream.url })
})
afterEach(async () => {
  await own?.close()
  own = undefined
})
afterAll(async () => {
  await shared.close()
  await upstream.close()
})

/** Begins with an upstream to which nothing has come, and a new tenant; with a gateway of its own where settings are given. */
async function start(reply: Reply, settings?: Record<string, string>): Promise<void> {
  const requests: Arrived[] = []
  replying = (request) => reply(request, requests.push(request) - 1)
  arrived = requests
  token = `tenant-${++tenants}`
  own = settings && (await startGateway({ INGESTION_URL: upstream.url, ...settings }))
  gateway = own ?? shared
}

/** Runs a document with headers of the caller's own. */
async function send<Data>(query: string, headers: Record<string, string> = {}, variables: object = {}): Promise<Data> {
  const all = { 'content-type': 'application/json', authorization: token, ...headers }
  const response = await gateway.fetch({ method: 'POST', headers: all, body: JSON.stringify({ query, variables }) })
  return ((await response.json()) as { data: Data }).data
}

/** Writes one row and returns the id that the answer gives. */
async function write(verb: 'upsert' | 'append', id: string, headers: Record<string, string> = {}): Promise<string> {
  const query = `mutation ($rows: [ProductsRowInput!]!) { payload: ${verb}Products(rows: $rows) { requestId } }`
  const { payload } = await send<{ payload: { requestId: string } }>(query, headers, { rows: [product(id)] })
  return payload.requestId
}

const sentIds = () => arrived.map(({ headers }) => String(headers['x-request-id']))
const sentTraces = () => arrived.map(({ headers }) => headers.traceparent)

test("every attempt carries the caller's id and trace, with a suffix and a span of its own", async () => {
  await start((_, nth) => (nth === 0 ? { status: 503 } : taken))
  expect(await write('upsert', 'A', { 'x-request-id': 'order-7', traceparent: SAMPLED })).toBe('order-7')

  expect(sentIds()).toEqual([expect.stringMatching(/^order-7~[0-9a-f]{8}$/), expect.stringMatching(/^order-7~[0-9a-f]{8}$/)])
  expect(new Set(sentIds()).size).toBe(2)
  const span = expect.stringMatching(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`))
  expect(sentTraces()).toEqual([span, span])
  expect(new Set([SAMPLED, ...sentTraces()]).size).toBe(3)
})

describe('a batch of several requests names no caller, and has a trace of its own where one of them has any', () => {
  test.each([
    ['none', {}, {}, undefined],
    ['one, not sampled', { traceparent: UNSAMPLED }, {}, '00'],
    ['two, one sampled', { traceparent: UNSAMPLED }, { traceparent: SAMPLED }, '01'],
  ])('%s', async (_, first, second, flags) => {
    const answers: (() => void)[] = []
    await start((_, nth) => (nth === 0 ? new Promise((resolve) => answers.push(() => resolve(taken))) : taken), {
      UPSTREAM_CONCURRENCY: '1',
    })
    const before = write('upsert', 'BEFORE')
    while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const both = [
      write('upsert', 'A', { 'x-request-id': 'order-7', ...first }),
      write('upsert', 'B', { 'x-request-id': 'order-8', ...second }),
    ]
    while ((await send<{ limits: { rowsWaiting: number } }>('{ limits { rowsWaiting } }')).limits.rowsWaiting < 2);
    answers[0]?.()

    expect(await Promise.all(both)).toEqual(['order-7', 'order-8'])
    await before
    expect(arrived[1]?.body.data).toHaveLength(2)
    expect(sentIds()[1]).toMatch(/^[0-9a-f]{8}$/)
    expect(sentTraces()[1]).toEqual(flags === undefined ? undefined : expect.stringMatching(`^00-[0-9a-f]{32}-[0-9a-f]{16}-${flags}$`))
    expect(String(sentTraces()[1])).not.toMatch(new RegExp(`${TRACE}|${OTHER_TRACE}`))
  })
})

test.each(MALFORMED_IDS)('the malformed id "%s" is replaced by one of ours', async (id) => {
  await start(() => taken)
  const requestId = await write('upsert', 'A', { 'x-request-id': id })
  expect(requestId).toMatch(UUID)
  expect(sentIds()).toEqual([expect.stringMatching(new RegExp(`^${requestId}~[0-9a-f]{8}$`))])
})

test.each(WELL_FORMED_IDS)('the id "%s" is taken as it is', async (id) => {
  await start(() => taken)
  expect(await write('upsert', 'A', { 'x-request-id': id })).toBe(id)
  expect(sentIds()[0]?.slice(0, -8)).toBe(`${id}~`)
})

test.each(MALFORMED_TRACES)('the malformed trace "%s" does not go upstream', async (traceparent) => {
  await start(() => taken)
  await write('upsert', 'A', { traceparent })
  expect(sentTraces()).toEqual([undefined])
})

test('a trace of a later version is gone on with in version 00', async () => {
  await start(() => taken)
  await write('upsert', 'A', { traceparent: `cc-${TRACE}-${SPAN}-01-what-the-future-holds` })
  expect(sentTraces()).toEqual([expect.stringMatching(`^00-${TRACE}-[0-9a-f]{16}-01$`)])
})

test('all fields of a document answer with the id of the request, and the next request has another', async () => {
  await start(() => taken)
  const query = `mutation ($rows: [ProductsRowInput!]!) { a: upsertProducts(rows: $rows) { requestId } b: appendProducts(rows: $rows) { requestId } }`
  const ask = () => send<{ a: { requestId: string }; b: { requestId: string } }>(query, {}, { rows: [product('A')] })
  const [one, another] = [await ask(), await ask()]

  expect(one.a.requestId).toMatch(UUID)
  expect(one.b).toEqual(one.a)
  expect(another.a).not.toEqual(one.a)
  expect(sentIds().map((id) => id.slice(0, -9))).toEqual([one, one, another, another].map(({ a }) => a.requestId))
})

test('what is asked about schemas names the request, too', async () => {
  await start(() => ({ status: 200, body: { solutions: [] } }))
  await send('{ solutions { solutionName } }', { 'x-request-id': 'look-1', traceparent: SAMPLED })
  expect(sentIds()).toEqual([expect.stringMatching(/^look-1~[0-9a-f]{8}$/)])
  expect(sentTraces()).toEqual([expect.stringMatching(`^00-${TRACE}-[0-9a-f]{16}-01$`)])
})

test('the line in the log that says that the upstream keeps failing names the request which showed it', async () => {
  await start(() => ({ status: 500 }), {})
  for (let nth = 1; nth <= 11; nth++) await write('append', `A${nth}`, { 'x-request-id': `order-${nth}` })
  const ofBreaker = gateway.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg.includes('keeps failing'))
  expect(ofBreaker).toEqual([
    expect.objectContaining({ level: 40, requestIds: ['order-10'], tenant: expect.stringMatching(/^[0-9a-f]{64}$/) }),
  ])
})

const header = fc.option(fc.oneof(anyText(), fc.constantFrom(SAMPLED, UNSAMPLED, ...WELL_FORMED_IDS, ...MALFORMED_TRACES)), {
  nil: undefined,
})
const origin = fc.record({ 'x-request-id': header, traceparent: header }).map((headers) => readOrigin({ headers }))

test('whatever a caller sends, an attempt has a well-formed id and trace', () => {
  fc.assert(
    fc.property(fc.array(origin, { maxLength: 4 }), (origins) => {
      const headers = attemptHeaders(origins)
      expect(headers['x-request-id']).toMatch(/^(?:[A-Za-z0-9._~:@/+=-]{1,128}~)?[0-9a-f]{8}$/)
      expect(readOrigin({ headers: { ...headers } }).traceparent).toBe(headers.traceparent)
      expect('traceparent' in headers).toBe(origins.some(({ traceparent }) => traceparent !== undefined))
    }),
  )
})

test('a header that came twice is malformed, and a log line names ten requests at most', () => {
  expect(readOrigin({ headers: { 'x-request-id': ['a', 'b'], traceparent: [SAMPLED, UNSAMPLED] } })).toEqual({
    requestId: expect.stringMatching(UUID),
    traceparent: undefined,
  })
  const origins = Array.from({ length: 20 }, (_, nth): RequestOrigin => ({ requestId: `order-${nth}`, traceparent: undefined }))
  expect(requestIdsOf([...origins, ...origins])).toEqual(origins.slice(0, 10).map(({ requestId }) => requestId))
})
