import { afterEach, describe, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway, startPair } from './support/gateway.ts'
import { accepted, rejected } from './support/outcomes.ts'
import { product, resourceNamed } from './support/rows.ts'

// What other processes, or people with the upstream's own tools, have changed meanwhile.

let upstream: FakeUpstream | undefined
let gateway: Gateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = upstream = undefined
})

const SAVE = 'mutation { saveSchema(appName: "shop", appVersion: "1.0.0", modules: ["inventory"]) { tables } }'
const ROLLOUT = `mutation { rollout(input: { solutionName: "ACME", modules: ["inventory"], appName: "shop", appVersion: "1.0.0",
  targetSchemaName: "STAGE", prefix: "ACME_", suffix: "_V1" }) { complete } }`
const ADD =
  'mutation ($name: String!, $default: String) { addAttribute(resource: "Products", name: $name, type: STRING, required: true, nonNull: true, default: $default) { name } }'
const ONBOARDING = '{ onboarding(solution: "ACME") { steps { id status } } }'

describe('through two gateways before one upstream', () => {
  test('a solution that one has rolled out is known to the other at once, and only to its tenant', async () => {
    const pair = await startPair()
    gateway = await startGateway({ INGESTION_URL: pair.sandbox.url.href })
    const before = await gateway.send<{ onboarding: unknown }, object>(ONBOARDING)
    expect(before.errors?.[0]).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
      message: 'Unknown solution. Known: INV_OOTB, QP_OOTB.',
    })

    await pair.gateway.send(SAVE)
    expect((await pair.gateway.send(ROLLOUT)).data).toEqual({ rollout: { complete: true } })
    const payload = await gateway.ingest('upsertProducts', [product('A')], { solution: 'ACME' })
    expect(payload).toMatchObject({ acceptedCount: 1, object: 'ACME_PRODUCTS_V1' })
    const after = await gateway.send<{ onboarding: { steps: { status: string }[] } }, object>(ONBOARDING)
    expect(after.data.onboarding.steps.map(({ status }) => status)).toEqual(Array(7).fill('DONE'))

    const quotes = 'mutation ($rows: [RegionRowInput!]!) { upsertRegion(rows: $rows, solution: "ACME") { acceptedCount } }'
    const wrong = await gateway.send(quotes, { rows: [] })
    expect(wrong.errors?.[0]?.message).toContain('That solution does not have Region')
    expect((await gateway.send(ONBOARDING, {}, 'another-tenant')).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
    await pair.close()
  })

  test('an attribute that one has added is known to the other at once', async () => {
    const pair = await startPair()
    gateway = await startGateway({ INGESTION_URL: pair.sandbox.url.href })
    for (const name of ['FIRST', 'SECOND', 'THIRD']) {
      const extra = { FIRST: 'a', ...(name !== 'FIRST' && { SECOND: 'b' }), [name]: 'c' }
      expect((await gateway.ingest('upsertProducts', [product('A', { extra })])).rows).toEqual([
        rejected(0, 'UNKNOWN_ATTRIBUTE', `extra.${name}`),
      ])
      await pair.gateway.send(ADD, { name })
      expect((await gateway.ingest('upsertProducts', [product('A', { extra })])).rows).toEqual([accepted(0)])
    }
    await pair.close()
  })

  test('a required attribute with a default may be left out, before and after the schema was read', async () => {
    const pair = await startPair()
    await pair.gateway.send(ADD, { name: 'COLOUR', default: 'grey' })
    const rows = [product('A'), product('B', { extra: { COLOUR: 'red' } }), product('C', { extra: { COLOUR: null } })]
    expect((await pair.gateway.ingest('upsertProducts', [product('A')])).rows).toEqual([accepted(0)])
    for (let nth = 0; nth < 2; nth++)
      expect((await pair.gateway.ingest('upsertProducts', rows)).rows).toEqual([
        accepted(0),
        accepted(1),
        rejected(2, 'NULL_VALUE', 'extra.COLOUR'),
      ])

    const stored = (await pair.sandbox.rows('INV_PRODUCTS_OOTB')).map(({ product_id, colour }) => [product_id, colour])
    expect(stored).toEqual([
      ['A', 'grey'],
      ['B', 'red'],
    ])
    await pair.close()
  })
})

