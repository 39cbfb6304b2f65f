import { runFaults } from '../support/fault-run.ts'
import { violations } from '../support/laws.ts'
import { SOCKET_FAULTS } from '../support/socket-faults.ts'
import type { Figure } from './figure.ts'

const ROWS = { full: 1_000_000, short: 50_000 }

/** A million rows over real sockets under all faults mixed: how many laws were broken. */
export async function rows(mode: 'full' | 'short', say: (line: string) => void): Promise<Figure[]> {
  const seed = Date.now() % 1_000_000
  let reported = 0
  const run = await runFaults({
    seed,
    rows: ROWS[mode],
    faults: SOCKET_FAULTS,
    troubled: 25,
    maxRowsPerMutation: 2_000,
    onProgress: (done) => {
      if (done - reported < ROWS[mode] / 20) return
      reported = done
      say(`${done} rows answered for`)
    },
  })
  await run.close()
  const broken = violations(run)
  for (const violation of broken.slice(0, 20)) say(violation.slice(0, 300))
  const count = (status: string) => run.writes.filter(({ outcome }) => outcome?.status === status).length
  say(
    `seed ${seed}: ${count('ACCEPTED')} accepted, ${count('REJECTED')} rejected, ${count('UNCONFIRMED')} unconfirmed, ${run.upstream.seen.length} requests`,
  )
  return [
    { name: `violations in ${run.writes.length} rows`, value: broken.length, most: 0 },
    {
      name: 'APPEND rows written twice',
      value: run.writes.filter(({ id, operation }) => operation === 'APPEND' && run.upstream.applications(id) > 1).length,
      most: 0,
    },
  ]
}
