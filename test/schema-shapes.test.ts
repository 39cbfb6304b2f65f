import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTable } from '../src/upstream/read-schema.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'

let body: unknown
let upstream: FakeUpstream
let gateway: Gateway
let tenants = 0

beforeAll(async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body }))
  gateway = await startGateway({ INGESTION_URL: upstream.url })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const SCHEMA = '{ solutionSchema(solution: "S") { name columns { name dataType presence isKey } } }'
const SOLUTIONS = '{ solutions { solutionName prefix suffix targetSchemaName tableCount } }'

/** Asks as a new tenant, of whom no schema is remembered. */
async function ask<T>(query: string, answer: unknown) {
  body = answer
  return await gateway.send<T, object>(query, undefined, `token-${++tenants}`)
}

const KEY = { type: 'required' }
test.each<[string, unknown]>([
  ['a list', [{ name: 'T', columns: [{ name: 'ID', dataType: 'string', primaryKey: true, presence: 'required' }] }]],
  [
    'an envelope',
    { data: { tables: [{ tableName: 'T', attributes: [{ attributeName: 'ID', type: 'string', isKey: true, validations: [KEY] }] }] } },
  ],
  [
    'two envelopes',
    {
      response: {
        result: { tables: [{ table: 'T', fields: [{ column: 'ID', data_type: 'string', is_primary_key: true, required: true }] }] },
      },
    },
  ],
  [
    'a list beside words that say that all is well',
    {
      success: true,
      errors: [],
      error: null,
      statusCode: 200,
      message: 'ok',
      tables: [{ name: 'T', columns: [{ name: 'ID', dataType: 'string', primaryKey: true, presence: 'required' }] }],
    },
  ],
  ['tables by name', { tables: { T: { primaryKey: ['id'], columns: { ID: { dataType: 'string', validations: { required: true } } } } } }],
  ['lists of columns by name', { tables: { T: [{ name: 'ID', dataType: 'string', primaryKey: true, presence: 'required' }] } }],
  [
    'a text',
    {
      schemaDefinition: JSON.stringify([
        { tableName: 'T', keys: ['ID'], columns: [{ columnName: 'ID', dataType: 'string', validations: ['required'] }] },
      ]),
    },
  ],
  [
    'a text in an envelope',
    {
      data: {
        definition: JSON.stringify({
          tables: [{ name: 'T', primary_keys: ['ID'], columns: [{ name: 'ID', type: 'string', presence: 'REQUIRED' }] }],
        }),
      },
    },
  ],
])('a schema as %s is read', async (_, answer) => {
  const { data } = await ask<{ solutionSchema: unknown }>(SCHEMA, answer)

  expect(data.solutionSchema).toEqual([{ name: 'T', columns: [{ name: 'ID', dataType: 'string', presence: 'required', isKey: true }] }])
})

test.each<[string, unknown]>([
  ['a list', [{ solutionName: 'S', prefix: 'A_', suffix: '_Z', targetSchemaName: 'STAGE', tableCount: 3 }]],
  ['other names', { items: [{ name: 'S', Prefix: 'A_', SUFFIX: '_Z', target_schema_name: 'STAGE', tables: '3' }] }],
  ['an object', { solutions: { S: { prefix: 'A_', suffix: '_Z', targetSchemaName: 'STAGE', tableCount: 3 } } }],
])('solutions as %s are read', async (_, answer) => {
  const { data } = await ask<{ solutions: unknown }>(SOLUTIONS, answer)

  expect(data.solutions).toEqual([{ solutionName: 'S', prefix: 'A_', suffix: '_Z', targetSchemaName: 'STAGE', tableCount: 3 }])
})

test.each<[string, unknown]>([
  ['words', 'here you are'],
  ['null', null],
  ['a message', { data: { message: 'no access' } }],
  ['an error', { error: { code: 'X' } }],
  ['no entries', { solutions: {}, tables: {} }],
  ['entries that are numbers', { solutions: { a: 1 }, tables: { a: 1 } }],
  ['a text that is no JSON', { schemaDefinition: '[{', solutions: 'x' }],
  ['no success beside lists', { success: false, solutions: [], tables: [] }],
  ['errors beside lists', { errors: ['X'], solutions: [], tables: [] }],
  ['an error code in an envelope', { data: { errorCode: 'X', solutions: [], tables: [] } }],
  ['one page of several', { hasMore: true, solutions: [], tables: [] }],
  ['a page with a link to the next', { data: { nextPageToken: 'x', solutions: [], tables: [] } }],
  ['a status of its own', { statusCode: 500, solutions: [], tables: [] }],
])('%s is an error, never an empty list', async (_, answer) => {
  const { errors } = await ask(SCHEMA, JSON.stringify(answer))
  const listed = await ask(SOLUTIONS, JSON.stringify(answer))

  expect(errors?.[0]?.extensions?.code).toBe('UPSTREAM_UNREADABLE')
  expect(listed.errors?.[0]?.extensions?.code).toBe('UPSTREAM_UNREADABLE')
})

test('an error in place of a list is told in the words of the upstream', async () => {
  const { errors } = await ask(SOLUTIONS, { success: false, message: 'The tenant is being moved' })
  expect(errors?.[0]?.message).toMatch(/^The upstream answered with an error, .* Its words: The tenant is being moved$/)
})

test('the tables of a solution may be many, and have many columns of many names', async () => {
  const columns = (table: number) =>
    Object.fromEntries(Array.from({ length: 60 }, (_, nth) => [`C${table}_${nth}`, { dataType: 'string' }]))
  const tables = Object.fromEntries(Array.from({ length: 1_000 }, (_, nth) => [`T${nth}`, { columns: columns(nth) }]))
  const { data } = await ask<{ solutionSchema: { columns: object[] }[] }>(SCHEMA, { tables })
  expect(data?.solutionSchema.map((table) => table.columns.length)).toEqual(Array.from({ length: 1_000 }, () => 60))
})

test('a column that takes no null is known in any form, and no other is taken for one', () => {
  const forms = [
    { nonNull: true },
    { not_null: true },
    { nullable: false },
    { isNullable: false },
    { validations: ['required', 'NON_NULL'] },
  ]
  const others = [{}, { nonNull: false }, { nullable: true }, { validations: ['required'] }, { required: true }]
  const columns = [...forms, ...others].map((form, at) => ({ name: `c${at}`, dataType: 'string', ...form }))
  const read = readTable({ name: 'T', columns })?.columns.map(({ nonNull = false }) => nonNull)
  expect(read).toEqual([...forms.map(() => true), ...others.map(() => false)])
})
