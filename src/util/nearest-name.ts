import { distance } from 'fastest-levenshtein'

/** The known name that a misspelt one was probably meant to be; undefined if none is close. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const spoken = letters(name)
  // Far longer than any known name: not a typo, and expensive to compare.
  if (spoken.length > 64) return undefined
  const ranked = known.map((candidate) => ({ candidate, far: distance(spoken, letters(candidate)) }))
  const best = ranked.sort((a, b) => a.far - b.far)[0]
  return best !== undefined && best.far <= Math.max(1, Math.floor(spoken.length / 3)) ? best.candidate : undefined
}

/** A form that is the same for snake case and camel case. */
function letters(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
