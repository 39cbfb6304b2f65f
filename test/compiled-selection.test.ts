import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, type IngestAnswer, ROW_FIELDS, startGateway } from './support/gateway.ts'
import { product, products } from './support/rows.ts'

const SEND = `mutation ($rows: [ProductsRowInput!]!) { payload: upsertProducts(rows: $rows) { acceptedCount rejectedCount rows { ${ROW_FIELDS} } } }`
const GOOD = JSON.stringify(product('A')).slice(1, -1)

let upstream: FakeUpstream
let gateway: Gateway
let hold: (() => void)[] | undefined
let arrivedBefore = 0

beforeAll(async () => {
  upstream = await startFakeUpstream(async ({ headers }) => {
    if (hold !== undefined && headers.authorization === 'slow') await new Promise<void>((go) => hold?.push(go))
    return { status: 200, body: {} }
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url, MAX_ROWS_PER_MUTATION: '100000', MAX_BODY_BYTES: '100000000' })
})
beforeEach(() => {
  hold = undefined
  arrivedBefore = upstream.arrived.length
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

/** Sends rows as the very text given, which may say what no JavaScript object can. */
async function sendText(rows: string): Promise<IngestAnswer> {
  const body = `{"query":${JSON.stringify(SEND)},"variables":{"rows":${rows}}}`
  const headers = { 'content-type': 'application/json', authorization: 'token' }
  const response = await gateway.fetch({ method: 'POST', headers, body })
  return (await response.json()).data.payload
}

const codes = ({ rows }: IngestAnswer) => rows.map(({ issues }) => issues?.map(({ code, field }) => `${code} ${field}`))
const arrived = () => upstream.arrived.slice(arrivedBefore)
const sentRows = () => arrived().flatMap(({ body }) => body.data)

test('of a field that stands there twice the last is judged and sent, once', async () => {
  const payload = await sendText(`[{${GOOD},"packSize":"x","packSize":7}]`)
  expect(payload.acceptedCount).toBe(1)
  expect(sentRows()).toMatchObject([{ pack_size: 7 }])
})

test('what is no finite number, no field or no name is refused, and nothing of the row is sent', async () => {
  const payload = await sendText(`[{${GOOD},"packSize":1e999},{${GOOD},"__proto__":{"packSize":1}},{${GOOD},"packSiz":1},{${GOOD}}]`)
  expect(codes(payload)).toEqual([['NOT_FINITE packSize'], ['FORBIDDEN_NAME __proto__'], ['UNKNOWN_FIELD packSiz'], undefined])
  expect(sentRows()).toHaveLength(1)
})

test('no literal reaches a prototype', async () => {
  const good = Object.entries(product('A')).map(([field, value]) => `${field}: ${JSON.stringify(value)}`)
  const query = `mutation { upsertProducts(rows: [{ ${good.join()}, extra: { A: 1, __proto__: { B: 2 } } }]) { rows { ... on RejectedRow { issues { code field } } } } }`
  const { data } = await gateway.send<{ upsertProducts: IngestAnswer }, object>(query)
  expect(codes(data.upsertProducts)).toEqual([['FORBIDDEN_NAME extra.__proto__']])
  expect(arrived().filter(({ method }) => method === 'POST')).toEqual([])
})

test('a name within an attribute is never taken for another that it looks like', async () => {
  const inside = (name: string) => `[{${GOOD},"extra":{"A":{"first":1,"${name}":2}}}]`
  // V8 14.6 takes the second for the first, which it has just seen.
  const [backslash, quote] = [await sendText(inside('a\\\\')), await sendText(inside('a\\"'))]

  expect(codes(backslash)).toEqual([['EXTRA_INVALID_NAME extra.A']])
  const sent = arrived()
    .flatMap(({ body }) => body.data ?? [])
    .map((row) => row.a)
  expect(sent).toEqual(quote.acceptedCount === 0 ? [] : [{ first: 1, 'a"': 2 }])
})

test('rows of two tokens sent in the same turn never share a request', async () => {
  await Promise.all(
    ['one', 'two', 'one', 'two'].map((token, at) => gateway.ingest('upsertProducts', [product(`${token}-${at}`)], { token })),
  )
  for (const { headers, body } of arrived()) {
    expect(body.data.every((row) => String(row.product_id).startsWith(`${headers.authorization}-`))).toBe(true)
  }
})

test('a row with a thousand unknown fields lists 32 of them and says that there are more', async () => {
  const extra = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`field${at}`, at]))
  const { rows } = await gateway.ingest('upsertProducts', [product('A', extra)])
  expect(rows[0]?.issues).toHaveLength(33)
  expect(rows[0]?.issues?.at(-1)).toMatchObject({ code: 'MORE_ISSUES' })
})

test('20,000 wrong rows are all answered for, and their summary stays small', async () => {
  const wrong = products(20_000).map((row) => ({ ...row, packSize: 'x', updatedAt: 1 }))
  const { rows } = await gateway.ingest('upsertProducts', wrong)
  expect(rows.filter((row) => row.__typename === 'RejectedRow')).toHaveLength(20_000)

  const query =
    'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { issueSummary { code count firstIndexes message } } }'
  const { text } = await gateway.send(query, { rows: wrong })
  expect(text.length).toBeLessThan(1_000)
  expect(arrived()).toEqual([])
})

test('a mutation of 50,000 rows that waits for the upstream does not keep another tenant waiting', async () => {
  hold = []
  let isBigDone = false
  const big = gateway.ingest('upsertProducts', products(50_000), { token: 'slow' }).finally(() => {
    isBigDone = true
  })
  const small = await gateway.ingest('upsertProducts', [product('S')], { token: 'quick' })
  expect([small.acceptedCount, isBigDone]).toEqual([1, false])

  const released = hold
  hold = undefined
  for (const go of released) go()
  expect((await big).acceptedCount).toBe(50_000)
})
