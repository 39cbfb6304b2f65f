import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { exampleRow } from '../src/resource/define-resource.ts'
import type { FakeAnswer } from './support/fake-upstream.ts'
import { createOpened, idsOf, keyed, post, tryKeyed } from './support/keyed-calls.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { startPostgres } from './support/postgres.ts'
import { product, resourceNamed } from './support/rows.ts'
import { textOfDatabase, textOfFile } from './support/store-text.ts'

usePatientClock()

const postgres = await startPostgres()
afterAll(() => postgres?.remove())

const { upstreamOf, gatewayAt, newFile, close, closeAll } = createOpened()
afterEach(closeAll)

const DECLARED = resourceNamed('Products').columns.map(({ name, type }) => ({ columnName: name.toUpperCase(), dataType: type }))

describe('an UPSERT that writes a key twice, the first time in vain,', () => {
  const versions = [product('A', { productName: 'first' }), product('A', { productName: 'second' })]
  const call = { mutation: 'upsertProducts', key: 'k' }
  const IMPATIENT = { ATTEMPTS_TIMEOUT_MS: '1000', REQUESTS_PER_SECOND: '100000' }
  const start = async (no: FakeAnswer) => {
    const state = { isFailing: true }
    const upstream = await upstreamOf(({ body }) =>
      state.isFailing && body.data.some((row) => row.product_name === 'first') ? no : { status: 202 },
    )
    return { state, upstream, gateway: await gatewayAt(upstream, { STORE_FILE: await newFile(), ...IMPATIENT }) }
  }

  test.each<[string, FakeAnswer, object]>([
    [
      'that was refused for now',
      { status: 429, headers: { 'retry-after': '0' } },
      {
        rejectedCount: 1,
        rows: [{ retryable: false, retryAfterMs: null, issues: [{ code: 'UPSTREAM_RATE_LIMITED' }, { code: 'DUPLICATE_KEY' }] }, {}],
      },
    ],
    [
      'that was refused for the token',
      { status: 403 },
      { rejectedCount: 1, rows: [{ retryable: false, issues: [{ code: 'UPSTREAM_UNAUTHORIZED' }, { code: 'DUPLICATE_KEY' }] }, {}] },
    ],
    ['that may have been taken', { status: 500 }, { unconfirmedCount: 1, rows: [{ reason: 'UPSTREAM_ERROR', safeToResend: false }, {}] }],
  ])('is not undone by sending again the row %s', async (_, no, told) => {
    const { state, upstream, gateway } = await start(no)
    expect(await keyed(gateway, versions, call)).toMatchObject({ acceptedCount: 1, retryableCount: 0, retryAfterMs: null, ...told })
    state.isFailing = false
    const sent = upstream.arrived.length
    expect(await keyed(gateway, versions, call)).toMatchObject({ acceptedCount: 1, replayedCount: 2, retryableCount: 0, ...told })
    expect(upstream.arrived.length).toBe(sent)
  })
})

test.each<[string, number, 'appendProducts' | 'upsertProducts']>([
  ['UPSTREAM_UNAUTHORIZED', 401, 'appendProducts'],
  ['UPSTREAM_UNAUTHORIZED', 403, 'upsertProducts'],
  ['UPSTREAM_NOT_FOUND', 404, 'appendProducts'],
])(
  'what the upstream refused with %s is sent by the same key once that is mended, and is not waited for',
  async (code, status, mutation) => {
    const state = { isMended: false }
    const upstream = await upstreamOf(
      ({ body }): FakeAnswer => ({ status: state.isMended || body.data?.[0]?.product_id === 'A' ? 202 : status }),
    )
    const gateway = await gatewayAt(upstream, { STORE_FILE: await newFile(), MAX_BATCH_ROWS: '1' })
    const rows = [product('A'), product('B')]
    const refused = { acceptedCount: 1, rejectedCount: 1, retryableCount: 0, rows: [{}, { retryable: false, issues: [{ code }] }] }
    expect(await keyed(gateway, rows, { mutation, key: 'k' })).toMatchObject({ ...refused, replayedCount: 0 })
    expect(await keyed(gateway, rows, { mutation, key: 'k' })).toMatchObject({ ...refused, replayedCount: 1 })
    // Nobody need come again: it is not among those that operators are told of.
    const { data } = await post(gateway, { query: '{ ingestRequest(idempotencyKey: "k") { state rejectedCount retryableCount } }' })
    expect(data.ingestRequest).toEqual({ state: 'SETTLED', rejectedCount: 1, retryableCount: 0 })
    state.isMended = true
    expect(await keyed(gateway, rows, { mutation, key: 'k' })).toMatchObject({ acceptedCount: 2, replayedCount: 1, retryableCount: 0 })
    expect(idsOf(upstream).flat().sort()).toEqual(['A', 'B', 'B', 'B'])
  },
)

