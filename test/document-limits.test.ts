import { buildSchema, type DocumentNode, getIntrospectionQuery, parse } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { DOCUMENT_LIMITS } from '../src/graphql/cost/limits.ts'
import { useDocuments } from '../src/graphql/plugins/use-documents.ts'
import { exampleRow } from '../src/resource/define-resource.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, type GraphQLAnswer, ROW_FIELDS, startGateway } from './support/gateway.ts'
import { product, products } from './support/rows.ts'

let upstream: FakeUpstream
let gateway: Gateway
let closed: Gateway

beforeAll(async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const settings = { INGESTION_URL: upstream.url, MAX_ROWS_PER_MUTATION: '100', MAX_ANSWER_BYTES: '200000' }
  gateway = await startGateway(settings)
  closed = await startGateway({ ...settings, INTROSPECTION: 'off' })
})
afterAll(async () => {
  await gateway.close()
  await closed.close()
  await upstream.close()
})
let before = 0
beforeEach(() => {
  before = upstream.arrived.length
})
const arrived = () => upstream.arrived.slice(before)

const repeat = (count: number, write: (at: number) => string) => Array.from({ length: count }, (_, at) => write(at)).join(' ')

/** A request declined whole before anything of it was executed, with one error that says no more than so many characters. */
function expectDeclined({ data, errors, text }: GraphQLAnswer<unknown>, extensions: object): void {
  expect(data ?? null).toBeNull()
  expect(errors).toEqual([expect.objectContaining({ extensions: expect.objectContaining(extensions) })])
  expect(text.length).toBeLessThan(600)
  expect(arrived()).toEqual([])
}

