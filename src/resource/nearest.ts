import { distance } from 'fastest-levenshtein'
import { camelCase } from './names.ts'

/** The known name a misspelt one was probably meant to be; undefined when none is close. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const spoken = camelCase(name).toLowerCase()
  // A name far longer than any known one is never a slip of the pen, and measuring it would cost.
  if (spoken.length > 64) return undefined
  const ranked = known.map((candidate) => ({ candidate, far: distance(spoken, candidate.toLowerCase()) }))
  const best = ranked.sort((a, b) => a.far - b.far)[0]
  return best !== undefined && best.far <= Math.max(1, Math.floor(spoken.length / 3)) ? best.candidate : undefined
}
