import type { KeyedFindings } from './check-keyed-run.ts'
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

/** Says of a round what broke a law. */
export function sayRound(say: (line: string) => void, round: string, { rows, unconfirmed, ...found }: KeyedFindings): void {
  const broken = (['twice', 'untrue', 'lost', 'beyond', 'changed'] as const).filter((law) => found[law] > 0)
  say(`${round}: ${unconfirmed} of ${rows} rows unconfirmed${broken.map((law) => `, ${found[law]} ${law.toUpperCase()}`).join('')}`)
}
