import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { type Issuer, startIssuer } from './support/issuer.ts'
import { product, resourceNamed } from './support/rows.ts'

// Tenants and solutions may be called anything: put one behind the other, two of these read alike to whoever puts nothing between.
const WIDE = {
  tenant: 'acme',
  solution: 'uk inventory.PRODUCTS main',
  token: 'of-acme',
  custom: [{ columnName: 'COLOUR', dataType: 'string' }],
}
const NARROW = { solution: 'main', custom: [] }
const LIKE_ITS_SCHEMA = { ...NARROW, tenant: 'acme uk inventory.PRODUCTS', token: 'of-another' }
const LIKE_ITS_TABLE = { ...NARROW, tenant: 'acme inventory.PRODUCTS uk', token: 'of-a-third' }
const ALL = [WIDE, LIKE_ITS_SCHEMA, LIKE_ITS_TABLE]
const DECLARED = resourceNamed('Products').columns.map(({ name, type }) => ({ columnName: name.toUpperCase(), dataType: type }))
const UPSERT = `mutation ($rows: [ProductsRowInput!]!, $solution: String) {
  upsertProducts(rows: $rows, solution: $solution) { acceptedCount rows { ... on RejectedRow { issues { code } } } } }`

let issuer: Issuer
let upstream: FakeUpstream
let gateway: Gateway

beforeAll(async () => {
  issuer = await startIssuer()
  upstream = await startFakeUpstream(({ method, headers }) => {
    const { custom } = headers.authorization === WIDE.token ? WIDE : NARROW
    return { status: 200, body: method === 'POST' ? {} : { tables: [{ name: 'PRODUCTS', columns: [...DECLARED, ...custom] }] } }
  })
  gateway = await startGateway({
    INGESTION_URL: upstream.url,
    SOLUTIONS: JSON.stringify([WIDE, NARROW].map(({ solution }) => ({ name: solution, modules: ['inventory'] }))),
    ...(await issuer.settings(Object.fromEntries(ALL.map(({ tenant, token }) => [tenant, { token }])))),
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
  await issuer.close()
})

async function send({ tenant, solution }: (typeof ALL)[number], row: object) {
  const { data } = await gateway.send<{ upsertProducts: object }, object>(
    UPSERT,
    { rows: [row], solution },
    await issuer.sign({ sub: tenant }),
  )
  return data.upsertProducts
}

test('rows of two tenants share no request, whatever these and their solutions are called', async () => {
  await Promise.all([send(WIDE, product('A')), send(LIKE_ITS_TABLE, product('B'))])
  const sent = upstream.arrived.filter(({ method }) => method === 'POST')
  const of = (token: string) => sent.filter(({ headers }) => headers.authorization === token).flatMap(({ body }) => body.data)
  expect([of(WIDE.token), of(LIKE_ITS_TABLE.token)].map((rows) => rows.map(({ product_id }) => product_id))).toEqual([['A'], ['B']])
})

test('rows of one tenant are not judged by the attributes of another, whatever these and their solutions are called', async () => {
  const painted = product('C', { extra: { COLOUR: 'red' } })
  expect(await send(WIDE, painted)).toEqual({ acceptedCount: 1, rows: [{}] })
  expect(await send(LIKE_ITS_SCHEMA, painted)).toEqual({ acceptedCount: 0, rows: [{ issues: [{ code: 'UNKNOWN_ATTRIBUTE' }] }] })
})
