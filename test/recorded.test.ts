import { expect, test } from 'vitest'
import { SCENARIOS } from './recorded/scenarios.ts'
import { tableText } from './recorded/tables/table.ts'
import { TABLES } from './recorded/tables/tables.ts'
import { record } from './support/recording/run.ts'

test.each(SCENARIOS)('as recorded: $title', { timeout: 30_000 }, async (scenario) => {
  await expect(await record(scenario)).toMatchFileSnapshot(`recorded/${scenario.name}.txt`)
})

test.each(TABLES)('as recorded: $title', { timeout: 180_000 }, async (table) => {
  await expect(await tableText(table)).toMatchFileSnapshot(`recorded/tables/${table.name}.txt`)
})
