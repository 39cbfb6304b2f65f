import { buildSchema, GraphQLError, parse, specifiedRules, validate } from 'graphql'
import { GATEWAY_ERRORS, GatewayError, type GatewayErrorCode } from '../../../src/errors.ts'
import { mediaTypeFor, printed } from '../../../src/graphql/http-answer.ts'
import { checkParameters, readSearch } from '../../../src/graphql/parameters.ts'
import { LiteralsRule } from '../../../src/graphql/plugins/literals-rule.ts'
import { publicError } from '../../../src/graphql/public-error.ts'
import type { Table } from './table.ts'

const short = (value: unknown) => JSON.stringify(value)?.replace(/x{20,}/g, (run) => `x * ${run.length}`) ?? 'undefined'

/** What something comes to, or why it is declined. */
function outcomeOf(act: () => unknown): string {
  try {
    return short(act())
  } catch (error) {
    const { code, message } = error as GatewayError
    return `${code} ${message}`
  }
}

const SEARCHES = [
  ...[
    '',
    '?',
    '?query={a}',
    '?query=',
    '?query={a}&query={b}',
    '?query={a}&operationName=',
    '?query={a}&operationName=A',
    '?documentId=d',
    '?variables={"a":1}',
    '?variables=',
    '?variables={',
    '?variables=null',
  ],
  ...['?extensions={"e":1}&variables=[1]', '?extensions=x', '?query=%7Ba%7D+b', '?more=1', '?variables={"a":1,"a":2}'],
]

const PARAMETERS: readonly unknown[] = [
  ...[
    null,
    'x',
    7,
    [],
    [{ query: '{a}' }],
    {},
    { query: '{a}' },
    { query: '' },
    { query: 7 },
    { query: null, documentId: 'd' },
    { query: '', documentId: 'd' },
    { query: '{a}', documentId: 'd' },
    { documentId: 7 },
  ],
  ...['variables', 'extensions', 'operationName'].flatMap((name) =>
    [null, undefined, {}, [], 'x', '', 7, { a: 1 }].map((value) => ({ query: '{a}', [name]: value })),
  ),
  ...[
    {},
    { persistedQuery: 7 },
    { persistedQuery: {} },
    { persistedQuery: { sha256Hash: 'h' } },
    { persistedQuery: { sha256Hash: 7 } },
  ].map((extensions) => ({ extensions })),
]

const ACCEPTS = [
  ...[
    undefined,
    '',
    '*/*',
    'application/json',
    'application/graphql-response+json',
    'application/*',
    'text/html',
    'application/json;q=0.5, */*;q=0.1',
    'application/json;q=0',
    '*/*;q=0',
    'APPLICATION/JSON',
  ],
  ...[
    'application/graphql-response+json, application/json',
    'application/json, application/graphql-response+json',
    'application/json;charset=utf-8',
    'application/json;charset=latin1',
    'text/html, */*;q=0.5',
  ],
  ...[`text/html, ${'x'.repeat(200)}/json, application/json`, 'application/graphql-response+json;charset=utf-8'],
]

const gatewayError = (code: GatewayErrorCode, numbers = {}) => publicError(new GatewayError(code, 'm', numbers), () => {})
const RESULTS = (['application/json', 'application/graphql-response+json', undefined] as const).flatMap((type) =>
  [
    { data: { a: 1 } },
    { data: { a: 1 }, errors: [] },
    { data: { a: null }, errors: [gatewayError('OVERLOADED')] },
    { data: null, errors: [gatewayError('FORBIDDEN')] },
    { errors: [gatewayError('FORBIDDEN'), gatewayError('INTERNAL_SERVER_ERROR')] },
    ...(Object.keys(GATEWAY_ERRORS) as GatewayErrorCode[]).map((code) => ({ errors: [gatewayError(code, { retryAfterMs: 1_001 })] })),
  ].map((result) => [type, result] as const),
)

