/** The edges of a whole word: no letter, digit or underscore of ASCII may touch it. */
const ASCII_WORD = ['\\b', '\\b'] as const
/** The edges of a word of any script: no letter may touch it, but digits and underscores may. */
export const LETTERS_ONLY = ['(?<!\\p{L})', '(?!\\p{L})'] as const

/**
 * One pattern that finds any entry of these lists, in which commas separate entries. An entry is a whole word, except that a `*` at
 * its beginning or end stands for any further letters there; otherwise it is a regular expression (with backslashes doubled, as in any
 * string).
 */
export function anyOf(lists: readonly string[], [before, behind]: readonly [string, string] = ASCII_WORD): RegExp {
  // A comma at the end of a list adds no entry: an empty one would be found in any text.
  const entries = lists
    .flatMap((list) => list.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const sources = entries.map((entry) => {
    const inner = entry.replace(/^\*|\*$/g, '')
    return `${entry.startsWith('*') ? '' : before}${inner}${entry.endsWith('*') ? '' : behind}`
  })
  return new RegExp(sources.join('|'), 'u')
}

/** The words of these lists, in which spaces separate words. */
export function wordSet(lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')))
}
