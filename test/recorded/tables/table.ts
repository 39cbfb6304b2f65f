/** What pure functions make of many inputs, one line for each. */
export interface Table {
  /** Names the recording. */
  readonly name: string
  /** A sentence on what is to be seen. */
  readonly title: string
  /** How to read a line. */
  readonly about: string
  lines(): readonly string[] | Promise<readonly string[]>
}

/** The table as it is recorded. */
export async function tableText({ title, about, lines }: Table): Promise<string> {
  return `${title}\n\n${about.trim()}\n\n${(await lines()).join('\n')}\n`
}

/** What each of these comes to, one after the other. */
export async function inTurn(made: readonly (() => Promise<string>)[]): Promise<string[]> {
  const texts: string[] = []
  for (const make of made) texts.push(await make())
  return texts
}
