/** One line that is made wrong, as somebody could have written it. */
export interface Defect {
  readonly file: string
  /** A text that stands once in the file. */
  readonly search: string
  readonly replace: string
  /** What a user would suffer from it. */
  readonly what: string
  /** The tests nearest to it, by the names of their files, nearest first. */
  readonly tests: readonly string[]
}

/** Defects of one file that the same tests are nearest to: what stands there, what stands there instead, and what comes of it. */
export function inFile(
  file: string,
  tests: readonly string[],
  lines: readonly (readonly [search: string, replace: string, what: string])[],
): Defect[] {
  return lines.map(([search, replace, what]) => ({ file: `src/${file}`, search, replace, what, tests }))
}
