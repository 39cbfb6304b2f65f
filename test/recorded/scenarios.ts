import type { Scenario } from '../support/recording/run.ts'
import { attributes } from './attributes.ts'
import { bulk } from './bulk.ts'
import { calm } from './calm.ts'
import { documents } from './documents.ts'
import { door } from './door.ts'
import { estimates } from './estimates.ts'
import { faults } from './faults.ts'
import { identity } from './identity.ts'
import { judging } from './judging.ts'
import { keyed } from './keyed.ts'
import { large } from './large.ts'
import { lent } from './lent.ts'
import { onboarding } from './onboarding.ts'
import { outage } from './outage.ts'
import { overload } from './overload.ts'
import { quality } from './quality.ts'
import { refused } from './refused.ts'
import { slowing } from './slowing.ts'
import { spellings } from './spellings.ts'
import { stopping } from './stopping.ts'
import { words } from './words.ts'

/** All that is recorded, each with a file of its name beside this one. */
export const SCENARIOS: readonly Scenario[] = [
  calm,
  slowing,
  faults,
  outage,
  bulk,
  refused,
  keyed,
  overload,
  onboarding,
  attributes,
  spellings,
  quality,
  judging,
  words,
  large,
  documents,
  estimates,
  door,
  lent,
  identity,
  stopping,
]
