/** The delimiter that the first line of a CSV states, as Excel writes and reads it (`sep=;`): such a line is no header. */
export function statedDelimiter(text: string): string | undefined {
  return /^\s*sep=([^"\r\n])\s*(?:[\r\n]|$)/i.exec(text)?.[1]
}

/** Lists without the first of all their entries. */
export async function* withoutFirst<T>(lists: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  let isFirst = true
  for await (const list of lists) {
    if (list.length === 0) continue
    yield isFirst ? list.slice(1) : list
    isFirst = false
  }
}
