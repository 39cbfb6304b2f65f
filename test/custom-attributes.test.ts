import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { GatewayError } from '../src/errors.ts'
import { createSchemaCache } from '../src/lifecycle/schema-cache.ts'
import { exampleRow } from '../src/resource/define-resource.ts'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { accepted, rejected } from './support/outcomes.ts'
import { product, resourceNamed } from './support/rows.ts'

let upstream: FakeUpstream
let gateway: Gateway
const tables = new Map<string, () => object>()
let tenants = 0
let token = ''

// A token says what its tables are, and what is known of them is remembered by token.
beforeAll(async () => {
  upstream = await startFakeUpstream(({ method, headers }) => {
    const listed = tables.get(String(headers.authorization))?.() ?? CUSTOM
    if (method === 'POST') return { status: 200, body: {} }
    return Array.isArray(listed)
      ? { status: 200, body: { tables: [{ name: 'INV_PRODUCTS_OOTB', columns: [...DECLARED, ...listed] }] } }
      : (listed as FakeAnswer)
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const DECLARED = resourceNamed('Products').columns.map(({ name, type }) => ({ columnName: name.toUpperCase(), dataType: type }))
const CUSTOM = [
  { columnName: 'SHELF_LIFE', dataType: 'integer', validations: [{ type: 'required' }, { type: 'nonNull' }] },
  { columnName: 'COLOUR', dataType: 'varchar(5)' },
  { columnName: 'SEEN_AT', dataType: 'timestamp' },
  { columnName: 'ORGANIC', dataType: 'boolean' },
  { columnName: 'PAPERS', dataType: 'json' },
  { columnName: 'SHAPE', dataType: 'geometry' },
]

/** A tenant whose upstream lists the products table with these columns beyond the declared ones, and takes every row. */
function startBefore(custom: () => readonly object[] | FakeAnswer, by = gateway): Pick<Gateway, 'ingest' | 'send'> {
  const own = `tenant-${++tenants}`
  token = own
  tables.set(own, custom)
  return {
    ingest: (mutation, rows, call) => by.ingest(mutation, rows, { token: own, ...call }),
    send: (document, variables) => by.send(document, variables, own),
  }
}

/** The same with a gateway of its own. */
async function under(
  settings: Record<string, string>,
  custom: () => readonly object[] | FakeAnswer,
  work: (before: ReturnType<typeof startBefore>) => Promise<void>,
) {
  const own = await startGateway({ INGESTION_URL: upstream.url, ...settings })
  try {
    await work(startBefore(custom, own))
  } finally {
    await own.close()
  }
}

const mine = () => upstream.arrived.filter(({ headers }) => headers.authorization === token)
const sent = () => mine().flatMap(({ method, body }) => (method === 'POST' ? [...(body.data ?? [])] : []))
const reads = () => mine().filter(({ method }) => method === 'GET').length
const extra = (values: object) => product('A', { extra: { SHELF_LIFE: 30, ...values } })

describe('what the table has is judged like a declared column', () => {
  test.each<[string, object, string, string, string]>([
    ['a text for a whole number', { SHELF_LIFE: '30' }, 'WRONG_TYPE', 'extra.SHELF_LIFE', 'extra.SHELF_LIFE must be a whole number.'],
    [
      'a required one that is null',
      { SHELF_LIFE: null },
      'NULL_VALUE',
      'extra.SHELF_LIFE',
      'extra.SHELF_LIFE is required and must not be null.',
    ],
    ['a text that is too long', { colour: 'purple' }, 'TOO_LONG', 'extra.COLOUR', 'extra.COLOUR must have at most 5 characters.'],
    [
      'a moment that is none',
      { SEEN_AT: '2025-02-30 10:00:00' },
      'INVALID_TIMESTAMP',
      'extra.SEEN_AT',
      'extra.SEEN_AT must be a real timestamp',
    ],
    ['a number for yes or no', { ORGANIC: 1 }, 'WRONG_TYPE', 'extra.ORGANIC', 'extra.ORGANIC must be true or false.'],
    ['a name nobody knows', { COLUOR: 'blue' }, 'UNKNOWN_ATTRIBUTE', 'extra.COLUOR', 'COLUOR is not a custom attribute of this table.'],
  ])('%s', async (_, values, code, field, message) => {
    const { rows } = await startBefore(() => CUSTOM).ingest('upsertProducts', [extra(values), extra({})])

    expect(rows.map(({ __typename }) => __typename)).toEqual(['RejectedRow', 'AcceptedRow'])
    expect(rows[0]?.issues).toEqual([expect.objectContaining({ code, field, message: expect.stringContaining(message) })])
    expect(sent()).toHaveLength(1)
  })

  test('what was found of a value before its attribute was known is told once, whatever the case of its name', async () => {
    const { rows } = await startBefore(() => CUSTOM).ingest('upsertProducts', [extra({ colour: 'a\0b', shelf_life: '\0' })])

    expect(rows[0]?.issues?.map(({ code, field }) => [code, field])).toEqual([
      ['INVALID_TEXT', 'extra.colour'],
      ['EXTRA_INVALID_NAME', 'extra.shelf_life'],
    ])
  })

  test('of more issues than are listed all are counted', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`field${at}`, at]))
    const { rows } = await startBefore(() => CUSTOM).ingest('upsertProducts', [{ ...extra({ colour: 1, ORGANIC: 1 }), ...unknown }])

    expect(rows[0]?.issues).toHaveLength(33)
    expect(rows[0]?.issues?.at(-1)?.message).toBe('The row has 10 more issues.')
  })

  test('a name close to a known one is corrected', async () => {
    const { rows } = await startBefore(() => CUSTOM).ingest('upsertProducts', [extra({ COLUOR: 'blue' })])

    expect(rows[0]?.issues?.[0]?.hint).toBe('did you mean COLOUR?')
  })

  test('good ones go out in the case that is configured', async () => {
    const values = { colour: 'blue', Seen_At: '2025-01-28T16:30:00+02:00', PAPERS: { a: [1] }, SHAPE: [1, 2] }
    await under(
      { ROW_KEY_CASE: 'upper' },
      () => CUSTOM,
      async (before) => void (await before.ingest('upsertProducts', [extra(values)])),
    )

    expect(sent()).toMatchObject([{ SHELF_LIFE: 30, COLOUR: 'blue', SEEN_AT: '2025-01-28 14:30:00', PAPERS: { a: [1] }, SHAPE: [1, 2] }])
  })

  test('in thousands of rows each goes out in its own row, and a bad one takes none along', async () => {
    const rows = Array.from({ length: 2_300 }, (_, at) =>
      product(`P${at}`, { extra: { SHELF_LIFE: at === 700 ? 'x' : at, ...(at % 2 && { SEEN_AT: '2025-01-28T16:30:00+02:00' }) } }),
    )
    const { rejectedCount, rows: outcomes } = await startBefore(() => CUSTOM).ingest('upsertProducts', rows)

    expect([rejectedCount, outcomes[700]?.__typename]).toEqual([1, 'RejectedRow'])
    const byLife = [...sent()].sort((a, b) => Number(a.shelf_life) - Number(b.shelf_life))
    const good = rows.map((_, at) => at).filter((at) => at !== 700)
    const seenAt = (at: number) => (at % 2 ? '2025-01-28 14:30:00' : undefined)
    expect(byLife.map((row) => [row.product_id, row.shelf_life, row.seen_at])).toEqual(good.map((at) => [`P${at}`, at, seenAt(at)]))
  })

  test('a required one that is missing is named, also where no row carries any', async () => {
    const before = startBefore(() => CUSTOM)
    await before.ingest('upsertProducts', [extra({})])
    const { rows } = await before.ingest('upsertProducts', [product('B')])

    expect(rows[0]?.issues).toMatchObject([{ code: 'MISSING_FIELD', field: 'extra.SHELF_LIFE' }])
    expect(reads()).toBe(1)
  })

  test('a required one that is missing is named in rows before and behind the first that carries any', async () => {
    const rows = [product('A'), product('B', { packSize: 'x' }), null, extra({ COLOUR: 'blue' }), product('E')]
    const { rows: outcomes } = await startBefore(() => CUSTOM).ingest('upsertProducts', rows as object[])

    const missing = ['MISSING_FIELD', 'extra.SHELF_LIFE']
    expect(outcomes.map(({ issues }) => issues?.map(({ code, field }) => [code, field]))).toEqual([
      [missing],
      [['WRONG_TYPE', 'packSize'], missing],
      [['NOT_AN_OBJECT', null]],
      undefined,
      [missing],
    ])
    expect(sent().map(({ product_id }) => product_id)).toEqual(['A'])
  })

  test('rows go out in the order sent, whichever carry any', async () => {
    const optional = CUSTOM.slice(1)
    const rows = Array.from({ length: 40 }, (_, at) => product(`P${at}`, at % 7 === 5 ? { extra: { SEEN_AT: '2025-01-28 14:30:00' } } : {}))
    await startBefore(() => optional).ingest('upsertProducts', rows)

    expect(sent().map(({ product_id }) => product_id)).toEqual(rows.map(({ productId }) => productId))
  })

  test('what is no row is told of that alone', async () => {
    const { rows } = await startBefore(() => CUSTOM).ingest('upsertProducts', [null, 'row', [], extra({})])

    expect(rows.map(({ issues }) => issues?.map(({ code }) => code))).toEqual([...Array(3).fill(['NOT_AN_OBJECT']), undefined])
  })

  test('a name that stands there twice, in different case, is refused', async () => {
    const rows = [extra({ COLOUR: 'red', colour: 'blue' }), extra({ colour: 'red', COLOUR: 'blue' })]
    const answer = await startBefore(() => CUSTOM).ingest('upsertProducts', rows)

    expect(answer.rows).toEqual([rejected(0, 'EXTRA_INVALID_NAME', 'extra.colour'), rejected(1, 'EXTRA_INVALID_NAME', 'extra.COLOUR')])
  })

  test('a text of just the length is taken, and a decimal of just its digits', async () => {
    const columns = [
      { columnName: 'COLOUR', dataType: 'varchar(5)' },
      { columnName: 'PRICE', dataType: 'numeric(4,2)' },
    ]
    const values = [{ COLOUR: 'green' }, { PRICE: 99.99 }, { PRICE: '99.990' }, { PRICE: 100 }, { PRICE: 0.001 }]
    const rows = values.map((given, at) => product(`P${at}`, { extra: given }))

    expect((await startBefore(() => columns).ingest('upsertProducts', rows)).rows).toEqual([
      accepted(0),
      accepted(1),
      accepted(2),
      rejected(3, 'TOO_MANY_DIGITS', 'extra.PRICE'),
      rejected(4, 'TOO_MANY_DIGITS', 'extra.PRICE'),
    ])
  })

  test('it stands beside what else is wrong with the row', async () => {
    const { rows } = await startBefore(() => CUSTOM).ingest('upsertProducts', [
      product('A', { packSize: 'x', extra: { NOPE: 1, packSize: 2 } }),
    ])

    expect(rows[0]?.issues?.map(({ code, field }) => [code, field])).toEqual([
      ['WRONG_TYPE', 'packSize'],
      ['EXTRA_IS_A_COLUMN', 'extra.packSize'],
      ['MISSING_FIELD', 'extra.SHELF_LIFE'],
      ['UNKNOWN_ATTRIBUTE', 'extra.NOPE'],
    ])
  })
})

