import { expect, test } from 'vitest'
import { SCENARIOS } from './recorded/scenarios.ts'
import { record } from './support/recording/run.ts'

test.each(SCENARIOS)('as recorded: $title', async (scenario) => {
  await expect(await record(scenario)).toMatchFileSnapshot(`recorded/${scenario.name}.txt`)
})
