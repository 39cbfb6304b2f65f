import { expect, test } from 'vitest'
import { violations } from './support/laws.ts'
import { simulate } from './support/simulation.ts'

const SEEDS = 10_000

/** Seeds that once broke a law. */
const REGRESSIONS: readonly number[] = []

test.each(REGRESSIONS)('seed %i, which once broke a law', async (seed) => {
  expect(violations(await simulate(seed))).toEqual([])
})

test(`whatever goes wrong, all laws hold in ${SEEDS} seeds`, { timeout: 300_000 }, async () => {
  const found: string[] = []
  for (let seed = 1; seed <= SEEDS && found.length < 20; seed++) found.push(...violations(await simulate(seed)))
  expect(found).toEqual([])
})
