import { DEFECTS } from './defect-list.ts'
import type { Defect } from './defects/defect.ts'
import { createPlot, type Failure, type Plot } from './defects/plot.ts'
import type { Figure } from './figure.ts'
import type { Flags } from './flags.ts'

const SIMULATION = ['simulation', 'keyed-simulation']
/** What the simulations load; other rooms they cannot tell anything of. */
const MET_BY_SIMULATION = /^src\/(?:ingest|idempotency|rows|util|resource|identity)\b/

/** What became of one defect: which test found it, of which tests; an entry of the list that fits nothing was never planted. */
interface Found {
  readonly defect: Defect
  readonly by: 'nearest tests' | 'simulation' | 'other tests' | 'nothing' | 'not planted'
  readonly failure?: Failure
}

/**
 * Plants one defect of the list after the other in a copy of the project. The tests nearest to it look for it first, then the
 * simulation, and the whole suite only where neither found it; `--quick` leaves that out, `--only 3,14` tries some.
 */
export async function defects(_: 'full' | 'short', say: (line: string) => void, flags: Flags): Promise<Figure[]> {
  const chosen = typeof flags.only === 'string' ? flags.only.split(',').map(Number) : DEFECTS.map((_, at) => at + 1)
  using plot = createPlot()
  const all: Found[] = []
  for (const number of chosen) {
    const found = await search(plot, defectAt(number), flags.quick === true)
    all.push(found)
    say(`${number} ${found.defect.file}, ${found.defect.what}: ${found.by}${found.failure ? `, ${found.failure.test}` : ''}`)
  }
  const certain = await withoutFalseAlarms(plot, all)
  console.table(
    certain.map(({ defect, by, failure }, at) => ({ '#': chosen[at], file: defect.file, what: defect.what, by, test: failure?.test })),
  )
  return figuresOf(certain)
}

function defectAt(number: number): Defect {
  const defect = DEFECTS[number - 1]
  if (defect === undefined) throw new Error(`There is no defect ${number}; the list has ${DEFECTS.length}.`)
  return defect
}

async function search(plot: Plot, defect: Defect, isQuick: boolean): Promise<Found> {
  if (!plot.plant(defect)) return { defect, by: 'not planted' }
  try {
    for (const test of defect.tests) {
      const failure = await plot.firstFailure([test])
      if (failure) return { defect, by: 'nearest tests', failure }
    }
    const simulated = MET_BY_SIMULATION.test(defect.file) ? await plot.firstFailure(SIMULATION) : undefined
    if (simulated) return { defect, by: 'simulation', failure: simulated }
    const far = isQuick ? undefined : await plot.firstFailure([])
    return far ? { defect, by: 'other tests', failure: far } : { defect, by: 'nothing' }
  } finally {
    plot.restore(defect)
  }
}

/** A test that fails without any defect has found none. */
async function withoutFalseAlarms(plot: Plot, all: readonly Found[]): Promise<readonly Found[]> {
  const files = new Set(all.flatMap(({ failure }) => failure?.file ?? []))
  if (files.size === 0) return all
  const alarms = new Set((await plot.failures([...files])).map(({ test }) => test))
  return all.map((found) => (found.failure && alarms.has(found.failure.test) ? { defect: found.defect, by: 'nothing' } : found))
}

function figuresOf(all: readonly Found[]): Figure[] {
  const count = (by: Found['by']) => all.filter((found) => found.by === by).length
  const missed = count('nothing') + count('not planted')
  return [
    { name: 'defects found, %', value: (100 * (all.length - missed)) / all.length, least: 95 },
    { name: 'by the tests nearest to them', value: count('nearest tests') },
    { name: 'by the simulation alone', value: count('simulation') },
    { name: 'by other tests', value: count('other tests') },
    { name: 'by nothing', value: count('nothing') },
    { name: 'texts that stand not once in their file', value: count('not planted'), most: 0 },
  ]
}
