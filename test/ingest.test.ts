import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleRow } from '../src/resource/define-resource.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import type { Gateway } from './support/gateway.ts'
import { startPair } from './support/gateway.ts'
import { accepted, rejected } from './support/outcomes.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { product, products, resourceNamed } from './support/rows.ts'

usePatientClock()

let gateway: Gateway
let sandbox: Sandbox
let close: () => Promise<void>
let tenants = 0

/** A token nobody used before: a tenant with empty tables. */
const newTenant = () => `tenant-${++tenants}`
const requestsOf = (token: string) => sandbox.requests(token)
const storedIds = async (token: string, object = 'INV_PRODUCTS_OOTB') => (await sandbox.rows(object, token)).map((row) => row.product_id)

beforeAll(async () => {
  ;({ gateway, sandbox, close } = await startPair())
})
afterAll(() => close())

test('a bad row is rejected and its neighbours are forwarded', async () => {
  const token = newTenant()
  const { rows } = await gateway.ingest('upsertProducts', [product('A'), product('B', { packSize: 0 }), product('C')], { token })

  expect(rows).toEqual([accepted(0), rejected(1, 'BELOW_MINIMUM', 'packSize'), accepted(2)])
  expect(await storedIds(token)).toEqual(['A', 'C'])
})

test('of 500 rows with 50 spoiled in different ways exactly the spoiled are rejected, at their own index', async () => {
  const token = newTenant()
  const spoils = spoilingWays()
  const rows = products(500).map((row, at) => (at % 10 === 3 ? spoils[(at - 3) / 10]?.(row) : row))
  const payload = await gateway.ingest('upsertProducts', rows, { token })

  expect(payload).toMatchObject({ acceptedCount: 450, rejectedCount: 50, unconfirmedCount: 0 })
  expect(payload.rows.map((row) => row.index)).toEqual(rows.map((_, at) => at))
  expect(payload.rows.filter((row) => row.__typename === 'RejectedRow').map((row) => row.index)).toEqual(spoils.map((_, at) => at * 10 + 3))
  expect(await storedIds(token)).toEqual(rows.flatMap((_, at) => (at % 10 === 3 ? [] : [`P${at}`])))
})

test('rows share an outcome only if they have the same issues', async () => {
  const ways: readonly (readonly [fields: object, ...issues: string[]])[] = [
    [{ packSize: 0 }, 'BELOW_MINIMUM packSize'],
    [{ packSize: 0 }, 'BELOW_MINIMUM packSize'],
    [{ packSize: 'x' }, 'WRONG_TYPE packSize'],
    [{ productName: 7 }, 'WRONG_TYPE productName'],
    [{ packSize: 0, productName: 7 }, 'WRONG_TYPE productName', 'BELOW_MINIMUM packSize'],
    [{ prototype: 1 }, 'FORBIDDEN_NAME prototype'],
    [{ constructor: 1 }, 'FORBIDDEN_NAME constructor'],
    [{}],
  ]
  const wayOf = (at: number) => ways[at % ways.length] ?? [{}]
  const rows = products(60).map((row, at) => ({ ...row, ...wayOf(at)[0] }))
  const payload = await gateway.ingest('upsertProducts', rows, { token: newTenant() })

  expect(payload.rows.map(({ index, key }) => [index, key.productId])).toEqual(rows.map((_, at) => [at, `P${at}`]))
  expect(payload.rows.map(({ issues = [] }) => issues.map(({ code, field }) => `${code} ${field}`))).toEqual(
    rows.map((_, at) => wayOf(at).slice(1)),
  )
})

test('20,000 rows leave in 40 requests, never more at once than allowed', async () => {
  const token = newTenant()
  await sandbox.slowDown(20)
  const payload = await gateway.ingest('upsertProducts', products(20_000), { token })
  await sandbox.slowDown(0)

  expect(payload.acceptedCount).toBe(20_000)
  expect(payload.rows.map((row) => row.key.productId)).toEqual(Array.from({ length: 20_000 }, (_, at) => `P${at}`))
  expect(await requestsOf(token)).toHaveLength(40)
  expect(await sandbox.mostAtOnce()).toBeLessThanOrEqual(8)
})

