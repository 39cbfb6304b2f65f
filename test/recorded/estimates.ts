import type { Scenario } from '../support/recording/run.ts'
import { item, items } from './rows.ts'

const LISTED =
  'rows { __typename ... on IngestedRow { index key } ... on RejectedRow { by retryable retryAfterMs issues { code field column message hint upstreamCode } } ... on UnconfirmedRow { reason safeToResend } }'
const FRAGMENTS = 'fragment F on IngestPayload { rows { ...G ...G } } fragment G on AcceptedRow { index key }'

/** What may be selected of the answer to rows, alone and together. */
const FIELDS: readonly string[] = [
  ...[
    'acceptedCount',
    'requestId object operation dryRun',
    'warnings',
    'retryableCount retryAfterMs replayedCount',
    'issueSummary { code field count firstIndexes message }',
    'rows { __typename }',
    'rows { ... on IngestedRow { index } }',
    'rows { ... on IngestedRow { key } }',
  ],
  ...[
    'rows { ... on RejectedRow { by } }',
    'rows { ... on RejectedRow { retryable retryAfterMs } }',
    'rows { ... on RejectedRow { issues { code } } }',
    'rows { ... on RejectedRow { issues { message hint } } }',
    'rows { ... on UnconfirmedRow { reason safeToResend } }',
  ],
  ...[
    'rows(only: [REJECTED]) { __typename }',
    'rows(only: []) { __typename }',
    'rows(only: [ACCEPTED, UNCONFIRMED]) { __typename }',
    'longerName: rows { aliased: __typename }',
    LISTED,
    `a: ${LISTED} b: ${LISTED}`,
    '...F',
    'rows @skip(if: true) { __typename }',
    'rows { __typename @include(if: false) }',
  ],
]

/** How large answers could be. */
export const estimates: Scenario = {
  name: 'estimates',
  title: 'Answers that could be too large: how many bytes they could have is known before any row is sent.',
  about: `
An answer may have 1,000 bytes. Each document selects other fields, beside some that fill most of that, for the same 40 rows; \`actual\` is the estimate.`,
  settings: { MAX_ANSWER_BYTES: '1000' },
  async play({ send, query, say }) {
    const headers = { authorization: 'token-ann', 'content-type': 'application/json' }
    const filled = Array.from({ length: 45 }, (_, n) => `filler${n}: __typename`).join(' ')
    const rows = [...items(38, 'P'), item('a long key '.repeat(30)), item('bad', { packSize: 'x' })]
    for (const fields of FIELDS) {
      const document = `mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { ${filled} ${fields} } } ${fields === '...F' ? FRAGMENTS : ''}`
      await send('ann', { words: fields, headers, body: JSON.stringify({ query: document, variables: { rows } }) })
    }
    say('keys that are short and long, of few rows and of more: as they could be, and where that is too much as they are')
    for (const key of ['k', 'a longer key of many letters '.repeat(2), '\u00e9'.repeat(40)])
      for (const count of [1, 4, 7, 10, 13])
        await send('ann', {
          words: `${count} keys of ${key.length} letters`,
          headers,
          body: JSON.stringify({
            query:
              'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { rows { ... on IngestedRow { key } } issueSummary { code } } }',
            variables: { rows: items(count, key) },
          }),
        })
    await query(
      'ann',
      '{ resources(name: "Products") { name description columns { field column description type presence isKey references minimum maximum maxLength allowedValues holdsJson inferred } example } }',
    )
    await query('ann', '{ recentRejections { index } limits { rowsWaiting } }')
  },
}
