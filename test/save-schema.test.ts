import { afterEach, describe, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { tableConflicts, tableDefinitions } from '../src/lifecycle/table-definition.ts'
import { defineResource, type ResourceDeclaration } from '../src/resource/define-resource.ts'
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

const SAVE = `mutation ($appName: String! = "shop", $appVersion: String! = "1.0.0", $modules: [String!], $resources: [String!], $solution: String, $dryRun: Boolean) {
  saveSchema(appName: $appName, appVersion: $appVersion, solution: $solution, modules: $modules, resources: $resources, dryRun: $dryRun) { appName appVersion dryRun tables schemaDefinition } }`

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
  expect(data.saveSchema).toEqual({ appName: 'shop', appVersion: '1.0.0', dryRun: false, tables: ['PRODUCTS'], schemaDefinition })
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

test('every table of a module is in it once, and what a solution needs without another choice', async () => {
  const before = await startBefore({ status: 201, body: '' })
  const inventory = await before.send<Answer, object>(SAVE, { modules: ['inventory'] })
  const solution = await before.send<Answer, object>(SAVE, { solution: 'INV_OOTB' })
  const together = await before.send<Answer, object>(SAVE, { modules: ['inventory', 'quote'] })
  await gateway?.close()
  const SOLUTIONS = JSON.stringify([{ name: 'PRICES', modules: ['quote'], prefix: 'P_' }])
  gateway = await startGateway({ INGESTION_URL: upstream?.url ?? '', SOLUTIONS })
  const alone = await gateway.send<Answer, object>(SAVE, {})

  const objectsOf = (...modules: string[]) =>
    contract.resources.filter(({ module }) => modules.includes(module)).map(({ object }) => object)
  expect(inventory.data.saveSchema?.tables).toHaveLength(19)
  expect(solution.data.saveSchema?.tables).toEqual(inventory.data.saveSchema?.tables)
  expect(together.data.saveSchema?.tables).toEqual(objectsOf('inventory', 'quote'))
  expect(alone.data.saveSchema?.tables).toEqual(objectsOf('quote'))
})

test('every form of timestamps goes out as a pattern, never as a name of ours', async () => {
  const { data } = await (await startBefore({ status: 201, body: {} })).send<Answer, object>(SAVE, { modules: ['inventory', 'quote'] })
  const formats = [...(data.saveSchema?.schemaDefinition ?? '').matchAll(/"format":"([^"]*)"/g)].map(([, format]) => format)

  expect([...new Set(formats)].sort()).toEqual(['YYYY-MM-DD', 'YYYY-MM-DD HH:MM:SS', 'YYYY-MM-DDTHH:MM:SSZ'])
})

test.each<[string, object, string[]]>([
  [
    'all modules',
    {},
    ['InventoryStock (inventory)', 'MarkdownStock (markdown)', 'InventoryProductExtra', 'MarkdownProductExtra', 'QuoteSale'],
  ],
  [
    'a solution whose modules clash',
    { solution: 'QP_OOTB' },
    ['MarkdownSale (markdown)', 'QuoteSale (quote)', 'MarkdownProduct', 'QuoteProduct'],
  ],
  ['two resources', { resources: ['MarkdownSale', 'QuoteSale'] }, ['SALE cannot be one table for MarkdownSale', 'QuoteSale']],
])('of %s what cannot be one table is refused with both names, and nothing is saved', async (_, choice, names) => {
  const { errors } = await (await startBefore({ status: 201, body: {} })).send(SAVE, choice)

  expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
  for (const name of names) expect(errors?.[0]?.message).toContain(name)
  expect(upstream?.arrived).toEqual([])
})

describe('resources of one object', () => {
  const declare = (module: string, columns: ResourceDeclaration['columns'], primaryKey = ['id']) =>
    defineResource({ object: 'T', module, graphqlName: `T${module}`, description: 'T.', primaryKey, columns, example: {} })
  const id = { type: 'string', presence: 'required', description: 'Key.' } as const

  test('of one key are one table that takes the rows of both', () => {
    const one = declare('markdown', { id, a: { ...id, maxLength: 5 }, b: id })
    const other = declare('quote', { id, a: { ...id, presence: 'nullable' }, c: id })

    expect(tableConflicts([one, other], contract.modules)).toEqual([])
    expect(tableDefinitions([one, other], contract.modules)).toEqual([
      {
        name: 'T',
        columns: [
          { name: 'id', type: 'string', isKey: true, presence: 'required' },
          { name: 'a', type: 'string', isKey: false, presence: 'nullable' },
          { name: 'b', type: 'string', isKey: false, presence: 'optional' },
          { name: 'c', type: 'string', isKey: false, presence: 'optional' },
        ],
      },
    ])
  })

  test.each<[string, Parameters<typeof declare>, string]>([
    ['other keys', ['quote', { id, a: id }, ['id', 'a']], 'their keys differ'],
    ['a column of another type', ['quote', { id, a: { ...id, type: 'float' } }], 'a is another in each'],
    ['timestamps of another form', ['inventory', { id, t: { ...id, type: 'timestamp' } }], 't is another in each'],
  ])('with %s are none', (_, other, why) => {
    const one = declare('markdown', { id, a: id, t: { ...id, type: 'timestamp' } })

    expect(tableConflicts([one, declare(...other)], contract.modules)).toMatchObject([{ object: 'T', why }])
  })
})

test('on the sandbox a version is saved once, and a rollout of it creates its tables only', async () => {
  const pair = await startPair()
  const dry = await pair.gateway.send<Answer, object>(SAVE, { resources: ['Products', 'Pricing'], dryRun: true })
  const saved = await pair.gateway.send<Answer, object>(SAVE, { resources: ['Products', 'Pricing'] })
  const again = await pair.gateway.send<Answer, object>(SAVE, { resources: ['Products'] })
  const whole = await pair.gateway.send<Answer, object>(SAVE, { appVersion: '2.0.0', solution: 'INV_OOTB' })
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
  ['a solution with modules', { solution: 'INV_OOTB', modules: ['quote'] }, 'Give either solution, or modules'],
  ['no table at all', { resources: [] }, 'Name at least one module or resource'],
  ['a version that is none', { appVersion: 'one' }, 'semantic version'],
  ['an application without a name', { appName: '' }, 'must not be empty'],
  ['an application of a long name', { appName: 'x'.repeat(129) }, 'must have at most 128 characters'],
])('%s is declined, and nothing is asked of the upstream', async (_, args, words) => {
  const { errors } = await (await startBefore({ status: 201 })).send(SAVE, args)

  expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining(words) })
  expect(upstream?.arrived).toEqual([])
})

