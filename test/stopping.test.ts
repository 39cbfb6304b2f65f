import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { product } from './support/rows.ts'

const ROOT = new URL('..', import.meta.url).pathname

let upstream: FakeUpstream
let gateway: ChildProcess

afterEach(async () => {
  gateway.kill('SIGKILL')
  await upstream.close()
})

/** Starts the gateway as operators do, in a process of its own; resolves with its address. */
async function start(settings: Record<string, string> = {}): Promise<URL> {
  const env = { PATH: process.env.PATH ?? '', PORT: '0', LOG_LEVEL: 'silent', INGESTION_URL: upstream.url, ...settings }
  gateway = spawn(process.execPath, ['src/main.ts'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const text of gateway.stdout ?? []) {
    const found = /http:\S+/.exec(String(text))
    if (found) return new URL(found[0])
  }
  throw new Error('the gateway ended before it listened')
}

function send(graphql: URL, mutation: string): Promise<Response> {
  const query = `mutation ($rows: [ProductsRowInput!]!) { payload: ${mutation}(rows: $rows) { acceptedCount unconfirmedCount } }`
  return fetch(graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'token' },
    body: JSON.stringify({ query, variables: { rows: [product('A')] } }),
  })
}

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

test('SIGTERM lets a mutation under way end, takes no new connections, and the process exits with 0', async () => {
  const { arrived, answer } = await startSlowUpstream()
  const graphql = await start()
  expect((await fetch(new URL('/health', graphql))).status).toBe(200)
  expect((await fetch(new URL('/ready', graphql))).status).toBe(200)

  const underWay = send(graphql, 'appendProducts')
  await arrived
  gateway.kill('SIGTERM')
  const exit = once(gateway, 'exit')
  // Connections opened before are served once more, and say that they close; new ones are refused.
  for (let isRefused = false; !isRefused; ) {
    const ready = await fetch(new URL('/ready', graphql)).catch(() => undefined)
    if (ready !== undefined && ready.status !== 200) expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close'])
    isRefused = ready === undefined
  }
  answer()
  expect(await (await underWay).json()).toMatchObject({ data: { payload: { acceptedCount: 1, unconfirmedCount: 0 } } })
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

test('a second SIGTERM ends the process at once', async () => {
  const { arrived } = await startSlowUpstream()
  const underWay = send(await start(), 'appendProducts').catch(() => 'broken off')
  await arrived
  const exit = once(gateway, 'exit')
  gateway.kill('SIGTERM')
  // Two signals of a kind may arrive as one while the first is not yet handled.
  const again = setInterval(() => gateway.kill('SIGTERM'), 50)
  expect(await exit).toEqual([1, null])
  clearInterval(again)
  expect(await underWay).toBe('broken off')
})
