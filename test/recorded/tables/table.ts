/** What pure functions make of many inputs, one line for each. */
export interface Table {
  /** Names the recording. */
  readonly name: string
  /** A sentence on what is to be seen. */
  readonly title: string
  /** How to read a line. */
  readonly about: string
  lines(): readonly string[]
}

/** The table as it is recorded. */
export function tableText({ title, about, lines }: Table): string {
  return `${title}\n\n${about.trim()}\n\n${lines().join('\n')}\n`
}
