import { expect, test } from 'vitest'
import { keyedViolations } from './support/keyed-laws.ts'
import { simulateKeys } from './support/keyed-simulation.ts'
import { seedsOf } from './support/random.ts'

const SEEDS = seedsOf(3_000)

/** Seeds that once broke a law. */
const REGRESSIONS: readonly number[] = [6, 656, 1_309, 2_007, 26_644, 29_515, 41_528, 50_169, 151_734, 183_974]

test.each(REGRESSIONS)('seed %i, which once broke a law', async (seed) => {
  expect(keyedViolations(await simulateKeys(seed))).toEqual([])
})

test(`whatever dies, sleeps or fails, the laws of requests with a key hold in ${SEEDS} seeds`, { timeout: 300_000 }, async () => {
  const found: string[] = []
  for (let seed = 1; seed <= SEEDS && found.length < 20; seed++) found.push(...keyedViolations(await simulateKeys(seed)))
  expect(found).toEqual([])
})
