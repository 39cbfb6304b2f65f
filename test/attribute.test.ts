import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arrived, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway, startPair } from './support/gateway.ts'
import { product } from './support/rows.ts'

let upstream: FakeUpstream
let gateway: Gateway
let answering: { status: number; body?: unknown }

beforeAll(async () => {
  upstream = await startFakeUpstream(() => answering)
  gateway = await startGateway({ INGESTION_URL: upstream.url })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const ADD = `mutation ($resource: String! = "Products", $solution: String, $name: String! = "SHELF_LIFE", $type: AttributeType! = INTEGER, $required: Boolean,
  $nonNull: Boolean, $default: String, $minLength: Int, $maxLength: Int, $precision: Int, $scale: Int) {
  addAttribute(resource: $resource, solution: $solution, name: $name, type: $type, required: $required, nonNull: $nonNull, default: $default,
    minLength: $minLength, maxLength: $maxLength, precision: $precision, scale: $scale) { solution object name } }`

type Answer = { addAttribute: { solution: string; object: string; name: string } | null }

/** What an attribute came to in front of an upstream that answers like this, and what was asked of it. */
async function add(args: object, answer: typeof answering = { status: 201, body: {} }, by = gateway) {
  answering = answer
  const before = upstream.arrived.length
  const { errors } = await by.send(ADD, args)
  return { errors, asked: upstream.arrived.slice(before) as readonly Arrived[] }
}

test('an added attribute is a column of the table: it is listed, stored and held to its type', async () => {
  const pair = await startPair()
  const added = await pair.gateway.send<Answer, object>(ADD, { required: true, nonNull: true })
  expect(added.data.addAttribute).toEqual({ solution: 'INV_OOTB', object: 'INV_PRODUCTS_OOTB', name: 'SHELF_LIFE' })

  const { data } = await pair.gateway.send<{ solutionSchema: { name: string; columns: object[] }[] }, object>(
    '{ solutionSchema(solution: "INV_OOTB") { name columns { name dataType presence } } }',
  )
  const columns = data.solutionSchema.find(({ name }) => name === 'INV_PRODUCTS_OOTB')?.columns
  expect(columns).toContainEqual({ name: 'SHELF_LIFE', dataType: 'integer', presence: 'required' })

  const rows = [product('A', { extra: { SHELF_LIFE: 30 } }), product('B', { extra: { SHELF_LIFE: 'long' } }), product('C')]
  const answer = await pair.gateway.ingest('upsertProducts', rows)
  expect(answer.rows.map(({ __typename }) => __typename)).toEqual(['AcceptedRow', 'RejectedRow', 'RejectedRow'])
  expect(await pair.sandbox.rows('INV_PRODUCTS_OOTB')).toMatchObject([{ product_id: 'A', shelf_life: 30 }])

  const elsewhere = await pair.gateway.ingest('upsertProducts', [product('A')], { token: 'another-tenant' })
  expect(elsewhere.acceptedCount).toBe(1)
  await pair.gateway.send('mutation { saveSchema(appName: "a", appVersion: "1.0.0", modules: ["inventory"]) { tables } }')
  const input = { solutionName: 'INV_OOTB', appName: 'a', appVersion: '1.0.0', targetSchemaName: 'STAGE', prefix: 'NEW_' }
  const rolledOut = await pair.gateway.send('mutation ($input: RolloutInput!) { rollout(input: $input) { complete } }', { input })
  expect(rolledOut.data).toEqual({ rollout: { complete: true } })
  const again = await pair.gateway.send<Answer, object>(ADD, {})
  expect(again.errors?.[0]?.extensions?.code).toBe('UPSTREAM_REFUSED')
  await pair.close()
})

test('what is asked of the upstream is what was said, in its own words', async () => {
  const own = await startGateway({ INGESTION_URL: upstream.url, ATTRIBUTE_NAME_KEY: 'attributeName', TIMESTAMP_TYPE: 'datetime' })
  const answer = { status: 201, body: { message: 'added' } }
  const asked = [
    ...(await add({ type: 'NUMERIC', precision: 10, scale: 2, default: '0.5' }, answer, own)).asked,
    ...(await add({ type: 'TIMESTAMP', name: 'SEEN_AT', required: true, nonNull: true }, answer, own)).asked,
  ]
  await own.close()
  expect(asked.map(({ url, body }) => ({ url, ...body }))).toEqual([
    {
      url: '/api/v2/schema/PRODUCTS/add-attribute',
      solutionName: 'INV_OOTB',
      attributeName: 'SHELF_LIFE',
      dataType: 'numeric',
      precision: 10,
      scale: 2,
      defaultValue: '0.5',
      validations: [{ type: 'optional' }],
    },
    {
      url: '/api/v2/schema/PRODUCTS/add-attribute',
      solutionName: 'INV_OOTB',
      attributeName: 'SEEN_AT',
      dataType: 'datetime',
      validations: [{ type: 'required' }, { type: 'nonNull' }, { type: 'timestampFormat', format: 'YYYY-MM-DD HH:MM:SS' }],
    },
  ])
})

test.each<[string, string, string]>([
  ['Products', 'YYYY-MM-DD HH:MM:SS', '2025-01-28 14:30:00'],
  ['MarkdownProduct', 'YYYY-MM-DDTHH:MM:SSZ', '2025-01-28T14:30:00Z'],
  ['QuoteProduct', 'YYYY-MM-DDTHH:MM:SSZ', '2025-01-28T14:30:00Z'],
])('a timestamp of %s is declared as its rows leave, %s, and so is its default', async (resource, format, defaultValue) => {
  const { errors, asked } = await add({ resource, type: 'TIMESTAMP', default: '2025-01-28 16:30:00 +02:00' })

  expect(errors).toBeUndefined()
  expect(asked[0]?.body).toMatchObject({
    defaultValue,
    validations: [{ type: 'optional' }, { type: 'timestampFormat', format }],
  })
})

const SEVENTEEN = { type: 'NUMERIC', precision: 17, scale: 1 }

test.each<[string, object]>([
  ['99.99', { type: 'NUMERIC', precision: 4, scale: 2 }],
  ['-99.9900', { type: 'NUMERIC', precision: 4, scale: 2 }],
  ['1234567890123456.7', SEVENTEEN],
  ['0.1234', { type: 'NUMERIC', precision: 4 }],
  ['1'.repeat(38), { type: 'NUMERIC' }],
  ['1.5e-7', { type: 'FLOAT' }],
  ['-9007199254740991', { type: 'INTEGER' }],
  ['abc', { type: 'STRING', minLength: 3, maxLength: 3 }],
  ['\u{1f600}'.repeat(3), { type: 'STRING', minLength: 3, maxLength: 3 }],
])('a default of %s, which is just held, is passed on as it is written', async (text, args) => {
  const { errors, asked } = await add({ ...args, default: text })

  expect(errors).toBeUndefined()
  expect(asked[0]?.body).toMatchObject({ defaultValue: text })
})

test.each<[string, object, string]>([
  ['a name in lower case', { name: 'shelf_life' }, 'name must be upper case'],
  ['a name that begins with a digit', { name: '1ST' }, 'name must be upper case'],
  ['the name of a declared column', { name: 'PACK_SIZE' }, 'name is taken by a declared column'],
  ['a name that no row can carry', { name: '__PROTO__' }, 'rows can never carry'],
  ['nonNull alone', { nonNull: true }, 'nonNull is only allowed with required'],
  ['a length of a number', { maxLength: 3 }, 'are only allowed with STRING'],
  ['a negative length', { type: 'STRING', minLength: -1 }, 'must not be negative'],
  ['a negative length at most', { type: 'STRING', maxLength: -1 }, 'must not be negative'],
  ['lengths the wrong way round', { type: 'STRING', minLength: 3, maxLength: 2 }, 'minLength must not be larger'],
  ['a precision of an integer', { precision: 3 }, 'are only allowed with NUMERIC'],
  ['a precision out of range', { type: 'NUMERIC', precision: 39 }, 'precision must be from 1 to 38'],
  ['a scale out of range', { type: 'NUMERIC', scale: 38 }, 'scale must be from 0'],
  ['a default of another type', { default: 'many' }, 'default must be a whole number'],
  ['a default that is no number of JSON', { default: '007' }, 'default must be a whole number'],
  ['a default that is not held exactly', { default: '9007199254740992' }, 'default must be a whole number'],
  ['a default with more digits than precision', { type: 'NUMERIC', precision: 4, scale: 2, default: '100' }, 'within precision and scale'],
  ['a default with more decimals than scale', { type: 'NUMERIC', precision: 4, scale: 2, default: '1.234' }, 'within precision and scale'],
  ['a default that would fit once it is rounded', { ...SEVENTEEN, default: '1234567890123456.78' }, 'within precision and scale'],
  ['a default of 39 digits', { type: 'NUMERIC', default: '1'.repeat(39) }, 'within precision and scale'],
  ['a decimal default that is no number', { type: 'NUMERIC', default: 'many' }, 'within precision and scale'],
  ['a default of 39 digits for a double', { type: 'FLOAT', default: '1'.repeat(39) }, 'a number of at most 38 digits'],
  ['a default that is neither true nor false', { type: 'BOOLEAN', default: '1' }, 'default must be true or false'],
  ['a default that is no JSON', { type: 'JSON', default: '{' }, 'default must be a JSON document'],
  ['a default that is too long', { type: 'STRING', maxLength: 3, default: 'abcd' }, 'a text within minLength and maxLength'],
  ['a default that is no day', { type: 'DATE', default: '2025-02-30' }, 'a real calendar day'],
  ['a default that loses its fraction', { type: 'TIMESTAMP', default: '2025-01-28 16:30:00.5' }, 'in whole seconds'],
  ['an unknown resource', { resource: 'Product_s' }, 'Did you mean Products?'],
  ['an unknown solution', { solution: 'NOPE' }, 'Known: INV_OOTB, QP_OOTB'],
])('%s is declined with what is allowed, and nothing is asked of the upstream', async (_, args, words) => {
  const { errors, asked } = await add(args, { status: 200, body: {} })
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining(words) })
  // Only a solution that nobody here knows is looked for in the upstream's list.
  expect(asked.filter(({ url }) => url !== '/api/v2/schema/solutions')).toEqual([])
})

