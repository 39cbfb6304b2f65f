import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GATEWAY_ERRORS } from '../src/errors.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { type Gateway, type IngestAnswer, startPair } from './support/gateway.ts'
import { accepted, rejected } from './support/outcomes.ts'
import { product, products } from './support/rows.ts'

let gateway: Gateway
let sandbox: Sandbox
let close: () => Promise<void>

beforeAll(async () => {
  ;({ gateway, sandbox, close } = await startPair({ MAX_ROWS_PER_MUTATION: '50', MAX_BODY_BYTES: '200000' }))
})
afterAll(() => close())

const UPSERT =
  'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount rows { __typename ... on IngestedRow { index } ... on RejectedRow { issues { code field } } } } }'
type Upserted = { upsertProducts: IngestAnswer }

const post = (body: string, headers: Record<string, string> = {}) =>
  gateway.fetch({ method: 'POST', body, headers: { 'content-type': 'application/json', authorization: 'sandbox-token', ...headers } })

describe('who calls', () => {
  test.each([
    ['no token', null],
    ['an empty token', ''],
    ['a bare scheme', 'Bearer'],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['a token beyond ASCII', 'tök\u00ffen'],
  ])('%s is declined whole and reaches nobody', async (_, token) => {
    const before = (await sandbox.requests()).length
    const { data, errors } = await gateway.send<Upserted, object>(UPSERT, { rows: [product('A')] }, token)

    expect(data ?? null).toBeNull()
    expect(errors).toEqual([expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) })])
    expect(await sandbox.requests()).toHaveLength(before)
  })

  test.each(['raw-token', 'Bearer raw-token', 'bearer  raw-token'])('%s is sent on raw', async (authorization) => {
    await gateway.send(UPSERT, { rows: [product('A')] }, authorization)
    expect((await sandbox.requests()).at(-1)?.token).toBe('raw-token')
  })

  test('the configured token serves callers that send none, and nobody who sends an empty one', async () => {
    const pair = await startPair({ INGESTION_TOKEN: 'service-token' })
    for (const empty of ['', 'Bearer'])
      expect((await pair.gateway.send(UPSERT, { rows: [product('B')] }, empty)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    await pair.gateway.send(UPSERT, { rows: [product('A')] }, null)
    expect((await pair.sandbox.requests()).map(({ token }) => token)).toEqual(['service-token'])
    await pair.close()
  })

  test('the contract can be read without a token', async () => {
    const { data } = await gateway.send<{ resources: unknown[] }, object>('{ resources { name } }', {}, null)
    expect(data.resources).toHaveLength(41)
  })
})

