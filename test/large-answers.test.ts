import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { products } from './support/rows.ts'

const SEND = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { rows { ... on IngestedRow { index key } } } }'

let upstream: FakeUpstream
let gateway: Gateway
let url: URL

beforeAll(async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  gateway = await startGateway({ INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '1000' })
  url = new URL('/graphql', await gateway.listen())
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const headers = (token: string) => ({ 'content-type': 'application/json', authorization: token })
const bodyOf = (rows: readonly unknown[]) => JSON.stringify({ query: SEND, variables: { rows } })

async function keysAnswered(name: string, count: number): Promise<unknown[]> {
  const response = await gateway.fetch({ method: 'POST', headers: headers(`token-${count}`), body: bodyOf(products(count, name)) })
  const answer = await response.text()
  expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(answer))
  return keysIn(answer)
}

function keysIn(answer: string): unknown[] {
  return JSON.parse(answer).data.upsertProducts.rows.map(({ key }: { key: { productId: unknown } }) => key.productId)
}

const keysSent = (name: string, count: number) => products(count, name).map(({ productId }) => productId)

/** Sends a mutation and reads nothing of its answer until told to; resolves when the answer has begun. */
function askSlowly(name: string, count: number): Promise<() => Promise<string>> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers: headers('slow') }, (response) => resolve(async () => await text(response)))
    call.on('error', reject)
    call.end(bodyOf(products(count, name)))
  })
}

test('large answers come out whole, each to its own caller, also while another reads slowly', async () => {
  // More than the buffers on the way hold, so that most of it is still in the process while the others are answered.
  const name = 'slow'.repeat(105)
  const readSlowly = await askSlowly(name, 20_000)
  const asked = [400, 2_000, 9_000, 18_000].flatMap((count) => ['a', 'é', '€', '𝄞'].map((prefix) => [`${prefix}${count}-`, count] as const))
  const answers = await Promise.all(asked.map(([prefix, count]) => keysAnswered(prefix, count)))

  expect(answers).toEqual(asked.map(([prefix, count]) => keysSent(prefix, count)))
  expect(keysIn(await readSlowly())).toEqual(keysSent(name, 20_000))
})
