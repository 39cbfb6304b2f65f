import type { Scenario } from '../support/recording/run.ts'
import { bulk } from './bulk.ts'
import { calm } from './calm.ts'
import { faults } from './faults.ts'
import { outage } from './outage.ts'
import { refused } from './refused.ts'
import { slowing } from './slowing.ts'

/** All that is recorded, each with a file of its name beside this one. */
export const SCENARIOS: readonly Scenario[] = [calm, slowing, faults, outage, bulk, refused]
