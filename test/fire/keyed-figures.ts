import { checkKeyedRun, type KeyedFindings, type KeyedRun } from './check-keyed-run.ts'
import type { Figure } from './figure.ts'

/** What was found in all rounds on a store, as figures. */
export function figuresOf(store: string, { twice, untrue, lost, beyond, changed, unconfirmed, rows }: KeyedFindings): Figure[] {
  return [
    { name: `${store}: rows written twice`, value: twice, most: 0 },
    { name: `${store}: rows told untruly`, value: untrue, most: 0 },
    { name: `${store}: rows answered 100 ms before and not accepted`, value: lost, most: 0 },
    { name: `${store}: rows unconfirmed beyond those on their way`, value: beyond, most: 0 },
    { name: `${store}: outcomes that changed after they were final`, value: changed, most: 0 },
    { name: `${store}: rows unconfirmed, % of ${rows}`, value: (100 * unconfirmed) / rows },
  ]
}

/** Checks a round, and says what came of it and which laws were broken. */
export function checkRound(say: (line: string) => void, round: string, run: KeyedRun): KeyedFindings {
  const found = checkKeyedRun(run, ({ gateway, ids, answeredAt = 0 }) => {
    const before = run.breaks.filter((one) => one.gateway === gateway).map(({ at }) => `${Math.round(at - answeredAt)} ms before its end`)
    say(`${round}: ${ids.length} rows of ${gateway} that were answered ${before.join(', ') || 'and not broken off'}`)
  })
  const broken = (['twice', 'untrue', 'lost', 'beyond', 'changed'] as const).filter((law) => found[law] > 0)
  say(
    `${round}: ${found.unconfirmed} of ${found.rows} rows unconfirmed${broken.map((law) => `, ${found[law]} ${law.toUpperCase()}`).join('')}`,
  )
  return found
}
