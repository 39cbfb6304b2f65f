/** One record of a file. */
export interface SourceRecord {
  /** The line on which it begins, from 1. */
  readonly line: number
  /** For CSV: its cells. */
  readonly cells?: readonly string[]
  /** For JSON: its value. */
  readonly value?: Readonly<Record<string, unknown>>
}

/** The format of a file. */
export type Format = 'csv' | 'ndjson' | 'json'

/** The maximum characters of a record; one upstream request takes a million bytes. */
export const MAX_RECORD_SIZE = 2 * 1024 * 1024

/** The message about a longer record. */
export const TOO_LONG = `The record beginning here has more than ${MAX_RECORD_SIZE.toLocaleString('en')} characters.`

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
}

/** The format of a file by its name; if that is inconclusive, or JSON, by the first character that is not white space. */
export function formatOf(name: string, head: string): Format {
  const extension = /\.(\w+?)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const first = head.trimStart()[0]
  const named = BY_EXTENSION[extension]
  if (named !== undefined && named !== 'json') return named
  if (first === '[') return 'json'
  return first === '{' || named === 'json' ? 'ndjson' : 'csv'
}

/** Reads the beginning of a text; resolves with it, and with the whole text. */
export async function peek(texts: AsyncIterable<string>): Promise<{ readonly head: string; readonly texts: AsyncIterable<string> }> {
  const iterator = texts[Symbol.asyncIterator]()
  let head = ''
  while (head.length < HEAD_SIZE) {
    const next = await iterator.next()
    if (next.done === true) break
    head += next.value
  }
  return { head, texts: continued(head === '' ? [] : [head], iterator) }
}

const HEAD_SIZE = 64 * 1024

/** What was read ahead, and then the rest, which is closed at the end. */
export async function* continued<T>(ahead: readonly T[], rest: AsyncIterator<T>): AsyncGenerator<T, void> {
  try {
    yield* ahead
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
