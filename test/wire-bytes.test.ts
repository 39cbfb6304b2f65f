import diagnosticsChannel from 'node:diagnostics_channel'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { product } from './support/rows.ts'

let server: Server | undefined
let gateway: Gateway

afterEach(async () => {
  await gateway.close()
  server?.close()
})

const answerWith = (headers = '') => `HTTP/1.1 200 OK\r\n${headers}content-length: 2\r\n\r\n{}`
/** With a hundred rows of such names a body is just within the limit of bytes. */
const LONG_NAME = 'x'.repeat(9_000)
/** With so many a socket takes no more while nobody reads. */
const BODIES = 8
/** Told of each request that leaves, which an upstream that reads nothing knows by no other way. */
const LEAVING = diagnosticsChannel.channel('undici:client:sendHeaders')

/** An upstream that answers each request at once, and reads nothing before it is asked to. */
async function startDeaf(answered = answerWith()) {
  const sockets: Socket[] = []
  const unsent: number[] = []
  server = createServer({ pauseOnConnect: true }, (socket) => void sockets.push(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const answer = async (message: unknown) => {
    const { socket } = message as { socket: Socket }
    if (socket.remotePort !== port) return
    // The body is written right behind the headers.
    await new Promise((resolve) => setImmediate(resolve))
    unsent.push(socket.writableLength)
    sockets.find(({ remotePort }) => remotePort === socket.localPort)?.write(answered)
  }
  LEAVING.subscribe(answer)
  return {
    url: `http://127.0.0.1:${port}`,
    lastUnsent: () => unsent.at(-1),
    connections: () => sockets.length,
    /** How much of a request had not left as it was answered, at most. */
    mostUnsent: () => Math.max(...unsent),
    /** What each connection has brought when it is over. */
    readToEnd: () => Promise.all(sockets.map((socket) => text(socket))),
    async readAll(count: number): Promise<Request[]> {
      LEAVING.unsubscribe(answer)
      const texts = sockets.map(() => '')
      sockets.forEach((socket, at) => void socket.on('data', (part) => (texts[at] += part.toString('latin1'))).resume())
      await expect.poll(() => texts.flatMap(requestsIn).length).toBe(count)
      return texts.flatMap(requestsIn)
    },
  }
}

interface Request {
  readonly token: string | undefined
  readonly body: string
}

/** The whole requests that a connection has brought. */
function requestsIn(text: string): Request[] {
  const end = text.indexOf('\r\n\r\n') + 4
  const head = text.slice(0, end)
  const length = Number(/content-length: (\d+)/.exec(head)?.[1])
  if (end < 4 || text.length < end + length) return []
  const first = { token: /authorization: (.*)\r/.exec(head)?.[1], body: text.slice(end, end + length) }
  return [first, ...requestsIn(text.slice(end + length))]
}

test('of requests that are answered before their bodies have left no row counts as accepted, and nothing is written behind them', async () => {
  const upstream = await startDeaf()
  gateway = await startGateway({ INGESTION_URL: upstream.url })
  const whole: string[] = []
  let connections = 1
  for (const token of Array.from({ length: BODIES }, (_, nth) => `tenant-${nth}`)) {
    const rows = Array.from({ length: 100 }, (_, at) => product(`${at}`, { productName: LONG_NAME, sourceId: token }))
    const { acceptedCount, unconfirmedCount } = await gateway.ingest('appendProducts', rows, { token })
    expect(upstream.connections()).toBe(connections)
    if (upstream.lastUnsent() === 0) whole.push(token)
    else connections++
    expect([acceptedCount, unconfirmedCount]).toEqual(upstream.lastUnsent() === 0 ? [100, 0] : [0, 100])
  }
  expect(upstream.mostUnsent()).toBeGreaterThan(0)
  const requests = await upstream.readAll(whole.length)
  for (const { token, body } of requests) expect(new Set(body.match(/tenant-\d+/g))).toEqual(new Set([token]))
  expect(requests.map(({ token }) => token)).toEqual(whole)
})

test.each(['', 'connection: close\r\n'])('nor one of a body that no socket takes at once: %j', async (headers) => {
  const upstream = await startDeaf(answerWith(headers))
  gateway = await startGateway({ INGESTION_URL: upstream.url, MAX_BATCH_BYTES: '30000000', MAX_BODY_BYTES: '40000000' })
  const rows = Array.from({ length: 450 }, (_, at) => product(`${at}`, { productName: 'x'.repeat(60_000) }))
  expect((await gateway.ingest('appendProducts', rows)).unconfirmedCount).toBe(450)
  expect(upstream.lastUnsent()).toBeGreaterThan(0)
})

test('a request that is given up brings nothing of the next one, which leaves from the same memory', async () => {
  const upstream = await startDeaf('')
  const settings = { MAX_BATCH_BYTES: '30000000', MAX_BODY_BYTES: '40000000', ATTEMPT_TIMEOUT_MS: '1000' }
  gateway = await startGateway({ INGESTION_URL: upstream.url, ...settings })
  for (const token of ['tenant-0', 'tenant-1']) {
    const rows = Array.from({ length: 450 }, (_, at) => product(`${at}`, { productName: 'x'.repeat(60_000), sourceId: token }))
    expect((await gateway.ingest('appendProducts', rows, { token })).acceptedCount).toBe(0)
  }
  for (const brought of await upstream.readToEnd()) expect(new Set(brought.match(/tenant-\d/g)).size).toBeLessThan(2)
})

test('requests leave one after the other from the same memory', async () => {
  const upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  gateway = await startGateway({ INGESTION_URL: upstream.url })
  const memories = new Set<ArrayBufferLike>()
  const note = (message: unknown) => {
    const { body } = (message as { request: { body: unknown } }).request
    if (Buffer.isBuffer(body)) memories.add(body.buffer)
  }
  LEAVING.subscribe(note)
  const rows = Array.from({ length: 100 }, (_, at) => product(`${at}`, { productName: LONG_NAME }))
  for (let nth = 0; nth < 4; nth++) expect((await gateway.ingest('upsertProducts', rows)).acceptedCount).toBe(100)
  LEAVING.unsubscribe(note)
  await upstream.close()
  expect(memories.size).toBe(1)
})
