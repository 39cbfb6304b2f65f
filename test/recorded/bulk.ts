import type { Scenario } from '../support/recording/run.ts'
import { items } from './rows.ts'

/** Many rows beside few. */
export const bulk: Scenario = {
  name: 'bulk',
  title: 'An import beside interactive rows: it leaves at even intervals, and leaves of the rate what the others need.',
  about: `
Twenty requests a second, three at once, ten rows each. Ann imports 400 rows while she saves single ones now and then, and five in one go. She sends the
same key twice, which is written in the order sent; what comes last waits for room.`,
  settings: { REQUESTS_PER_SECOND: '20', UPSTREAM_CONCURRENCY: '3', MAX_BATCH_ROWS: '10', MAX_QUEUED_ROWS: '30' },
  upstream:
    () =>
    ({ rows }) => ({ body: { accepted: rows.length, failed: [] }, afterMs: 40 + rows.length }),
  async play({ ingest, pass, say }) {
    const all = ingest('ann', 'upsertProducts', items(400, 'P'), { headers: { 'x-rowgate-debug': 'upstream' } })
    const others: Promise<unknown>[] = []
    for (let nth = 0; nth < 3; nth++) {
      await pass(330)
      others.push(ingest('ann', 'upsertProducts', items(1, `X${nth}`)))
    }
    say('five at once, one of them by a key of the import')
    others.push(...[0, 1, 2, 3].map((nth) => ingest('ann', 'upsertProducts', items(2, `Y${nth}`))))
    others.push(ingest('ann', 'appendProducts', items(3, 'P')))
    await pass(100)
    say('more bulk of the same table, as it says itself; and more interactive rows than may wait')
    others.push(ingest('ann', 'upsertProducts', items(5, 'Z'), { headers: { priority: 'u=5' } }))
    for (let nth = 0; nth < 5; nth++) others.push(ingest('ann', 'appendProducts', items(9, `Q${nth}`)))
    await Promise.all([all, ...others])
  },
}