test.each<[string, FakeAnswer, string]>([
  ['HTML', { status: 200, body: '<html>' }, 'UPSTREAM_UNREADABLE'],
  ['a failure at 200', { status: 200, body: { success: false } }, 'UPSTREAM_REFUSED'],
  ['a redirection, which is not followed', { status: 307, headers: { location: '/elsewhere' }, body: '' }, 'UPSTREAM_REFUSED'],
  ['a redirection that may follow a change', { status: 303, headers: { location: '/elsewhere' }, body: '' }, 'UPSTREAM_UNREADABLE'],
  ['a status that leaves open whether it was made', { status: 408 }, 'UPSTREAM_UNREADABLE'],
  ['401', { status: 401 }, 'UPSTREAM_UNAUTHORIZED'],
  ['500', { status: 500 }, 'UPSTREAM_UNAVAILABLE'],
])('an upstream that answers %s is an error', async (_, answer, code) => {
  expect((await (await startBefore(answer)).send(SAVE, { modules: ['quote'] })).errors?.[0]?.extensions?.code).toBe(code)
})

test('an application may have a name of 128 characters', async () => {
  const appName = 'x'.repeat(128)
  const { data } = await (await startBefore({ status: 201, body: {} })).send<Answer, object>(SAVE, {
    appName,
    resources: ['Products'],
    dryRun: true,
  })
  expect(data.saveSchema).toMatchObject({ appName, dryRun: true })
})
