import { expect, test } from 'vitest'
import { LAWS } from './support/laws.ts'
import { simulate } from './support/simulation.ts'

const SEEDS = 10_000

/** Seeds that once broke a law. */
const REGRESSIONS: readonly number[] = []

async function violations(seed: number): Promise<string[]> {
  const run = await simulate(seed)
  return Object.entries(LAWS).flatMap(([law, check]) => check(run).map((found) => `seed ${seed}: ${law}: ${found}`))
}

test.each(REGRESSIONS)('seed %i, which once broke a law', async (seed) => {
  expect(await violations(seed)).toEqual([])
})

test(`whatever goes wrong, all laws hold in ${SEEDS} seeds`, { timeout: 300_000 }, async () => {
  const found: string[] = []
  for (let seed = 1; seed <= SEEDS && found.length < 20; seed++) found.push(...(await violations(seed)))
  expect(found).toEqual([])
})
