import type { Scenario } from '../support/recording/run.ts'
import type { Answering } from '../support/recording/upstream.ts'
import { item, items } from './rows.ts'

/** Refuses a request whole for one bad row, and names those called `named`. */
const strict: Answering = ({ rows }) => {
  const ids = rows.map((row) => String(row.product_id))
  const named = ids.flatMap((id, index) =>
    id.startsWith('named') ? [{ index, code: 'DI_E_10003', column: 'pack_size', message: 'must be even' }] : [],
  )
  if (named.length > 0) return { status: 422, body: { message: 'rows were refused', errors: named } }
  if (ids.some((id) => id.startsWith('hopeless'))) return { status: 400, body: { code: 'DI_H', message: 'nothing of this is good' } }
  if (ids.some((id) => id.startsWith('bad'))) return { status: 400, body: { code: 'DI_B', message: 'a row is bad' } }
  return { body: { accepted: rows.length, failed: [] } }
}

/** Batches that are refused whole. */
export const refused: Scenario = {
  name: 'refused',
  title: 'Batches that are refused whole: rows that are named keep their word, the others go again, and halves find the bad ones.',
  about: `
The upstream takes a request as a whole or not at all. It names rows called \`named\`; for one called \`bad\` it refuses all without a word on which.
Where dividing is in vain once, later batches are not divided. A request has 8 rows and 3,000 bytes at most.`,
  settings: { MAX_BATCH_ROWS: '8', MAX_BATCH_BYTES: '3000', UPSTREAM_CONCURRENCY: '1', APPEND_BISECT: 'on' },
  upstream: () => strict,
  async play({ ingest, pass, say }) {
    await ingest('ann', 'upsertProducts', [item('named1'), ...items(3, 'P'), item('named2')])
    await ingest('ann', 'appendProducts', [item('named1'), ...items(2, 'P')])
    say('one bad row among eight')
    await ingest('ann', 'upsertProducts', [...items(5, 'A'), item('bad1'), ...items(2, 'B')])
    await ingest('ann', 'appendProducts', [item('bad2'), ...items(2, 'C')])
    say('nothing good: the second batch is not divided any more, until a row was taken')
    await ingest(
      'ann',
      'upsertProducts',
      Array.from({ length: 12 }, (_, nth) => item(`hopeless${nth}`)),
    )
    await ingest('ann', 'upsertProducts', [item('hopeless20'), item('hopeless21')])
    await ingest('ann', 'upsertProducts', items(1, 'D'))
    await ingest('ann', 'upsertProducts', [item('hopeless30'), ...items(1, 'E')])
    say('too many bytes for one request, and for any')
    await ingest('ann', 'upsertProducts', [...items(4, 'F'), item('huge', { productDescription: 'x'.repeat(2_000) })])
    await ingest('ann', 'upsertProducts', [item('larger', { productDescription: 'x'.repeat(3_000) }), ...items(1, 'G')])
    await pass(100)
  },
}
