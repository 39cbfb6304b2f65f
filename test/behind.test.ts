import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { nextSlice } from '../src/util/time-slices.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { products } from './support/rows.ts'

const UPSERT = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }'
/** So much other work comes in turn before a body is read that it waits for more than three seconds. */
const TASKS = 12
const TASK_MS = 300

let upstream: FakeUpstream
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
})
afterAll(() => upstream.close())
afterEach(() => gateway.close())

async function send(token: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: token }
  const response = await gateway.fetch({
    method: 'POST',
    headers,
    body: JSON.stringify({ query: UPSERT, variables: { rows: products(30) } }),
  })
  const { data, errors } = await response.json()
  return data?.upsertProducts?.acceptedCount ?? [response.status, response.headers.get('retry-after'), errors[0].message]
}

/** Work that takes its turns, each of which is long, until it is told to end. */
function startWork() {
  let isOver = false
  const work = async () => {
    while (!isOver) {
      await nextSlice()
      for (const until = performance.now() + TASK_MS; performance.now() < until; );
    }
  }
  const tasks = Array.from({ length: TASKS }, work)
  return async () => {
    isOver = true
    await Promise.all(tasks)
  }
}

test('what comes with a token whose requests have long been waiting to be read is refused unread; what comes with another is taken', async () => {
  gateway = await startGateway({ INGESTION_URL: upstream.url })
  expect(await send('many')).toBe(30)
  const endWork = startWork()
  const told: unknown[] = []
  const asked: Promise<unknown>[] = []
  const isRefused = () => told.some((answer) => answer !== 30)
  while (!isRefused()) {
    asked.push(send('many').then((answer) => told.push(answer)))
    await new Promise((resolve) => setImmediate(resolve))
  }
  const other = send('other')
  await endWork()
  expect(await other).toBe(30)
  await Promise.all(asked)

  const refused = told.filter((answer) => answer !== 30)
  const message = 'Overloaded: requests with this token are waiting to be read, and have been for long. Nothing was read.'
  expect(refused).toEqual(refused.map(() => [503, '1', message]))
  const accepted = told.length - refused.length
  expect(accepted).toBeGreaterThan(0)
  const written = upstream.arrived.reduce((sum, { body }) => sum + body.data.length, 0)
  expect(written).toBe(30 * (accepted + 2))
})
