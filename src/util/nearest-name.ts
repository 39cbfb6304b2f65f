import { distance } from 'fastest-levenshtein'

/** The known name a misspelt one was probably meant to be; undefined when none is close. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const spoken = letters(name)
  // A name far longer than any known one is never a slip of the pen, and measuring it would cost.
  if (spoken.length > 64) return undefined
  const ranked = known.map((candidate) => ({ candidate, far: distance(spoken, letters(candidate)) }))
  const best = ranked.sort((a, b) => a.far - b.far)[0]
  return best !== undefined && best.far <= Math.max(1, Math.floor(spoken.length / 3)) ? best.candidate : undefined
}

/** The same in snake case and in camel case. */
function letters(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
