import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { createAttemptIds } from '../src/upstream/client.ts'
import { errorCode } from '../src/util/error-code.ts'
import { createOncePerMinute } from '../src/util/once-per-minute.ts'
import { type Arrived, type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { product } from './support/rows.ts'

usePatientClock()

let gateway: Gateway
let upstream: FakeUpstream | undefined
let server: Server | undefined
const sockets = new Set<unknown>()

afterEach(async () => {
  await gateway.close()
  await upstream?.close()
  server?.close()
  upstream = server = undefined
  sockets.clear()
})

async function start(reply: (request: Arrived, nth: number) => FakeAnswer, settings: Record<string, string> = {}): Promise<void> {
  upstream = await startFakeUpstream((request, nth) => (response) => {
    sockets.add(response.socket)
    const answer = reply(request, nth)
    if (typeof answer === 'function') return answer(response)
    response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body))
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url, ...settings })
}

/** An upstream that writes its answers itself, for each request that begins, by its id. */
async function startRaw(answer: (socket: Socket, id: string) => unknown): Promise<void> {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const id = /x-request-id: ([^\r]*)/.exec(data.toString())?.[1]
      if (id !== undefined) void answer(socket, id)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  gateway = await startGateway({ INGESTION_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

const causes = () => gateway.logged.map((line) => JSON.parse(line)).filter(({ cause }) => cause !== undefined)

/** An upstream that nobody reaches is not tried for long. */
const BRIEF = { ATTEMPTS_TIMEOUT_MS: '500' }
const idOf = ({ headers }: Arrived) => String(headers['x-request-id'])
const append = async (id: string, token = 'token') => (await gateway.ingest('appendProducts', [product(id)], { token })).rows[0]
const OPEN = { __typename: 'UnconfirmedRow', reason: 'UNREADABLE_ANSWER' }
const TAKEN = { __typename: 'AcceptedRow' }

describe('an answer with the id of another attempt confirms nothing, and its connection is given up', () => {
  test.each<[string, (id: string) => FakeAnswer]>([
    ['in its body', (id) => ({ status: 200, body: { requestId: id, accepted: 1 } })],
    ['deep in its body', (id) => ({ status: 200, body: { meta: { trace: [{ request: id }] } } })],
    ['in a header', (id) => ({ status: 200, body: {}, headers: { 'x-request-id': id } })],
    ['in a refusal', (id) => ({ status: 400, body: { requestId: id, message: 'no' } })],
  ])('%s', async (_, answer) => {
    await start((request, nth) =>
      nth === 1 ? answer(idOf((upstream as FakeUpstream).arrived[0] as Arrived)) : { status: 200, body: { requestId: idOf(request) } },
    )
    expect(await append('A', 'one')).toMatchObject(TAKEN)
    expect(await append('B', 'another')).toMatchObject(OPEN)
    expect(await append('C', 'another')).toMatchObject(TAKEN)
    expect(sockets.size).toBe(2)
  })

  test('of a read of schemas as well', async () => {
    await start((request, nth) => {
      const requestId = idOf(nth === 1 ? ((upstream as FakeUpstream).arrived[0] as Arrived) : request)
      return { status: 200, body: { solutions: [], requestId } }
    })
    expect(await append('A', 'one')).toMatchObject(TAKEN)
    const { errors } = await gateway.send('{ solutions { solutionName } }', undefined, 'another')
    expect(errors?.[0]?.extensions?.code).toBe('UPSTREAM_UNAVAILABLE')
    expect(await append('C', 'another')).toMatchObject(TAKEN)
    expect(sockets.size).toBe(2)
  })

  test('also when it was sent by itself, behind the answer to the request before', async () => {
    let count = 0
    const firstIds = new Map<Socket, string>()
    await startRaw((socket, id) => {
      count++
      if (!firstIds.has(socket)) firstIds.set(socket, id)
      const body = JSON.stringify({ requestId: firstIds.get(socket), accepted: 1 })
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    })
    expect(await append('A', 'one')).toMatchObject(TAKEN)
    expect(await append('B', 'another')).toMatchObject(OPEN)
    expect(await append('C', 'another')).toMatchObject(TAKEN)
    expect(count).toBe(3)
  })

  test("an upstream's own ids are none of that, nor is the attempt's own", async () => {
    const bodies = [{ requestId: '0123abcd' }, { requestId: 'order-1~0123abcd' }, { requestId: 'x' }]
    await start((request, nth) => ({
      status: 200,
      body: bodies[nth] ?? { requestId: idOf(request) },
      headers: { 'x-request-id': idOf(request) },
    }))
    for (const id of ['A', 'B', 'C', 'D']) expect(await append(id)).toMatchObject(TAKEN)
    expect(sockets.size).toBe(1)
  })

  test.each<[string, string, Record<string, string>]>([
    ['in any header', '{}', { 'x-trace': 'job:one~01234567' }],
    ['within a text', '{"message":"request=job:one~01234567 was accepted"}', {}],
    ['escaped', '{"id":"job:one\\u007e01234567"}', {}],
    ['one of several', '{"ids":"own~01234567,job:one~01234567"}', {}],
  ])('the id of another attempt is found %s', (_, body, headers) => {
    const ids = createAttemptIds()
    for (const id of ['own~01234567', 'job:one~01234567']) ids.note(id)
    expect(ids.isOfAnother('own~01234567', headers, body)).toBe(true)
    expect(ids.isOfAnother('job:one~01234567', headers, body.replace('own~01234567,', ''))).toBe(false)
  })

  test('a text of ever so many endings is looked through at once', () => {
    const ids = createAttemptIds()
    ids.note('other~89abcdef')
    const text = 'a~01234567'.repeat(800_000)
    expect(ids.isOfAnother('own~01234567', {}, text)).toBe(false)
    expect(ids.isOfAnother('own~01234567', {}, `${text}other~89abcdef`)).toBe(true)
  })

  test('the ids that are known are bounded', () => {
    const ids = createAttemptIds()
    for (let nth = 0; nth < 30_000; nth++) ids.note(`r~${String(nth).padStart(8, '0')}`)
    const isKnown = (nth: number) => ids.isOfAnother('own', {}, `{"id":"r~${String(nth).padStart(8, '0')}"}`)
    expect([0, 9_999, 20_000, 29_999].map(isKnown)).toEqual([false, false, true, true])
  })
})

describe('a 100 (Continue) that nobody asked for is ignored', () => {
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'
  const WITH_HEADERS = 'HTTP/1.1 100 Go on\r\nx-proxy: a\r\nx-trace: b\r\n\r\n'
  const TAKES = 'HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{"accepted":1}'

  test.each<[string, readonly string[]]>([
    ['before the answer', [CONTINUE, TAKES]],
    ['together with it', [CONTINUE + TAKES]],
    ['several times, with headers', [CONTINUE + WITH_HEADERS, `${CONTINUE}HTTP/1.1 103 Early Hints\r\n\r\n${TAKES}`]],
    [
      'behind another interim response',
      ['HTTP/1.1 102 Processing\r\n\r\n', `HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n${CONTINUE}`, TAKES],
    ],
    ['in pieces', [...CONTINUE, ...WITH_HEADERS, ...TAKES]],
  ])('%s', async (_, parts) => {
    await startRaw(async (socket) => {
      for (const part of parts) {
        socket.write(part)
        await setImmediate()
      }
    })
    for (const id of ['A', 'B', 'C']) expect(await append(id)).toMatchObject(TAKEN)
    expect(sockets.size).toBe(1)
  })

  test.each<[string, string]>([
    ['without an answer', CONTINUE],
    ['without an end', 'HTTP/1.1 100 Continue\r\nx-proxy: a\r\n'.padEnd(20_000, 'a')],
    ['with an answer that breaks off', CONTINUE + TAKES.slice(0, -1)],
  ])('but confirms nothing %s', async (_, text) => {
    await start(() => (response) => void response.socket?.end(text))
    expect(await append('A')).toMatchObject({ __typename: 'UnconfirmedRow' })
  })
})

describe('why the upstream could not be reached stands in the log, once', () => {
  test.each([
    ['refused', 'http://127.0.0.1:9', /^ECONNREFUSED$/],
    ['DNS', 'http://nowhere.invalid', /^(?:ENOTFOUND|EAI_AGAIN)$/],
  ])('%s', async (_, url, cause) => {
    gateway = await startGateway({ INGESTION_URL: url, ...BRIEF })
    await append('A', 'secret-token')
    await append('B', 'secret-token')
    expect(causes()).toEqual([expect.objectContaining({ level: 40, cause: expect.stringMatching(cause), host: new URL(url).host })])
    expect(gateway.logged.join('')).not.toContain('secret-token')
  })

  test('no TLS at the other end', async () => {
    await start(() => ({ status: 200 }))
    await gateway.close()
    gateway = await startGateway({ INGESTION_URL: (upstream as FakeUpstream).url.replace('http', 'https'), ...BRIEF })
    expect(await append('A')).toMatchObject({ by: 'GATEWAY', issues: [{ code: 'UPSTREAM_UNREACHABLE' }] })
    expect(causes()).toEqual([expect.objectContaining({ cause: expect.stringMatching(/SSL|EPROTO|ECONNRESET|UND_ERR/) })])
  })

  test('a reset', async () => {
    await start(() => (response) => void response.socket?.resetAndDestroy())
    await append('A')
    await append('B')
    expect(causes()).toEqual([expect.objectContaining({ cause: 'ECONNRESET' })])
    await upstream?.close()
    upstream = undefined
    await append('C')
    expect(causes().map(({ cause }) => cause)).toEqual(['ECONNRESET', 'ECONNREFUSED'])
  })

  test.each<[string, FakeAnswer, string]>([
    ['is too long', (response) => void response.writeHead(200).write(' '.repeat(9_000_000)), 'UND_ERR_RES_EXCEEDED_MAX_SIZE'],
    ['breaks off', (response) => void response.writeHead(200).write('{', () => response.socket?.resetAndDestroy()), 'ECONNRESET'],
    ['has more behind it', (response) => void response.socket?.end('HTTP/1.1 204 Taken\r\n\r\nmore'), 'UND_ERR_SOCKET'],
  ])('an answer that %s', async (_, answer, cause) => {
    await start(() => answer)
    expect(await append('A')).toMatchObject(OPEN)
    expect(causes()).toContainEqual(expect.objectContaining({ cause }))
  })

  test('again after a minute, each cause by itself', () => {
    let now = 0
    const mayTell = createOncePerMinute(() => now)
    const told = [0, 1, 59_999, 60_000].filter((at) => {
      now = at
      return mayTell('ECONNRESET')
    })
    expect(told).toEqual([0, 60_000])
    expect(mayTell('CERT_HAS_EXPIRED')).toBe(true)
  })

  test('by its code alone, the one nearest to its origin', () => {
    expect(errorCode(Object.assign(new Error('secret'), { code: 'ECONNRESET' }))).toBe('ECONNRESET')
    expect(errorCode(new Error('secret', { cause: { code: 'CERT_HAS_EXPIRED' } }))).toBe('CERT_HAS_EXPIRED')
    expect(errorCode(Object.assign(new Error(), { code: 'secret words' }))).toBe(undefined)
  })
})

describe('proxies', () => {
  test('rows go by HTTP_PROXY where it is set', async () => {
    await start(() => ({ status: 200, body: { accepted: 1 } }))
    await gateway.close()
    const { url } = upstream as FakeUpstream
    gateway = await startGateway({ INGESTION_URL: 'http://ingestion.example', http_proxy: url })
    expect(await append('A')).toMatchObject(TAKEN)
    expect((upstream as FakeUpstream).arrived.map((request) => [request.url, request.headers.host])).toEqual([
      ['http://ingestion.example/api/v2/objects/INV_PRODUCTS_OOTB', 'ingestion.example'],
    ])
  })

  test('a proxy that asks for a password has taken no rows, and is told of once', async () => {
    upstream = await startFakeUpstream(() => ({ status: 407, body: 'Who are you?' }))
    gateway = await startGateway({ INGESTION_URL: 'http://ingestion.example', HTTP_PROXY: upstream.url })
    for (const id of ['A', 'B']) expect(await append(id)).toMatchObject({ issues: [{ code: 'UPSTREAM_REFUSED_BATCH' }] })
    expect(causes()).toMatchObject([{ level: 40, cause: 'UND_ERR_INVALID_ARG' }])
  })

  test('a proxy that is not there leaves rows unsent', async () => {
    gateway = await startGateway({ INGESTION_URL: 'https://ingestion.example', HTTPS_PROXY: 'http://127.0.0.1:9', ...BRIEF })
    expect(await append('A')).toMatchObject({ by: 'GATEWAY', retryable: true, issues: [{ code: 'UPSTREAM_UNREACHABLE' }] })
  })

  test.each([
    [
      'that it is not there, in the time for connecting',
      { CONNECT_TIMEOUT_MS: '400', ATTEMPTS_TIMEOUT_MS: '2500' },
      'UND_ERR_HEADERS_TIMEOUT',
    ],
    ['nothing, where an attempt has less time', BRIEF, undefined],
  ])('a proxy that never answers leaves rows unsent, and is said %s', async (_, times, cause) => {
    server = createServer((socket) => void socket.on('error', () => {}))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    gateway = await startGateway({ INGESTION_URL: 'https://ingestion.example', HTTPS_PROXY: `http://127.0.0.1:${port}`, ...times })
    expect(await append('A')).toMatchObject({ by: 'GATEWAY', retryable: true, issues: [{ code: 'UPSTREAM_UNREACHABLE' }] })
    expect(causes()[0]?.cause).toBe(cause)
  })

  test('hosts of NO_PROXY, and the embedded sandbox, are reached without one', async () => {
    await start(() => ({ status: 200, body: { accepted: 1 } }), { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: 'other.example, 127.0.0.1' })
    expect(await append('A')).toMatchObject(TAKEN)
    await gateway.close()
    gateway = await startGateway({ HTTP_PROXY: 'http://127.0.0.1:9' })
    expect(await append('A', 'sandbox-token')).toMatchObject(TAKEN)
  })
})
