import { afterEach, expect, test } from 'vitest'
import { outcomesStep } from '../src/onboarding/steps.ts'
import { REFUSED_TOKEN } from '../src/sandbox/choices.ts'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway, startPair } from './support/gateway.ts'
import { product, resourceNamed } from './support/rows.ts'

let upstream: FakeUpstream | undefined
let gateway: Gateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = upstream = undefined
})

const ASK =
  'query ($solution: String!) { onboarding(solution: $solution) { solution done steps { id title status checked next details } } }'
const ROLLOUT = 'mutation ($input: RolloutInput!) { rollout(input: $input) { complete missing } }'
const SAVE = 'mutation { saveSchema(appName: "shop", appVersion: "1.0.0", modules: ["inventory"]) { tables } }'
const ADD =
  'mutation { addAttribute(resource: "Products", solution: "ACME", name: "SHELF_LIFE", type: INTEGER, required: true, nonNull: true) { name } }'
const INPUT = { solutionName: 'ACME', appName: 'shop', appVersion: '1.0.0', targetSchemaName: 'STAGE', prefix: 'ACME_', suffix: '_V1' }
const ACME = JSON.stringify([{ name: 'ACME', modules: ['inventory'], prefix: 'ACME_', suffix: '_V1' }])

interface Step {
  readonly id: string
  readonly status: string
  readonly checked: string
  readonly next: string | null
  readonly details: readonly string[]
}
type Answer = { onboarding: { done: boolean; steps: readonly Step[] } }

async function walk(from: Gateway, token?: string, solution = 'ACME') {
  const { data, errors } = await from.send<Answer, object>(ASK, { solution }, token)
  const steps = new Map(data?.onboarding?.steps.map((step) => [step.id, step]))
  const statuses = Object.fromEntries([...steps].map(([id, { status }]) => [id, status]))
  return { done: data?.onboarding?.done, statuses, errors, of: (id: string) => steps.get(id) as Step }
}

test('from nothing to first rows, each step done as its checklist says', async () => {
  const pair = await startPair({ SOLUTIONS: ACME })
  const nothing = await walk(pair.gateway)
  expect(nothing.statuses).toEqual({
    TOKEN: 'DONE',
    SOLUTION: 'TODO',
    TABLES: 'TODO',
    COLUMNS: 'UNKNOWN',
    DRY_RUN: 'TODO',
    FIRST_ROWS: 'TODO',
    OUTCOMES: 'TODO',
  })
  expect(nothing.of('SOLUTION').next).toContain('mutation rollout for ACME')

  await pair.gateway.send(SAVE, {})
  expect((await pair.gateway.send(ROLLOUT, { input: INPUT })).data).toEqual({ rollout: { complete: true, missing: [] } })
  const rolledOut = await walk(pair.gateway)
  expect(rolledOut.statuses).toEqual({ ...nothing.statuses, SOLUTION: 'DONE', TABLES: 'DONE', COLUMNS: 'DONE', DRY_RUN: 'DONE' })
  expect(rolledOut.of('DRY_RUN').checked).toBe('19 of 19 example rows were taken in a dry run.')
  expect(rolledOut.of('COLUMNS').details).toContainEqual(
    expect.stringMatching(
      /^Products: key productId, updatedAt; also required: .*packSize.*; at most 500 rows and 1000000 bytes a request$/,
    ),
  )
  expect(await pair.sandbox.rows('ACME_PRODUCTS_V1')).toEqual([])

  await pair.gateway.send(ADD, {})
  await pair.gateway.ingest('upsertProducts', [product('A', { extra: { SHELF_LIFE: 3 } })], { solution: 'ACME' })
  const finished = await walk(pair.gateway)
  expect(finished.done).toBe(true)
  expect(finished.of('COLUMNS').details).toContainEqual(expect.stringMatching(/^Products: .*extra.SHELF_LIFE/))
  expect(await pair.sandbox.rows('ACME_PRODUCTS_V1')).toMatchObject([{ product_id: 'A', shelf_life: 3 }])

  await pair.gateway.ingest('upsertProducts', [product('B', { packSize: 'x', extra: { SHELF_LIFE: 3 } })], { solution: 'ACME' })
  const { status, checked, details } = (await walk(pair.gateway)).of('OUTCOMES')
  expect({ status, checked, details }).toEqual({
    status: 'TODO',
    checked: '2 rows in the last 24 hours: 1 rejected, 0 unconfirmed.',
    details: ['WRONG_TYPE packSize: 1'],
  })
  await pair.close()
})

