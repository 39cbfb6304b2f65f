import { CsvError, Parser } from 'csv-parse'
import { FileFault, type FileFaultCode } from '../file-faults.ts'
import { createLineFinder } from './line-counter.ts'
import { MAX_RECORD_SIZE, type SourceRecord, TOO_LONG } from './records.ts'

/**
 * The records of a CSV text, header included, without those that have nothing in any cell, as spreadsheets write behind a table. Line
 * numbers are counted here: csv-parse counts a quoted `\r\n` twice, and reports an unclosed quote at the end of the file.
 */
export async function* csvRecords(texts: AsyncIterable<string>, delimiter: string): AsyncIterable<readonly SourceRecord[]> {
  const lines = createLineFinder()
  let line = 1
  let found: SourceRecord[] = []
  const parser = new Parser({
    delimiter,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD_SIZE,
    // Returns nothing, so that the parser does not buffer records.
    on_record(cells: string[], { bytes }) {
      if (cells.some((cell) => cell !== '')) found.push({ line, cells })
      line = lines.lineAt(bytes)
      return undefined
    },
  })
  parser.on('error', () => {}).resume()
  // The browser build reports some errors only by the event.
  const step = (run: (done: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      const done = (error?: Error | null) => {
        parser.removeListener('error', done)
        if (error) reject(csvFailure(error, line))
        else resolve()
      }
      parser.once('error', done)
      run(done)
    })
  for await (const text of texts) {
    lines.add(text)
    await step((done) => parser.write(text, done))
    if (found.length > 0) yield found
    found = []
  }
  await step((done) => parser.end(done))
  if (found.length > 0) yield found
}

const MEANINGS: Readonly<Record<string, readonly [FileFaultCode, string]>> = {
  CSV_QUOTE_NOT_CLOSED: ['UNCLOSED_QUOTE', 'A quote that is opened in the record beginning here is never closed.'],
  CSV_INVALID_CLOSING_QUOTE: [
    'MISPLACED_QUOTE',
    'In the record beginning here a quoted cell continues after its closing quote; or a quote further up is not closed.',
  ],
  INVALID_OPENING_QUOTE: ['MISPLACED_QUOTE', 'In the record beginning here a quote is inside a cell that is not quoted.'],
  CSV_MAX_RECORD_SIZE: ['RECORD_TOO_LONG', TOO_LONG],
}

function csvFailure(error: Error, line: number): Error {
  const meaning = error instanceof CsvError ? MEANINGS[error.code] : undefined
  return meaning === undefined ? error : new FileFault(...meaning, line)
}

const DELIMITERS = [',', ';', '\t', '|']

/** The delimiter that splits the first record into the most known names, or else into the most cells. */
export function findDelimiter(head: string, isKnown: (name: string) => boolean): string {
  const [first = ''] = /^(?:"[^"]*"?|[^"\r\n])*/.exec(head.trimStart()) ?? []
  const scored = DELIMITERS.map((delimiter) => {
    const cells = first.replace(/"[^"]*"?/g, (quoted) => quoted.replaceAll(delimiter, ' ')).split(delimiter)
    const known = cells.filter((cell) => isKnown(cell.replaceAll('"', ''))).length
    return { delimiter, score: known * 1_000 + Math.min(cells.length, 999) }
  })
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).delimiter
}
