import type { Scenario } from '../support/recording/run.ts'
import { product, products } from '../support/rows.ts'

/** Nothing goes wrong. */
export const calm: Scenario = {
  name: 'calm',
  title: 'Calm traffic: rows of several tenants, resources and operations go to the upstream and are accepted.',
  about: `
Ann and Bob send a few rows each. Rows of one destination that come in one turn share a request; dry runs, solutions,
operations and tenants have requests of their own.`,
  async play({ ingest, pass, say }) {
    await ingest('ann', 'upsertProducts', products(3))
    await pass(100)
    say('two of Ann at once, one of Bob')
    await Promise.all([
      ingest('ann', 'upsertProducts', products(2, 'A')),
      ingest('ann', 'appendProducts', products(2, 'B')),
      ingest('bob', 'upsertProducts', [product('C1', { packSize: 'many' }), product('C2')], { dryRun: true }),
    ])
  },
}
