import type { Scenario } from '../support/recording/run.ts'
import { item, items } from './rows.ts'

const QUALITY = `query ($solution: String!, $resource: String, $since: Timestamp, $until: Timestamp, $bucket: QualityBucketLength) {
  dataQuality(solution: $solution, resource: $resource, since: $since, until: $until, bucket: $bucket) {
    mutations accepted rejected unconfirmed passRate topIssues { code field count } buckets { start mutations accepted rejected unconfirmed passRate } } }`
const RECENT = `query ($solution: String, $resource: String, $last: Int) {
  recentRejections(solution: $solution, resource: $resource, last: $last) { at solution resource index key by issues { code field column message upstreamCode } requestId } }`

/** What became of rows, counted. */
export const quality: Scenario = {
  name: 'quality',
  title: 'Data quality: counts by minute and hour, the most frequent issues, and the last rejected rows of each token.',
  about: `
Ann sends good and bad rows over two hours, also as dry runs, which do not count. Rows called \`no\` are refused by the upstream, a batch with one
called \`lost\` is answered by a page. Three rejected rows are remembered for each token.`,
  settings: { RECENT_REJECTIONS: '3' },
  upstream:
    () =>
    ({ rows }) => {
      const ids = rows.map((row) => String(row.product_id))
      if (ids.includes('lost')) return { body: '<html>' }
      const failed = ids.flatMap((id, index) => (id === 'no' ? [{ index, code: 'DI_E_10003', message: 'not good' }] : []))
      return failed.length === 0 ? { body: { accepted: rows.length, failed } } : { status: 207, body: { failed } }
    },
  async play({ ingest, query, pass, setForward }) {
    await ingest('ann', 'upsertProducts', [
      ...items(3, 'P'),
      item('no'),
      item('B', { packSize: 'x' }),
      item('C', { packSize: 'y', sourceId: 7 }),
    ])
    await ingest('ann', 'appendProducts', [item('lost')])
    await ingest('bob', 'upsertProducts', [item('D', { packSize: 'x' })])
    await ingest('ann', 'upsertProducts', [item('E', { packSize: 'x' })], { dryRun: true })
    await query('ann', RECENT)
    await pass(61_000)
    await ingest('ann', 'upsertSuppliers', [{ supplierId: 'S' }, { supplierId: 'T', supplierName: 'n', updatedAt: '2025-01-15T08:00:00Z' }])
    setForward(7_100_000)
    await ingest('ann', 'upsertProducts', items(2, 'Q'))
    const INV = { solution: 'INV_OOTB' }
    await query('ann', QUALITY, INV)
    await query('ann', QUALITY, { ...INV, resource: 'Products', bucket: 'MINUTE' })
    await query('ann', QUALITY, { ...INV, since: '2023-11-14T22:14:00Z', until: '2023-11-14T22:15:00Z', bucket: 'MINUTE' })
    await query('ann', QUALITY, { ...INV, since: '2023-11-15T22:14:00Z', until: '2023-11-14T22:15:00Z' })
    await query('ann', QUALITY, { ...INV, resource: 'Nothing' })
    await query('ann', QUALITY, { solution: 'NONE' })
    await query('bob', QUALITY, { ...INV, bucket: 'HOUR' })
    await query('cay', QUALITY, INV)
    await query('ann', RECENT, { last: 2 })
    await query('ann', RECENT, { resource: 'Products', ...INV })
    await query('ann', RECENT, { last: 0 })
    await query('bob', RECENT)
    await query(
      'ann',
      '{ limits { cost(rows: 12345) { requests seconds } rowsPerMutation bytesPerBody bytesPerAnswer rowsPerRequest bytesPerRequest requestsPerSecond } me { tenant identity roles mayRead solutions documents } }',
    )
  },
}
