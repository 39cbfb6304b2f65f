import { type Figures, figuresOf } from './history-figures.ts'
import { violations } from './history-laws.ts'
import { readHistory } from './read-history.ts'

/** What a history came to. */
export interface Judgement extends Figures {
  /** What breaks a law, in words that name lines of the file. */
  readonly broken: readonly string[]
}

/** Judges a file by what stands in it and nothing else. */
export async function checkHistory(file: string): Promise<Judgement> {
  const run = await readHistory(file)
  return { broken: violations(run), ...figuresOf(run) }
}

const SHOWN = 20

if (import.meta.main) {
  const [, , file = ''] = process.argv
  const { broken, ...figures } = await checkHistory(file)
  for (const violation of broken.slice(0, SHOWN)) console.log(violation)
  console.log(figures, `${broken.length} broken`)
  process.exit(broken.length > 0 ? 1 : 0)
}
