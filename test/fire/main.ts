import { endAll } from './at-end.ts'
import { consoleTrial } from './console.ts'
import { defects } from './defects.ts'
import { drain } from './drain.ts'
import { type Figure, isReached } from './figure.ts'
import { importKill } from './import-kill.ts'
import { importLarge } from './import-large.ts'
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

const TRIALS = {
  ...{ rows, laws, outage, overload, drain, replicas, throughput, memory, defects, console: consoleTrial },
  ...{ 'import-large': importLarge, 'import-kill': importKill },
  ...{ 'keys-kill': keysKill, 'keys-replicas': keysReplicas, 'postgres-restart': postgresRestart },
}

const [name = '', ...flags] = process.argv.slice(2)
const trial = TRIALS[name as keyof typeof TRIALS]
if (trial === undefined) {
  console.error(`Say which trial: ${Object.keys(TRIALS).join(', ')}; and --short for a short one.`)
  process.exit(1)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endAll().then(() => process.exit(130)))

const began = performance.now()
const say = (line: string) => console.log(`[${String(Math.round((performance.now() - began) / 1000)).padStart(4)} s] ${line}`)
try {
  const figures = await trial(flags.includes('--short') ? 'short' : 'full', say, flags)
  console.table(
    figures.map((figure) => ({ figure: figure.name, value: round(figure.value), must: limits(figure), reached: isReached(figure) })),
  )
  console.log(`figure: ${figures.length === 0 ? 'not measured' : figures.every(isReached) ? 'met' : 'missed'}`)
  process.exitCode = figures.every(isReached) ? 0 : 1
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
await endAll()
process.exit()

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function limits({ most, least }: Figure): string {
  return [most !== undefined && `<= ${round(most)}`, least !== undefined && `>= ${round(least)}`].filter(Boolean).join(' and ')
}
