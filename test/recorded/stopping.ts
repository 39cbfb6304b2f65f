import type { Scenario } from '../support/recording/run.ts'
import { items } from './rows.ts'

/** The gateway is told to stop. */
export const stopping: Scenario = {
  name: 'stopping',
  title:
    'Stopping: not ready any more, then no new connections; rows under way come to their outcomes, those that wait long are given back.',
  about: `
Two requests a second of two rows each, which take 300 ms; one of them never ends. For one second it still listens; of the eight that it has to stop, rows may leave for two.`,
  settings: {
    REQUESTS_PER_SECOND: '2',
    MAX_BATCH_ROWS: '2',
    UPSTREAM_CONCURRENCY: '2',
    SHUTDOWN_DELAY_MS: '1000',
    DRAIN_TIMEOUT_MS: '8000',
    LOG_LEVEL: 'debug',
  },
  upstream:
    () =>
    ({ rows }) =>
      rows[0]?.product_id === 'N2' ? { ends: 'never' } : { body: { accepted: rows.length, failed: [] }, afterMs: 300 },
  async play({ ingest, pass, stop, send, say }) {
    const told = [ingest('ann', 'upsertProducts', items(12, 'P')), ingest('bob', 'appendProducts', items(4, 'N'), { key: 'bob' })]
    await pass(700)
    await send('balancer', { method: 'GET', path: '/ready' })
    const stopped = stop()
    await pass(500)
    await send('balancer', { method: 'GET', path: '/ready' })
    await send('balancer', { method: 'GET', path: '/health' })
    told.push(ingest('cay', 'upsertProducts', items(2, 'L')))
    await pass(100)
    say('it takes no new connections now')
    await Promise.all(told)
    await stopped
    say('it has stopped')
  },
}