test('a custom attribute added in between: what is settled stays, and what was not sent yet is judged by the table as it is now', async () => {
  const listed: object[] = [{ columnName: 'COLOUR', dataType: 'string' }]
  let status = 429
  const upstream = await upstreamOf(({ method }): FakeAnswer => {
    if (method === 'POST') return { status, headers: { 'retry-after': '0' } }
    return { status: 200, body: { tables: [{ name: 'INV_PRODUCTS_OOTB', columns: [...DECLARED, ...listed] }] } }
  })
  const settings = { STORE_FILE: await newFile(), ATTEMPTS_TIMEOUT_MS: '500', REQUESTS_PER_SECOND: '100000', SCHEMA_MAX_AGE_MS: '0' }
  const extra = (id: string, values: object) => product(id, { extra: { COLOUR: 'red', ...values } })
  const rows = [extra('A', {}), extra('B', { SHELF_LIFE: 30 }), extra('C', {})]
  const first = await gatewayAt(upstream, settings)
  const told = await keyed(first, rows, { key: 'k' })
  expect(told).toMatchObject({ rejectedCount: 3, retryableCount: 2 })
  expect(told.rows[1]?.issues).toMatchObject([{ code: 'UNKNOWN_ATTRIBUTE', field: 'extra.SHELF_LIFE' }])

  listed.push({ columnName: 'SHELF_LIFE', dataType: 'integer' })
  status = 202
  const again = await keyed(first, rows, { key: 'k' })
  expect(again).toMatchObject({ acceptedCount: 2, rejectedCount: 1, replayedCount: 1, retryableCount: 0 })
  expect(again.rows[1]).toEqual(told.rows[1])
  expect(idsOf(upstream).at(-1)).toEqual(['A', 'C'])
})

test('a required attribute added in between rejects what was not sent yet, once and for all', async () => {
  const listed: object[] = [{ columnName: 'COLOUR', dataType: 'string' }]
  let status = 429
  const upstream = await upstreamOf(({ method }): FakeAnswer => {
    if (method === 'POST') return { status, headers: { 'retry-after': '0' } }
    return { status: 200, body: { tables: [{ name: 'INV_PRODUCTS_OOTB', columns: [...DECLARED, ...listed] }] } }
  })
  const settings = { STORE_FILE: await newFile(), ATTEMPTS_TIMEOUT_MS: '500', REQUESTS_PER_SECOND: '100000', SCHEMA_MAX_AGE_MS: '0' }
  const rows = [product('A', { extra: { COLOUR: 'red' } })]
  const gateway = await gatewayAt(upstream, settings)
  expect(await keyed(gateway, rows, { key: 'k' })).toMatchObject({ rejectedCount: 1, retryableCount: 1 })
  listed.push({ columnName: 'SHELF_LIFE', dataType: 'integer', validations: [{ type: 'required' }] })
  status = 202
  const sent = upstream.arrived.length
  const again = await keyed(gateway, rows, { key: 'k' })
  expect(again).toMatchObject({ rejectedCount: 1, retryableCount: 0 })
  expect(again.rows[0]?.issues).toMatchObject([{ code: 'MISSING_FIELD', field: 'extra.SHELF_LIFE' }])
  listed.pop()
  expect(await keyed(gateway, rows, { key: 'k' })).toMatchObject({ rejectedCount: 1, replayedCount: 1 })
  expect(upstream.arrived.slice(sent).filter(({ method }) => method === 'POST')).toEqual([])
})

