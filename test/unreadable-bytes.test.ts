import { once } from 'node:events'
import { connect as connectHttp2, constants } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { product } from './support/rows.ts'

const HEAD = 'POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: t\r\ncontent-type: application/json\r\n'
const BODY = JSON.stringify({
  query: 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }',
  variables: { rows: [product('A')] },
})
const BAD_METHOD = { level: 20, status: 400, cause: 'HPE_INVALID_METHOD' }

let upstream: FakeUpstream
let gateway: Gateway
let answerUpstream: (() => void) | undefined

beforeAll(async () => {
  upstream = await startFakeUpstream(() => (response) => {
    answerUpstream = () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url, LOG_LEVEL: 'debug' })
})
afterAll(async () => void (await Promise.all([gateway.close(), upstream.close()])))

function dial(): Socket {
  return connect({ port: Number(gateway.url.port), host: gateway.url.hostname, allowHalfOpen: true }).on('error', () => {})
}

/** What came back, and what was counted and logged meanwhile. */
async function told<T>(act: () => Promise<T>): Promise<{ answer: T; declined: number; logged: unknown[] }> {
  const declined = async () => {
    const figures = await (await gateway.fetch({ path: '/metrics' })).text()
    return Number(/^rowgate_requests_declined_total\{code="BAD_REQUEST"\} (\d+)$/m.exec(figures)?.[1] ?? 0)
  }
  const [before, from] = [await declined(), gateway.logged.length]
  const answer = await act()
  const after = await declined()
  const lines = gateway.logged.slice(from).map((line) => JSON.parse(line))
  return { answer, declined: after - before, logged: lines.filter(({ msg }) => msg === 'bytes that are no HTTP request were declined') }
}

test.each([
  ['the first bytes of TLS', 400, Buffer.from('16030102000100', 'hex'), 'HPE_INVALID_METHOD'],
  ['garbage', 400, 'SECRET / HTTP/1.1\r\n\r\n', 'HPE_INVALID_METHOD'],
  ['a head that is too long', 431, `GET / HTTP/1.1\r\nx: ${'SECRET'.repeat(3_000)}\r\n\r\n`, 'HPE_HEADER_OVERFLOW'],
])('%s are a declined request in metrics and log, by codes alone', async (_, status, bytes, cause) => {
  const { answer, declined, logged } = await told(async () => {
    const socket = dial()
    socket.write(bytes)
    return await text(socket)
  })
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(declined).toBe(1)
  expect(logged).toEqual([expect.objectContaining({ level: 20, status, cause })])
  expect(gateway.logged.join('')).not.toContain('SECRET')
})

/** What the operator is told of a protocol: once a minute. */
const warned = (protocol: string) => gateway.logged.map((line) => JSON.parse(line)).filter((line) => line.protocol === protocol)
const WARNING = { level: 40, msg: expect.stringContaining('another protocol than plain HTTP/1.1') }

test('that TLS was spoken is told to the operator once a minute, and to a client that reads it', async () => {
  for (let nth = 0; nth < 2; nth++) {
    const socket = dial()
    socket.write(Buffer.from('16030102000100', 'hex'))
    expect((await text(socket)).split('\r\n\r\n')[1]).toBe('BAD_REQUEST: This is no HTTP/1.1 request.\n')
  }
  expect(warned('TLS')).toEqual([expect.objectContaining(WARNING)])
})

test('that HTTP/2 was spoken is told in HTTP/2, counted, and told to the operator once a minute', async () => {
  const ask = async () => {
    const session = connectHttp2(gateway.url)
    const goneAway = once(session, 'goaway')
    session.on('error', () => {})
    session.request({ ':path': '/health' }).on('error', () => {})
    const [code, , words] = await goneAway
    return [code, String(words)]
  }
  const { answer, declined, logged } = await told(async () => [await ask(), await ask()])
  expect(answer).toEqual(Array(2).fill([constants.NGHTTP2_HTTP_1_1_REQUIRED, 'Rowgate speaks HTTP/1.1 only.']))
  expect([declined, logged.length]).toEqual([2, 2])
  expect(logged[0]).toMatchObject({ level: 20, status: 505, cause: 'HPE_PAUSED_H2_UPGRADE' })
  expect(warned('HTTP/2')).toEqual([expect.objectContaining(WARNING)])
})

test('behind a request that is under way they count once, however many pieces they come in', async () => {
  const { answer, declined, logged } = await told(async () => {
    const socket = dial()
    socket.write(`${HEAD}content-length: ${BODY.length}\r\n\r\n${BODY}`)
    await vi.waitFor(() => expect(answerUpstream).toBeDefined())
    for (let piece = 0; piece < 3; piece++) {
      socket.write('garbage\r\n\r\n')
      await gateway.fetch({ path: '/health' })
    }
    answerUpstream?.()
    return await text(socket)
  })
  expect(answer).toContain('"acceptedCount":1')
  expect([declined, logged]).toEqual([1, [expect.objectContaining(BAD_METHOD)]])
})

test('a request whose body breaks off is declined once, as that request', async () => {
  const { answer, declined, logged } = await told(async () => {
    const socket = dial()
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\nno length\r\n`)
    return await text(socket)
  })
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
  expect([declined, logged]).toEqual([1, []])
})

test('a request that ends before it is whole is told that', async () => {
  const socket = dial()
  socket.end(`${HEAD}content-length: 9\r\n\r\n{`)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 [\s\S]*\r\n\r\nBAD_REQUEST: The connection ended before the request did\.\n$/)
})

test('a client that resets its connection was declined nothing', async () => {
  const { declined, logged } = await told(async () => {
    const socket = dial()
    socket.write('GET / HT')
    await once(socket, 'connect')
    await gateway.fetch({ path: '/health' })
    socket.resetAndDestroy()
    await gateway.fetch({ path: '/health' })
  })
  expect([declined, logged]).toEqual([0, []])
})

test('connections beyond the limit are counted, and told of once a minute', async () => {
  const narrow = await startGateway({ INGESTION_URL: upstream.url, MAX_CONNECTIONS: '1' })
  const to = { port: Number(narrow.url.port), host: narrow.url.hostname }
  const first = connect(to)
  await once(first, 'connect')
  for (let nth = 0; nth < 3; nth++)
    await once(
      connect(to).on('error', () => {}),
      'close',
    )
  first.write('GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(await text(first)).toContain('\nrowgate_connections_dropped_total 3\n')
  const told = narrow.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg.includes('MAX_CONNECTIONS'))
  expect(told).toEqual([expect.objectContaining({ level: 40 })])
  await narrow.close()
})
