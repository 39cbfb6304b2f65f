import type { Scenario } from '../support/recording/run.ts'
import { calm } from './calm.ts'

/** All that is recorded, each with a file of its name beside this one. */
export const SCENARIOS: readonly Scenario[] = [calm]