test('a key that was used for one solution is refused for another', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const solutions = ['ONE', 'TWO'].map((name) => ({ name, modules: ['inventory'], prefix: `${name}_`, suffix: '' }))
  const gateway = await gatewayAt(upstream, { STORE_FILE: await newFile(), SOLUTIONS: JSON.stringify(solutions) })
  await keyed(gateway, [product('A')], { key: 'k', solution: 'ONE' })
  expect((await tryKeyed(gateway, [product('A')], { key: 'k', solution: 'TWO' })).code).toBe('IDEMPOTENCY_KEY_REUSED')
  expect(await keyed(gateway, [product('A')], { key: 'k2', solution: 'TWO' })).toMatchObject({ acceptedCount: 1, replayedCount: 0 })
  expect(upstream.arrived.map(({ url }) => url)).toEqual([expect.stringContaining('ONE_'), expect.stringContaining('TWO_')])
})

test('a dry run is not recorded: nobody knows its key, each one is sent, and the documentation says so', async () => {
  const upstream = await upstreamOf(() => ({ status: 200, body: {} }))
  const gateway = await gatewayAt(upstream, { STORE_FILE: await newFile() })
  for (let time = 0; time < 2; time++)
    expect(await keyed(gateway, [product('A')], { key: 'k', dryRun: true })).toMatchObject({
      ...{ acceptedCount: 1, replayedCount: 0 },
      warnings: ['A dry run is not recorded: nothing is known under its idempotency key.'],
    })
  expect(await keyed(gateway, [product('A')], { dryRun: true })).toMatchObject({ warnings: [] })
  expect(upstream.arrived.map(({ body }) => body.dryRun)).toEqual([true, true, true])
  expect((await post(gateway, { query: '{ ingestRequest(idempotencyKey: "k") { state } }' })).data).toEqual({ ingestRequest: null })
  const query = '{ __type(name: "Mutation") { fields { name args { name description } } } }'
  const fields: { name: string; args: { name: string; description: string }[] }[] = (await post(gateway, { query })).data.__type.fields
  const docs = fields.find(({ name }) => name === 'appendProducts')?.args.find(({ name }) => name === 'idempotencyKey')?.description
  expect(docs).toContain('Dry runs are not recorded.')
})

test('many rows in another writing are the same request, and with another digit they are not', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const gateway = await gatewayAt(upstream, { STORE_FILE: await newFile() })
  const query = 'mutation ($rows: [SalesRowInput!]!) { appendSales(rows: $rows, idempotencyKey: "k") { acceptedCount replayedCount } }'
  const sale = exampleRow(resourceNamed('Sales'))
  const rows = JSON.stringify(Array.from({ length: 200 }, (_, nth) => ({ ...sale, productId: `A${nth}`, salesValue: 12.5 })))
  const send = async (text: string) => {
    const headers = { 'content-type': 'application/json', authorization: 'token' }
    const body = `{"query":${JSON.stringify(query)},"variables":{"rows":${text}}}`
    const { data, errors } = await (await gateway.fetch({ method: 'POST', headers, body })).json()
    return data.appendSales ?? errors[0].extensions.code
  }
  expect(await send(rows)).toEqual({ acceptedCount: 200, replayedCount: 0 })
  const others = [
    rows,
    JSON.stringify(JSON.parse(rows), undefined, 2),
    rows.replaceAll('},{', '} ,\n{'),
    rows.replaceAll('12.5', '12.50'),
    rows.replace('12.5', '12.50'),
    rows.replaceAll('"A1', '"\\u00411'),
    rows.replace('"A199"', '"\\u0041199"'),
  ]
  for (const other of others) expect(await send(other)).toEqual({ acceptedCount: 200, replayedCount: 200 })
  const lastRow = rows.lastIndexOf(',{')
  const changed = [
    `${rows.slice(0, lastRow)}]`,
    rows.slice(0, lastRow) + rows.slice(lastRow).replace('12.5', '12.6'),
    rows.replace('"A0"', '"B0"'),
  ]
  for (const other of changed) expect(await send(other)).toBe('IDEMPOTENCY_KEY_REUSED')
  expect(idsOf(upstream).flat()).toHaveLength(200)
})

