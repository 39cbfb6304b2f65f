import { type Chance, createChance } from '../../support/random.ts'
import { takeClock } from '../../support/virtual-clock.ts'

/** What is done at a time, and what is to be seen then. */
export type Step = () => string | Promise<string>

/** So many steps on a clock of their own, with pauses in between that are drawn from these. */
export async function walk(
  title: string,
  seed: number,
  steps: number,
  pauses: readonly number[],
  begin: (chance: Chance) => Step,
): Promise<string> {
  const clock = takeClock()
  try {
    const chance = createChance(seed)
    const step = begin(chance)
    const seen: string[] = []
    for (let nth = 0; nth < steps; nth++) {
      const ms = chance.pick(pauses)
      if (ms > 0) await clock.pass(ms)
      seen.push(`${ms}: ${await step()}`)
    }
    return `${title} ${seed}\n  ${seen.join('\n  ')}`
  } finally {
    clock.restore()
  }
}