test.each<[string, { status: number; body?: unknown }, string]>([
  ['HTML', { status: 200, body: '<html>' }, 'UPSTREAM_UNREADABLE'],
  ['a failure at 200', { status: 200, body: { success: false } }, 'UPSTREAM_REFUSED'],
  ['a failure as a text', { status: 200, body: { ok: 'false' } }, 'UPSTREAM_REFUSED'],
  ['an error at 200', { status: 200, body: { errorCode: 'DI_E_1', errorMessage: 'no such object' } }, 'UPSTREAM_REFUSED'],
  ['errors in an envelope', { status: 201, body: { data: { errors: [{ message: 'x' }] } } }, 'UPSTREAM_REFUSED'],
  ['another status within', { status: 200, body: { statusCode: 409 } }, 'UPSTREAM_REFUSED'],
  ['a status word', { status: 200, body: { status: 'rejected' } }, 'UPSTREAM_REFUSED'],
  ['words that can mean a no', { status: 200, body: { message: 'Validation failed' } }, 'UPSTREAM_UNREADABLE'],
  ['words that nobody knows', { status: 200, body: { message: 'Attribut abgewiesen' } }, 'UPSTREAM_UNREADABLE'],
  ['no object', { status: 200, body: 'false' }, 'UPSTREAM_UNREADABLE'],
  ['a bare word', { status: 200, body: '"rejected"' }, 'UPSTREAM_UNREADABLE'],
  ['a list with a failure', { status: 200, body: [{ status: 'failed' }] }, 'UPSTREAM_REFUSED'],
  ['a failure far inside', { status: 200, body: { response: { result: { success: false } } } }, 'UPSTREAM_REFUSED'],
  ['a name twice', { status: 200, body: '{"error":"x","error":null}' }, 'UPSTREAM_UNREADABLE'],
  ['401', { status: 401 }, 'UPSTREAM_UNAUTHORIZED'],
  ['500', { status: 500 }, 'UPSTREAM_UNAVAILABLE'],
])('an upstream that answers %s is an error', async (_, answer, code) => {
  expect((await add({}, answer)).errors?.[0]?.extensions?.code).toBe(code)
})