test('a field that is declined leaves the outcomes of the other fields standing', async () => {
  const token = newTenant()
  const query = `mutation ($rows: [ProductsRowInput!]!) { taken: upsertProducts(rows: $rows) { acceptedCount }
    declined: upsertProducts(rows: $rows, solution: "nowhere") { acceptedCount } }`
  const { data, errors } = await gateway.send(query, { rows: [product('A')] }, token)

  expect(data).toEqual({ taken: { acceptedCount: 1 }, declined: null })
  expect(errors).toMatchObject([{ path: ['declined'], extensions: { code: 'BAD_USER_INPUT' } }])
  expect(await storedIds(token)).toEqual(['A'])
})

test('small mutations of one tenant share a request, and each gets its own rows back', async () => {
  const gathering = await startPair({ BATCH_WINDOW_MS: '200' })
  const send = (_: unknown, at: number) => gathering.gateway.ingest('upsertProducts', [product(`S${at}`)])
  const answers = await Promise.all(Array.from({ length: 30 }, send))

  expect(answers.map(({ rows }) => rows)).toEqual(
    answers.map((_, at) => [expect.objectContaining({ index: 0, key: { productId: `S${at}`, updatedAt: expect.any(String) } })]),
  )
  expect((await gathering.sandbox.requests()).length).toBeLessThan(30)
  await gathering.close()
})

test('no request ever carries rows of two tokens', async () => {
  const tokens = [newTenant(), newTenant()]
  await Promise.all(
    Array.from({ length: 60 }, (_, at) =>
      gateway.ingest('upsertProducts', [product(`${tokens[at % 2]}/${at}`)], { token: tokens[at % 2] }),
    ),
  )

  for (const token of tokens) {
    const ids = (await requestsOf(token)).flatMap((request) => request.body.data.map((row) => String(row.product_id)))
    expect(ids).toHaveLength(30)
    expect(ids.every((id) => id.startsWith(`${token}/`))).toBe(true)
  }
})

test('under UPSERT rows of one key leave in order, in different requests, and the last one wins', async () => {
  const token = newTenant()
  const rows = [product('K', { packSize: 1 }), product('L'), product('K', { packSize: 2 }), product('K', { packSize: 3 })]
  const payload = await gateway.ingest('upsertProducts', rows, { token })

  expect(payload.rows).toEqual([accepted(0), accepted(1), accepted(2), accepted(3)])
  const sizes = (await requestsOf(token)).map((request) =>
    request.body.data.filter((row) => row.product_id === 'K').map((row) => row.pack_size),
  )
  expect(sizes).toEqual([[1], [2], [3]])
  expect(await sandbox.rows('INV_PRODUCTS_OOTB', token)).toEqual([
    expect.objectContaining({ product_id: 'K', pack_size: 3 }),
    expect.objectContaining({ product_id: 'L' }),
  ])
})

test('the same moment written in two ways is the same key', async () => {
  const token = newTenant()
  const rows = ['2025-01-15 08:00:00', '2025-01-15T09:00:00+01:00'].map((updatedAt) => product('K', { updatedAt }))
  await gateway.ingest('upsertProducts', rows, { token })

  expect(await requestsOf(token)).toHaveLength(2)
  expect(await sandbox.rows('INV_PRODUCTS_OOTB', token)).toHaveLength(1)
})

test('under APPEND a repeated key is rejected and only the first row is written', async () => {
  const token = newTenant()
  const { rows } = await gateway.ingest('appendProducts', [product('K'), product('K'), product('L')], { token })

  expect(rows).toEqual([accepted(0), rejected(1, 'DUPLICATE_KEY'), accepted(2)])
  expect(await storedIds(token)).toEqual(['K', 'L'])
})

test('a dry run is answered row by row and writes nothing', async () => {
  const token = newTenant()
  const payload = await gateway.ingest('upsertProducts', [product('A'), product('B', { sourceId: null })], { token, dryRun: true })

  expect(payload.rows).toEqual([accepted(0), rejected(1, 'NULL_VALUE', 'sourceId')])
  expect((await requestsOf(token)).map(({ body }) => body.dryRun)).toEqual([true])
  expect(await storedIds(token)).toEqual([])
})

test('no rows make an empty payload and no request', async () => {
  const token = newTenant()
  expect(await gateway.ingest('upsertProducts', [], { token })).toMatchObject({
    acceptedCount: 0,
    rejectedCount: 0,
    unconfirmedCount: 0,
    rows: [],
  })
  expect(await requestsOf(token)).toEqual([])
})