test('the same field twice in a document is one request, also where its rows are worth another try', async () => {
  let status = 429
  const upstream = await upstreamOf(() => ({ status, headers: { 'retry-after': '0' } }))
  const settings = { STORE_FILE: await newFile(), ATTEMPTS_TIMEOUT_MS: '300', REQUESTS_PER_SECOND: '100000' }
  const gateway = await gatewayAt(upstream, settings)
  const field = (name: string, rows = '$rows') => `${name}: appendProducts(rows: ${rows}, idempotencyKey: "k") {
    acceptedCount retryableCount rows { ... on RejectedRow { retryable issues { code } } } }`
  const query = `mutation ($rows: [ProductsRowInput!]!, $others: [ProductsRowInput!]!) { ${field('a')} ${field('b', '$others')} ${field('c')} }`
  const send = () => post(gateway, { query, variables: { rows: [product('A')], others: [product('B')] } })
  const { data, errors } = await send()
  expect(data.a).toEqual({ acceptedCount: 0, retryableCount: 1, rows: [{ retryable: true, issues: [{ code: 'UPSTREAM_RATE_LIMITED' }] }] })
  expect([data.b, data.c]).toEqual([null, data.a])
  expect(errors).toMatchObject([{ path: ['b'], extensions: { code: 'IDEMPOTENCY_KEY_REUSED' } }])

  status = 202
  const again = (await send()).data
  expect(again).toMatchObject({ a: { acceptedCount: 1, retryableCount: 0 }, b: null, c: { acceptedCount: 1 } })
  expect(new Set(idsOf(upstream).flat())).toEqual(new Set(['A']))
})

test('a header that is too long or holds no key is declined, quoted or bare', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const gateway = await gatewayAt(upstream, { STORE_FILE: ':memory:' })
  for (const header of ['x'.repeat(256), `"${'x'.repeat(256)}"`, '""', '"a', '"a";p=1', 'caf\xe9', 'a\tb'])
    expect([header, (await tryKeyed(gateway, [product('A')], { header })).code]).toEqual([header, 'BAD_USER_INPUT'])
  expect(upstream.arrived).toEqual([])
  for (const header of ['x'.repeat(255), `"${'x'.repeat(255)}"`])
    expect(await keyed(gateway, [product('A')], { header })).toMatchObject({ acceptedCount: 1 })
  expect(upstream.arrived).toHaveLength(1)
})

test('many keys at once are each a request of their own, share upstream requests, and are told again as they were', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const gateway = await gatewayAt(upstream, { STORE_FILE: await newFile(), REQUESTS_PER_SECOND: '100000' })
  const keys = Array.from({ length: 200 }, (_, nth) => `key ${nth}`)
  const send = () => Promise.all(keys.map((key) => keyed(gateway, [product(key)], { key })))
  for (const one of await send()) expect(one).toMatchObject({ acceptedCount: 1, replayedCount: 0 })
  const requests = upstream.arrived.length
  expect(requests).toBeLessThan(keys.length)
  expect(idsOf(upstream).flat().sort()).toEqual([...keys].sort())
  for (const one of await send()) expect(one).toMatchObject({ acceptedCount: 1, replayedCount: 1 })
  expect(upstream.arrived).toHaveLength(requests)
  expect(await (await gateway.fetch({ path: '/metrics' })).text()).toMatch(/^rowgate_idempotency_records 200$/m)
})

