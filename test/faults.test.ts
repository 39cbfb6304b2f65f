import { expect, test } from 'vitest'
import { runFaults } from './support/fault-run.ts'
import { violations } from './support/laws.ts'
import { SOCKET_FAULTS } from './support/socket-faults.ts'

// They share nothing, and mostly wait.
test.concurrent.each(SOCKET_FAULTS)('over real sockets, all laws hold under: %s', async (fault) => {
  const run = await runFaults({ seed: 1, rows: 150, faults: [fault], troubled: 50, maxRowsPerMutation: 20 })
  await run.close()
  expect(violations(run)).toEqual([])
})

test('over real sockets, all laws hold in 20,000 rows under all faults mixed', async () => {
  const run = await runFaults({ seed: 2, rows: 20_000, faults: SOCKET_FAULTS, troubled: 30, maxRowsPerMutation: 800 })
  await run.close()
  expect(violations(run)).toEqual([])
})