describe('a document is declined before it is executed', () => {
  test.each<[string, string, object]>([
    ['long', `{ ${' '.repeat(100_000)} }`, { limit: DOCUMENT_LIMITS.characters, actual: 100_004 }],
    ['of one name of 30 MB', `{ ${'a'.repeat(30_000_000)} }`, { limit: DOCUMENT_LIMITS.characters, actual: 30_000_004 }],
    ['of too many tokens', `{ ${repeat(10_000, () => 'a')} }`, { limit: DOCUMENT_LIMITS.tokens }],
    ['of nothing but brackets', '['.repeat(10_000), { limit: DOCUMENT_LIMITS.depth, actual: 10_000 }],
    ['of selections within each other', '{a:'.repeat(3_333), { limit: DOCUMENT_LIMITS.depth, actual: 3_333 }],
    [
      'of inline fragments within each other',
      `{${'...{'.repeat(3_000)}a${'}'.repeat(3_001)}`,
      { limit: DOCUMENT_LIMITS.depth, actual: 3_001 },
    ],
    ['of lists within each other', `{ a(b: ${'['.repeat(3_000)}`, { limit: DOCUMENT_LIMITS.depth, actual: 3_001 }],
    [
      'of fragments within each other',
      `{ ...f0 } ${repeat(900, (at) => `fragment f${at} on Query { ...f${at + 1} }`)}`,
      { limit: DOCUMENT_LIMITS.depth },
    ],
    [
      'of 900 introspections',
      `{ ${repeat(900, (at) => `a${at}: __schema { types { name } }`)} }`,
      { limit: DOCUMENT_LIMITS.queryFields, actual: 900 },
    ],
    [
      'of fragments that double',
      `{ ...f0 } ${repeat(30, (at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`)} fragment f30 on Query { limits { rowsPerMutation } }`,
      { limit: DOCUMENT_LIMITS.queryFields, actual: 2 ** 30 },
    ],
    [
      'of names for one field',
      `{ limits { ${repeat(1_001, (at) => `a${at}: rowsPerMutation`)} } }`,
      { limit: DOCUMENT_LIMITS.aliases, actual: 1_001 },
    ],
    [
      'of fields of one fragment',
      `mutation { ${repeat(300, (at) => `a${at}: rollout(input: {}) { ...F }`)} } fragment F on RolloutPayload { ${repeat(40, (at) => `f${at}`)} }`,
      { limit: DOCUMENT_LIMITS.fields, actual: 300 * 41 },
    ],
    ['of 1,001 mutations', `mutation { ${repeat(1_001, () => 'rollout')} }`, { limit: DOCUMENT_LIMITS.mutationFields, actual: 1_001 }],
  ])('%s', async (_, document, numbers) => {
    expectDeclined(await gateway.send(document), { code: 'DOCUMENT_TOO_LARGE', ...numbers })
  })

  test.each([
    [
      '90 times the schema',
      `{ ${repeat(90, (at) => `a${at}: __schema { types { ...F } }`)} } fragment F on __Type { name description fields { name description args { name description } } inputFields { name description } }`,
    ],
    [
      'types of a variable',
      `query ($n: String!) { ${repeat(90, (at) => `a${at}: __type(name: $n) { fields { name description args { name description } } }`)} }`,
    ],
    ['90 times all columns', `{ ${repeat(90, (at) => `a${at}: resources { columns { field column description references } }`)} }`],
  ])('of an answer that would be too large: %s', async (_, document) => {
    expectDeclined(await gateway.send(document), { code: 'ANSWER_TOO_LARGE', limit: DOCUMENT_LIMITS.answerBytes })
  })

  test('what is too large is declined again when it comes again, and what is not is answered', async () => {
    const document = '{ __schema { types { possibleTypes { interfaces { name } } } } }'
    const large = `{ ${repeat(90, (at) => `a${at}: resources { columns { field column description references } }`)} }`
    for (let times = 0; times < 3; times++) {
      expect((await gateway.send(document)).errors).toBeUndefined()
      expectDeclined(await gateway.send(large), { code: 'ANSWER_TOO_LARGE' })
    }
  })
})

describe('what tools and people send is answered', () => {
  test.each([
    getIntrospectionQuery(),
    getIntrospectionQuery({
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      typeDepth: 12,
    }),
  ])('introspection', async (query) => {
    const { data, errors } = await gateway.send<{ __schema: { types: unknown[] } }, object>(query)
    expect(errors).toBeUndefined()
    expect(data.__schema.types.length).toBeGreaterThan(100)
  })

  test('all 82 mutations in one document', async () => {
    const names = contract.resources.flatMap(({ graphqlName }) => [`upsert${graphqlName}`, `append${graphqlName}`])
    const rows = Object.fromEntries(contract.resources.map((resource) => [resource.graphqlName, exampleRow(resource)]))
    const types = contract.resources.map(({ graphqlName }) => `$${graphqlName}: [${graphqlName}RowInput!]!`)
    const fields = names.map((name) => `${name}(rows: $${name.slice(6)}) { acceptedCount rows { ${ROW_FIELDS} } }`)
    const { data, errors } = await gateway.send<Record<string, { acceptedCount: number }>, object>(
      `mutation (${types}) { ${fields.join(' ')} }`,
      rows,
    )
    expect(errors).toBeUndefined()
    expect(Object.values(data).map(({ acceptedCount }) => acceptedCount)).toEqual(names.map(() => 1))
  })
})

test('valid documents are kept parsed until others have come that have too many characters together', () => {
  const ignore = () => {}
  const documents = useDocuments(buildSchema('type Query { f: Int }'), true) as unknown as Record<
    'onParse' | 'onValidate',
    (payload: object) => ((done: object) => void) | undefined
  >
  const validate = (text: string, errors: readonly Error[]) =>
    documents.onValidate({ params: { documentAST: parse(text) }, setResult: ignore, setValidationFn: ignore })?.({ result: errors })
  const isKept = (source: string) => {
    let kept: DocumentNode | undefined
    const setParsedDocument = (document: DocumentNode) => {
      kept = document
    }
    documents.onParse({ params: { source }, setParsedDocument, setParseFn: ignore })
    return kept !== undefined
  }
  const documentOf = (nth: number) => `{ f${String(nth).padStart(3_990, '0')} }`
  const fitting = Math.floor(DOCUMENT_LIMITS.keptCharacters / documentOf(0).length) - 1

  for (let nth = 0; nth < fitting; nth++) validate(documentOf(nth), [])
  expect([isKept(documentOf(1)), isKept(documentOf(fitting - 1))]).toEqual([true, true])
  for (let nth = fitting; nth < 2 * fitting; nth++) validate(documentOf(nth), [])
  expect([isKept(documentOf(1)), isKept(documentOf(2 * fitting - 1))]).toEqual([false, true])
  validate('{ wrong }', [new Error('wrong')])
  validate('mutation { f(rows: [{}]) { a } }', [])
  expect(['{ wrong }', 'mutation { f(rows: [{}]) { a } }'].map(isKept)).toEqual([false, false])
})

describe('errors', () => {
  test('a document of 140 unknown fields is told of nine, and that there are more', async () => {
    const { errors, text } = await gateway.send(`{ limits { ${repeat(140, (at) => `unknown${at}`)} } }`)
    expect(errors).toHaveLength(DOCUMENT_LIMITS.errors)
    expect(errors?.at(-1)?.message).toContain('Too many validation errors')
    expect(text.length).toBeLessThan(4_000)
  })

  test('a list of wrong values in variables is told of ten', async () => {
    const document = 'mutation ($only: [RowStatus!]) { upsertProducts(rows: []) { rows(only: $only) { __typename } } }'
    const { errors } = await gateway.send(document, { only: Array.from({ length: 60 }, () => 'NOPE') })
    expect(errors).toHaveLength(DOCUMENT_LIMITS.errors)
  })

  test('fragments that are all within each other are told of as what they are', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `f${at}`)
    const { errors } = await gateway.send(
      `{ ...f0 } ${names.map((name) => `fragment ${name} on Query { ${names.map((one) => `...${one}`).join(' ')} }`).join(' ')}`,
    )
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('Cannot spread fragment'),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    })
    expect(errors?.length).toBeLessThanOrEqual(DOCUMENT_LIMITS.errors)
  })

  test('an invalid document that comes again is invalid again, in the same words', async () => {
    const first = await gateway.send('{ nope }')
    expect((await gateway.send('{ nope }')).text).toBe(first.text)
    expect(first.errors).toHaveLength(1)
  })

  test('names of the schema are suggested only where it may be read', async () => {
    const wrong = 'mutation { upsertProduct(rows: []) { requestId } }'
    expect((await gateway.send(wrong)).text).toContain('Did you mean')
    expect((await closed.send(wrong)).text).not.toContain('Did you mean')
  })
})

describe('rows of all fields of a request count together', () => {
  const UPSERT = 'upsertProducts(rows: $rows) { acceptedCount }'
  const declare = (fields: string) => `mutation ($rows: [ProductsRowInput!]!) { ${fields} }`

  test.each([
    ['twice the same variable', declare(`a: ${UPSERT} b: ${UPSERT}`), 51, 102],
    ['700 times the same variable', declare(repeat(700, (at) => `a${at}: ${UPSERT}`)), 20, 14_000],
    ['by a fragment', `${declare('...F')} fragment F on Mutation { a: ${UPSERT} b: ${UPSERT} }`, 60, 120],
  ])('%s', async (_, document, count, actual) => {
    expectDeclined(await gateway.send(document, { rows: products(count) }), { code: 'TOO_MANY_ROWS', limit: 100, actual })
  })

  test('those of the operation that is named, where a document has several', async () => {
    const query = `${declare(`a: ${UPSERT} b: ${UPSERT}`).replace('mutation', 'mutation A')} query B { limits { rowsWaiting } }`
    const headers = { 'content-type': 'application/json', authorization: 'token' }
    const body = JSON.stringify({ query, operationName: 'A', variables: { rows: products(51) } })
    const { errors } = await (await gateway.fetch({ method: 'POST', headers, body })).json()
    expect(errors[0].extensions).toMatchObject({ code: 'TOO_MANY_ROWS', limit: 100, actual: 102 })
  })

  test('rows of a field that is alone are counted by its judge, whose refusal says the numbers too', async () => {
    const { data, errors } = await gateway.send(declare(UPSERT), { rows: products(101) })
    expect(data).toEqual({ upsertProducts: null })
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'TOO_MANY_ROWS', limit: 100, actual: 101 } })])
    expect(arrived()).toEqual([])
  })

  test('fields that are skipped, and one field written twice, do not count twice', async () => {
    const fields = `${UPSERT} ${UPSERT} b: upsertProducts(rows: $rows) @include(if: $no) { acceptedCount }`
    const document = declare(fields).replace(')', ', $no: Boolean = false)')
    const { data, errors } = await gateway.send<{ upsertProducts: { acceptedCount: number } }, object>(document, { rows: products(60) })
    expect(errors).toBeUndefined()
    expect(data.upsertProducts.acceptedCount).toBe(60)
  })

  test('rows of a large body, which are counted while they are read, are declined by the numbers too', async () => {
    const large = await startGateway({ INGESTION_URL: upstream.url, MAX_ROWS_PER_MUTATION: '5000' })
    const url = new URL('/graphql', await large.listen())
    const headers = { 'content-type': 'application/json', authorization: 'token' }
    const body = JSON.stringify({ query: declare(UPSERT), variables: { rows: products(8_000) } })
    const answer = await (await fetch(url, { method: 'POST', headers, body })).json()
    expect(body.length).toBeGreaterThan(1_100_000)
    expect(answer.errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'TOO_MANY_ROWS', limit: 5_000, actual: 8_000 }) }),
    ])
    expect(arrived()).toEqual([])
    await large.close()
  })
})

describe('the answers of a request may have so many bytes together', () => {
  const many = (names: number, selection: string) =>
    `mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { rows { ... on IngestedRow { index } ${repeat(names, (at) => selection.replaceAll('$', String(at)))} } } }`
  const expectTooLarge = ({ errors, data }: GraphQLAnswer<object | null>) => {
    expect(Object.values(data ?? {}).every((payload) => payload === null)).toBe(true)
    expect(errors).toEqual([
      expect.objectContaining({
        extensions: expect.objectContaining({ code: 'ANSWER_TOO_LARGE', limit: 200_000, actual: expect.any(Number) }),
      }),
    ])
    expect(arrived()).toEqual([])
  }

  test.each([
    ['of rows', many(200, '... on AcceptedRow { a$: index }'), products(100)],
    ['of issues of refused rows', many(40, '... on RejectedRow { i$: issues { message } }'), products(50).map(() => ({}))],
    ['of issues that the upstream may find', many(100, '... on RejectedRow { i$: issues { message } }'), products(50)],
    ['of keys', many(100, '... on IngestedRow { k$: key }'), products(100)],
    ['of long keys', many(30, '... on IngestedRow { k$: key }'), products(20, 'x'.repeat(600))],
    [
      'of summaries',
      `mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { ${repeat(60, (at) => `s${at}: issueSummary { message firstIndexes }`)} } }`,
      products(100),
    ],
  ])('%s', async (_, document, rows) => {
    expectTooLarge(await gateway.send(document, { rows }))
  })

  test('few long keys are measured and answered', async () => {
    const answer = await gateway.send(many(2, '... on IngestedRow { k$: key }'), { rows: products(20, 'x'.repeat(600)) })
    expect(answer.errors).toBeUndefined()
  })

  test('a field whose answer has no room beside those before it is declined, and nothing of it is sent', async () => {
    const field = (name: string) => `${name}: upsertProducts(rows: $rows) { acceptedCount rows { ${ROW_FIELDS} } }`
    const document = `mutation ($rows: [ProductsRowInput!]!) { ${repeat(8, (at) => field(`a${at}`))} }`
    const rows = Array.from({ length: 12 }, (_, at) => product(`A${at}`))
    const small = await startGateway({ INGESTION_URL: upstream.url, MAX_ANSWER_BYTES: '15000' })
    const { data, errors } = await small.send<Record<string, { acceptedCount: number } | null>, object>(document, { rows })

    const answered = Object.values(data).filter((payload) => payload !== null)
    expect(answered.length).toBeGreaterThan(0)
    expect(errors).toHaveLength(8 - answered.length)
    expect(errors?.every(({ extensions }) => extensions?.code === 'ANSWER_TOO_LARGE')).toBe(true)
    expect(arrived().flatMap(({ body }) => body.data)).toHaveLength(12 * answered.length)
    await small.close()
  })
})
