import { afterEach, describe, expect, test } from 'vitest'
import { createSolutionDirectory } from '../src/lifecycle/solution-directory.ts'
import { secret } from '../src/util/secret.ts'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway, startPair } from './support/gateway.ts'
import { RolloutDocument, SolutionsDocument } from './support/operations/graphql.ts'
import { usePatientClock } from './support/patient-clock.ts'

usePatientClock()

let upstream: FakeUpstream | undefined
let gateway: Gateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = upstream = undefined
})

const INPUT = { solutionName: 'INV_OOTB', appName: 'inventory', appVersion: '1.0.0', targetSchemaName: 'STAGE' }

async function gatewayBefore(answer: FakeAnswer): Promise<Gateway> {
  upstream = await startFakeUpstream(() => answer)
  gateway = await startGateway({ INGESTION_URL: `${upstream.url}/base/`, ATTEMPT_TIMEOUT_MS: '300' })
  return gateway
}

const inventory = [
  'PRODUCTS',
  'LOCATIONS',
  'SUPPLIERS',
  'STOCK',
  'PRICING',
  'ORDER_PARAMETERS',
  'PURCHASE_ORDERS',
  'TRANSFERS',
  'PRODUCT_EXTRA',
  'LOCATION_EXTRA',
  'SKU_CALENDAR',
  'MANUFACTURING_ORDERS',
  'PRODUCTION_LINES',
  'SALES',
  'CUSTOMER_ORDERS',
  'PRODUCTS_PARENT_CHILD_MAPPING',
  'STOCK_DAILY',
  'SALES_DAILY',
  'FORECAST',
]

test('on the sandbox a rollout is complete, and its solutions and columns can be read', async () => {
  const pair = await startPair()
  const unsaved = await pair.gateway.send(RolloutDocument, { input: { ...INPUT, appVersion: '1.1.0' } })
  expect(unsaved.errors?.[0]?.extensions?.code).toBe('UPSTREAM_REFUSED')
  await pair.gateway.send('mutation { saveSchema(appName: "inventory", appVersion: "1.0.0", solution: "INV_OOTB") { tables } }')
  const { data } = await pair.gateway.send(RolloutDocument, { input: INPUT })
  expect(data.rollout).toMatchObject({ complete: true, missing: [] })
  expect(data.rollout?.objects).toHaveLength(19)

  const read = await pair.gateway.send(SolutionsDocument)
  expect(read.data.solutions).toEqual([
    { solutionName: 'INV_OOTB', prefix: 'INV_', suffix: '_OOTB', targetSchemaName: 'STAGE', tableCount: 19 },
    { solutionName: 'QP_OOTB', prefix: 'QP_', suffix: '_OOTB', targetSchemaName: 'STAGE', tableCount: 20 },
  ])
  expect(read.data.solutionSchema?.find((table) => table.name === 'INV_PRODUCTS_OOTB')?.columns).toContainEqual({
    name: 'PACK_SIZE',
    dataType: 'integer',
    presence: 'required',
    isKey: false,
  })
  await pair.close()
})

test('the request carries what was asked, below the base path', async () => {
  const { data } = await (await gatewayBefore({ status: 200, body: { successfulObjects: inventory, failedObjects: [] } })).send(
    RolloutDocument,
    { input: INPUT },
  )
  expect(data.rollout).toMatchObject({ complete: true, missing: [] })
  expect(upstream?.arrived[0]).toMatchObject({
    method: 'POST',
    url: '/base/api/v2/schema/rollout',
    body: { ...INPUT, prefix: 'INV_', suffix: '_OOTB' },
  })
})

test('a version is semantic, or is declined', async () => {
  const before = await gatewayBefore({ status: 200, body: { successfulObjects: inventory, failedObjects: [] } })
  const isTaken = async (appVersion: string) => {
    const { errors } = await before.send(RolloutDocument, { input: { ...INPUT, appVersion } })
    if (errors) expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT')
    return errors === undefined
  }
  for (const version of ['0.0.0', '10.20.30', '1.0.0-rc.1', '1.0.0--.0a+001.-', '1.0.0+build'])
    expect([version, await isTaken(version)]).toEqual([version, true])
  for (const version of ['1.0', '01.0.0', '1.0.00', '1.0.0-01', '1.0.0-a..b', '1.0.0-', '1.0.0+a+b', '1.0.0+', 'v1.0.0'])
    expect([version, await isTaken(version)]).toEqual([version, false])
})

test('missing and failed objects are named, whatever the shape of the elements', async () => {
  const successfulObjects = inventory.slice(2).map((name) => ({ tableName: `INV_${name}_OOTB` }))
  const { data } = await (
    await gatewayBefore({
      status: 207,
      body: { data: { successfulObjects, failedObjects: [{ name: 'LOCATIONS', errorMessage: 'no room' }] } },
    })
  ).send(RolloutDocument, { input: INPUT })

  expect(data.rollout).toMatchObject({ complete: false, missing: ['INV_PRODUCTS_OOTB'] })
  expect(data.rollout?.objects.at(-1)).toEqual({ __typename: 'FailedObject', object: 'LOCATIONS', message: 'no room' })
})

test('an object that nobody speaks of makes a rollout incomplete, also where none failed', async () => {
  const body = { successfulObjects: inventory.slice(1), failedObjects: [] }
  const { data } = await (await gatewayBefore({ status: 200, body })).send(RolloutDocument, { input: INPUT })

  expect(data.rollout).toMatchObject({ complete: false, missing: ['INV_PRODUCTS_OOTB'] })
})