describe('the schema is asked for', () => {
  test('not while no row carries custom attributes', async () => {
    await startBefore(() => CUSTOM).ingest('upsertProducts', [product('A')])

    expect(reads()).toBe(0)
  })

  test('once for many mutations, and once for each token', async () => {
    const before = startBefore(() => CUSTOM)
    await Promise.all(Array.from({ length: 5 }, () => before.ingest('upsertProducts', [extra({})])))
    await before.ingest('upsertProducts', [extra({})], { token: 'another-tenant' })

    const others = [token, 'another-tenant']
    const asked = upstream.arrived.filter(({ method }) => method === 'GET').map(({ headers }) => headers.authorization as string)
    expect(asked.filter((one) => others.includes(one))).toEqual(others)
  })

  test('again where a row carries a name that is not known, also beside others that are', async () => {
    const custom: object[] = [...CUSTOM]
    const before = startBefore(() => custom)
    await before.ingest('upsertProducts', [extra({})])
    custom.push({ columnName: 'GRADE', dataType: 'integer' })
    const { rows } = await before.ingest('upsertProducts', [extra({ GRADE: 1 }), extra({ GRADE: 'A' })])

    expect(rows).toEqual([accepted(0), rejected(1, 'WRONG_TYPE', 'extra.GRADE')])
    expect(reads()).toBe(2)
  })

  test('again after addAttribute', async () => {
    const custom = [...CUSTOM]
    const before = startBefore(() => custom)
    await before.ingest('upsertProducts', [extra({})])
    custom.push({ columnName: 'GRADE', dataType: 'string' })
    await before.send('mutation { addAttribute(resource: "Products", name: "GRADE", type: STRING) { name } }')
    const { acceptedCount } = await before.ingest('upsertProducts', [extra({ GRADE: 'A' })])

    expect(acceptedCount).toBe(1)
    expect(reads()).toBe(2)
  })

  test.each([
    ['addAttribute', 'addAttribute(resource: "Products", name: "GRADE", type: STRING, required: true) { name }'],
    ['rollout', 'rollout(input: { solutionName: "INV_OOTB", appName: "a", appVersion: "1.0.0", targetSchemaName: "S" }) { complete }'],
  ])('again after %s, so that rows are held to what is required now', async (_, mutation) => {
    const custom: object[] = [...CUSTOM]
    const before = await startBefore(() => custom)
    await before.ingest('upsertProducts', [extra({})])
    custom.push({ columnName: 'GRADE', dataType: 'string', validations: [{ type: 'required' }] })
    await before.send(`mutation { ${mutation} }`)
    const { rows } = await before.ingest('upsertProducts', [extra({})])

    expect(rows).toEqual([rejected(0, 'MISSING_FIELD', 'extra.GRADE')])
  })

  test('again half a minute after it could not be read, and no earlier', async () => {
    const clock = performance.now.bind(performance)
    await under(
      {},
      () => ({ status: 404 }),
      async (before) => {
        const later = vi.spyOn(performance, 'now')
        for (const [seconds, read] of [
          [0, 1],
          [29, 1],
          [31, 2],
        ] as const) {
          later.mockImplementation(() => clock() + seconds * 1_000)
          await before.ingest('upsertProducts', [extra({})])
          expect([seconds, reads()]).toEqual([seconds, read])
        }
        later.mockRestore()
      },
    )
  })

  test('again at once where it was not even asked, because this process was overloaded', async () => {
    let isOverloaded = true
    const solutionSchema = async () => {
      if (isOverloaded) throw new GatewayError('OVERLOADED', 'not asked')
      return []
    }
    const cache = createSchemaCache({ solutionSchema } as never, 60_000)
    const read = () => cache.read({ id: 'T' } as never, 'S', {} as never)
    expect(await read()).toMatchObject({ unreadable: 'not asked' })
    isOverloaded = false
    expect(await read()).toEqual({ tables: [] })
  })

  test('again after a change, whose reading counts also where one from before the change ends later', async () => {
    const asked: PromiseWithResolvers<object[]>[] = []
    const solutionSchema = () => {
      asked.push(Promise.withResolvers())
      return asked.at(-1)?.promise
    }
    const cache = createSchemaCache({ solutionSchema } as never, 60_000)
    const read = () => cache.read({ id: 'T' } as never, 'S', {} as never)
    const before = read()
    cache.forget({ id: 'T' }, 'S')
    const after = read()
    asked[1]?.resolve([{ name: 'NEW', columns: [] }])
    await after
    asked[0]?.resolve([{ name: 'OLD', columns: [] }])
    await before
    expect(cache.peek({ id: 'T' } as never, 'S')).toMatchObject({ tables: [{ name: 'NEW' }] })
  })

  test('again for the token not heard of for longest, once 500 others were read', async () => {
    const asked: string[] = []
    const port = { solutionSchema: async ({ id }: { id: string }) => asked.push(id) && [] }
    const cache = createSchemaCache(port as never, 60_000)
    const read = (nth: number) => cache.read({ id: `T${nth}` } as never, 'S', {} as never)
    for (let nth = 0; nth < 500; nth++) await read(nth)
    await read(0)
    expect(asked).toHaveLength(500)
    for (const nth of [500, 1, 0]) await read(nth)
    expect(asked.slice(500)).toEqual(['T500', 'T1'])
  })

  test('not again for tokens that were read, however many others were refused', async () => {
    const asked: string[] = []
    const solutionSchema = async ({ id }: { id: string }) => {
      asked.push(id)
      if (id.startsWith('made-up')) throw new GatewayError('UPSTREAM_UNAUTHORIZED', 'no')
      return []
    }
    const cache = createSchemaCache({ solutionSchema } as never, 60_000)
    const read = (id: string) => cache.read({ id } as never, 'S', {} as never)
    await read('real')
    for (let nth = 0; nth < 1_000; nth++) await read(`made-up${nth}`)
    await read('made-up999')
    expect(asked).toHaveLength(1_001)
    expect(await read('real')).toEqual({ tables: [] })
    expect(asked).toHaveLength(1_001)
    cache.forget({ id: 'real' } as never, 'S')
    await read('real')
    expect(asked).toHaveLength(1_002)
  })

  test('again when its time is over', async () => {
    await under(
      { SCHEMA_MAX_AGE_MS: '0' },
      () => CUSTOM,
      async (before) => {
        for (let turn = 0; turn < 3; turn++) await before.ingest('upsertProducts', [extra({})])
      },
    )

    expect(reads()).toBe(3)
  })
})

