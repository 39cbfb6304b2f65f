/** What stands before and behind a whole word: here, anything but a letter, a digit or an underscore. */
const ASCII_WORD = ['\\b', '\\b'] as const
/** The same for words of any script; digits and underscores may touch them. */
export const LETTERS_ONLY = ['(?<!\\p{L})', '(?!\\p{L})'] as const

/**
 * One pattern that finds any entry of these lists, which are separated by commas. An entry is a whole word, unless a `*` at its
 * beginning or its end says that more letters may stand there; between, it is written as in a regular expression, of which only
 * backslashes need doubling.
 */
export function anyOf(lists: readonly string[], [before, behind]: readonly [string, string] = ASCII_WORD): RegExp {
  const entries = lists.flatMap((list) => list.split(',')).map((entry) => entry.trim())
  const sources = entries.map((entry) => {
    const inner = entry.replace(/^\*|\*$/g, '')
    return `${entry.startsWith('*') ? '' : before}${inner}${entry.endsWith('*') ? '' : behind}`
  })
  return new RegExp(sources.join('|'), 'u')
}

/** The words of these lists, which are separated by spaces. */
export function wordSet(lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')))
}