test('a solution of a name of one’s own is rolled out and used without any setting', async () => {
  const pair = await startPair()
  expect((await walk(pair.gateway)).errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
  await pair.gateway.send(SAVE, {})
  await pair.gateway.send(ROLLOUT, { input: { ...INPUT, modules: ['inventory'] } })
  await pair.gateway.ingest('upsertProducts', [product('A')], { solution: 'ACME' })

  expect((await walk(pair.gateway)).done).toBe(true)
  expect(await pair.sandbox.rows('ACME_PRODUCTS_V1')).toHaveLength(1)
  expect((await walk(pair.gateway, 'another-tenant')).errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
  const elsewhere = await pair.gateway.send(ROLLOUT, { input: { ...INPUT, modules: ['shipping'] } })
  expect(elsewhere.errors?.[0]).toMatchObject({ message: expect.stringContaining('modules must be some of: inventory') })
  await pair.close()
})

test('a refused token fails the first step, and no row is tried', async () => {
  const pair = await startPair()
  const { statuses, of } = await walk(pair.gateway, REFUSED_TOKEN, 'INV_OOTB')

  expect(statuses).toMatchObject({ TOKEN: 'FAILED', SOLUTION: 'UNKNOWN', TABLES: 'UNKNOWN', COLUMNS: 'UNKNOWN', DRY_RUN: 'TODO' })
  expect(of('TOKEN')).toMatchObject({ checked: expect.stringContaining('401'), next: expect.stringContaining('Personal Access Token') })
  expect(of('SOLUTION').checked).toContain('401')
  expect(await pair.sandbox.requests()).toEqual([])
  await pair.close()
})

/** An upstream that lists what is given, and refuses the products of a dry run. */
async function startBefore(solutions: FakeAnswer, tables: FakeAnswer): Promise<Gateway> {
  upstream = await startFakeUpstream(({ method, url, body }) => {
    if (method === 'GET') return url.includes('/solutions') ? solutions : tables
    if (!url.includes('PRODUCTS_V1')) return { status: 200, body: {} }
    return {
      status: 207,
      body: { failed: body.data.map((_, index) => ({ index, error: { code: 'DI_E_10003', message: 'no such currency' } })) },
    }
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url, SOLUTIONS: ACME })
  return gateway
}

const columnsOf = (name: string) => resourceNamed(name).columns.map((column) => ({ name: column.name, type: column.type }))
const TABLES = [
  { tableName: 'ACME_PRODUCTS_V1', attributes: columnsOf('Products') },
  { tableName: 'ACME_PRICING_V1', attributes: columnsOf('Pricing').slice(1) },
]

test('a solution that has another prefix upstream is told of', async () => {
  const { of } = await walk(await startBefore({ status: 200, body: [{ name: 'ACME', prefix: 'ACNE_', suffix: '_V1' }] }, { status: 404 }))
  expect(of('SOLUTION')).toMatchObject({ status: 'FAILED', details: expect.arrayContaining(['prefix "ACNE_"']) })
})

test('what is missing, different and refused is named', async () => {
  const listed = { status: 200, body: { data: { items: [{ name: 'ACME', prefix: 'ACME_', suffix: '_V2' }] } } }
  const { statuses, of } = await walk(await startBefore(listed, { status: 200, body: { result: TABLES } }))

  expect(statuses).toMatchObject({ TOKEN: 'DONE', SOLUTION: 'FAILED', TABLES: 'TODO', COLUMNS: 'FAILED', DRY_RUN: 'FAILED' })
  expect(of('SOLUTION').details).toContain('suffix "_V2"')
  expect(of('TABLES').checked).toBe('2 of 19 expected tables are rolled out.')
  expect(of('TABLES').details).toContain('missing: ACME_STOCK_V1')
  expect(of('COLUMNS').details[0]).toMatch(/^MISSING_COLUMN ACME_PRICING_V1\./)
  expect(of('DRY_RUN').details).toEqual(['Products: UPSTREAM_REJECTED no such currency'])
  expect(upstream?.arrived.filter(({ method }) => method === 'POST').every(({ body }) => body.dryRun)).toBe(true)
})

test('where tables are missing the dry run is not done, though all examples that could be tried were taken', async () => {
  const table = { tableName: 'ACME_PRICING_V1', attributes: columnsOf('Pricing') }
  const { statuses, of } = await walk(await startBefore({ status: 200, body: [] }, { status: 200, body: [table] }))

  expect(statuses).toMatchObject({ TABLES: 'TODO', COLUMNS: 'DONE', DRY_RUN: 'TODO' })
  expect(of('DRY_RUN').checked).toBe('1 of 1 example rows were taken in a dry run.')
  expect(of('DRY_RUN').next).toContain('tables that are missing')
})

test.each<[string, FakeAnswer]>([
  ['HTML', { status: 200, body: '<html>' }],
  ['errors', { status: 500 }],
])('where the upstream answers %s it is unknown how things stand', async (_, answer) => {
  const { statuses } = await walk(await startBefore(answer, answer))

  expect(statuses).toMatchObject({ TOKEN: 'UNKNOWN', SOLUTION: 'UNKNOWN', TABLES: 'UNKNOWN', COLUMNS: 'UNKNOWN', DRY_RUN: 'TODO' })
})

test.each([
  ['nothing was sent yet', 0, 0, 'TODO'],
  ['all rows were accepted', 0, 5, 'DONE'],
  ['one was rejected', 1, 4, 'TODO'],
])('outcomes where %s', (_, rejected, accepted, status) => {
  const quality = { mutations: 1, passRate: undefined, issues: [] }
  expect(outcomesStep({ ...quality, accepted, rejected, unconfirmed: 0 }).status).toBe(status)
  expect(outcomesStep({ ...quality, accepted, rejected, unconfirmed: 1 }).status).toBe('TODO')
})

test('outcomes say how many rows fared how, and the ten most frequent issues', () => {
  const issues = Array.from({ length: 11 }, (_, nth) => ({ code: 'TOO_LONG', count: 20 - nth, ...(nth > 0 && { field: `f${nth}` }) }))
  const quality = { mutations: 1, passRate: undefined, accepted: 7, rejected: 2, unconfirmed: 1, issues }
  expect(outcomesStep(quality as never)).toMatchObject({
    next: 'Correct the rows by their issues, the most frequent first, and send them again.',
    checked: '10 rows in the last 24 hours: 2 rejected, 1 unconfirmed.',
    details: ['TOO_LONG: 20', ...Array.from({ length: 9 }, (_, nth) => `TOO_LONG f${nth + 1}: ${19 - nth}`)],
  })
  expect(outcomesStep({ ...quality, accepted: 400_000, rejected: 1 } as never).checked).toContain(': 1 rejected,')
  expect(outcomesStep({ ...quality, rejected: 0, issues: [] } as never).next).toContain('Send the unconfirmed rows of upserts again')
})
