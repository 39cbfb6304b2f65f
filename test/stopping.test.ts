import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test, vi } from 'vitest'
import { createHttpServer } from '../src/http/server.ts'
import { drain } from '../src/http/shutdown.ts'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { product } from './support/rows.ts'
import { START_FLAGS } from './support/start-flags.ts'

const ROOT = new URL('..', import.meta.url).pathname

let upstream: FakeUpstream
let gateway: ChildProcess
/** What the gateway has said until it listened. */
let said = ''

afterEach(async () => {
  gateway.kill('SIGKILL')
  await upstream.close()
})

/** Starts the gateway as operators do, in a process of its own, after a command of the shell; resolves with its address. */
async function start(
  settings: Record<string, string> = {},
  { flags = [], before = '' }: { readonly flags?: readonly string[]; readonly before?: string } = {},
): Promise<URL> {
  const env = {
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    PORT: '0',
    LOG_LEVEL: 'silent',
    STORE_FILE: ':memory:',
    INGESTION_URL: upstream.url,
    ...settings,
  }
  const command = [process.execPath, ...START_FLAGS, ...flags, 'src/main.ts']
  gateway = spawn('sh', ['-c', `${before} exec "$0" "$@"`, ...command], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  said = ''
  for await (const line of gateway.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    said += line
    const found = /http:\S+/.exec(String(line))
    if (found) return new URL(found[0])
  }
  throw new Error('the gateway ended before it listened')
}

function send(graphql: URL, mutation: string): Promise<Response> {
  const rows = 'rows { ... on RejectedRow { retryable issues { code } } }'
  const query = `mutation ($rows: [ProductsRowInput!]!) { payload: ${mutation}(rows: $rows) { acceptedCount unconfirmedCount ${rows} } }`
  return ask(graphql, query, { rows: [product('A')] })
}

function ask(graphql: URL, query: string, variables: object = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: 'token' }
  return fetch(graphql, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
}

/** What `/ready` answers, with its Connection header, or why there is no connection; a new one is made where no agent keeps one. */
async function askReady(
  graphql: URL,
  agent: Agent | false = false,
): Promise<[number | undefined, string | undefined] | string | undefined> {
  try {
    const [answer] = (await once(get(new URL('/ready', graphql), { agent }), 'response')) as [IncomingMessage]
    await answer.toArray()
    return [answer.statusCode, answer.headers.connection]
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

const RAW_BODY = JSON.stringify({
  query: 'mutation ($rows: [ProductsRowInput!]!) { appendProducts(rows: $rows) { acceptedCount } }',
  variables: { rows: [product('A')] },
})
const RAW_REQUEST = `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: t\r\ncontent-type: application/json\r\ncontent-length: ${RAW_BODY.length}\r\n\r\n${RAW_BODY}`

/** An upstream that says when a request has arrived, and answers when told. */
async function startSlowUpstream(): Promise<{ arrived: Promise<void>; answer: () => void }> {
  const arrived = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<FakeAnswer>()
  upstream = await startFakeUpstream(() => {
    arrived.resolve()
    return answered.promise
  })
  return { arrived: arrived.promise, answer: () => answered.resolve({ status: 200, body: {} }) }
}

test.each(['SIGTERM', 'SIGHUP'] as const)(
  '%s lets a mutation under way end, takes no new connections, and the process exits with 0',
  async (signal) => {
    const { arrived, answer } = await startSlowUpstream()
    const graphql = await start()
    const kept = new Agent({ keepAlive: true })
    expect(await askReady(graphql, kept)).toEqual([200, 'keep-alive'])

    const underWay = send(graphql, 'appendProducts')
    await arrived
    gateway.kill(signal)
    const exit = once(gateway, 'exit')
    while ((await askReady(graphql)) !== 'ECONNREFUSED');
    // Connections opened before are served once more, and say that they close.
    expect(await askReady(graphql, kept)).toEqual([503, 'close'])
    answer()
    const answered = await underWay
    expect(answered.headers.get('connection')).toBe('close')
    expect(await answered.json()).toMatchObject({ data: { payload: { acceptedCount: 1, unconfirmedCount: 0 } } })
    expect(await exit).toEqual([0, null])
  },
)

/** A server that is stopping, and whose listener answers when told; the numbers of the requests that it was given. */
async function startClosing(whenToAnswer: Promise<void> | undefined) {
  const taken: string[] = []
  const server = createHttpServer(
    async ({ url = '' }, response) => {
      taken.push(url)
      await whenToAnswer
      response.end()
    },
    { maxConnections: 10 },
  )
  const { port } = await server.listen(0, '127.0.0.1')
  server.closeAfterAnswers()
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join(''))
  const answers = text(socket).then((all) => all.match(/^connection: .*(?=\r)/gim))
  return { server, taken, answers }
}

test('requests that came together while the process stops are all answered, or not worked on', async () => {
  const told = Promise.withResolvers<void>()
  const late = await startClosing(told.promise)
  await vi.waitUntil(() => late.taken.length === 3)
  told.resolve()
  expect(await late.answers).toEqual(['Connection: keep-alive', 'Connection: keep-alive', 'Connection: close'])
  await late.server.stop()

  // The connection ends with the first answer, whose head is written before the second is read.
  const soon = await startClosing(undefined)
  expect(await soon.answers).toHaveLength(soon.taken.length)
  await soon.server.stop()
})

test('what waits to be taken when SIGTERM comes is served', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const { hostname, port } = await start()
  // Stopped, so that the kernel holds all of it when the process wakes up.
  gateway.kill('SIGSTOP')
  const sockets = Array.from({ length: 40 }, () => connect(Number(port), hostname))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.write(RAW_REQUEST, resolve))))
  gateway.kill('SIGTERM')
  gateway.kill('SIGCONT')
  const exit = once(gateway, 'exit')
  const answers = await Promise.all(sockets.map((socket) => text(socket).catch(({ code }) => code)))

  // On a busy machine some rows still wait after two seconds, and are given back.
  const accepted = answers.map((answer) => Number(/^HTTP\/1.1 200[\s\S]*"acceptedCount":([01])/.exec(answer)?.[1] ?? answer))
  expect(accepted).not.toContain(Number.NaN)
  expect(upstream.arrived.flatMap(({ body }) => body.data)).toHaveLength(accepted.filter(Boolean).length)
  expect(await exit).toEqual([0, null])
})

