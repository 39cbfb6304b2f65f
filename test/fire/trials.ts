import { consoleTrial } from './console.ts'
import { defects } from './defects.ts'
import { drain } from './drain.ts'
import type { Figure } from './figure.ts'
import type { FlagKinds, Flags } from './flags.ts'
import { importKill } from './import-kill.ts'
import { importLarge } from './import-large.ts'
import { keysFlood } from './keys-flood.ts'
import { keysKill } from './keys-kill.ts'
import { keysReplicas } from './keys-replicas.ts'
import { laws } from './laws.ts'
import { memory } from './memory.ts'
import { outage } from './outage.ts'
import { overload } from './overload.ts'
import { postgresRestart } from './postgres-restart.ts'
import { replicas } from './replicas.ts'
import { rows } from './rows.ts'
import { throughput } from './throughput.ts'

/** A trial, and the flags that it knows besides those of all. */
interface Trial {
  readonly run: (mode: 'full' | 'short', say: (line: string) => void, flags: Flags) => Promise<Figure[]>
  readonly flags?: FlagKinds
}

const ROUNDS: FlagKinds = { rounds: 'N', seed: 'N' }

/** All trials, by the names that the command line has for them. */
export const TRIALS: Readonly<Record<string, Trial>> = {
  rows: { run: rows },
  laws: { run: laws },
  outage: { run: outage },
  overload: { run: overload },
  drain: { run: drain },
  replicas: { run: replicas },
  throughput: { run: throughput },
  memory: { run: memory },
  defects: { run: defects, flags: { quick: '', only: '3,14' } },
  console: { run: consoleTrial },
  'import-large': { run: importLarge, flags: { rows: 'N', lift: '' } },
  'import-kill': { run: importKill, flags: ROUNDS },
  'keys-flood': { run: keysFlood },
  'keys-kill': { run: keysKill, flags: { store: 'sqlite|postgres|both', ...ROUNDS } },
  'keys-replicas': { run: keysReplicas, flags: ROUNDS },
  'postgres-restart': { run: postgresRestart },
}
