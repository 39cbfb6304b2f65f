import { getIntrospectionQuery } from 'graphql'
import type { Scenario } from '../support/recording/run.ts'
import { items } from './rows.ts'

const times = (count: number, text: (nth: number) => string) => Array.from({ length: count }, (_, nth) => text(nth)).join(' ')
const FULL = 'rows { ... on IngestedRow { index key } ... on RejectedRow { issues { message } } }'

/** Documents at, below and above what one may cost. */
const DOCUMENTS: readonly (readonly [document: string, variables?: object])[] = [
  [
    `{ ${times(90, (n) => `a${n}: __schema { types { name description fields(includeDeprecated: true) { name description args { name type { name kind ofType { name } } } } } }`)} }`,
  ],
  [
    '{ __type(name: "RowIssue") { kind name description fields { name type { kind ofType { name } } } possibleTypes { name } inputFields { name } } }',
  ],
  [getIntrospectionQuery().replace('types {', 'types { a: fields { type { fields { type { fields { name } } } } }')],
  ['{ __type(name: "RowStatus") { enumValues { name } interfaces { name } } a: __type(name: "None") { name } }'],
  ['query ($n: String!) { __type(name: $n) { name enumValues(includeDeprecated: true) { name } } }', { n: 'RowIssueCode' }],
  [`{ ${times(1_000, (n) => `a${n}: __typename`)} }`],
  [`{ ${times(1_001, (n) => `a${n}: __typename`)} }`],
  [`{ ${times(100, (n) => `a${n}: limits { rowsWaiting }`)} }`],
  [`{ ${times(101, (n) => `a${n}: limits { rowsWaiting }`)} }`],
  [`{ ${times(30, (n) => `a${n}: resources { name columns { field description } example }`)} }`],
  ['{ resources { name columns { field } } }'],
  ['{ resources(module: "quote") { name solutions limits { rowsPerRequest } } }'],
  [`{ limits { ${'...A '.repeat(2)} } } fragment A on Limits { ...B ...B } fragment B on Limits { rowsWaiting }`],
  ['{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
  [`{ limits { ${'rowsWaiting '.repeat(9_997)} } }`],
  [`{ limits { ${'...A '.repeat(100)} } } fragment A on Limits { ${times(101, () => 'rowsWaiting')} }`],
  [`{ ${'a: limits { rowsWaiting } '.repeat(250)} }`],
  [`${'{ limits '.repeat(70)}`],
  [`{ resources(name: ${'['.repeat(64)}${']'.repeat(64)}) { name } }`],
  [`# ${'x'.repeat(100_000)}\n{ __typename }`],
  [`{ __typename } ${'#'.repeat(99_984)}`],
  [`{ resources(name: "${'x'.repeat(300)}") { name } }`],
  [`{ ${'x'.repeat(300)} }`],
  ['{ limits { rowsWaiting } } { __typename }'],
  ['subscription { a }'],
  ['{ __typename @skip(if: true) limits @include(if: false) { rowsWaiting } me @skip(if: false) { identity } }'],
  ['query ($b: Boolean!) { limits @include(if: $b) { rowsWaiting } }', { b: false }],
  ['query ($b: Boolean!) { limits @include(if: $b) { rowsWaiting } }'],
  ['{ limits { cost(rows: 3.5) { requests } } }'],
  ['mutation { upsertProducts(rows: [{ productId: "A", packSize: "x" }]) { acceptedCount } }'],
  ['mutation { upsertProducts(rows: [{ productId: 12345678901234567890 }]) { acceptedCount } }'],
  [
    'mutation { upsertPricing(rows: [{ unitCostPrice: 0.1234567890123456789 }]) { rows { ... on RejectedRow { issues { code field } } } } }',
  ],
  [
    'mutation ($p: Float) { upsertPricing(rows: [{ unitCostPrice: $p }, null]) { rejectedCount rows { ... on RejectedRow { issues { code field } } } } }',
    { p: null },
  ],
  [`mutation ($r: [ProductsRowInput!]!) { ${times(3, (n) => `a${n}: upsertProducts(rows: $r) { acceptedCount }`)} }`, { r: items(4, 'P') }],
  [
    `mutation ($r: [ProductsRowInput!]!) { ${times(2, (n) => `a${n}: upsertProducts(rows: $r) { acceptedCount ${FULL} }`)} }`,
    { r: items(5, 'P') },
  ],
  [
    `mutation ($r: [ProductsRowInput!]!) { upsertProducts(rows: $r) { a: ${FULL} b: ${FULL} c: ${FULL} d: ${FULL} e: ${FULL} } }`,
    { r: items(10, 'P') },
  ],
  ['mutation ($r: [ProductsRowInput!]!) { upsertProducts(rows: $r) { acceptedCount } }', { r: null }],
  ['mutation ($r: [ProductsRowInput!]!) { upsertProducts(rows: $r) { acceptedCount } }', { r: 'x' }],
  [
    'mutation ($r: [ProductsRowInput!]!) { upsertProducts(rows: $r) { rows { ... on RejectedRow { issues { code } } } } }',
    { r: items(1, 'P')[0] },
  ],
  [
    'mutation ($r: [ProductsRowInput!]!) { upsertProducts(rows: $r) { rows { __typename ... on RejectedRow { issues { code } } } } }',
    { r: [null, 7, [], {}, items(1, 'P')[0]] },
  ],
  [
    'mutation ($r: [ProductsRowInput!]! = [{productId: "D", sourceId: "S", packSize: 1, updatedAt: "2025-01-15T08:00:00Z"}]) { upsertProducts(rows: $r) { acceptedCount } }',
  ],
  ['mutation ($o: Boolean) { upsertProducts(rows: [], dryRun: $o, solution: 7) { acceptedCount } }', { o: 'x' }],
]

/** What documents may cost. */
export const documents: Scenario = {
  name: 'documents',
  title: 'Documents: what one may cost is known before anything of it is executed, and says what is wrong with it.',
  about: `
A mutation may have ten rows, over all its fields, and an answer to rows 4,000 bytes. Long documents are told by their beginning and a digest.`,
  settings: { MAX_ROWS_PER_MUTATION: '10', MAX_ANSWER_BYTES: '4000' },
  async play({ send }) {
    for (const [query, variables] of DOCUMENTS)
      await send('ann', {
        headers: { authorization: 'token-ann', 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
  },
}
