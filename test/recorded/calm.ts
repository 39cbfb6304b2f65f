import { exampleRow } from '../../src/resource/define-resource.ts'
import type { Scenario } from '../support/recording/run.ts'
import { resourceNamed } from '../support/rows.ts'
import { item, items } from './rows.ts'

const TRACE = '00-11111111111111111111111111111111-2222222222222222-01'

/** Nothing goes wrong. */
export const calm: Scenario = {
  name: 'calm',
  title: 'Calm traffic: rows of several tenants, solutions, resources and operations go to the upstream and are accepted.',
  about: `
Rows are gathered for 5 ms, and a request holds four of them. Rows of one tenant, solution, resource and operation share requests,
dry runs and all others have requests of their own. Ann asks what was done for her; Bob says that he may wait, and that he is traced.`,
  settings: { BATCH_WINDOW_MS: '5', MAX_BATCH_ROWS: '4', LOG_LEVEL: 'debug', ROW_KEY_CASE: 'upper', SOLUTIONS: solutions() },
  async play({ ingest, query, pass, say }) {
    await ingest('ann', 'upsertProducts', items(3, 'P'), { solution: 'ONE' })
    await pass(100)
    say('within 5 ms')
    await Promise.all([
      ingest('ann', 'upsertProducts', items(2, 'A'), { solution: 'ONE', headers: { 'x-rowgate-debug': 'upstream' } }),
      ingest('ann', 'appendProducts', items(2, 'B'), { solution: 'ONE' }),
      ingest('ann', 'upsertProducts', [item('C1', { packSize: 'many' }), item('C2')], { solution: 'ONE' }),
      ingest('ann', 'upsertProducts', items(1, 'D'), { solution: 'ONE', dryRun: true }),
      ingest('ann', 'upsertProducts', items(1, 'E'), { solution: 'T w/o' }),
      ingest('bob', 'upsertProducts', items(6, 'F'), { solution: 'ONE', headers: { priority: 'u=6', traceparent: TRACE } }),
      ingest('ann', 'upsertMarkdownSale', [exampleRow(resourceNamed('MarkdownSale'))], { solution: 'T w/o' }),
      ingest('ann', 'upsertProducts', [...items(2, 'G'), item('A0', { packSize: 7 })], { solution: 'ONE' }),
    ])
    say('two fields of one document, the same key twice, no rows, and rows in the document itself')
    await query(
      'ann',
      `mutation ($rows: [ProductsRowInput!]!) {
      first: upsertProducts(rows: $rows, solution: "ONE") { acceptedCount rows(only: [REJECTED]) { __typename } }
      second: upsertProducts(solution: "ONE", rows: [{ productId: "L", sourceId: "S", packSize: 1, updatedAt: "2025-01-15T08:00:00Z" }]) { requestId rows { ... on IngestedRow { index key } } }
    }`,
      { rows: items(1, 'H') },
    )
    await ingest('ann', 'appendProducts', [item('K'), item('K', { packSize: 2 }), item('J')], { solution: 'ONE' })
    await ingest('ann', 'upsertProducts', [item('K'), item('K', { packSize: 2 }), item('J')], { solution: 'ONE' })
    await ingest('ann', 'upsertProducts', [], { solution: 'ONE' })
    say('no such solution; none where several have the table')
    await ingest('ann', 'upsertProducts', items(1, 'P'), { solution: 'THREE' })
    await ingest('ann', 'upsertProducts', items(1, 'P'))
    await query('ann', '{ limits { requestsPerSecond currentRequestsPerSecond requestsInLastSecond rowsWaiting } }')
  },
}

function solutions(): string {
  return JSON.stringify([
    { name: 'ONE', modules: ['inventory'], prefix: 'INV_', suffix: '_A' },
    { name: 'T w/o', modules: ['inventory', 'markdown'] },
  ])
}
