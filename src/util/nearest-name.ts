import { distance } from 'fastest-levenshtein'
import { LRUCache } from 'lru-cache'

/** Names as keys of a set or map, which must not change any more. */
type Names = { keys(): Iterable<string> }

/** Far longer than any known name: not a typo, and expensive to compare. */
const MAX_LETTERS = 64

/** The known name that a misspelt one was probably meant to be; undefined if none is close. */
export function nearestName(name: string, known: Names): string | undefined {
  const spoken = letters(name)
  return spoken.length > MAX_LETTERS ? undefined : foundAmong(known, spoken).name
}

/** What was found, by the known names: the same names recur in row after row, and a search takes as long as judging several rows. */
const found = new WeakMap<Names, LRUCache<string, { readonly name: string | undefined }>>()
const MAX_FOUND = 200

function foundAmong(known: Names, spoken: string): { readonly name: string | undefined } {
  const before = found.get(known) ?? new LRUCache({ max: MAX_FOUND })
  found.set(known, before)
  const result = before.get(spoken) ?? { name: search(spoken, known) }
  before.set(spoken, result)
  return result
}

function search(spoken: string, known: Names): string | undefined {
  const ranked = Array.from(known.keys(), (candidate) => ({ candidate, far: distance(spoken, letters(candidate)) }))
  const best = ranked.sort((a, b) => a.far - b.far)[0]
  return best !== undefined && best.far <= Math.max(1, Math.floor(spoken.length / 3)) ? best.candidate : undefined
}

/** A form that is the same for snake case and camel case. */
function letters(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