test('however many connect while the process is busy, none is turned away', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const { hostname, port } = await start()
  // Busy without end, so that all of them wait at once. Linux keeps up to 4,096, Node asks it for 511 where it is told nothing.
  gateway.kill('SIGSTOP')
  const sockets = Array.from({ length: 700 }, () => connect(Number(port), hostname))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const last = connect(Number(port), hostname).end(RAW_REQUEST)
  gateway.kill('SIGCONT')
  expect(await text(last)).toContain('"acceptedCount":1')
  for (const socket of sockets) socket.destroy()
})

test('a SIGTERM in the very moment in which the process says that it listens lets it end well', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const killAtFirstWord = 'const say = console.log; console.log = (...words) => { say(...words); process.kill(process.pid, "SIGTERM") }'
  await start({}, { flags: ['--import', `data:text/javascript,${encodeURIComponent(killAtFirstWord)}`] })
  if (gateway.exitCode === null && gateway.signalCode === null) await once(gateway, 'exit')
  expect([gateway.exitCode, gateway.signalCode]).toEqual([0, null])
})

test('told to stop while its database does not answer, it does not begin to listen', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const database = createServer((socket) => socket.on('error', () => {}))
  database.listen(0, '127.0.0.1')
  await once(database, 'listening')
  const asked = once(database, 'connection')
  const { port } = database.address() as AddressInfo
  const started = start({ DATABASE_URL: `postgresql://u@127.0.0.1:${port}/d`, LOG_LEVEL: 'info' }).catch(String)
  const [socket] = await asked
  const exit = once(gateway, 'exit')
  gateway.kill('SIGTERM')
  await vi.waitUntil(() => said.includes('stopping'), { timeout: 10_000 })
  socket.destroy()
  database.close()
  expect(await started).toBe('Error: the gateway ended before it listened')
  expect(await exit).toEqual([0, null])
})

test('past the time there is for stopping, a caller is told that its row is unconfirmed', async () => {
  const { arrived } = await startSlowUpstream()
  const graphql = await start({ DRAIN_TIMEOUT_MS: '1200' })
  const underWay = send(graphql, 'appendProducts')
  await arrived
  gateway.kill('SIGTERM')
  expect(await (await underWay).json()).toMatchObject({ data: { payload: { acceptedCount: 0, unconfirmedCount: 1 } } })
  expect(await once(gateway, 'exit')).toEqual([0, null])
})

test('past the time there is for stopping, whoever has not sent all of a body is cut off, and the process exits with 0', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const { hostname, port } = await start({ DRAIN_TIMEOUT_MS: '1200' })
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(RAW_REQUEST.replace('host: x', 'host: x\r\nexpect: 100-continue').slice(0, -1))
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 100 /)
  gateway.kill('SIGTERM')
  expect(await once(gateway, 'exit')).toEqual([0, null])
  socket.destroy()
})

test('who collects traces and does not answer makes no stop a hard one: every caller has been answered', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const receiver = createServer((socket) => socket.on('error', () => {}))
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port } = receiver.address() as AddressInfo
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, DRAIN_TIMEOUT_MS: '1000', LOG_LEVEL: 'warn' }
  const graphql = await start(settings)
  expect((await send(graphql, 'appendProducts')).status).toBe(200)
  const logged = gateway.stdout && text(gateway.stdout)
  gateway.kill('SIGTERM')
  expect(await once(gateway, 'exit')).toEqual([0, null])
  expect(await logged).toBe('')
  receiver.close()
})

