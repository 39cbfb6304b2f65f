import type { Scenario } from '../support/recording/run.ts'
import { item, items } from './rows.ts'

/** More than there is room for. */
export const overload: Scenario = {
  name: 'overload',
  title: 'Overload: rows that may not wait are refused at once, and requests are declined unread while the process is busy.',
  about: `
One request at a time of two rows each, which takes 200 ms; ten rows may wait. Rows that do not leave within 2 s are told so. Of the memory for bodies
and answers there are 3,000,000 bytes.`,
  settings: {
    ...{ UPSTREAM_CONCURRENCY: '1', MAX_BATCH_ROWS: '2', MAX_QUEUED_ROWS: '10', EXECUTION_TIMEOUT_MS: '2000', REQUESTS_PER_SECOND: '20' },
    ...{ MEMORY_BUDGET_BYTES: '3000000', MAX_ROWS_PER_MUTATION: '600' },
  },
  upstream:
    () =>
    ({ rows }) => ({ body: { accepted: rows.length, failed: [] }, afterMs: 200 }),
  async play({ ingest, query, pass, say, setBusy, send }) {
    const waiting = [0, 1, 2, 3, 4, 5].map((nth) => ingest('ann', 'upsertProducts', items(2, `A${nth}`)))
    await pass(5)
    await query('ann', '{ limits { rowsWaiting } }')
    say('not one more; bulk has room of its own, and so has Bob')
    await ingest('ann', 'upsertProducts', items(2, 'B'))
    waiting.push(ingest('ann', 'upsertProducts', items(12, 'C')), ingest('bob', 'upsertProducts', items(2, 'D')))
    await pass(5)
    say('the event loop is busy: what would be refused is not read')
    setBusy(0.9)
    await ingest('ann', 'upsertProducts', items(2, 'E'))
    await ingest('bob', 'upsertProducts', items(2, 'F'))
    await query('ann', '{ limits { rowsWaiting } }')
    setBusy(0.35)
    await ingest('ann', 'upsertProducts', items(2, 'G'))
    setBusy(0)
    await Promise.all(waiting)
    say('more bulk than leaves in time')
    await ingest('ann', 'upsertProducts', items(24, 'H'))
    await ingest('ann', 'upsertProducts', items(501, 'I'))
    await ingest('ann', 'upsertProducts', items(601, 'J'))
    say('no memory')
    const large = JSON.stringify({ query: '{ limits { rowsWaiting } }', variables: { text: 'x'.repeat(3_100_000) } })
    await send('cay', { headers: { authorization: 'token-cay', 'content-type': 'application/json' }, body: large })
    await ingest('cay', 'upsertProducts', [item('K', { productDescription: 'x'.repeat(400_000) })])
    await ingest('cay', 'upsertProducts', items(1, 'L'))
  },
}
