import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { DOCUMENT_LIMITS } from '../src/graphql/cost/limits.ts'
import { exampleRow } from '../src/resource/define-resource.ts'
import { diagnose } from '../src/rows/diagnose.ts'
import { createJudge, type JudgedRows } from '../src/rows/judge.ts'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { accepted, rejected } from './support/outcomes.ts'
import { product, products, resourceNamed } from './support/rows.ts'

// What is exactly at a limit is taken, and one more is not.

const taken: FakeAnswer = { status: 200, body: {} }
let upstream: FakeUpstream
let gateway: Gateway
let answer: (ids: readonly unknown[]) => FakeAnswer | Promise<FakeAnswer> = () => taken
const others: Gateway[] = []

beforeAll(async () => {
  upstream = await startFakeUpstream(({ method, body }) => (method === 'POST' ? answer(body.data.map((row) => row.product_id)) : taken))
  gateway = await start({ MAX_ROWS_PER_MUTATION: '100', MAX_JSON_VALUES: '2000' })
})
afterEach(async () => {
  answer = () => taken
  await Promise.all(others.splice(0).map((other) => other.close()))
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const start = (settings: Record<string, string>) => startGateway({ INGESTION_URL: upstream.url, ...settings })

async function startAnother(settings: Record<string, string>): Promise<Gateway> {
  const other = await start(settings)
  others.push(other)
  return other
}

const repeat = (count: number, write: (at: number) => string) => Array.from({ length: count }, (_, at) => write(at)).join(' ')
const exactly = (text: string) => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text)

describe('a batch', () => {
  test('of as many rows as one request holds is interactive, and waits within the room of those', async () => {
    const other = await startAnother({ MAX_BATCH_ROWS: '4', MAX_QUEUED_ROWS: '5', UPSTREAM_CONCURRENCY: '1' })
    const held = Promise.withResolvers<FakeAnswer>()
    answer = () => held.promise
    const before = upstream.arrived.length
    const inFlight = other.ingest('appendProducts', products(4, 'FIRST'))
    await expect.poll(() => upstream.arrived.length).toBe(before + 1)
    const waiting = other.ingest('appendProducts', products(4, 'SECOND'))
    const usage = async () => (await other.send<{ limits: { rowsWaiting: number } }, object>('{ limits { rowsWaiting } }')).data.limits
    await expect.poll(usage).toEqual({ rowsWaiting: 4 })
    const bulk = other.ingest('appendProducts', products(5, 'BULK'))
    await expect.poll(usage).toEqual({ rowsWaiting: 9 })

    const { rows } = await other.ingest('appendProducts', products(4, 'THIRD'))
    expect(rows[0]).toEqual(rejected(0, 'OVERLOADED'))
    held.resolve(taken)
    expect([await inFlight, await waiting, await bulk].map(({ acceptedCount }) => acceptedCount)).toEqual([4, 4, 5])
  })

  test('waits in the room of imports where its Priority is u=5 or above, whatever its size', async () => {
    const other = await startAnother({ MAX_BATCH_ROWS: '4', MAX_QUEUED_ROWS: '5', UPSTREAM_CONCURRENCY: '1' })
    const held = Promise.withResolvers<FakeAnswer>()
    answer = () => held.promise
    const query = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }'
    const send = async (priority: string, rows: readonly unknown[]): Promise<number> => {
      const headers = { 'content-type': 'application/json', authorization: 'token', priority }
      const response = await other.fetch({ method: 'POST', headers, body: JSON.stringify({ query, variables: { rows } }) })
      return (await response.json()).data.upsertProducts.acceptedCount
    }
    const usage = async () =>
      (await other.send<{ limits: { rowsWaiting: number } }, object>('{ limits { rowsWaiting } }', {}, 'token')).data.limits
    const before = upstream.arrived.length
    const inFlight = send('u=1', products(4, 'FLIES'))
    await expect.poll(() => upstream.arrived.length).toBe(before + 1)
    const waiting = send('u=1', products(4, 'WAITS'))
    await expect.poll(usage).toEqual({ rowsWaiting: 4 })

    expect(await send('u=4', products(2, 'REFUSED'))).toBe(0)
    const bulk = send('u=5, i', products(2, 'BULK'))
    await expect.poll(usage).toEqual({ rowsWaiting: 6 })
    held.resolve(taken)
    expect(await Promise.all([inFlight, waiting, bulk])).toEqual([4, 4, 2])
  })

  test('of exactly the bytes of one request leaves whole, and of one byte more in two', async () => {
    const sizes = async (maxBatchBytes: number) => {
      const other = await startAnother({ MAX_BATCH_BYTES: String(maxBatchBytes) })
      const before = upstream.arrived.length
      expect((await other.ingest('upsertProducts', products(8))).acceptedCount).toBe(8)
      return upstream.arrived.slice(before).map(({ text }) => Buffer.byteLength(text))
    }
    const [whole = 0] = await sizes(1_000_000)

    expect(await sizes(whole)).toEqual([whole])
    expect(await sizes(whole - 1)).toHaveLength(2)
  })
})