test('past two seconds of stopping, rows that never left are given back, and those in flight come to their end', async () => {
  const { arrived, answer } = await startSlowUpstream()
  const graphql = await start({ UPSTREAM_CONCURRENCY: '1' })
  const inFlight = send(graphql, 'appendProducts')
  await arrived
  // Of the same key: it would have to wait behind the other as well.
  const waiting = send(graphql, 'upsertProducts')
  const rowsWaiting = async () => (await (await ask(graphql, '{ limits { rowsWaiting } }')).json()).data.limits.rowsWaiting
  while ((await rowsWaiting()) === 0);
  gateway.kill('SIGTERM')

  const rows = [{ retryable: true, issues: [{ code: 'OVERLOADED' }] }]
  expect(await (await waiting).json()).toEqual({
    data: { payload: { acceptedCount: 0, unconfirmedCount: 0, rows } },
    extensions: expect.anything(),
  })
  answer()
  expect(await (await inFlight).json()).toMatchObject({ data: { payload: { acceptedCount: 1, unconfirmedCount: 0 } } })
  expect(await once(gateway, 'exit')).toEqual([0, null])
  expect(upstream.arrived).toHaveLength(1)
})

test('a second Ctrl-C ends the process at once, and the log says why', async () => {
  const { arrived } = await startSlowUpstream()
  const underWay = send(await start({ LOG_LEVEL: 'warn' }), 'appendProducts').catch(() => 'broken off')
  await arrived
  const exit = once(gateway, 'exit')
  const logged = gateway.stdout && text(gateway.stdout)
  gateway.kill('SIGINT')
  // Two signals of a kind may arrive as one while the first is not yet handled.
  const again = setInterval(() => gateway.kill('SIGINT'), 50)
  expect(await exit).toEqual([1, null])
  clearInterval(again)
  expect(await underWay).toBe('broken off')
  expect(JSON.parse(String(await logged))).toMatchObject({ level: 40, cause: 'asked to stop a second time' })
})

test('Ctrl-C ends it well, also where it takes requests on for longer than what is under way may take', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  await start({ LOG_LEVEL: 'warn', SHUTDOWN_DELAY_MS: '1500', DRAIN_TIMEOUT_MS: '1000', RATE_LIMIT_ROW: '1' })
  expect(said).toMatch(/"level":40.*RATE_LIMIT_ROW: .*RATE_LIMIT_ROWS/)
  gateway.kill('SIGINT')
  expect(await once(gateway, 'exit')).toEqual([0, null])
})

test.runIf(process.platform === 'linux')('more connections than there are file descriptors for are warned of at start', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  await start({ LOG_LEVEL: 'warn', MAX_CONNECTIONS: '681' }, { before: 'ulimit -n 1000;' })
  expect(said).toMatch(/"level":40.*"limit":1000,"needed":1001,.*MAX_CONNECTIONS/)
  gateway.kill('SIGKILL')
  await once(gateway, 'exit')
  await start({ LOG_LEVEL: 'warn', MAX_CONNECTIONS: '680' }, { before: 'ulimit -n 1000;' })
  expect(said).not.toContain('"level":40')
})

test('after SIGTERM the process says that it is not ready, and takes requests as long as it was told to', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const graphql = await start({ SHUTDOWN_DELAY_MS: '600000' })
  gateway.kill('SIGTERM')
  const statusOf = async () => (await fetch(new URL('/ready', graphql))).status
  while ((await statusOf()) === 200);

  expect(await statusOf()).toBe(503)
  const answer = await send(graphql, 'upsertProducts')
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
  expect((await answer.json()).data.payload.acceptedCount).toBe(1)
})

/** A thread that connects when the flag is 1, and sets it to 2; then it asks, and says what came of that. */
const CALLER = `
  const { parentPort, workerData: { flag, port } } = require('node:worker_threads')
  const { connect } = require('node:net')
  const { text } = require('node:stream/consumers')
  parentPort.postMessage('ready')
  Atomics.wait(flag, 0, 0)
  const socket = connect(port, '127.0.0.1', () => {
    Atomics.store(flag, 0, 2)
    Atomics.notify(flag, 0)
    socket.end('GET / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n')
    text(socket).then((answer) => answer.slice(0, 15), ({ code }) => code).then((came) => parentPort.postMessage(came))
  })`

test('who connects while the process is at other work is taken before the listening socket closes', async () => {
  const server = createHttpServer((_, response) => response.end('taken'), { maxConnections: 10 })
  const { port } = await server.listen(0, '127.0.0.1')
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const caller = new Worker(CALLER, { eval: true, workerData: { flag, port: Number(port) } })
  await once(caller, 'message')
  const came = once(caller, 'message')
  // In the second turn after `stop`, which nobody had connected in so far.
  setImmediate(() =>
    setImmediate(() => {
      Atomics.store(flag, 0, 1)
      Atomics.notify(flag, 0)
      Atomics.wait(flag, 0, 1)
      for (const began = performance.now(); performance.now() - began < 10; );
    }),
  )
  await server.stop()
  expect(await came).toEqual(['HTTP/1.1 200 OK'])
})

test('what has stopped leaves no timer behind, for which a program would have to wait', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  try {
    const server = createHttpServer(() => {}, { maxConnections: 10 })
    await server.listen(0, '127.0.0.1')
    const work = { idle: async () => {}, giveBack: () => {}, giveUp: () => {}, giveUpStore: () => {} }
    await drain(server, work, { shutdownDelayMs: 0, drainTimeoutMs: 25_000 })
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
