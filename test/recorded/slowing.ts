import type { Scenario } from '../support/recording/run.ts'
import { items } from './rows.ts'

/** The upstream asks to slow down. */
export const slowing: Scenario = {
  name: 'slowing',
  title: 'An upstream that answers 429: the rate is halved, and comes back by five a second.',
  about: `
Eight requests a second are allowed, two at once. Ann sends 36 rows in requests of two; from the third to the fifth request the upstream has
had enough, and names a time to wait once. Bob is another tenant, and keeps his own rate.`,
  settings: { REQUESTS_PER_SECOND: '8', UPSTREAM_CONCURRENCY: '2', MAX_BATCH_ROWS: '2', LOG_LEVEL: 'info' },
  upstream:
    () =>
    ({ nth, rows, headers }) => {
      if (headers.authorization === 'token-ann' && nth >= 2 && nth < 5)
        return { status: 429, body: { message: 'slow down' }, ...(nth === 3 && { headers: { 'retry-after': '1' } }) }
      return { body: { accepted: rows.length, failed: [] }, afterMs: 30 }
    },
  async play({ ingest, query, pass }) {
    const bulk = ingest('ann', 'upsertProducts', items(36, 'P'), { headers: { 'x-rowgate-debug': 'upstream' } })
    const limits = '{ limits { requestsPerSecond currentRequestsPerSecond requestsInLastSecond rowsWaiting } }'
    await pass(300)
    await query('ann', limits)
    await ingest('bob', 'appendProducts', items(2, 'B'))
    await ingest('ann', 'appendProducts', items(2, 'I'))
    await pass(1_000)
    await query('ann', limits)
    await bulk
    await query('ann', limits)
    await pass(3_000)
    await query('ann', limits)
  },
}