test('a mutation whose rows are all bad makes no request', async () => {
  const token = newTenant()
  const payload = await gateway.ingest('appendSaleExtra', [{}, null, 7], { token })

  expect(payload).toMatchObject({ rejectedCount: 3, object: 'QP_SALE_EXTRA_OOTB' })
  expect(await requestsOf(token)).toEqual([])
})

test('rows the upstream refuses come back with its code, and its words without the values', async () => {
  const token = newTenant()
  await sandbox.fault({
    kind: 'status',
    status: 207,
    body: {
      accepted: 1,
      failed: [{ index: 1, errors: [{ code: 'DI_E_10003', column: 'PACK_SIZE', message: 'SUP-SECRET is not good, nor is sandbox' }] }],
    },
  })
  const { rows } = await gateway.ingest('upsertProducts', [product('A'), product('B', { sourceId: 'SUP-SECRET' })], { token })

  expect(rows[0]).toEqual(accepted(0))
  expect(rows[1]).toMatchObject({
    by: 'UPSTREAM',
    retryable: false,
    issues: [
      {
        code: 'UPSTREAM_REJECTED',
        field: 'packSize',
        column: 'pack_size',
        upstreamCode: 'DI_E_10003',
        message: 'The upstream refused the row; its words are not shown, because they could quote a value.',
      },
    ],
  })
})

test('the issue summary groups by code and field, and `only` keeps the answer small', async () => {
  const rows = products(40).map((row, at) => (at % 2 ? { ...row, packSize: 0 } : row))
  const document = `mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows, dryRun: true) {
    rows(only: [REJECTED]) { __typename ... on RejectedRow { index } } issueSummary { code field count firstIndexes } } }`
  const { data } = await gateway.send<{ upsertProducts: { rows: unknown[]; issueSummary: unknown[] } }, object>(document, { rows })

  expect(data.upsertProducts.rows).toHaveLength(20)
  expect(data.upsertProducts.issueSummary).toEqual([
    { code: 'BELOW_MINIMUM', field: 'packSize', count: 20, firstIndexes: [1, 3, 5, 7, 9, 11, 13, 15, 17, 19] },
  ])
})

describe('what arrives upstream is what the guide prints', () => {
  test.each([
    ['upsertProducts', 'Products', 'INV_OOTB', 'INV_PRODUCTS_OOTB', 'UPSERT'],
    ['upsertPricing', 'Pricing', 'INV_OOTB', 'INV_PRICING_OOTB', 'UPSERT'],
    ['upsertStockExtra', 'StockExtra', 'QP_OOTB', 'QP_STOCK_EXTRA_OOTB', 'UPSERT'],
    ['appendSaleExtra', 'SaleExtra', 'QP_OOTB', 'QP_SALE_EXTRA_OOTB', 'APPEND'],
  ])('%s', async (mutation, name, solutionName, object, operationType) => {
    const token = newTenant()
    const resource = resourceNamed(name)
    await gateway.ingest(mutation, [exampleRow(resource)], { token })

    const [request] = await requestsOf(token)
    expect(request?.path).toBe(`/api/v2/objects/${object}`)
    expect(request?.body).toEqual({ solutionName, data: [resource.example], operationType, dryRun: false })
  })

  test('nullable columns that were left out are sent as null, optional ones are not sent, moments are in UTC', async () => {
    const token = newTenant()
    const sale = {
      productId: 'P',
      locationId: 'L',
      productVariant: 'V',
      soldAt: '2025-01-28T15:30:00+01:00',
      salesUnits: 1,
      salesValue: 2,
      returnUnits: 0,
      returnValue: 0,
    }
    await gateway.ingest('appendSaleExtra', [sale], { token })
    const { productId, sourceId, packSize } = product('A')
    await gateway.ingest('upsertProducts', [{ productId, sourceId, packSize, updatedAt: '2025-01-28T15:30:00.000Z' }], { token })

    const [sales, items] = (await requestsOf(token)).map((request) => request.body.data[0])
    expect(sales).toEqual({
      product_id: 'P',
      location_id: 'L',
      product_variant: 'V',
      sold_at: '2025-01-28T14:30:00Z',
      sales_units: 1,
      sales_value: 2,
      return_units: 0,
      return_value: 0,
      created_at: null,
      sale_id: null,
      customer_id: null,
      demand_units: null,
      demand_value: null,
      returned_at: null,
      shipped_at: null,
      updated_at: null,
    })
    expect(items).toEqual({ product_id: 'A', source_id: 'SUP-001', pack_size: 12, updated_at: '2025-01-28 15:30:00' })
  })

  test('custom attributes travel under their lower-case names', async () => {
    const token = newTenant()
    await gateway.send(
      'mutation { c: addAttribute(resource: "Products", name: "COLOUR", type: STRING) { name } t: addAttribute(resource: "Products", name: "TAGS", type: JSON) { name } }',
      {},
      token,
    )
    await gateway.ingest('upsertProducts', [product('A', { extra: { Colour: 'blue', tags: ['a', { deep: null }] } })], { token })

    expect(await sandbox.rows('INV_PRODUCTS_OOTB', token)).toEqual([
      expect.objectContaining({ colour: 'blue', tags: JSON.stringify(['a', { deep: null }]) }),
    ])
  })
})