const schema = buildSchema(`
  enum Kind { RED, GREEN } scalar Any input In { a: Int!, b: [String!], k: Kind, deep: In } type Query { f(i: Int, in: In, k: Kind, list: [Int!], s: String!, any: Any): Int g: Query } type Mutation { f(i: Int!): Int }`)

const DOCUMENTS = [
  ...[
    '{',
    '{ f(s: "secret" }',
    '{ f(s: """secret""" x: }',
    '{ f(i: 123secret) }',
    '{ f(s: 1.5.5) }',
    'query "secret"',
    '{ $ }',
    '',
    '{ none }',
    '{ f }',
    '{ f(s: "a") { x } }',
    '{ g }',
    '{ f(s: "a", none: 1) }',
    '{ f(s: "a") f(s: "b") }',
  ],
  ...[
    'i: "secret"',
    'i: 1.5',
    'i: 12345678901',
    'i: null',
    'i: [1]',
    'i: {a: 1}',
    'k: REED',
    'k: "RED"',
    'k: 7',
    'in: {}',
    'in: {a: "secret"}',
    'in: {a: 1, c: 2}',
    'in: {a: 1, b: ["x", 7]}',
    'in: {a: 1, deep: {a: 1, k: BLUE}}',
  ].map((given) => `{ f(s: "a", ${given}) }`),
  ...['list: [1, "secret"]', 'list: 7', 'list: [[1]]', 'any: {a: [1, $x]}', 'i: $none', 'in: {a: 1, a: 2}', 'list: [null]'].map(
    (given) => `{ f(s: "a", ${given}) }`,
  ),
  ...[
    '{ f(s: null) }',
    '{ f(s: 7) }',
    '{ f(s: true) }',
    '{ f(s: secret) }',
    'query ($v: Int) { f(s: $v) }',
    'query ($v: None) { f(s: "a") }',
    `{ ${'x'.repeat(101)} }`,
    `{ ${'x'.repeat(100)} }`,
    'fragment F on Query { g { ...F } }',
  ],
]

const told = (errors: readonly (GraphQLError | Error)[]) =>
  errors.map((error) => short(publicError(error, (cause) => (error.message += ` (defect ${cause})`)))).join('\n  ')

const RULES = [...specifiedRules.filter(({ name }) => name !== 'ValuesOfCorrectTypeRule'), LiteralsRule]

/** What is told of a document, as Yoga marks what it finds. */
function documentErrors(text: string): string {
  try {
    const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' }
    return told(validate(schema, parse(text), RULES).map(({ message, nodes }) => new GraphQLError(message, { nodes, extensions })))
  } catch (error) {
    return told([error as Error])
  }
}

/** What is read of requests, and how they are answered. */
export const parameters: Table = {
  name: 'parameters',
  title: 'Parameters of requests, types of answers, statuses and headers, and the words in which mistakes are told, which quote no value.',
  about: 'Below each document is what is told of it.',
  lines: () => [
    ...SEARCHES.map((search) => `${search}: ${outcomeOf(() => readSearch(search))}`),
    ...PARAMETERS.map((given) => `${short(given)}: ${outcomeOf(() => checkParameters(given, ({ query, id }) => query ?? `id ${id}`))}`),
    ...ACCEPTS.map((accept) => `${short(accept)}: ${mediaTypeFor(accept)} ${mediaTypeFor(accept)}`),
    ...RESULTS.map(([type, result]) => {
      const { errors, ...answered } = result
      const { status, headers, body } = printed(type, answered, errors)
      return `${type} ${short(result)}: ${status} ${headers.join(' ')} ${body === undefined ? '' : [body].flat().join('').length}`
    }),
    ...DOCUMENTS.map((text) => `${text.replace(/x{20,}/, (run) => `x * ${run.length}`)}\n  ${documentErrors(text)}`),
    told([new Error('secret')]),
  ],
}
