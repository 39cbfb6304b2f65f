import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type FakeAnswer, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway, startPair } from './support/gateway.ts'
import { product, products } from './support/rows.ts'

let gateway: Gateway
let close: () => Promise<void>

beforeAll(async () => {
  ;({ gateway, close } = await startPair({ MAX_BATCH_ROWS: '10', REQUESTS_PER_SECOND: '20' }))
})
afterAll(() => close())

const UPSERT = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }'

test('limits say what is taken, what of it is in use in a second, and what rows would cost', async () => {
  const query = `{ limits { rowsPerMutation bytesPerBody rowsPerRequest bytesPerRequest requestsPerSecond currentRequestsPerSecond requestsInLastSecond rowsWaiting
    cost(rows: 401) { rows requests seconds } } }`
  const limits = {
    rowsPerMutation: 20_000,
    bytesPerBody: 33_554_432,
    rowsPerRequest: 10,
    bytesPerRequest: 1_000_000,
    requestsPerSecond: 20,
    currentRequestsPerSecond: 20,
    requestsInLastSecond: 0,
    rowsWaiting: 0,
    cost: { rows: 401, requests: 41, seconds: 2.05 },
  }
  const [clock, began] = [vi.spyOn(performance, 'now'), performance.now()]
  clock.mockReturnValue(began)
  expect((await gateway.send(query, undefined, 'fresh')).data).toEqual({ limits })
  for (let nth = 0; nth < 3; nth++) await gateway.send(UPSERT, { rows: products(10) }, 'fresh')
  clock.mockReturnValue(began + 900)
  expect((await gateway.send(query, undefined, 'fresh')).data).toEqual({ limits: { ...limits, requestsInLastSecond: 3 } })
  expect((await gateway.send(query, undefined, 'another')).data).toEqual({ limits })
  clock.mockReturnValue(began + 1_100)
  expect((await gateway.send(query, undefined, 'fresh')).data).toEqual({ limits })
  clock.mockRestore()
})

test('limits say how far an answer 429 has slowed down its tenant, and that this passes', async () => {
  let patience = 1
  const upstream = await startFakeUpstream(() =>
    patience-- > 0 ? { status: 429, headers: { 'retry-after': '0' } } : { status: 200, body: { message: 'taken' } },
  )
  const slowed = await startGateway({ INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '20' })
  const ratesOf = async (token: string) =>
    (await slowed.send('{ limits { requestsPerSecond currentRequestsPerSecond } }', undefined, token)).data
  const [clock, began] = [vi.spyOn(performance, 'now'), performance.now()]
  clock.mockReturnValue(began)
  expect((await slowed.send(UPSERT, { rows: products(1) }, 'eager')).data).toEqual({ upsertProducts: { acceptedCount: 1 } })
  expect(upstream.arrived).toHaveLength(2)
  expect(await ratesOf('eager')).toEqual({ limits: { requestsPerSecond: 20, currentRequestsPerSecond: 10 } })
  expect(await ratesOf('another')).toEqual({ limits: { requestsPerSecond: 20, currentRequestsPerSecond: 20 } })
  clock.mockReturnValue(began + 1_000)
  expect(await ratesOf('eager')).toEqual({ limits: { requestsPerSecond: 20, currentRequestsPerSecond: 15 } })
  clock.mockReturnValue(began + 3_000)
  expect(await ratesOf('eager')).toEqual({ limits: { requestsPerSecond: 20, currentRequestsPerSecond: 20 } })
  clock.mockRestore()
  await slowed.close()
  await upstream.close()
})

test('at a low rate a read of schemas is in use from when it left, however long its answer takes', async () => {
  const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<FakeAnswer>()]
  const upstream = await startFakeUpstream(() => {
    arrived.resolve()
    return answer.promise
  })
  const waiting = await startGateway({ INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '5' })
  const usage = async () => (await waiting.send('{ limits { requestsInLastSecond } }', undefined, 'reader')).data
  const [clock, began] = [vi.spyOn(performance, 'now'), performance.now()]
  clock.mockReturnValue(began)
  const read = waiting.send('{ solutions { solutionName } }', undefined, 'reader')
  await arrived.promise
  expect(await usage()).toEqual({ limits: { requestsInLastSecond: 1 } })
  clock.mockReturnValue(began + 1_100)
  expect(await usage()).toEqual({ limits: { requestsInLastSecond: 0 } })
  answer.resolve({ status: 200, body: { solutions: [] } })
  expect((await read).data).toEqual({ solutions: [] })
  clock.mockRestore()
  await waiting.close()
  await upstream.close()
})

test('every mutation says what it cost, all its fields together', async () => {
  const costOf = async (document: string, rows: unknown) => JSON.parse((await gateway.send(document, { rows })).text).extensions
  expect(await costOf(UPSERT, [...products(25), product('BAD', { packSize: 0 })])).toEqual({ cost: { rows: 25, requests: 3 } })
  expect(await costOf(UPSERT, [{}])).toEqual({ cost: { rows: 0, requests: 0 } })

  const both = UPSERT.replace(
    /upsert.*/,
    'a: upsertProducts(rows: $rows) { rows { __typename } } b: appendProducts(rows: $rows) { acceptedCount } }',
  )
  expect(await costOf(both, products(5))).toEqual({ cost: { rows: 10, requests: 2 } })
})

test('limits need a token, and a negative number of rows is declined', async () => {
  const codeOf = async (query: string, token: string | null) => (await gateway.send(query, undefined, token)).errors?.[0]?.extensions?.code
  expect(await codeOf('{ limits { rowsWaiting } }', null)).toBe('UNAUTHENTICATED')
  expect(await codeOf('{ limits { cost(rows: -1) { requests } } }', 'token')).toBe('BAD_USER_INPUT')
})
