import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { getIntrospectionQuery, parse } from 'graphql'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { boundSelections } from '../src/graphql/cost/document-cost.ts'
import { createBodyParts } from '../src/http/body-parts.ts'
import { createEndpoints } from '../src/http/endpoints.ts'
import { createHttpServer, type HttpServer } from '../src/http/server.ts'
import { createWriteAnswer } from '../src/http/write-answer.ts'
import { createMemoryBudget } from '../src/util/memory-budget.ts'
import { sliceIfLate } from '../src/util/time-slices.ts'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { products } from './support/rows.ts'

const SEND = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }'

let upstream: FakeUpstream
let gateway: Gateway
let held: PromiseWithResolvers<FakeAnswer> | undefined
let server: HttpServer | undefined

beforeAll(async () => {
  upstream = await startFakeUpstream(() => held?.promise ?? { status: 200, body: {} })
  gateway = await startGateway({ INGESTION_URL: upstream.url, MEMORY_BUDGET_BYTES: '3000000' })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
afterEach(() => {
  vi.restoreAllMocks()
  server?.cut()
})

const post = (body: string) => gateway.fetch({ method: 'POST', headers: { 'content-type': 'application/json', authorization: 't' }, body })
const metrics = async () => await (await gateway.fetch({ path: '/metrics' })).text()
const message = (body: string, token: string) =>
  `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`

async function dial(): Promise<Socket> {
  const socket = connect({ port: Number(gateway.url.port), host: gateway.url.hostname })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

test('variables that are one long text are told to be an object, without a look at every letter', async () => {
  const roomy = await startGateway({ INGESTION_URL: upstream.url })
  const headers = { 'content-type': 'application/json', authorization: 't' }
  const body = `{"query":"{ __typename }","variables":"${'x'.repeat(20_000_000)}"}`
  const answer = await roomy.fetch({ method: 'POST', headers, body })
  expect([answer.status, (await answer.json()).errors[0].extensions.code]).toEqual([422, 'INVALID_PARAMETERS'])
  await roomy.close()
})

test('twenty thousand lists in variables are no more work each than one, and more are too many', async () => {
  const lists = Array.from({ length: 20_000 }, (_, at) => `"v${at}":[]`)
  const many = await post(`{"query":"{ __typename }","variables":{${lists.join()},"more":[]}}`)
  expect([many.status, (await many.json()).errors[0].extensions]).toEqual([413, { code: 'TOO_MANY_VALUES', limit: 20_000 }])
  expect((await post(`{"query":"{ __typename }","variables":{${lists.join()}}}`)).status).toBe(200)
})

test('a large body has names of some rows, not of a dictionary; the same in many rows is no more', async () => {
  const roomy = await startGateway({ INGESTION_URL: upstream.url })
  const headers = { 'content-type': 'application/json', authorization: 't' }
  const ask = async (variables: string) =>
    await roomy.fetch({ method: 'POST', headers, body: `{"query":"{ __typename }","variables":${variables}}` })
  const numbers = Array.from({ length: 60_000 }, (_, at) => at)
  for (const many of [
    `{${numbers.map((at) => `"some name ${at}":1`).join()}}`,
    `{"v":[${numbers.map((at) => `{"some name ${at}":1}`)}]}`,
  ]) {
    const answer = await ask(many)
    expect([answer.status, (await answer.json()).errors[0].extensions]).toEqual([413, { code: 'TOO_MANY_VALUES', limit: 20_000 }])
  }
  expect((await ask(`{"v":[${numbers.map((at) => `{"some name":"some value ${at}"}`)}]}`)).status).toBe(200)
  await roomy.close()
})

test('fragments that double without a field in them are counted', () => {
  const doubling = Array.from({ length: 40 }, (_, at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`)
  const many = `fragment many on Query { ${'__typename '.repeat(199)} }`
  expect(() => boundSelections(parse(`{ x { ...f0 } } ${many} ${doubling.join(' ')}`))).toThrow(
    expect.objectContaining({ code: 'DOCUMENT_TOO_LARGE' }),
  )
})

test('what is done soon waits only where a turn of the event loop has gone on for long, and is not sent back then', async () => {
  let now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const work = (ms: number) => {
    now += ms
  }
  expect(sliceIfLate()).toBeUndefined()
  work(30)
  expect(sliceIfLate()).toBeUndefined()
  work(80)
  const slice = sliceIfLate()
  expect(slice).toBeInstanceOf(Promise)
  await slice
  expect(sliceIfLate()).toBeUndefined()
})

test('many requests in one packet are answered in many turns where each of them takes long', async () => {
  const socket = await dial()
  let turns = 0
  let answered = 0
  const turnsWithAnswers = new Set<number>()
  const count = () => {
    turns++
    if (answered < 20) setImmediate(count)
  }
  socket.on('data', (part) => {
    answered += part.toString().split('HTTP/1.1 200').length - 1
    turnsWithAnswers.add(turns)
  })
  // Whoever looks at the clock finds that long has gone by.
  let now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 200))
  count()
  socket.write(message('{"query":"{ __typename }"}', 't').repeat(20))
  await expect.poll(() => answered).toBe(20)
  expect(turnsWithAnswers.size).toBeGreaterThan(5)
  socket.destroy()
})

test('the answer to a query is held in the common memory before it is made', async () => {
  const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: t\r\ncontent-type: application/json\r\ncontent-length: 999999\r\n\r\n'
  const unfinished = await Promise.all([dial(), dial(), dial()])
  for (const socket of unfinished) socket.write(head + ' '.repeat(950_000))
  await expect.poll(metrics).toContain('rowgate_memory_held_bytes 2850000\n')
  const large = await post(JSON.stringify({ query: getIntrospectionQuery() }))
  expect([large.status, (await large.json()).errors[0].message]).toEqual([503, expect.stringContaining('that this one needs')])
  expect((await post('{"query":"{ __typename }"}')).status).toBe(200)
  for (const socket of unfinished) socket.destroy()
  await expect.poll(metrics).toContain('rowgate_memory_held_bytes 0\n')
})

test('memory comes back when all is done of a client that left, also of what waits behind others of its connection', async () => {
  held = Promise.withResolvers<FakeAnswer>()
  const before = upstream.arrived.length
  const socket = await dial()
  const body = (name: string) => JSON.stringify({ query: SEND, variables: { rows: products(5, name) } })
  for (const name of ['a', 'b', 'c']) socket.write(message(body(name), name))
  await expect.poll(() => upstream.arrived.length).toBe(before + 3)
  socket.destroy()
  const ofAll = Number(/^rowgate_memory_held_bytes (\d+)/m.exec(await metrics())?.[1])
  expect(ofAll).toBeGreaterThan(3 * 5 * 600)
  // Rows are still on their way, whoever waits for them.
  await post('{"query":"{ __typename }"}')
  expect(await metrics()).toContain(`rowgate_memory_held_bytes ${ofAll}\n`)
  held.resolve({ status: 200, body: {} })
  held = undefined
  await expect.poll(metrics).toContain('rowgate_memory_held_bytes 0\n')
})

test('figures are printed once for all who ask in one turn of the event loop', async () => {
  let printed = 0
  const print = async () => `printed ${++printed}`
  const metrics = { contentType: 'text/plain', print }
  const endpoints = createEndpoints({ isReady: () => true, metrics, graphiql: undefined, console: undefined, graphqlPath: '/graphql' })
  const ask = async () => (await endpoints({ method: 'GET', headers: {} } as IncomingMessage, { path: '/metrics', search: '' }))?.body
  expect(await Promise.all([ask(), ask()])).toEqual([['printed 1'], ['printed 1']])
  await new Promise(setImmediate)
  expect(await ask()).toEqual(['printed 2'])
})

test('where compressing finds no memory, an answer goes out as it is', async () => {
  const write = createWriteAnswer()
  const long = 'x'.repeat(50_000)
  const memory = createMemoryBudget(1_000_000)
  server = createHttpServer(
    (request, response) => {
      const account = memory.open()
      response.once('close', account.close)
      account.take(Number(request.headers['x-taken']))
      write(response, { status: 200, headers: [], body: [long] }, account)
    },
    { maxConnections: 10 },
  )
  const url = await server.listen(0, '127.0.0.1')
  const ask = async (taken: string) => {
    const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip', 'x-taken': taken } })
    return [answer.headers.get('content-encoding'), (await answer.text()) === long]
  }
  expect(await ask('400000')).toEqual(['gzip', true])
  expect(await ask('700000')).toEqual([null, true])
})

test('long headers of blanks are answered as others of their length', async () => {
  const listed = await startGateway({ INGESTION_URL: upstream.url, CORS_ORIGINS: 'https://a.example' })
  for (const filling of [' '.repeat(15_000), 'y'.repeat(15_000)]) {
    const odd = await listed.fetch({ method: 'POST', headers: { 'content-type': `application/json${filling}x` }, body: '{}' })
    expect(odd.status).toBe(415)
    const headers = { origin: 'https://a.example', 'access-control-request-headers': `accept${filling}x` }
    const preflight = await listed.fetch({ method: 'OPTIONS', headers })
    expect(preflight.headers.get('access-control-allow-headers')).toBeNull()
  }
  await listed.close()
})

test('values that take far more memory than their text are held for what they take', async () => {
  const ask = async (items: string) => await post(`{"query":"{ __typename }","variables":{"v":[${items}1]}}`)
  for (const many of ['{},'.repeat(60_000), '"a short text",'.repeat(50_000)]) {
    const answer = await ask(many)
    expect([answer.status, (await answer.json()).errors[0].extensions.code]).toEqual([503, 'OVERLOADED'])
  }
  expect((await ask(`"${'x'.repeat(180_000)}",`)).status).toBe(200)
  expect((await ask(`{"some name":"some value of usual length"},`.repeat(4_000))).status).toBe(200)
})

test('a body in parts of any length is what they say in their order, and short ones share memory', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(255), { maxLength: 700 }), { maxLength: 40 }), (given) => {
      const parts = createBodyParts()
      for (const part of given) parts.add(Uint8Array.from(part))
      expect(Buffer.concat(parts.takeAll())).toEqual(Buffer.from(given.flat()))
      expect(parts.takeAll()).toEqual([])
    }),
    { numRuns: 200 },
  )
  const bytewise = createBodyParts()
  for (let at = 0; at < 100_000; at++) bytewise.add(Uint8Array.of(at))
  expect(bytewise.takeAll().length).toBeLessThan(20)
})

test('a body that comes byte by byte is read', async () => {
  const socket = await dial()
  const answered = text(socket)
  const head =
    'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n'
  const body = '{"query":"{ __typename }","variables":{"é":"😀"}}'
  const bytes = [...Buffer.from(body)].flatMap((byte) => [Buffer.from('1\r\n'), Buffer.of(byte), Buffer.from('\r\n')])
  socket.write(Buffer.concat([Buffer.from(head), ...bytes, Buffer.from('0\r\n\r\n')]))
  expect(await answered).toMatch(/^HTTP\/1.1 200 [\s\S]*"__typename":"Query"/)
})

test.each(['gzip, chunked', 'identity, chunked', 'x, Chunked'])(
  'a body of another transfer coding is not taken for plain: %s',
  async (coding) => {
    const socket = await dial()
    const answered = text(socket)
    const body = '{"query":"{ __typename }"}'
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: ${coding}\r\nconnection: close\r\n\r\n` +
        `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    )
    expect(await answered).toMatch(/^HTTP\/1.1 415 [\s\S]*"UNSUPPORTED_MEDIA_TYPE"/)
  },
)

test('an answer that has no body does not say how long that is', async () => {
  const lengthOf = ({ headers }: Response) => headers.get('content-length')
  expect(lengthOf(await gateway.fetch({ method: 'OPTIONS' }))).toBeNull()
  const page = await gateway.fetch({ headers: { accept: 'text/html' } })
  const known = await gateway.fetch({ headers: { accept: 'text/html', 'if-none-match': page.headers.get('etag') ?? '' } })
  expect([known.status, lengthOf(known)]).toEqual([304, null])
})
