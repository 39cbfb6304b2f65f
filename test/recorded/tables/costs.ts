import {
  buildSchema,
  type FieldNode,
  type GraphQLCompositeType,
  getNamedType,
  getOperationAST,
  isCompositeType,
  isLeafType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import { createEstimate } from '../../../src/graphql/cost/answer-estimate.ts'
import { weighAnswers } from '../../../src/graphql/cost/answer-weights.ts'
import { boundSelections, measureDocument } from '../../../src/graphql/cost/document-cost.ts'
import { bracketDepth } from '../../../src/graphql/cost/document-text.ts'
import { fragmentsOf, hasFragmentCycle, isExecuted, rootFields } from '../../../src/graphql/cost/fragments.ts'
import { createIntrospectionMeasure } from '../../../src/graphql/cost/introspection-size.ts'
import { createRowCount } from '../../../src/graphql/plugins/use-row-limit.ts'
import { bareSchema } from '../../support/bare-schema.ts'
import type { Table } from './table.ts'

const schema = bareSchema()
/** Of few types, so that what they print does not change with every resource. */
const few = buildSchema(`
  "What is asked for." type Query { plain: String, list(last: Int = 5, "Long." a: [In!]): [Row!]!, old: Int @deprecated(reason: "no") }
  interface Row { id: ID! } type One implements Row { id: ID! } type Other implements Row { id: ID!, more: Kind } union Any = One | Other
  enum Kind { A, B @deprecated } input In { a: Int! = 7, b: String @deprecated(reason: "gone") } type Mutation { a: Int }`)

const operationOf = (text: string) => getOperationAST(parse(text)) as OperationDefinitionNode
const fieldOf = (text: string) => operationOf(text).selectionSet.selections.find((one) => one.kind === Kind.FIELD) as FieldNode

/** What each field of a type prints by itself; what holds others is asked for one of these. */
function fieldSizes(type: GraphQLCompositeType): string {
  const estimate = createEstimate({ schema, fragments: new Map() })
  const fields = isUnionType(type) ? [] : Object.values(type.getFields())
  const sizes = fields
    .filter(({ name }) => !/^(?:upsert|append)/.test(name))
    .map(({ name, type: answered }) => {
      const leaf = isLeafType(getNamedType(answered))
      return `${name} ${estimate(type, fieldOf(`{ ${name}${leaf ? '' : ' { __typename }'} }`))}`
    })
  return `${type.name}: ${sizes.join(', ')}, __typename ${estimate(type, fieldOf('{ __typename }'))}`
}

const ASKED = ['', '(last: 0)', '(last: 7)', '(last: 1000)', '(last: 1001)', '(last: $n)', '(first: 7)']

const PRINTED = [
  ...['requestId', 'a: requestId', 'acceptedCount', 'warnings', 'issueSummary { code }', 'issueSummary { code message field }'],
  ...[
    'rows { __typename }',
    'rows { ... on IngestedRow { index } }',
    'rows { ... on IngestedRow { key } }',
    'rows { ... on IngestedRow { key k: key } }',
  ],
  ...[
    'rows { ... on RejectedRow { issues { code } } }',
    'rows { ... on RejectedRow { by issues { code message } } }',
    'rows { ...F ... on Row { ...G } }',
  ],
]
const FRAGMENTS = 'fragment F on IngestedRow { index key } fragment G on RejectedRow { issues { message } }'

/** The weights of an ingest field with these selections. */
function weightsOf(selections: string): string {
  const text = `mutation { p: upsertProducts(rows: []) { ${selections} } p: upsertProducts(rows: []) { requestId } q: appendProducts(rows: []) { requestId } } ${FRAGMENTS}`
  return [...weighAnswers(schema, parse(text), operationOf(text))]
    .map(([name, weights]) => `${name} ${Object.values(weights).join(' ')}`)
    .join('; ')
}

const INTROSPECTIONS = [
  ...[
    '{ __schema { __typename } }',
    '{ __schema { description } }',
    '{ long: __schema { types { name } } }',
    '{ __schema { types { kind fields { name } } } }',
  ],
  ...[
    '{ __schema { types { fields(includeDeprecated: true) { name } } } }',
    '{ __schema { types { fields(includeDeprecated: false) { name } } } }',
  ],
  ...[
    '{ __schema { types { fields(includeDeprecated: $d) { name args { defaultValue } } } } }',
    '{ __schema { types { ...T } types { ...T } } } fragment T on __Type { name ...U } fragment U on __Type { kind }',
  ],
  ...[
    '{ __type(name: "Row") { name possibleTypes { name } } }',
    '{ __type(name: "None") { name } }',
    '{ __type(name: $t) { fields { name } } }',
    '{ __type { name } }',
    '{ limits { rowsWaiting } }',
  ],
  ...['{ __schema { queryType { name } subscriptionType { name } directives { name locations args { type { ofType { name } } } } } }'],
]

const DOCUMENTS = [
  ...[
    '{ a }',
    '{ a b: c d: d }',
    '{ a { b { c } } }',
    '{ ...F ...F } fragment F on T { a { b } }',
    'query A { a } mutation B { b c } subscription { d }',
  ],
  ...[
    '{ ... { a } ... on T { b } }',
    '{ ...None }',
    'fragment F on T { a { ...G } } fragment G on T { b x: c }',
    '{ a } fragment Unused on T { b { c } }',
  ],
  ...[
    '{ ...A } fragment A on T { a ...B } fragment B on T { b ...A }',
    '{ a { ...A } } fragment A on T { ...B } fragment B on T { b }',
    'fragment A on T { ...A }',
  ],
]

const TEXTS = [
  ...['', '{', '{}', '{[]}', '[{', ']}', '{a}#{{{', '{"{{"}', '{"\\"{"}', '"""{"""{', '"""\\"""{"""{', '""{', '"{\n{', '{{}{{}}}', '#{\r{'],
]

const ROWS: readonly (readonly [text: string, variables: Readonly<Record<string, unknown>>])[] = [
  ['mutation { f(rows: []) { a } }', {}],
  ['mutation { f(rows: [{}, {}]) { a } g(rows: {}) { a } }', {}],
  ['mutation ($r: R) { f(rows: $r) { a } g(rows: $r) { a } }', { r: [1, 2, 3] }],
  ['mutation ($r: R = [{}]) { f(rows: $r) { a } g(rows: [$r, {}]) { a } }', {}],
  ['mutation ($y: B) { f(rows: [{}]) @skip(if: $y) { a } g(rows: [{}, {}]) @include(if: $y) { a } h(rows: {}) { a } }', { y: true }],
  ['mutation ($y: B) { f(rows: [{}]) @skip(if: $y) { a } g(rows: [{}, {}]) @include(if: $y) { a } h(rows: {}) { a } }', { y: false }],
  ['mutation ($y: B) { f(rows: [{}]) @skip(if: $y) { a } g(rows: [{}, {}]) @include(if: $y) { a } h(rows: {}) { a } }', {}],
  ['mutation { f(rows: [{}]) @include(if: false) { a } g(rows: {}) @other(if: false) @skip(if: false) { a } }', {}],
  [
    'mutation { ...F @include(if: false) ... @skip(if: false) { g(rows: [{}, {}]) { a } } h(rows: {}) { a } } fragment F on M { f(rows: {}) { a } }',
    {},
  ],
]

function refusalOf(act: () => void): string {
  try {
    act()
    return 'taken'
  } catch (error) {
    return `${(error as Error).message}`
  }
}

function selectionsOf(text: string): string {
  const document = parse(text)
  const cycle = hasFragmentCycle(document)
  const costs = cycle
    ? []
    : measureDocument(document).map(({ operation = 'fragment', cost }) => `${operation} ${Object.values(cost).join(' ')}`)
  return `${text}: ${cycle ? 'cycle' : costs.join('; ')}, ${cycle ? '-' : refusalOf(() => boundSelections(document))}`
}

function rowsOf([text, variables]: (typeof ROWS)[number]): string {
  const [document, operation] = [parse(text), operationOf(text)]
  const fields = rootFields(document, operation).map(
    ({ responseKey, directives }) => `${responseKey}${isExecuted(directives, variables) ? '' : ' left out'}`,
  )
  return `${text} ${JSON.stringify(variables)}: ${createRowCount(document, operation)?.count(variables)} rows, ${fields.join(', ')}`
}

/** What documents cost, before anything of them runs. */
export const costs: Table = {
  name: 'costs',
  title:
    'What documents cost: bytes of every field by itself, weights of what mutations print, introspection to the byte, selections, brackets, rows.',
  about:
    'Weights are bytes once, for each row, issue and group, and how often a key is printed. Costs are fields, top fields, aliases and depth.',
  lines: () => {
    const context = { schema, fragments: new Map() }
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => isCompositeType(type) && !type.name.startsWith('__'),
    ) as GraphQLCompositeType[]
    const estimate = createEstimate(context, { lengths: { 'Query.resources': 3 }, keyBytes: 11 })
    const query = schema.getQueryType() as GraphQLCompositeType
    return [
      ...types.map(fieldSizes),
      ...ASKED.map(
        (given) => `recentRejections${given}: ${estimate(query, fieldOf(`query ($n: Int) { recentRejections${given} { index key } }`))}`,
      ),
      `of other lengths: ${estimate(query, fieldOf('{ resources { name columns { field } } }'))}`,
      ...PRINTED.map((selections) => `${selections}: ${weightsOf(selections)}`),
      ...INTROSPECTIONS.map(
        (text) => `${text}: ${createIntrospectionMeasure({ schema: few, fragments: fragmentsOf(parse(text)) })(fieldOf(text))}`,
      ),
      ...DOCUMENTS.map(selectionsOf),
      ...TEXTS.map((text) => `${JSON.stringify(text)}: ${bracketDepth(text)}`),
      ...ROWS.map(rowsOf),
    ]
  },
}
