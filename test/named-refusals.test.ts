import { afterEach, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { products } from './support/rows.ts'

let upstream: FakeUpstream
let gateway: Gateway

afterEach(async () => {
  await upstream.close()
  await gateway.close()
})

/** Declines whatever holds one of these rows, and names those. */
async function start(bad: readonly string[], settings: Record<string, string> = {}): Promise<void> {
  upstream = await startFakeUpstream(({ body }) => {
    const failed = body.data.flatMap(({ product_id }, index) =>
      bad.includes(String(product_id)) ? [{ index, errors: [{ code: 'DI_E_10003', column: 'pack_size', message: 'bad' }] }] : [],
    )
    return failed.length === 0 ? { status: 200, body: {} } : { status: 400, body: { message: 'Validation failed', failed } }
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url, ...settings })
}

const TEN = Array.from({ length: 10 }, (_, at) => `P${at * 49}`)

test('rows that a refusal names are rejected with their errors, and the others go again together', async () => {
  await start(TEN)
  const { acceptedCount, rows } = await gateway.ingest('upsertProducts', products(500))
  expect(acceptedCount).toBe(490)
  expect(upstream.arrived.map(({ body }) => body.data.length)).toEqual([500, 490])
  for (const at of [0, 49, 441])
    expect(rows[at]).toMatchObject({ retryable: false, issues: [{ field: 'packSize', upstreamCode: 'DI_E_10003' }] })
})

test('under APPEND the others are rejected as not written, and may be sent again by the caller', async () => {
  await start(['P3'])
  const { rejectedCount, rows } = await gateway.ingest('appendProducts', products(10))
  expect(rejectedCount).toBe(10)
  expect(upstream.arrived).toHaveLength(1)
  expect(rows.map(({ retryable }) => retryable)).toEqual(Array.from({ length: 10 }, (_, at) => at !== 3))
})

test('under APPEND the gateway sends the others again where operators say that a declined batch writes nothing', async () => {
  await start(['P3'], { APPEND_BISECT: 'on' })
  expect((await gateway.ingest('appendProducts', products(10))).acceptedCount).toBe(9)
  expect(upstream.arrived.map(({ body }) => body.data.length)).toEqual([10, 9])
})
