import type { Scenario } from '../support/recording/run.ts'
import { item } from './rows.ts'

const NAMES = ['ann', 'bob', 'cay', 'dan', 'eve', 'fay']

/** The upstream goes away and comes back. */
export const outage: Scenario = {
  name: 'outage',
  title: 'An outage: breakers open after ten failures, let one probe a second through, and close at the first answer.',
  about: `
Ann sends an APPEND every 100 ms. Her token fails first, and opens her own breaker while Bob is served; then the upstream fails for six tenants, whose
failures together open the breaker of the host. What comes meanwhile is told at once, and the log says what the minute came to.`,
  upstream:
    () =>
    ({ headers, rows }) => {
      const now = performance.now()
      const isDown = now < 2_500 ? headers.authorization === 'token-ann' : now > 10_000 && now < 14_000
      return isDown ? { status: 500, body: {}, afterMs: 10 } : { body: { accepted: rows.length, failed: [] } }
    },
  async play({ ingest, pass, say }) {
    for (let nth = 0; nth < 14; nth++) {
      await ingest('ann', 'appendProducts', [item(`A${nth}`)])
      await pass(nth < 12 ? 60 : 1_300)
    }
    await ingest('bob', 'appendProducts', [item('B')])
    await pass(10_100 - performance.now())
    say('now for all')
    for (let nth = 0; nth < 3; nth++)
      for (const name of NAMES) {
        await ingest(name, 'appendProducts', [item(`${name}${nth}`)])
        await pass(20)
      }
    await pass(1_300)
    await ingest('gil', 'upsertProducts', [item('G')])
    await ingest('bob', 'upsertProducts', [item('B')])
    await pass(13_900 - performance.now())
    await ingest('ann', 'upsertProducts', [item('W1')])
    await pass(1_200)
    await Promise.all(NAMES.map((name) => ingest(name, 'upsertProducts', [item(`${name}9`)])))
    await pass(61_000 - performance.now())
  },
}
