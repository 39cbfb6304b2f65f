/** The cause of a code of a published list, and what to do about it. */
export interface CodeWords {
  readonly cause: string
  readonly cure: string
}

/** Cause and cure as one text, for the descriptions of the SDL. */
export function meaningOf({ cause, cure }: CodeWords): string {
  return `${cause} ${cure}`
}

/** The meaning of each code of a list. */
export function meaningsOf<Code extends string>(list: Readonly<Record<Code, CodeWords>>): Readonly<Record<Code, string>> {
  const meanings = Object.entries<CodeWords>(list).map(([code, words]) => [code, meaningOf(words)])
  return Object.fromEntries(meanings) as Record<Code, string>
}