const DECLARED = resourceNamed('Products').columns.map(({ name, type, isKey }) => ({
  columnName: name.toUpperCase(),
  dataType: type,
  primaryKey: isKey,
}))

async function startBefore(columns: readonly object[], solutions: unknown = []): Promise<Gateway> {
  upstream = await startFakeUpstream(({ method, url }) => {
    if (method === 'POST') return { status: 200, body: {} }
    return {
      status: 200,
      body: url.endsWith('/solutions') ? solutions : { tables: [{ name: 'INV_PRODUCTS_OOTB', columns: [...DECLARED, ...columns] }] },
    }
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url })
  return gateway
}

const reads = (part: string) => upstream?.arrived.filter(({ method, url }) => method === 'GET' && url.includes(part)).length

test('one document re-reads once, however many of its fields carry an unknown name', async () => {
  const before = await startBefore([])
  const field = (nth: number) => `a${nth}: upsertProducts(rows: $rows) { rejectedCount }`
  const document = `mutation ($rows: [ProductsRowInput!]!) { ${[0, 1, 2, 3, 4].map(field).join(' ')} }`
  for (const known of [1, 2]) {
    const { data } = await before.send<Record<string, { rejectedCount: number }>, object>(document, {
      rows: [product('A', { extra: { NOPE: 1 } })],
    })
    expect(Object.values(data).map(({ rejectedCount }) => rejectedCount)).toEqual([1, 1, 1, 1, 1])
    expect(reads('solutionName=')).toBe(known)
  }
})

test.each([
  ['defaultValue', { defaultValue: 'grey' }, 1],
  ['default in another spelling', { DEFAULT: 0 }, 1],
  ['a default by the name that databases give it', { column_default: "'grey'" }, 1],
  ['a default that is null', { defaultValue: null }, 0],
])('a listed %s counts', async (_, given, acceptedCount) => {
  const before = await startBefore([
    { columnName: 'COLOUR', dataType: 'string', validations: [{ type: 'required' }], ...given },
    { columnName: 'NOTE', dataType: 'string' },
  ])
  await before.ingest('upsertProducts', [product('A', { extra: { COLOUR: 'red' } })])

  expect((await before.ingest('upsertProducts', [product('B')])).acceptedCount).toBe(acceptedCount)
  expect((await before.ingest('upsertProducts', [product('B', { extra: { NOTE: 'x' } })])).acceptedCount).toBe(acceptedCount)
})

test('the list of solutions is read once for a document, and not for a solution that is configured', async () => {
  const before = await startBefore([], { solutions: [{ solutionName: 'OTHER' }] })
  const document = `mutation ($rows: [ProductsRowInput!]!) { a: upsertProducts(rows: $rows, solution: "NOPE") { acceptedCount }
    b: upsertProducts(rows: $rows, solution: "NADA") { acceptedCount } c: upsertProducts(rows: $rows, solution: "INV_OOTB") { acceptedCount }
    d: upsertProducts(rows: $rows, solution: "QP_OOTB") { acceptedCount } }`
  const { data, errors } = await before.send(document, { rows: [product('A')] })

  expect(data).toEqual({ a: null, b: null, c: { acceptedCount: 1 }, d: null })
  expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(Array(3).fill('BAD_USER_INPUT'))
  expect(reads('/solutions')).toBe(1)
})

test('where the upstream cannot be asked for an unknown solution, the request may be tried again', async () => {
  upstream = await startFakeUpstream(() => ({ status: 503 }))
  gateway = await startGateway({ INGESTION_URL: upstream.url })
  const { errors } = await gateway.send(ONBOARDING)

  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: expect.any(Number) })
})
