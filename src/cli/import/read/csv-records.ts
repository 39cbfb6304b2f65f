import { CsvError, Parser } from 'csv-parse'
import { parse as parseSync } from 'csv-parse/sync'
import { ImportFailure, type ProblemCode } from '../failure.ts'
import { createLineFinder } from './line-counter.ts'
import { MAX_RECORD_SIZE, type SourceRecord } from './records.ts'

const CSV_OPTIONS = {
  relax_column_count: true,
  record_delimiter: ['\r\n', '\n', '\r'],
  max_record_size: MAX_RECORD_SIZE,
}

/**
 * The records of a CSV text, header included, without empty lines; with the lines that they begin on, counted here: csv-parse counts
 * a line end in quotes twice where it is `\r\n`, and names the end of the file for a quote that is not closed.
 */
export async function* csvRecords(texts: AsyncIterable<string>, delimiter: string): AsyncIterable<readonly SourceRecord[]> {
  const lines = createLineFinder()
  let line = 1
  let found: SourceRecord[] = []
  const parser = new Parser({
    ...CSV_OPTIONS,
    delimiter,
    // Returns nothing, so that no record waits in the parser for a reader.
    on_record(cells: string[], { bytes }) {
      if (cells.length > 1 || cells[0] !== '') found.push({ line, cells })
      line = lines.lineAt(bytes)
      return undefined
    },
  })
  parser.on('error', () => {}).resume()
  const step = (run: (done: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => run((error) => (error ? reject(csvFailure(error, line)) : resolve())))
  for await (const text of texts) {
    const bytes = Buffer.from(text)
    lines.add(bytes)
    await step((done) => parser.write(bytes, done))
    if (found.length > 0) yield found
    found = []
  }
  await step((done) => parser.end(done))
  if (found.length > 0) yield found
}

const MEANINGS: Readonly<Record<string, { code: ProblemCode; says: string; advice: string }>> = {
  CSV_QUOTE_NOT_CLOSED: {
    code: 'UNCLOSED_QUOTE',
    says: 'A quote that is opened in the record beginning here is never closed.',
    advice: 'Close it. A quote within a quoted cell is written twice: "a 5"" pipe".',
  },
  CSV_INVALID_CLOSING_QUOTE: {
    code: 'MISPLACED_QUOTE',
    says: 'In the record beginning here a quoted cell goes on behind its closing quote; or a quote further up is not closed.',
    advice: 'Write a quote within a quoted cell twice: "a 5"" pipe".',
  },
  INVALID_OPENING_QUOTE: {
    code: 'MISPLACED_QUOTE',
    says: 'In the record beginning here a quote stands within a cell that is not quoted.',
    advice: 'Put the cell in quotes, and write the quote within it twice: "a 5"" pipe".',
  },
  CSV_MAX_RECORD_SIZE: {
    code: 'RECORD_TOO_LONG',
    says: `The record beginning here has more than ${MAX_RECORD_SIZE.toLocaleString('en')} characters.`,
    advice: 'A quote is probably not closed, or the line ends are missing. One upstream request takes about a million bytes.',
  },
}

function csvFailure(error: Error, line: number): Error {
  const meaning = error instanceof CsvError ? MEANINGS[error.code] : undefined
  return meaning === undefined ? error : new ImportFailure({ code: meaning.code, line, message: meaning.says }, meaning.advice)
}

const DELIMITERS = [',', ';', '\t', '|']

/** The delimiter that cuts the first record into most names that are known; where none is, into most cells. */
export function findDelimiter(head: string, isKnown: (name: string) => boolean): string {
  const scored = DELIMITERS.map((delimiter) => {
    const cells = firstRecord(head, delimiter)
    return { delimiter, score: cells.filter(isKnown).length * 1_000 + Math.min(cells.length, 999) }
  })
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).delimiter
}

function firstRecord(head: string, delimiter: string): readonly string[] {
  try {
    const [first = []] = parseSync(head.trimStart(), { ...CSV_OPTIONS, delimiter, to: 1 }) as string[][]
    return first
  } catch {
    return []
  }
}