test('an object that failed makes a rollout incomplete, also where nobody expected it', async () => {
  const successfulObjects = inventory.map((name) => ({ tableName: `INV_${name}_OOTB` }))
  const body = { successfulObjects, failedObjects: [{ name: 'AUDIT_TRAIL', errorMessage: 'no room' }] }
  const { data } = await (await gatewayBefore({ status: 207, body })).send(RolloutDocument, { input: INPUT })

  expect(data.rollout).toMatchObject({ complete: false, missing: [] })
})

test.each<[string, object, string]>([
  ['beside the lists', { success: false }, 'UPSTREAM_REFUSED'],
  ['in words', { message: 'The tables could not be made' }, 'UPSTREAM_UNREADABLE'],
  ['of an object that it lists as rolled out', { successfulObjects: [{ name: 'PRODUCTS', status: 'FAILED' }] }, 'UPSTREAM_REFUSED'],
])('a rollout whose answer says no %s is not told as complete', async (_, no, code) => {
  const body = { successfulObjects: inventory, failedObjects: [], ...no }
  const { errors } = await (await gatewayBefore({ status: 200, body })).send(RolloutDocument, { input: INPUT })
  expect(errors?.[0]?.extensions?.code).toBe(code)
})

test('a rollout whose answer says no in place of the lists is told as refused, with its words', async () => {
  const body = { success: false, errorCode: 'DI_E_7', message: 'The schema was never saved' }
  const { errors } = await (await gatewayBefore({ status: 200, body })).send(RolloutDocument, { input: INPUT })
  expect(errors?.[0]).toMatchObject({
    message:
      'The upstream did not roll all of it out, though its status says it did. Its code: DI_E_7. Its words: The schema was never saved',
    extensions: { code: 'UPSTREAM_REFUSED' },
  })
})

describe('answers that cannot be used are errors, never empty lists', () => {
  test.each<[string, FakeAnswer, string]>([
    ['401', { status: 401 }, 'UPSTREAM_UNAUTHORIZED'],
    ['400', { status: 400, body: { message: 'x' } }, 'UPSTREAM_REFUSED'],
    ['404', { status: 404 }, 'UPSTREAM_REFUSED'],
    ['429', { status: 429 }, 'UPSTREAM_UNAVAILABLE'],
    ['500', { status: 500 }, 'UPSTREAM_UNAVAILABLE'],
    ['HTML', { status: 200, body: '<html>' }, 'UPSTREAM_UNREADABLE'],
    ['another shape', { status: 200, body: { ok: true } }, 'UPSTREAM_UNREADABLE'],
    [
      'nameless entries',
      { status: 200, body: { successfulObjects: [{}], failedObjects: [], solutions: [{}], tables: [{}] } },
      'UPSTREAM_UNREADABLE',
    ],
    ['silence', () => {}, 'UPSTREAM_UNAVAILABLE'],
  ])('%s', async (_, answer, code) => {
    const before = await gatewayBefore(answer)
    for (const { errors } of [
      await before.send(RolloutDocument, { input: INPUT }),
      await before.send('{ solutions { solutionName } }'),
      await before.send('{ solutionSchema(solution: "X") { name } }'),
    ]) {
      expect(errors).toEqual([expect.objectContaining({ extensions: expect.objectContaining({ code }) })])
    }
  })
})

test('an unknown solution is declined with the known ones', async () => {
  const { errors } = await (await gatewayBefore({ status: 200 })).send(RolloutDocument, { input: { ...INPUT, solutionName: 'NOPE' } })
  expect(errors?.[0]).toMatchObject({
    message: 'Unknown solution. Known: INV_OOTB, QP_OOTB. Name the modules of a new one.',
    extensions: { code: 'BAD_USER_INPUT' },
  })
  expect(upstream?.arrived.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /base/api/v2/schema/solutions'])
})

test('a solution of which nothing was rolled out is as unknown as before', async () => {
  const body = { successfulObjects: [], failedObjects: [{ name: 'PRODUCTS', errorMessage: 'no room' }] }
  const before = await gatewayBefore({ status: 207, body })
  const { data } = await before.send(RolloutDocument, { input: { ...INPUT, solutionName: 'NEW', modules: ['inventory'] } })
  expect(data.rollout).toMatchObject({ complete: false })

  const { errors } = await before.send('mutation { upsertProducts(rows: [], solution: "NEW") { acceptedCount } }')
  expect(errors?.[0]).toMatchObject({ message: 'Unknown solution. Known: INV_OOTB, QP_OOTB.', extensions: { code: 'BAD_USER_INPUT' } })
})

test('a hundred solutions are learnt of a tenant, the latest, and of no other', () => {
  const directory = createSolutionDirectory([])
  const tenant = { id: 'T', credential: secret('t') }
  const learn = (nth: number) => directory.learn(tenant, { name: `S${nth}`, modules: ['inventory'], prefix: '', suffix: '' })
  for (let nth = 0; nth < 100; nth++) learn(nth)
  learn(0)
  learn(100)
  const isKnown = (name: string, id = 'T') => !('fault' in directory.find({ ...tenant, id }, name))
  expect(['S0', 'S1', 'S2', 'S100'].map((name) => isKnown(name))).toEqual([true, false, true, true])
  expect(isKnown('S100', 'another')).toBe(false)
})
