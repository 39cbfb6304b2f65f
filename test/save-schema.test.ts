import { afterEach, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway, startPair } from './support/gateway.ts'
import { RolloutDocument } from './support/operations/graphql.ts'

let upstream: FakeUpstream | undefined
let gateway: Gateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = upstream = undefined
})

const SAVE = `mutation ($appName: String! = "shop", $appVersion: String! = "1.0.0", $modules: [String!], $resources: [String!], $dryRun: Boolean) {
  saveSchema(appName: $appName, appVersion: $appVersion, modules: $modules, resources: $resources, dryRun: $dryRun) { appName appVersion dryRun tables schemaDefinition } }`

type Answer = { saveSchema: { tables: string[]; schemaDefinition: string; dryRun: boolean } | null }

async function startBefore(answer: FakeAnswer, settings: Record<string, string> = {}): Promise<Gateway> {
  upstream = await startFakeUpstream(() => answer)
  gateway = await startGateway({ INGESTION_URL: upstream.url, ...settings })
  return gateway
}

test('the declarations go out as one JSON text, column by column', async () => {
  const { data } = await (await startBefore({ status: 201, body: {} })).send<Answer, object>(SAVE, { resources: ['Products'] })
  const [{ url, body } = { url: '', body: {} }] = upstream?.arrived ?? []
  const { schemaDefinition, ...rest } = body as Record<string, string>

  expect(url).toBe('/api/v2/schema')
  expect(rest).toEqual({ appName: 'shop', appVersion: '1.0.0', dryRun: false })
  expect(data.saveSchema).toMatchObject({ tables: ['PRODUCTS'], schemaDefinition })
  const [table] = JSON.parse(schemaDefinition ?? '')
  expect(table).toMatchObject({ tableName: 'PRODUCTS' })
  expect(table.columns).toHaveLength(9)
  expect(table.columns).toEqual(
    expect.arrayContaining([
      { columnName: 'PRODUCT_ID', dataType: 'string', primaryKey: true, validations: [{ type: 'required' }, { type: 'nonNull' }] },
      { columnName: 'PRODUCT_NAME', dataType: 'string', primaryKey: false, validations: [{ type: 'optional' }] },
      {
        columnName: 'UPDATED_AT',
        dataType: 'timestamp',
        primaryKey: true,
        validations: [{ type: 'required' }, { type: 'nonNull' }, { type: 'timestampFormat', format: 'YYYY-MM-DD HH:MM:SS' }],
      },
    ]),
  )
})

test('every table of a module is in it once, and all there are without a choice', async () => {
  const before = await startBefore({ status: 201, body: '' })
  const inventory = await before.send<Answer, object>(SAVE, { modules: ['inventory'] })
  const all = await before.send<Answer, object>(SAVE, {})

  expect(inventory.data.saveSchema?.tables).toHaveLength(19)
  expect(all.data.saveSchema?.tables).toEqual([...new Set(contract.resources.map(({ object }) => object))])
})

test('a table that two modules declare takes the rows of both', async () => {
  const { data } = await (await startBefore({ status: 201, body: {} })).send<Answer, object>(SAVE, {})
  const tables = JSON.parse(data.saveSchema?.schemaDefinition ?? '') as {
    tableName: string
    columns: { columnName: string; validations: object[] }[]
  }[]
  const columns = tables.find(({ tableName }) => tableName === 'PRODUCT_EXTRA')?.columns
  const rulesOf = (name: string) => columns?.find(({ columnName }) => columnName === name)?.validations

  // Required by one module and optional in the other; and required by both.
  expect(rulesOf('PRODUCT_EXTRA_VALUE')).toEqual([{ type: 'optional' }])
  expect(columns?.map(({ columnName }) => columnName)).toEqual([...new Set(columns?.map(({ columnName }) => columnName))])
  expect(rulesOf('PRODUCT_ID')).toEqual([{ type: 'required' }, { type: 'nonNull' }])
})

test('on the sandbox a version is saved once, and a rollout of it creates its tables only', async () => {
  const pair = await startPair()
  const dry = await pair.gateway.send<Answer, object>(SAVE, { resources: ['Products', 'Pricing'], dryRun: true })
  const saved = await pair.gateway.send<Answer, object>(SAVE, { resources: ['Products', 'Pricing'] })
  const again = await pair.gateway.send<Answer, object>(SAVE, { resources: ['Products'] })
  const whole = await pair.gateway.send<Answer, object>(SAVE, { appVersion: '2.0.0' })
  const input = { solutionName: 'INV_OOTB', appName: 'shop', appVersion: '1.0.0', targetSchemaName: 'STAGE' }
  const { data } = await pair.gateway.send(RolloutDocument, { input })

  expect(dry.data.saveSchema).toMatchObject({ dryRun: true, tables: ['PRICING', 'PRODUCTS'] })
  expect(saved.data.saveSchema).toMatchObject({ dryRun: false })
  expect(again.errors?.[0]?.extensions?.code).toBe('UPSTREAM_REFUSED')
  expect(whole.errors).toBeUndefined()
  expect(data.rollout).toMatchObject({ complete: false })
  expect(data.rollout?.objects).toHaveLength(2)
  expect(data.rollout?.missing).toHaveLength(17)
  await pair.close()
})

test.each<[string, object, string]>([
  ['an unknown module', { modules: ['shipping'] }, 'modules must be some of: inventory, markdown, quote'],
  ['an unknown resource', { resources: ['Product'] }, 'Did you mean Products?'],
  ['no table at all', { resources: [] }, 'Name at least one module or resource'],
  ['a version that is none', { appVersion: 'one' }, 'semantic version'],
  ['an application without a name', { appName: '' }, 'must not be empty'],
])('%s is declined, and nothing is asked of the upstream', async (_, args, words) => {
  const { errors } = await (await startBefore({ status: 201 })).send(SAVE, args)

  expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining(words) })
  expect(upstream?.arrived).toEqual([])
})

test.each<[string, FakeAnswer, string]>([
  ['HTML', { status: 200, body: '<html>' }, 'UPSTREAM_UNREADABLE'],
  ['a failure at 200', { status: 200, body: { success: false } }, 'UPSTREAM_REFUSED'],
  ['401', { status: 401 }, 'UPSTREAM_UNAUTHORIZED'],
  ['500', { status: 500 }, 'UPSTREAM_UNAVAILABLE'],
])('an upstream that answers %s is an error', async (_, answer, code) => {
  expect((await (await startBefore(answer)).send(SAVE, {})).errors?.[0]?.extensions?.code).toBe(code)
})