test('a document lists a large request once, or under a few names, and what it does not list costs nothing', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const gateway = await gatewayAt(upstream, { STORE_FILE: ':memory:', REQUESTS_PER_SECOND: '100000' })
  const rows = Array.from({ length: 17_000 }, (_, nth) => product(`P${nth}`, nth === 0 ? { packSize: 0 } : {}))
  await keyed(gateway, rows, { key: 'large' })
  const ask = (args: readonly string[]) => {
    const lists = args.map((only, nth) => `l${nth}: rows${only} { ... on IngestedRow { index } }`)
    return post(gateway, { query: `{ ingestRequest(idempotencyKey: "large") { rowCount ${lists.join(' ')} } }` })
  }
  const few = await ask(['', '', ...Array(20).fill('(only: [REJECTED])')])
  expect(few.data.ingestRequest).toMatchObject({ rowCount: 17_000, l21: [{ index: 0 }] })
  expect([few.data.ingestRequest.l0.length, few.data.ingestRequest.l1.length]).toEqual([17_000, 17_000])
  const many = await ask(['', '', ''])
  expect([many.data, many.code, many.extensions]).toMatchObject([
    { ingestRequest: null },
    'ANSWER_TOO_LARGE',
    { limit: 15_000_000, actual: 15_300_000 },
  ])
})

/** The tables of a store as text, its entries unpacked, and all its bytes where it is a file. */
type ReadAll = () => Promise<string>

async function sqliteStore(): Promise<{ settings: Record<string, string>; readAll: ReadAll }> {
  const file = await newFile()
  return { settings: { STORE_FILE: file }, readAll: () => textOfFile(file) }
}

async function postgresStore(): Promise<{ settings: Record<string, string>; readAll: ReadAll }> {
  if (postgres === undefined) throw new Error('no PostgreSQL')
  return { settings: { DATABASE_URL: await postgres.create('rest') }, readAll: () => textOfDatabase(postgres, 'rest') }
}

const STORES = [['SQLite', sqliteStore] as const, ...(postgres === undefined ? [] : [['PostgreSQL', postgresStore] as const])]

describe.each(STORES)('at rest in %s', (_, newStore) => {
  test('there is no cell of a row, no token and no key, whatever becomes of the rows', async () => {
    // The upstream's words quote what they are about.
    const upstream = await upstreamOf(({ body }): FakeAnswer => {
      if (body.operationType === 'UPSERT') return { status: 503, headers: { 'retry-after': '0' } }
      const failed = body.data.map((row, index) => ({ index, error: { code: 'DI_E_1', message: `bad: ${Object.values(row).join(' ')}` } }))
      return { status: 207, body: { failed: failed.slice(1) } }
    })
    const { settings, readAll } = await newStore()
    const gateway = await gatewayAt(upstream, { ATTEMPTS_TIMEOUT_MS: '300', ...settings })
    const rowOf = (nth: number) => ({
      ...{
        productId: `id-${nth}-zebra`,
        productName: `name ${nth} yak`,
        productDescription: `about ${nth} xerus`,
        productCategory: `cat-${nth}`,
      },
      ...{ sourceId: `source-${nth}-wolf`, packSize: 731_905 + nth, minimumOrderQuantity: 846_127 + nth },
      ...{ productImageUrls: `https://img.example/${nth}/vole.jpg`, updatedAt: `2019-03-07 04:05:1${nth}` },
    })
    const wrong = {
      ...{
        ...rowOf(5),
        packSize: 'many-gibbons',
        minimumOrderQuantity: -552_817,
        updatedAt: 'last-Tuesdayish',
        productName: { nested: 'tapir' },
      },
      ...{ lemurField: 'otter-value' },
    }
    const rows = [rowOf(0), rowOf(1), rowOf(2), wrong]
    const [token, key] = ['token-of-some-tenant', 'key-of-some-order']
    const sent = [
      await keyed(gateway, rows, { key, token }),
      await keyed(gateway, rows, { key: `${key}-again`, token, mutation: 'upsertProducts' }),
    ]
    expect(sent[0]).toMatchObject({ acceptedCount: 1, rejectedCount: 3 })
    expect(sent[1]).toMatchObject({ unconfirmedCount: 3, rejectedCount: 1 })
    const cells = rows.flatMap((row) => Object.values(row)).flatMap((cell) => (typeof cell === 'object' ? Object.values(cell) : [cell]))
    const secrets = [...cells.map(String).filter(({ length }) => length >= 3), token, key]
    expect(secrets.length).toBeGreaterThan(30)

    const check = async () => {
      const text = await readAll()
      expect(text).toContain('DI_E_1')
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
    }
    if ('DATABASE_URL' in settings) await check()
    await close(gateway)
    await check()
  })
})
