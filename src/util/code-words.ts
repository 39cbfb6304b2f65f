/** What a code of a published list stands for, and what whoever meets it is to do. */
export interface CodeWords {
  readonly cause: string
  readonly cure: string
}

/** Both in one text, as the descriptions of the SDL have it. */
export function meaningOf({ cause, cure }: CodeWords): string {
  return `${cause} ${cure}`
}

/** The meaning of each code of a list. */
export function meaningsOf<Code extends string>(list: Readonly<Record<Code, CodeWords>>): Readonly<Record<Code, string>> {
  const meanings = Object.entries<CodeWords>(list).map(([code, words]) => [code, meaningOf(words)])
  return Object.fromEntries(meanings) as Record<Code, string>
}