describe('requests declined whole', () => {
  test('an unknown solution names the known ones, one without the resource names those that have it', async () => {
    const ask = async (solution: string) =>
      (await gateway.send(`mutation { upsertProducts(rows: [], solution: "${solution}") { requestId } }`)).errors?.[0]
    expect(await ask('NOPE')).toMatchObject({
      message: 'Unknown solution. Known: INV_OOTB, QP_OOTB.',
      extensions: { code: 'BAD_USER_INPUT' },
    })
    expect(await ask('QP_OOTB')).toMatchObject({
      message: expect.stringContaining('Solutions that do: INV_OOTB.'),
      extensions: { code: 'BAD_USER_INPUT' },
    })
  })

  test('too many rows state the limit', async () => {
    const { errors } = await gateway.send(UPSERT, { rows: products(51) })
    expect(errors?.[0]).toMatchObject({ message: expect.stringContaining('at most 50 rows'), extensions: { code: 'TOO_MANY_ROWS' } })
  })

  test.each([true, false])('a body over the limit answers 413 (announced: %s)', async (isAnnounced) => {
    const body = JSON.stringify({ query: UPSERT, variables: { rows: [product('A', { productName: 'x'.repeat(300_000) })] } })
    const stream = new Blob([body]).stream()
    const headers = { 'content-type': 'application/json', authorization: 'sandbox-token' }
    const response = await gateway.fetch({ method: 'POST', headers, body: isAnnounced ? body : stream, duplex: 'half' } as RequestInit)

    expect(response.status).toBe(413)
    // Of one that does not say how long it is no more is read than that it is too long.
    const numbers = { limit: 200_000, ...(isAnnounced && { actual: body.length }) }
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BODY_TOO_LARGE', ...numbers } }] })
  })

  test('null for the rows of one field declines the others with it, and nothing is sent', async () => {
    const before = (await sandbox.requests()).length
    const { data, errors } = await gateway.send(
      'mutation ($rows: [ProductsRowInput!]!, $none: [ProductsRowInput!]!) { a: upsertProducts(rows: $rows) { requestId } b: upsertProducts(rows: $none) { requestId } }',
      { rows: [product('A')], none: null },
    )
    expect([data, errors?.map(({ extensions }) => extensions?.code)]).toEqual([undefined, ['BAD_USER_INPUT']])
    expect(await sandbox.requests()).toHaveLength(before)
  })

  test('a document of too many tokens is told to use variables', async () => {
    const { errors } = await gateway.send(`mutation { upsertProducts(rows: [${'{productId: "A"} '.repeat(2_000)}]) { requestId } }`)
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('send rows in variables'),
      extensions: { code: 'DOCUMENT_TOO_LARGE' },
    })
  })

  test.each([
    ['an array of requests', '[{"query":"{ __typename }"}]', 422],
    ['no JSON', '{', 400],
    ['no UTF-8', '{"query":"\u00ff', 400],
    ['a bare text', '"query"', 422],
  ])('%s is refused', async (_, body, status) => {
    expect((await post(body)).status).toBe(status)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a form of another origin (%s) is refused',
    async (type) => {
      const response = await gateway.fetch({ method: 'POST', headers: { 'content-type': type }, body: 'query={__typename}' })
      expect([403, 415]).toContain(response.status)
      const authorised = await post('query={__typename}', { 'content-type': type })
      expect(authorised.status).toBe(415)
    },
  )

  test('a mutation by GET is refused', async () => {
    const query = encodeURIComponent('mutation { upsertProducts(rows: []) { requestId } }')
    const response = await gateway.fetch({ path: `/graphql?query=${query}`, headers: { authorization: 'sandbox-token' } })
    expect(response.status).toBe(405)
  })

  test('no origin is let in by default, and only listed ones where there is a list', async () => {
    const ask = (from: Gateway, origin: string) =>
      from.fetch({ method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
    expect((await ask(gateway, 'https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()

    const pair = await startPair({ CORS_ORIGINS: 'https://app.example, https://ops.example' })
    expect((await ask(pair.gateway, 'https://app.example')).headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect((await ask(pair.gateway, 'https://evil.example')).headers.get('access-control-allow-origin')).not.toBe('https://evil.example')
    await pair.close()
  })

  test('introspection and GraphiQL can be switched off', async () => {
    const pair = await startPair({ INTROSPECTION: 'off', GRAPHIQL: 'off' })
    expect((await pair.gateway.send('{ __schema { queryType { name } } }')).errors).toBeDefined()
    expect((await pair.gateway.fetch({ headers: { accept: 'text/html' } })).headers.get('content-type') ?? '').not.toContain('html')
    await pair.close()
  })
})

describe('ways to write rows', () => {
  test('a null row is one bad row', async () => {
    const { data } = await gateway.send<Upserted, object>(UPSERT, { rows: [product('A'), null] })
    expect(data.upsertProducts.rows).toEqual([accepted(0), rejected(1, 'NOT_AN_OBJECT', null)])
  })

  test('one object stands for a list of one', async () => {
    const { data } = await gateway.send<Upserted, object>(UPSERT, { rows: product('A') })
    expect(data.upsertProducts.rows).toEqual([accepted(0)])
  })

  test('rows in the document, with variables inside, in lists and as defaults', async () => {
    const document = `mutation ($size: SafeInt!, $row: ProductsRowInput!, $more: [ProductsRowInput!]! = [{ productId: "D", sourceId: "S", packSize: 3, updatedAt: "2025-01-15 08:00:00" }]) {
      inline: upsertProducts(rows: [{ productId: "A", sourceId: "S", packSize: $size, updatedAt: "2025-01-15T08:00:00Z", extra: { tags: ["x", 1.5, true, null] } }, $row]) { rows { ...fate } }
      defaults: upsertProducts(rows: $more) { rows { ...fate } }
    } fragment fate on RowOutcome { __typename ... on IngestedRow { index } ... on RejectedRow { issues { code field } } }`
    await gateway.send('mutation { addAttribute(resource: "Products", name: "TAGS", type: JSON) { name } }', {}, 'inline-token')
    const { data } = await gateway.send<{ inline: IngestAnswer; defaults: IngestAnswer }, object>(
      document,
      { size: 5, row: product('B', { packSize: '6' }) },
      'inline-token',
    )

    expect(data.inline.rows).toEqual([accepted(0), rejected(1, 'WRONG_TYPE', 'packSize')])
    expect(data.defaults.rows).toEqual([accepted(0)])
    const stored = await sandbox.rows('INV_PRODUCTS_OOTB', 'inline-token')
    expect(stored).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ product_id: 'A', pack_size: 5, tags: '["x",1.5,true,null]' }),
        expect.objectContaining({ product_id: 'D' }),
      ]),
    )
  })

  test('a wrong literal is a static error of the document', async () => {
    const { errors, data } = await gateway.send(
      'mutation { upsertProducts(rows: [{ productId: "A", sourceId: "S", packSize: "12", updatedAt: "2025-01-15 08:00:00" }]) { requestId } }',
    )
    expect(data).toBeUndefined()
    expect(errors).toHaveLength(1)
  })

  test('numbers beyond what JSON can carry are refused, repeated names keep the last value, nothing reaches a prototype', async () => {
    const rows =
      '[{"productId":"A","sourceId":"S","packSize":1e999,"updatedAt":"2025-01-15 08:00:00"},{"productId":"B","productId":"C","sourceId":"S","packSize":1,"updatedAt":"2025-01-15 08:00:00"},{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]'
    const response = await post(JSON.stringify({ query: UPSERT, variables: { rows: [] } }).replace('"rows":[]', `"rows":${rows}`))
    const { data } = (await response.json()) as { data: Upserted }

    expect(data.upsertProducts.rows.slice(0, 2)).toEqual([rejected(0, 'NOT_FINITE', 'packSize'), accepted(1)])
    expect(data.upsertProducts.rows[2]).toMatchObject({ __typename: 'RejectedRow' })
    expect(await sandbox.rows('INV_PRODUCTS_OOTB')).toContainEqual(expect.objectContaining({ product_id: 'C' }))
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('an argument', () => {
  const rollout = (given: string) =>
    `mutation { rollout(input: { solutionName: "NEW", appName: "a", appVersion: "1.0.0", targetSchemaName: "S", ${given} }) { complete } }`
  const attribute = (given: string) => `mutation { addAttribute(resource: "Products", ${given}) { name } }`

  test.each([
    ['{ recentRejections(last: $) { index } }', '1000', '1001'],
    ['{ recentRejections(last: $) { index } }', '1', '0'],
    ['{ solutionSchema(solution: "$") { name } }', 'x'.repeat(128), 'x'.repeat(129)],
    ['{ dataQuality(solution: "$") { accepted } }', 'INV_OOTB', ''],
    ['{ ingestRequest(idempotencyKey: "$") { acceptedCount } }', 'k'.repeat(255), 'k'.repeat(256)],
    ['{ ingestRequest(idempotencyKey: "$") { acceptedCount } }', 'k', ''],
    [rollout('modules: $'), '["inventory"]', '[]'],
    [rollout('modules: $'), '["inventory"]', '["inventory", "stock"]'],
    [rollout('modules: ["inventory"], prefix: "$"'), 'P'.repeat(64), 'P'.repeat(65)],
    [rollout('modules: ["inventory"], suffix: "$"'), '_9', '-'],
    [attribute('name: "$", type: BOOLEAN'), `A${'_'.repeat(126)}`, `A${'_'.repeat(127)}`],
    [attribute('name: "A", type: NUMERIC, precision: $'), '38', '39'],
    [attribute('name: "A", type: NUMERIC, precision: 5, scale: $'), '4', '5'],
  ])('is taken up to its bound, and beyond it declined as the caller’s mistake: %s', async (document, good, bad) => {
    const codeFor = async (value: string) => (await gateway.send(document.replace('$', value))).errors?.[0]?.extensions?.code
    expect(await codeFor(good)).not.toBe('BAD_USER_INPUT')
    expect(await codeFor(bad)).toBe('BAD_USER_INPUT')
  })
})

describe('nothing is echoed', () => {
  test.each([
    [
      'a wrong variable',
      'mutation ($s: String) { upsertProducts(rows: [], solution: $s) { requestId } }',
      { s: { secret: 'hunter2"; Expected ' } },
    ],
    [
      'a wrong enum variable',
      'mutation ($o: [RowStatus!]) { upsertProducts(rows: []) { rows(only: $o) { __typename } } }',
      { o: ['hunter2'] },
    ],
    ['a wrong literal', 'mutation { upsertProducts(rows: [{ productId: "A", packSize: "hunter2" }]) { requestId } }', {}],
    ['a wrong literal of a plain scalar', 'mutation { upsertProducts(rows: [], solution: ["hunter2"]) { requestId } }', {}],
    ['a wrong enum literal', 'mutation { upsertProducts(rows: []) { rows(only: [hunter2]) { __typename } } }', {}],
    ['a misspelt field beside values', 'mutation { upsertProducts(rows: [{ productId: "hunter2", packSise: 1 }]) { requestId } }', {}],
    ['a text for a row', 'mutation { upsertProducts(rows: ["hunter2"], dryRun: "hunter2") { requestId } }', {}],
    ['a wrong default of a variable', 'query ($n: Int = "hunter2") { recentRejections(last: $n) { index } }', {}],
    ['a wrong argument of a directive', '{ __typename @skip(if: "hunter2") }', {}],
    ['a wrong timestamp', '{ dataQuality(solution: "INV_OOTB", since: "hunter2") { solution } }', {}],
    [
      'a wrong timestamp in a variable',
      'query ($t: Timestamp) { dataQuality(solution: "INV_OOTB", since: $t) { solution } }',
      { t: 'hunter2' },
    ],
    [
      'a wrong cell in a variable of its own',
      'mutation ($n: SafeInt!) { upsertProducts(rows: [{ productId: "A", sourceId: "S", packSize: $n, updatedAt: "2025-01-15 08:00:00" }]) { requestId } }',
      { n: 'hunter2' },
    ],
    [
      'an input of the wrong shape',
      'mutation ($i: RolloutInput!) { rollout(input: $i) { complete } }',
      { i: { solutionName: { a: 'hunter2' }, appName: 'x"; to include required field "hunter2"' } },
    ],
    ['a block string where none may be', '{ a(b: 1 """hunter2""") }', {}],
    ['a syntax error', 'mutation { upsertProducts(rows "hunter2") { requestId } }', {}],
    ['an unknown solution', 'mutation { upsertProducts(rows: [], solution: "hunter2") { requestId } }', {}],
    [
      'a wrong app version',
      'mutation { rollout(input: { solutionName: "INV_OOTB", appName: "a", appVersion: "hunter2", targetSchemaName: "STAGE" }) { complete } }',
      {},
    ],
  ])('%s', async (_, document, variables) => {
    const { text, errors } = await gateway.send(document, variables)
    expect(errors?.length).toBeGreaterThan(0)
    expect(errors?.every(({ extensions }) => extensions?.code !== undefined && extensions.code in GATEWAY_ERRORS)).toBe(true)
    expect(text).not.toContain('hunter2')
  })

  test.each([
    ...['NOPE', '1', '1.5', '"true"', '{}', '[true]'].map((literal) => ['dryRun', `rows: $, dryRun: ${literal}) { acceptedCount }`]),
    ...['NOPE', '"ACCEPTED"', '[[ACCEPTED]]', '[null]'].map((literal) => ['only', `rows: $) { rows(only: ${literal}) { __typename } }`]),
    ['solution', 'rows: $, solution: true) { acceptedCount }'],
    ['rows', 'rows: null) { acceptedCount }'],
  ])('a literal that %s cannot be declines the request before any of its rows is sent: %s', async (_, field) => {
    const before = (await sandbox.requests()).length
    const row = '{ productId: "A", sourceId: "S", packSize: 1, updatedAt: "2025-01-15 08:00:00" }'
    const { errors } = await gateway.send(`mutation { upsertProducts(${field.replace('$', `[${row}]`)} }`)
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(await sandbox.requests()).toHaveLength(before)
  })

  test('a wrong literal of one of our scalars says where it stands and what is expected', async () => {
    const { errors } = await gateway.send('{ dataQuality(solution: "INV_OOTB", since: "hunter2") { solution } }')
    expect(errors).toEqual([
      {
        message: expect.stringMatching(/^Expected .*RFC 3339.* At argument "since"\.$/),
        locations: [{ line: 1, column: 44 }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ])
    const row = '{ productId: "A", sourceId: "S", packSize: 1, updatedAt: "hunter2" }'
    const inRow = await gateway.send(`mutation { upsertProducts(rows: [${row}]) { requestId } }`)
    expect(inRow.errors).toEqual([expect.objectContaining({ message: expect.stringContaining('"rows[0].updatedAt"') })])
  })

  test('what is nearly a value of an enum is told the value that it was meant to be, and nothing that it says itself', async () => {
    const literal = (only: string) => gateway.send(`mutation { upsertProducts(rows: []) { rows(only: ${only}) { __typename } } }`)
    const variable = (o: unknown) =>
      gateway.send('mutation ($o: [RowStatus!]) { upsertProducts(rows: []) { rows(only: $o) { __typename } } }', { o })
    for (const answer of await Promise.all([literal('accepted'), literal('"ACCEPTED"'), variable('accepted')]))
      expect(answer.errors?.[0]?.message).toContain('Did you mean the enum value "ACCEPTED"')
    const cunning = ' Did you mean the enum value "hunter2"?'
    for (const answer of await Promise.all([literal(JSON.stringify(cunning)), variable([cunning])]))
      expect(answer.errors?.[0]?.message).not.toContain('Did you mean')
  })

  test('a field that is missing in a variable, or that there is not, is named', async () => {
    const { errors } = await gateway.send('mutation ($i: RolloutInput!) { rollout(input: $i) { complete } }', {
      i: { solutionName: 'A', more: 1 },
    })
    const messages = errors?.map(({ message }) => message).join(' ')
    expect(messages).toContain('The field "appName" is required.')
    expect(messages).toContain('There is no field "more".')
  })

  test('a name as long as a document is told in part', async () => {
    const { errors } = await gateway.send(`{ ${'n'.repeat(50_000)} }`)
    expect(errors?.[0]?.message).toContain(`"${'n'.repeat(100)}…"`)
  })

  test("no mistake of a caller's is a line in the log", () => {
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([])
  })

  test('a rejected value, a token and a defect stay out of answers and logs', async () => {
    const { text } = await gateway.send(
      UPSERT,
      { rows: [product('A', { packSize: 'hunter2', colour: 'hunter2', updatedAt: 'hunter2' })] },
      'hunter2-token',
    )
    expect(text).not.toContain('hunter2')
    expect(gateway.logged.join('')).not.toContain('hunter2')
  })
})