describe('bytes', () => {
  test('a batch over the byte limit leaves in parts, and a row alone over it is rejected', async () => {
    const pair = await startPair({ MAX_BATCH_BYTES: '20000' })
    const rows = products(100).map((row, at) =>
      at === 7 ? { ...row, productDescription: 'x'.repeat(30_000) } : { ...row, productDescription: 'y'.repeat(1_000) },
    )
    // Has to be parsed, and is kept as an object among those that are not.
    Object.assign(rows[50] ?? {}, { productName: 'two\nlines' })
    const payload = await pair.gateway.ingest('upsertProducts', rows)

    expect(payload).toMatchObject({ acceptedCount: 99, rejectedCount: 1 })
    expect(payload.rows[7]).toEqual(rejected(7, 'ROW_TOO_LARGE'))
    const sizes = (await pair.sandbox.requests()).map(({ body }) => Buffer.byteLength(JSON.stringify(body)))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20_000)
    expect(await pair.sandbox.rows('INV_PRODUCTS_OOTB')).toHaveLength(99)
    await pair.close()
  })

  test('upper-case row keys are sent where they are configured', async () => {
    const pair = await startPair({ ROW_KEY_CASE: 'upper' })
    await pair.gateway.send('mutation { addAttribute(resource: "Products", name: "COLOUR", type: STRING) { name } }')
    await pair.gateway.ingest('upsertProducts', [product('A', { extra: { colour: 'blue' } })])

    const [request] = await pair.sandbox.requests()
    expect(Object.keys(request?.body.data[0] ?? {})).toEqual(expect.arrayContaining(['PRODUCT_ID', 'UPDATED_AT', 'COLOUR']))
    await pair.close()
  })
})

/** Fifty ways to spoil a product row. */
function spoilingWays(): ((row: Record<string, unknown>) => unknown)[] {
  const without = (field: string) => (row: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => name !== field))
  const withValue = (field: string, value: unknown) => (row: Record<string, unknown>) => ({ ...row, [field]: value })
  const withName = (name: string) => (row: Record<string, unknown>) =>
    Object.defineProperty({ ...row }, name, { value: 1, enumerable: true })
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })
  return [
    ...['productId', 'sourceId', 'packSize', 'updatedAt'].map(without),
    ...['productId', 'sourceId', 'packSize', 'updatedAt'].map((field) => withValue(field, null)),
    ...[12, true, [], {}, ''].map((value) => withValue('productId', value)),
    ...['12', 1.5, 0, -1, 2 ** 53, true, [1], {}].map((value) => withValue('packSize', value)),
    ...['x', 1.5].map((value) => withValue('minimumOrderQuantity', value)),
    ...[
      '2025-02-30 08:00:00',
      '2025-01-15',
      '15.01.2025',
      '2025-01-15T08:00:00',
      '2025-01-15 24:00:00',
      '2025-13-01 00:00:00',
      '2025-01-15T08:00:00.123Z',
      1736928000,
    ].map((value) => withValue('updatedAt', value)),
    ...['a\0b', '\ud800', 'x'.repeat(65_536)].map((value) => withValue('productName', value)),
    ...['pack_size', 'colour', '__proto__', 'constructor', 'toString'].map(withName),
    ...['no', [], { packSize: 1 }, { 'not plain': 1 }, { constructor: 1 }, { a: '\ud800' }, { a: deep(9) }].map((value) =>
      withValue('extra', value),
    ),
    ...[null, 'row', 7, []].map((row) => () => row),
  ]
}