describe('a row', () => {
  test('may have numbers as large, and as small, as their column says, to the last digit', async () => {
    const levels = [1, 0, '0.99999999999999999999', '1e-300', 1.0000000000000002, '1.00000000000000000001', -5e-324, '-1e-310']
    const rows = levels.map((level, at) => ({
      ...exampleRow(resourceNamed('OrderParameters')),
      productId: `P${at}`,
      serviceLevel: typeof level === 'string' ? exactly(level) : level,
    }))
    const over = [rejected(4, 'ABOVE_MAXIMUM', 'serviceLevel'), rejected(5, 'ABOVE_MAXIMUM', 'serviceLevel')]
    const under = [rejected(6, 'BELOW_MINIMUM', 'serviceLevel'), rejected(7, 'BELOW_MINIMUM', 'serviceLevel')]
    expect((await gateway.ingest('upsertOrderParameters', rows)).rows).toEqual([0, 1, 2, 3].map(accepted).concat(over, under))
  })

  test('may have a bound as its value in the generated reading and in the plain one', () => {
    const options = { timestampFormat: 'ISO-8601 UTC', keyCase: 'lower' } as const
    const bounds = contract.resources.flatMap((resource) =>
      resource.columns.flatMap(({ field, min, max }) => [
        ...(min === undefined ? [] : [{ resource, field, value: min, beyond: min - 1 }]),
        ...(max === undefined ? [] : [{ resource, field, value: max, beyond: max + 1 }]),
      ]),
    )
    expect(bounds.length).toBeGreaterThan(2)
    for (const { resource, field, value, beyond } of bounds) {
      const rows = [value, beyond].map((given) => ({ ...exampleRow(resource), [field]: given }))
      const plain = rows.map((row) => diagnose(row, resource, options.timestampFormat).length)
      const { faults } = createJudge(resource, options, 10)([rows]) as JudgedRows
      expect([field, ...plain, ...faults.map((issues) => issues?.length ?? 0)]).toEqual([field, 0, 1, 0, 1])
    }
  })

  test('may have a text of 65,535 characters, which is told of nothing else that is wrong with it', async () => {
    const { rows } = await gateway.ingest('upsertProducts', [
      product('A', { productName: 'x'.repeat(65_535) }),
      product('B', { productName: `${'x'.repeat(65_534)}\0` }),
      product('C', { productName: 'x'.repeat(65_536) }),
      product('D', { productName: '\u{1f600}'.repeat(65_535) }),
      product('E', { productName: '\u{1f600}'.repeat(65_536) }),
    ])
    expect(rows).toEqual([
      accepted(0),
      rejected(1, 'INVALID_TEXT', 'productName'),
      rejected(2, 'TOO_LONG', 'productName'),
      accepted(3),
      rejected(4, 'TOO_LONG', 'productName'),
    ])
  })

  test('is told with the texts of its key that have 1,024 characters at most, whether it is good or not', async () => {
    const ids = ['k'.repeat(1_024), 'k'.repeat(1_025)]
    const { rows } = await gateway.ingest(
      'upsertProducts',
      ids.flatMap((id) => [product(id), product(id, { packSize: 0 })]),
    )
    expect(rows.map(({ __typename }) => __typename)).toEqual(['AcceptedRow', 'RejectedRow', 'AcceptedRow', 'RejectedRow'])
    expect(rows.map(({ key }) => key.productId)).toEqual([ids[0], ids[0], null, null])
  })

  test('is told of 32 issues, and of how many more there are', async () => {
    const unknown = (count: number) => product('A', Object.fromEntries(Array.from({ length: count }, (_, at) => [`field${at}`, at])))
    const { rows } = await gateway.ingest('upsertProducts', [unknown(32), unknown(33)])
    expect(rows.map(({ issues }) => [issues?.length, issues?.at(-1)?.code, issues?.at(-1)?.message])).toEqual([
      [32, 'UNKNOWN_FIELD', 'field31 is not a field of this resource.'],
      [33, 'MORE_ISSUES', 'The row has 1 more issues.'],
    ])
  })

  test('may nest custom attributes eight levels deep', async () => {
    const nested = (levels: number, open: string, close: string) => JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`)
    const extras = [nested(8, '[', ']'), nested(8, '{"a":', '}'), nested(9, '[', ']'), nested(9, '{"a":', '}')]
    const rows = extras.map((value, at) => product(`P${at}`, { extra: { PAPERS: value } }))
    expect((await gateway.ingest('upsertProducts', rows)).rows).toEqual([
      accepted(0),
      accepted(1),
      rejected(2, 'EXTRA_TOO_DEEP', 'extra.PAPERS'),
      rejected(3, 'EXTRA_TOO_DEEP', 'extra.PAPERS'),
    ])
  })
})

describe('a request', () => {
  const UPSERT = 'upsertProducts(rows: $rows) { acceptedCount }'

  test.each([
    ['in one field', `${UPSERT}`, 100],
    ['in two fields', `a: ${UPSERT} b: ${UPSERT}`, 50],
  ])('may have as many rows as are taken at once: %s', async (_, fields, count) => {
    const document = `mutation ($rows: [ProductsRowInput!]!) { ${fields} }`
    const { data, errors } = await gateway.send<Record<string, object>, object>(document, { rows: products(count) })
    expect(errors).toBeUndefined()
    expect(Object.values(data)).toEqual(Object.values(data).map(() => ({ acceptedCount: count })))
    const more = await gateway.send(document, { rows: products(count + 1) })
    expect(more.errors?.[0]?.extensions).toMatchObject({ code: 'TOO_MANY_ROWS', limit: 100 })
  })

  test('may have as many rows as are taken at once where all of them have to be parsed', async () => {
    const send = async (count: number) => {
      const rows = products(count).map((row) => ({ ...row, productName: 'two\nlines' }))
      return await gateway.send(`mutation ($rows: [ProductsRowInput!]!) { ${UPSERT} }`, { rows })
    }
    expect((await send(100)).data).toEqual({ upsertProducts: { acceptedCount: 100 } })
    expect((await send(101)).errors?.[0]?.extensions).toMatchObject({ code: 'TOO_MANY_ROWS', limit: 100, actual: 101 })
  })

  test('may have exactly as many JSON values as are taken', async () => {
    // The body, the document, the variables, the list, and what is in it.
    const send = async (values: number) => await gateway.send('{ __typename }', { list: Array(values - 4).fill(1) })
    expect((await send(2_000)).data).toEqual({ __typename: 'Query' })
    expect((await send(2_001)).errors?.[0]?.extensions).toMatchObject({ code: 'TOO_MANY_VALUES', limit: 2_000 })
  })

  test('may have exactly as many where its rows are read piece by piece', async () => {
    const send = async (values: number) => {
      const row = product('A', { extra: { list: [] } })
      // The body, the document, the variables, the rows, the row, its cells, the list, and what is in it.
      const list = Array(values - 6 - Object.keys(row).length).fill(1)
      return await gateway.send(`mutation ($rows: [ProductsRowInput!]!) { ${UPSERT} }`, { rows: [{ ...row, extra: { list } }] })
    }
    expect((await send(2_000)).data).toEqual({ upsertProducts: { acceptedCount: 1 } })
    expect((await send(2_001)).errors?.[0]?.extensions).toMatchObject({ code: 'TOO_MANY_VALUES', limit: 2_000 })
  })

  test('that is large and read at once may have exactly a fifth as many objects and lists', async () => {
    // The body, the variables, the list, and what is in it.
    const send = async (objects: number) =>
      await gateway.send('{ __typename }', { list: Array(objects - 3).fill({}), long: 'x'.repeat(256 * 1024) })
    expect((await send(400)).data).toEqual({ __typename: 'Query' })
    expect((await send(401)).errors?.[0]).toMatchObject({
      message: expect.stringContaining('at most 400 objects and lists'),
      extensions: { code: 'TOO_MANY_VALUES', limit: 400 },
    })
  })

  test('of somebody without a token is read up to 64 kB', async () => {
    const query = '{ resources { name } }'
    const statusOf = async (bytes: number) => {
      const body = JSON.stringify({ query }).padEnd(bytes)
      return (await gateway.fetch({ method: 'POST', headers: { 'content-type': 'application/json' }, body })).status
    }
    expect([await statusOf(65_536), await statusOf(65_537)]).toEqual([200, 401])
  })

  test('of mutations may be answered with exactly the bytes that are given', async () => {
    const document = `mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { rows { __typename ... on IngestedRow { key } } } }`
    const send = async (bytes: number) => {
      const other = await startAnother({ MAX_ANSWER_BYTES: String(bytes) })
      return (await other.send(document, { rows: products(40) })).errors?.[0]?.extensions
    }
    const { actual = 0 } = (await send(1_000)) ?? {}
    expect(actual).toBeGreaterThan(1_001)
    expect(await send(actual)).toBeUndefined()
    expect(await send(actual - 1)).toMatchObject({ code: 'ANSWER_TOO_LARGE', limit: actual - 1, actual })
  })
})

describe('a document', () => {
  const fragments = (levels: number) =>
    `{ ...f0 } ${repeat(levels - 2, (at) => `fragment f${at} on Query { ...f${at + 1} }`)} fragment f${levels - 2} on Query { __typename }`
  const fieldsOf = (count: number) =>
    `{ ${repeat(100, (at) => `a${at}: limits { ...F${at === 99 ? repeat(count - 10_000, () => ' last') : ''} }`)} } fragment F on Limits { ${repeat(99, (at) => `f${at}`)} }`
  const inOnePlace = (...counts: number[]) => `{ limits { ${counts.map((count, place) => repeat(count, () => `f${place}`)).join(' ')} } }`

  test.each<[string, string, string, object]>([
    ['of 100,000 characters', '{ __typename }'.padEnd(100_000), '{ __typename }'.padEnd(100_001), { limit: 100_000, actual: 100_001 }],
    ['of 10,000 tokens', `{ a(b: [${repeat(9_991, () => '1')}]) }`, `{ a(b: [${repeat(9_992, () => '1')}]) }`, { limit: 10_000 }],
    ['of 64 brackets', `${'{a'.repeat(64)}${'}'.repeat(64)}`, `${'{a'.repeat(65)}${'}'.repeat(65)}`, { limit: 64, actual: 65 }],
    ['of 64 levels of fragments', fragments(64), fragments(65), { limit: 64 }],
    ['of 10,000 fields', fieldsOf(10_000), fieldsOf(10_001), { limit: 10_000, actual: 10_001 }],
    ['of 20,000 pairs', inOnePlace(200, 14, 4, 3), inOnePlace(200, 14, 4, 3, 2), { limit: 20_000, actual: 20_001 }],
    [
      'of 100 root fields of a query',
      `{ ${repeat(100, (at) => `a${at}: __typename`)} }`,
      `{ ${repeat(101, (at) => `a${at}: __typename`)} }`,
      { limit: 100, actual: 101 },
    ],
    [
      'of 1,000 root fields of a mutation',
      `mutation { ${repeat(1_000, (at) => `f${at}`)} }`,
      `mutation { ${repeat(1_001, (at) => `f${at}`)} }`,
      { limit: 1_000, actual: 1_001 },
    ],
    [
      'of 1,000 other names, and its own name for one',
      `{ limits { ${repeat(1_000, (at) => `a${at}: rowsWaiting`)} rowsWaiting: rowsWaiting } }`,
      `{ limits { ${repeat(1_001, (at) => `a${at}: rowsWaiting`)} } }`,
      { limit: 1_000, actual: 1_001 },
    ],
  ])('%s is taken, and none of one more', async (_, document, larger, numbers) => {
    expect((await gateway.send(document)).errors?.[0]?.extensions?.code ?? 'GRAPHQL_VALIDATION_FAILED').toBe('GRAPHQL_VALIDATION_FAILED')
    expect((await gateway.send(larger)).errors?.[0]?.extensions).toEqual({ code: 'DOCUMENT_TOO_LARGE', ...numbers })
  })

  test('may ask for exactly as many bytes as an answer may have', async () => {
    const { answerBytes: limit } = DOCUMENT_LIMITS
    const write = (times: number, padding = 1) =>
      `{ ${'p'.repeat(padding)}: __typename ${repeat(times, (at) => `a${10 + at}: __schema { ...All }`)} }
      fragment All on __Schema { types { name description fields { name description } } }`
    const actualOf = async (document: string) => (await gateway.send(document)).errors?.[0]?.extensions?.actual
    const [most = 0, less = 0] = [await actualOf(write(45)), await actualOf(write(44))]
    const times = 45 - Math.ceil((most - limit) / (most - less))
    const padding = 1 + limit - (most - (45 - times) * (most - less))

    expect(await actualOf(write(times, padding))).toBeUndefined()
    expect(await actualOf(write(times, padding + 1))).toBe(limit + 1)
  })
})
