import { afterEach, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'

let upstream: FakeUpstream | undefined
let gateway: Gateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = upstream = undefined
})

const SCHEMA = '{ solutionSchema(solution: "S") { name columns { name dataType presence isKey } } }'
const SOLUTIONS = '{ solutions { solutionName prefix suffix targetSchemaName tableCount } }'

async function ask<T>(query: string, body: unknown) {
  upstream = await startFakeUpstream(() => ({ status: 200, body }))
  gateway = await startGateway({ INGESTION_URL: upstream.url })
  return await gateway.send<T, object>(query)
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
  ['tables by name', { tables: { T: { primaryKey: ['id'], columns: { ID: { dataType: 'string', validations: { required: true } } } } } }],
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
])('a schema as %s is read', async (_, body) => {
  const { data } = await ask<{ solutionSchema: unknown }>(SCHEMA, body)

  expect(data.solutionSchema).toEqual([{ name: 'T', columns: [{ name: 'ID', dataType: 'string', presence: 'required', isKey: true }] }])
})

test.each<[string, unknown]>([
  ['a list', [{ solutionName: 'S', prefix: 'A_', suffix: '_Z', targetSchemaName: 'STAGE', tableCount: 3 }]],
  ['other names', { items: [{ name: 'S', Prefix: 'A_', SUFFIX: '_Z', target_schema_name: 'STAGE', tables: '3' }] }],
  ['an object', { solutions: { S: { prefix: 'A_', suffix: '_Z', targetSchemaName: 'STAGE', tableCount: 3 } } }],
])('solutions as %s are read', async (_, body) => {
  const { data } = await ask<{ solutions: unknown }>(SOLUTIONS, body)

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
])('%s is an error, never an empty list', async (_, body) => {
  const { errors } = await ask(SCHEMA, JSON.stringify(body))
  const listed = await gateway?.send(SOLUTIONS)

  expect(errors?.[0]?.extensions?.code).toBe('UPSTREAM_UNREADABLE')
  expect(listed?.errors?.[0]?.extensions?.code).toBe('UPSTREAM_UNREADABLE')
})
