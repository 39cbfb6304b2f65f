import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMemoryBudget } from '../src/util/memory-budget.ts'
import { nextSlice, sliceIfBusy } from '../src/util/time-slices.ts'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { products } from './support/rows.ts'

const SEND = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }'
const bodyOf = (rows: readonly unknown[]) => JSON.stringify({ query: SEND, variables: { rows } })

let upstream: FakeUpstream
let gateway: Gateway
let held: PromiseWithResolvers<FakeAnswer> | undefined

beforeAll(async () => {
  upstream = await startFakeUpstream(() => held?.promise ?? { status: 200, body: {} })
  gateway = await startGateway({ INGESTION_URL: upstream.url, MEMORY_BUDGET_BYTES: '3000000' })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const post = (body: string, token = 'token', by = gateway) =>
  by.fetch({ method: 'POST', headers: { 'content-type': 'application/json', authorization: token }, body })

test('requests that do not fit beside those under way are declined unsent, and taken once there is room again', async () => {
  held = Promise.withResolvers<FakeAnswer>()
  const first = post(bodyOf(products(1_900)), 'first')
  await expect.poll(() => upstream.arrived.length).toBeGreaterThan(0)

  const second = await post(bodyOf(products(1_900, 'Q')), 'second')
  expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await second.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED', retryAfterMs: 1_000 } }] })
  expect(upstream.arrived.filter(({ headers }) => headers.authorization === 'second')).toEqual([])

  held.resolve({ status: 200, body: {} })
  held = undefined
  expect((await (await first).json()).data.upsertProducts.acceptedCount).toBe(1_900)
  const again = await post(bodyOf(products(1_900, 'Q')), 'second')
  expect((await again.json()).data.upsertProducts.acceptedCount).toBe(1_900)
})

test('rows that are read in pieces are held beside their body, which they may equal in length', async () => {
  const narrow = await startGateway({ INGESTION_URL: upstream.url, MEMORY_BUDGET_BYTES: '1300000' }, { fast: true })
  const long = (count: number) => bodyOf(products(count).map((row) => ({ ...row, productDescription: 'x'.repeat(14_000) })))
  const declined = await post(long(42), 'token', narrow)
  expect([declined.status, (await declined.json()).errors[0].extensions.code]).toEqual([503, 'OVERLOADED'])
  expect((await (await post(long(28), 'token', narrow)).json()).data.upsertProducts.acceptedCount).toBe(28)
  await narrow.close()
})

test('while no memory is left requests are declined unread, and counted', async () => {
  const metrics = async () => await (await gateway.fetch({ path: '/metrics' })).text()
  const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: t\r\ncontent-type: application/json\r\ncontent-length: 999999\r\n\r\n'
  const unfinished = [1, 2, 3].map(() => connect({ port: Number(gateway.url.port), host: gateway.url.hostname }))
  for (const socket of unfinished) socket.write(head + ' '.repeat(990_000))
  await expect.poll(metrics).toContain('rowgate_memory_held_bytes 2970000\n')

  const declined = await post('{"query":"{ resources { name } }"}')
  expect([declined.status, (await declined.json()).errors[0].message]).toEqual([503, expect.stringContaining('Nothing was read')])
  expect(await metrics()).toContain('rowgate_requests_shed_total{scope="process"} 1\n')
  for (const socket of unfinished) socket.destroy()
  await expect.poll(metrics).toContain('rowgate_memory_held_bytes 0\n')
})

test('memory for an answer is held from before its rows are sent', async () => {
  const heldFor = async (selection: string) => {
    const before = upstream.arrived.length
    held = Promise.withResolvers<FakeAnswer>()
    const query = SEND.replace('acceptedCount', selection)
    const answered = post(JSON.stringify({ query, variables: { rows: products(200) } }))
    await expect.poll(() => upstream.arrived.length).toBe(before + 1)
    const metrics = await (await gateway.fetch({ path: '/metrics' })).text()
    held.resolve({ status: 200, body: {} })
    held = undefined
    await answered
    return Number(/^rowgate_memory_held_bytes (\d+)/m.exec(metrics)?.[1])
  }
  const [least, most] = [await heldFor('acceptedCount'), await heldFor('acceptedCount rows { ... on IngestedRow { index key } }')]
  const text = 200 * '{"index":0,"key":{"productId":"P0"}}'.length
  expect(most - least).toBeGreaterThan(text)
  // Where the default executor makes it, its objects stand beside its text.
  expect((await heldFor('acceptedCount rows { ... on IngestedRow @include(if: true) { index key } }')) - least).toBeGreaterThan(5 * text)
})

test('small requests are answered beside a large one', async () => {
  held = Promise.withResolvers<FakeAnswer>()
  const before = upstream.arrived.length
  const large = post(bodyOf(products(1_900)), 'large')
  await expect.poll(() => upstream.arrived.length).toBeGreaterThan(before)
  expect((await post('{"query":"{ resources { name } }"}')).status).toBe(200)
  held.resolve({ status: 200, body: {} })
  held = undefined
  expect((await large).status).toBe(200)
})

test('one request has three quarters of the memory at most, however free the rest is', () => {
  const memory = createMemoryBudget(1_000)
  const [large, small] = [memory.open(), memory.open()]
  expect([large.take(750), large.take(1), small.take(250), small.take(1)]).toEqual([true, false, true, false])
  large.close()
  expect([small.take(500), small.take(1), memory.held()]).toEqual([true, false, 750])
})

test('what comes in one turn is worked on in turns of its own once the first has worked long enough', async () => {
  const order: string[] = []
  await new Promise(setImmediate)
  expect(sliceIfBusy()).toBeUndefined()
  const until = performance.now() + 25
  while (performance.now() < until);
  const slices = [sliceIfBusy(), sliceIfBusy(), nextSlice()].map((slice, at) => slice?.then(() => order.push(`slice ${at}`)))
  setImmediate(() => order.push('turn'))
  await Promise.all(slices)
  // One a turn: what another asked of the loop comes between.
  expect(order.indexOf('turn')).toBeLessThan(order.indexOf('slice 1'))
  expect(order.filter((step) => step !== 'turn')).toEqual(['slice 0', 'slice 1', 'slice 2'])
})
