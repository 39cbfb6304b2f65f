import { type CsvError, type Parser, parse } from 'csv-parse/browser/esm'
import { statedDelimiter, withoutFirst } from '../../tabular/separator-line.ts'
import { FileError } from './file-error.ts'
import type { SourceRow } from './source-row.ts'

/** A CSV on its way: its header, then its rows in lists. */
export interface CsvRows {
  readonly headers: readonly string[]
  readonly delimiter: string
  readonly rows: AsyncIterable<readonly SourceRow[]>
}

/** No row of more bytes can be sent, so a quote that is never closed is found here. */
const MAX_RECORD_BYTES = 1_000_000
const DELIMITERS = [',', ';', '\t', '|']

/** Reads a CSV; the delimiter is the one that the first line has most of, where none is chosen. */
export async function readCsv(pieces: AsyncIterable<string>, chosen: string | undefined): Promise<CsvRows> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await firstLine(iterator)
  if (first === '') throw empty()
  const stated = statedDelimiter(first)
  const delimiter = chosen ?? stated ?? findDelimiter(first)
  const parsed = parseRecords(first, iterator, delimiter)
  const records = filled(stated === undefined ? parsed : withoutFirst(parsed))
  const head = await records.next()
  const headers = head.done ? undefined : head.value[0]
  if (headers === undefined) throw empty()
  const rest = head.done ? [] : head.value.slice(1)
  return { headers: headers.cells.map(String), delimiter, rows: numbered(rest, records) }
}

function empty(): FileError {
  return new FileError('EMPTY', 'The file is empty.', 'Drop one with a header and rows.')
}

interface Line {
  readonly line: number
  readonly cells: readonly string[]
}

/** Text up to the end of the first line at least. */
async function firstLine(iterator: AsyncIterator<string>): Promise<string> {
  let text = ''
  while (!/[\r\n]/.test(text) && text.length < MAX_RECORD_BYTES) {
    const { value, done } = await iterator.next()
    if (done) break
    text += value
  }
  return text
}

function findDelimiter(text: string): string {
  const [line = ''] = text.replace(/"[^"]*"/g, '').split(/[\r\n]/, 1)
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

async function* filled(lists: AsyncIterable<readonly Line[]>): AsyncGenerator<readonly Line[], void> {
  for await (const list of lists) if (list.length > 0) yield list
}

async function* numbered(first: readonly Line[], more: AsyncIterable<readonly Line[]>): AsyncGenerator<readonly SourceRow[]> {
  let count = 0
  const give = (lines: readonly Line[]) => lines.map(({ line, cells }): SourceRow => ({ number: ++count, line, cells }))
  if (first.length > 0) yield give(first)
  for await (const lines of more) yield give(lines)
}

/** Records in lists. The lines are counted here: the library counts some twice. */
async function* parseRecords(first: string, iterator: AsyncIterator<string>, delimiter: string): AsyncGenerator<readonly Line[], void> {
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD_BYTES,
  })
  parser.on('error', () => {})
  let line = 1
  const take = (): Line[] => {
    const lines: Line[] = []
    for (let cells: string[] | null = parser.read(); cells !== null; cells = parser.read()) {
      const starts = line
      line += 1 + cells.reduce((sum, cell) => sum + breaksIn(cell), 0)
      if (cells.length > 1 || cells[0] !== '') lines.push({ line: starts, cells })
    }
    return lines
  }
  try {
    for (let text: string | undefined = first; text !== undefined; text = await nextOf(iterator)) {
      const written = write(parser, text)
      const lines = take()
      await written
      const all = [...lines, ...take()]
      if (all.length > 0) yield all
    }
    const ended = end(parser)
    const lines = take()
    await ended
    yield [...lines, ...take()]
  } catch (error) {
    throw isCsvError(error) ? faultOf(error, line) : error
  } finally {
    await iterator.return?.()
  }
}

async function nextOf(iterator: AsyncIterator<string>): Promise<string | undefined> {
  const { value, done } = await iterator.next()
  return done ? undefined : value
}

function breaksIn(cell: string): number {
  return /[\r\n]/.test(cell) ? cell.split(/\r\n|\r|\n/).length - 1 : 0
}

function write(parser: Parser, text: string): Promise<void> {
  return new Promise((done, fail) => {
    parser.write(text, (error) => (error ? fail(error) : done()))
  })
}

function end(parser: Parser): Promise<void> {
  return new Promise((done, fail) => {
    parser.once('error', fail)
    parser.once('end', () => done())
    parser.on('readable', () => {})
    parser.end()
  })
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(?:CSV_|INVALID_)/.test(error.code)
}

function faultOf({ code }: CsvError, line: number): FileError {
  if (code === 'CSV_MAX_RECORD_SIZE' || code === 'CSV_QUOTE_NOT_CLOSED')
    return new FileError(
      'BAD_QUOTE',
      `A quote that is opened in the row of line ${line} is not closed${code === 'CSV_MAX_RECORD_SIZE' ? ' within a megabyte' : ''}.`,
      'Close it, or write a quote that is part of a text twice, and drop the file again.',
    )
  return new FileError(
    'BAD_QUOTE',
    `In the row of line ${line} a quote stands inside of a cell.`,
    'Put the whole cell in quotes and write the quote in it twice, and drop the file again.',
  )
}
