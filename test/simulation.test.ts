import { expect, test } from 'vitest'
import { violations } from './support/laws.ts'
import { seedsOf } from './support/random.ts'
import { simulate, simulateLoad } from './support/simulation.ts'

const SEEDS = seedsOf(10_000)

/** Seeds that once broke a law. */
const REGRESSIONS: readonly number[] = [1402, 2758, 4849, 69345, 72046, 201850, 331482, 388212, 391639, 477173, 519948, 776112, 796382]

test.each(REGRESSIONS)('seed %i, which once broke a law', async (seed) => {
  expect(violations(await simulate(seed))).toEqual([])
})

test(`whatever goes wrong, all laws hold in ${SEEDS} seeds`, { timeout: 300_000 }, async () => {
  const found: string[] = []
  for (let seed = 1; seed <= SEEDS && found.length < 20; seed++) found.push(...violations(await simulate(seed)))
  expect(found).toEqual([])
})

test('where 35 of 100 requests fail, at most 2 of 100 UPSERT rows stay unconfirmed, at up to half the rate', async () => {
  for (const perSecond of [1, 5, 25]) {
    const { statuses, arrivals } = await simulateLoad(perSecond, { troubled: 35, perSecond, seconds: 2_000 / perSecond })
    expect(statuses.UNCONFIRMED / 2_000).toBeLessThanOrEqual(0.02)
    expect(arrivals.length / 2_000).toBeLessThanOrEqual(1.75)
  }
})

test('a full outage costs ten requests, what is under way as the breaker opens, and one a second', async () => {
  const counts: number[] = []
  for (let seed = 1; seed <= 20; seed++) {
    const { arrivals } = await simulateLoad(seed, { troubled: 100, perSecond: 20, seconds: 6 })
    counts.push(arrivals.filter((at) => at < 4_000).length)
  }
  expect(Math.min(...counts)).toBe(13)
  expect(Math.max(...counts)).toBeLessThanOrEqual(17)
})
