import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exampleRow } from '../src/graphql/resources-query.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { resourceNamed } from './support/rows.ts'

/**
 * Outcomes are written by compiled code where all selections are usual; a directive below `rows` sends a document down
 * the ordinary road, through the executor. `@include(if: true)` changes nothing else, so both answers must be one text.
 */
const PLAIN = ''
const ORDINARY = ' @include(if: true)'

let upstream: FakeUpstream
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeUpstream(({ body }) => {
    const failed = body.data.flatMap((row, index): object[] => {
      const id = String(row.product_id ?? row.supplier_id)
      if (id.startsWith('no')) return [{ index, errors: [{ code: 'DI_E_1', message: 'refused "here"', column: 'product_id' }] }]
      // Two words on one row that disagree: nobody knows its fate.
      return id.startsWith('odd')
        ? [
            { index, error: { code: 'A' } },
            { index, error: { code: 'B' } },
          ]
        : []
    })
    return { status: failed.length === 0 ? 200 : 207, body: { failed } }
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

/** Selections below `rows`, with a place for the directive that changes the road. */
const rowSelection = fc.constantFrom(
  '__typename@',
  '__typename@ ... on IngestedRow { index key }',
  '... on AcceptedRow { a: index@ key index } ...F',
  '... on IngestedRow { place: index@ index k: key key __typename } ... on RejectedRow { by by issues { code message code } }',
  '...G ... on IngestedRow { index@ }',
  '... { t: __typename@ __typename } ... on RejectedRow { retryable issues { field column hint upstreamCode message } issues { code } }',
  '... on UnconfirmedRow { index@ reason safeToResend } ... on RejectedRow { why: issues { c: code __typename } }',
)
const FRAGMENTS = `
fragment F on RowOutcome { __typename ...G ... on IngestedRow { key } }
fragment G on RejectedRow { index by issues { ...H } }
fragment H on RowIssue { code field message }`

const payloadSelection = fc
  .array(
    fc.oneof(
      fc.constantFrom('acceptedCount', 'n: rejectedCount', 'unconfirmedCount', '__typename', 'object operation dryRun'),
      fc.constant('issueSummary { code field count firstIndexes message }'),
      fc
        .tuple(
          fc.constantFrom('rows', 'again: rows', 'rows', 'some: rows(only: [REJECTED, UNCONFIRMED])', 'sel: rows(only: $only)'),
          rowSelection,
        )
        .map(([field, selection]) => `${field} { ${selection} }`),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((selections) => selections.join(' '))

const good = exampleRow(resourceNamed('Products'))
const cell = fc.constantFrom<unknown>(null, 'x', 0, -1, 1.5, true, '', [], {}, '2025-02-30 00:00:00', '"quoted" \\ \u2028 é')
const row = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('ok', 'no', 'odd', 'q"\\\u2028').map((id) => ({ ...good, productId: id })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...Object.keys(good), 'packSiz', 'extra'), cell)
      .map(([name, value]) => ({ ...good, [name]: value })),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, 7, 'row', [], {}) },
)
// Keys of one request differ, so that no two rows wait for each other and the upstream sees them in one order.
const rows = fc
  .array(row, { maxLength: 12 })
  .map((list) =>
    list.map((one, at) =>
      isRow(one) && typeof one.productId === 'string' && one.productId !== '' ? { ...one, productId: `${one.productId}-${at}` } : one,
    ),
  )

const field = fc.record({
  alias: fc.constantFrom('one', 'two', 'three'),
  mutation: fc.constantFrom('upsertProducts', 'appendProducts'),
  argument: fc.constantFrom(
    '$rows',
    '$single',
    inline({ ...good, productId: 'inline' }),
    `[${inline({ ...good, productId: 'no-inline' })}]`,
  ),
  more: fc.constantFrom('', '', '', '', ', dryRun: true', ', dryRun: true', ', dryRun: false', ', solution: "nowhere"'),
  selection: payloadSelection,
})
const document = fc.uniqueArray(field, { minLength: 1, maxLength: 3, selector: ({ alias }) => alias })

test('both roads give the same answer, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      document,
      rows,
      row,
      fc.constantFrom(['ACCEPTED'], [], ['REJECTED', 'UNCONFIRMED'], null),
      async (fields, list, single, only) => {
        const variables = { rows: list, single: single ?? {}, only }
        const [fast, ordinary] = await Promise.all([PLAIN, ORDINARY].map((road) => answer(fields, road, variables)))
        expect(fast).toBe(ordinary)
      },
    ),
    { numRuns: 300, seed: 20261120 },
  )
})

async function answer(
  fields: readonly { alias: string; mutation: string; argument: string; more: string; selection: string }[],
  road: string,
  variables: object,
) {
  const roots = fields.map((f) => `${f.alias}: ${f.mutation}(rows: ${f.argument}${f.more}) { ${f.selection} }`).join('\n')
  const uses = (name: string) => roots.includes(name)
  const declared = [
    uses('$rows') && '$rows: [ProductsRowInput!]!',
    uses('$single') && '$single: [ProductsRowInput!]!',
    uses('$only') && '$only: [RowStatus!]',
  ].filter(Boolean)
  const fragments = uses('...F') ? FRAGMENTS : uses('...G') ? FRAGMENTS.replace(/fragment F.*\n/, '') : ''
  const query = `mutation ${declared.length > 0 ? `(${declared.join(', ')})` : ''} { ${roots} } ${fragments}`.replaceAll('@', road)
  // A tenant of its own: small mutations share requests, and neither run may wait for the other's keys.
  const { text } = await gateway.send(query, variables, road === PLAIN ? 'fast' : 'ordinary')
  return text.replaceAll(/"locations":\[[^\]]*\]/g, '')
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inline(row: Record<string, unknown>): string {
  return `{ ${Object.entries(row)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ')} }`
}