test.each<[string, FakeAnswer]>([
  ['HTML', { status: 200, body: '<html>' }],
  ['an error', { status: 500 }],
  ['no list', { status: 200, body: { message: 'here you are' } }],
  ['no such table', { status: 200, body: { tables: [] } }],
])('where the upstream answers %s, extra passes with a warning', async (_, answer) => {
  const before = startBefore(() => answer)
  const { data } = await before.send<{ upsertProducts: { acceptedCount: number; warnings: string[] } }, object>(
    'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount warnings rows { __typename } } }',
    { rows: [product('A', { extra: { ANYTHING: 'goes' } })] },
  )

  expect(data.upsertProducts).toMatchObject({
    acceptedCount: 1,
    warnings: [expect.stringContaining('Custom attributes were not checked: ')],
  })
  expect(sent()).toMatchObject([{ anything: 'goes' }])
})

test('what another module requires of a table that both have is not required of the rows of this one', async () => {
  const [ours, theirs] = [resourceNamed('InventoryStock'), resourceNamed('MarkdownStock')]
  const columns = [...ours.columns, ...theirs.columns].map(({ name, type, presence }) => ({
    columnName: name.toUpperCase(),
    dataType: type,
    validations: [{ type: presence === 'required' ? 'required' : 'optional' }],
  }))
  const own = { columnName: 'SHELF', dataType: 'string', validations: [{ type: 'required' }] }
  const listed = { status: 200, body: { tables: [{ name: 'INV_STOCK_OOTB', columns: [...columns, own] }] } }
  const row = exampleRow(ours)
  const { rows } = await startBefore(() => listed).ingest('upsertInventoryStock', [
    { ...row, extra: { SHELF: 'A' } },
    { ...row, extra: {} },
  ])

  expect(rows).toEqual([accepted(0), rejected(1, 'MISSING_FIELD', 'extra.SHELF')])
})
