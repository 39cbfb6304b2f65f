import { createEndpoint } from '../../../src/graphql/endpoint.ts'
import { createEngine } from '../../../src/graphql/engine.ts'
import { readTenant } from '../../../src/identity.ts'
import type { IngestResult } from '../../../src/ingest/ingest-result.ts'
import { ACCEPTED, type Outcome, overtaken, rejectedHere, unconfirmed, worthAnother } from '../../../src/ingest/outcome.ts'
import type { RowIssue } from '../../../src/rows/issue.ts'
import { createMemoryBudget } from '../../../src/util/memory-budget.ts'
import { bareSchema } from '../../support/bare-schema.ts'
import { products } from '../../support/rows.ts'
import { inTurn, type Table } from './table.ts'

const issue = (code: RowIssue['code'], more: Partial<RowIssue> = {}): RowIssue => ({ code, message: `${code} it is.`, ...more })
const lost = (operation: 'UPSERT' | 'APPEND') => unconfirmed('CONNECTION_LOST', { operation, dryRun: false })
const upstream = (issues: readonly RowIssue[], retryable = false): Outcome => ({ status: 'REJECTED', by: 'UPSTREAM', retryable, issues })

const OUTCOMES: readonly (readonly Outcome[])[] = [
  ...[
    [],
    [ACCEPTED],
    [ACCEPTED, ACCEPTED, ACCEPTED],
    [lost('UPSERT')],
    [lost('APPEND')],
    [worthAnother(lost('UPSERT'), 7_000), worthAnother(lost('UPSERT'), 900)],
  ],
  [rejectedHere([issue('MISSING_FIELD', { field: 'productId', column: 'product_id', hint: 'add it' })]), ACCEPTED],
  [rejectedHere([issue('OVERLOADED')], true), lost('APPEND'), worthAnother(rejectedHere([issue('OVERLOADED')], true), 0)],
  [
    upstream([issue('UPSTREAM_REJECTED', { upstreamCode: 'DI_E_1', column: 'note' })]),
    upstream([issue('UPSTREAM_UNAUTHORIZED')]),
    upstream([issue('UPSTREAM_RATE_LIMITED')], true),
  ],
  [overtaken(lost('UPSERT'), 2), overtaken(rejectedHere([issue('OVERLOADED')], true), 2), ACCEPTED],
  Array.from({ length: 12 }, (_, at) =>
    rejectedHere([
      issue('TOO_LONG', { field: `f${at % 5}` }),
      ...(at % 2 === 0 ? [issue('MORE_ISSUES', { left: at })] : [issue('TOO_LONG', { field: 'f9' })]),
    ]),
  ),
  [
    rejectedHere(Array.from({ length: 103 }, (_, at) => issue('UNKNOWN_FIELD', { field: `more${at}` }))),
    rejectedHere([issue('UNKNOWN_FIELD'), issue('UNKNOWN_FIELD', { field: 'more7' })]),
  ],
]

const MORE: readonly Partial<IngestResult>[] = [{}, { replayedCount: 2, retryableCount: 0 }, { retryableCount: 5, warnings: ['a', 'b'] }]

const ROWS = `__typename ... on IngestedRow { index key } ... on RejectedRow { by retryable retryAfterMs issues { code field column message hint upstreamCode } } ... on UnconfirmedRow { reason safeToResend }`
const DOCUMENTS = [
  `requestId object operation dryRun acceptedCount rejectedCount unconfirmedCount warnings replayedCount retryableCount retryAfterMs issueSummary { code field count firstIndexes message } rows { ${ROWS} }`,
  'good: rows(only: [ACCEPTED]) { ... on AcceptedRow { i: index } } others: rows(only: [REJECTED, UNCONFIRMED]) { ...R ...U } none: rows(only: []) { __typename } all: rows(only: null) { __typename }',
]
const FRAGMENTS =
  'fragment R on RejectedRow { index issues { code } again: retryable } fragment U on UnconfirmedRow { index reason safe: safeToResend }'

/** What a caller is answered where rows come to that, by compiled code and by the default executor. */
async function answersTo(outcomes: readonly Outcome[], more: Partial<IngestResult>): Promise<string> {
  const counts = { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
  for (const { status } of outcomes) counts[status]++
  const schema = bareSchema(async (destination, { publicKeys }, { origin: { requestId } }) => ({
    ...{
      requestId,
      destination,
      publicKeys,
      outcomes,
      counts,
      sent: { rows: outcomes.length, requests: 2 },
    },
    ...more,
  }))
  const texts: string[] = []
  for (const document of DOCUMENTS)
    for (const fast of [true, false]) {
      const engine = createEngine({ schema, introspection: true, maxRowsPerMutation: 100, fast })
      const endpoint = createEndpoint({
        ...{
          engine,
          fast,
          maxJsonValues: 10_000,
          chooseDocument: ({ query = '' }) => query,
          watchUpstream: () => () => ({}),
          onDeclined: () => {},
        },
        onDefect: (error) => texts.push(String(error)),
      })
      const query = `mutation ($rows: [ProductsRowInput!]!) { p: upsertProducts(rows: $rows, dryRun: ${outcomes.length % 2 === 1}) { ${document} } } ${document.includes('...R') ? FRAGMENTS : ''}`
      const bytes = Buffer.from(JSON.stringify({ query, variables: { rows: products(outcomes.length) } }))
      const { status, body } = await endpoint.answer({
        ...{
          method: 'POST',
          search: '',
          headers: { 'content-type': 'application/json' },
          caller: { tenant: readTenant('token', undefined) },
        },
        ...{ origin: { requestId: 'id', traceparent: undefined }, memory: createMemoryBudget(10_000_000).open(), takeRows: undefined },
        readBody: ({ take }) => take({ bytes, isLarge: false, release: undefined }),
      })
      const text = `${status} ${body.join('')}`
      texts.push(fast || texts.at(-1) !== text ? text : 'the same by the default executor')
    }
  return texts.join('\n  ')
}

/** What mutations are answered. */
export const payloads: Table = {
  name: 'payloads',
  title: 'Answers of mutations whose rows come to all that rows can come to, also with what an idempotency key says beside it.',
  about: 'Each by all fields, and by lists of some rows; by compiled code and by the default executor.',
  lines: () =>
    inTurn(OUTCOMES.flatMap((outcomes, at) => MORE.slice(0, at === 3 || at === 7 ? 3 : 1).map((more) => () => answersTo(outcomes, more)))),
}