test.each<[string, string, string]>([
  ['a failure', '{"success":false,"message":"The column is reserved"}', 'Its words: The column is reserved'],
  ['words that can mean a no', '{"message":"Validation failed"}', 'Its words: Validation failed'],
  ['a failure that quotes the default', '{"success":false,"message":"No default of top secret"}', 'though its status says it did.'],
])('an upstream that answers %s at 200 is told with as much of its words as may be shown', async (_, body, end) => {
  const { errors } = await add({ type: 'STRING', required: true, default: 'top secret' }, { status: 200, body })
  expect(errors?.[0]?.message.endsWith(end), errors?.[0]?.message).toBe(true)
})

test.each([
  { status: 'ACTIVE', success: true, error: null, errors: [], message: 'Attribute added without errors' },
  { data: { columnName: 'ERROR_CODE', dataType: 'integer', nullable: false, validations: [{ type: 'required' }] } },
  { statusCode: 201, failed: [], warnings: ['existing rows have no value'] },
  { code: 0, validations: [{ type: 'nonNull' }], maxLength: 3, isCustom: true, isKey: false },
])('an upstream that answers %j has added it', async (body) => {
  expect((await add({}, { status: 200, body })).errors).toBeUndefined()
})

test.each<[string, unknown, string]>([
  [
    'its code and words',
    { errors: [{ code: 'DI_E_00104', message: 'The column SHELF_LIFE exists already.' }] },
    ' Its code: DI_E_00104. Its words: The column SHELF_LIFE exists already.',
  ],
  ['numbers', { message: 'precision may be 1 to 38' }, ' Its words: precision may be 1 to 38'],
  ['the default', { message: 'Unable to cast elderberry, sorry' }, ''],
  ['the token', { error: 'No such user: token' }, ''],
  ['what is no word', { detail: 'at com.acme.Db$Pool(Db.java:31)' }, ''],
  ['nothing', '', ''],
])('of a refusal of the upstream it is told what may be shown: %s', async (_, body, words) => {
  const { errors } = await add({ type: 'STRING', default: 'elderberry' }, { status: 400, body })
  expect(errors?.map(({ message }) => message)).toEqual([`The upstream declined the call with status 400.${words}`])
})
