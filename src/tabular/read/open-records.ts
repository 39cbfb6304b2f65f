import { FileFault } from '../file-faults.ts'
import { csvRecords, findDelimiter } from './csv-records.ts'
import { jsonRecords, ndjsonRecords, type ParseJson } from './json-records.ts'
import { continued, type Format, formatOf, peek, type SourceRecord } from './records.ts'

/** A text of rows, and how to read it. */
interface TextOfRows {
  /** The file name, whose extension may tell the format. */
  readonly name: string
  readonly texts: AsyncIterable<string>
  /** Undefined to detect it. */
  readonly delimiter: string | undefined
  /** Whether a header is known; the delimiter that yields the most known headers is chosen. */
  readonly isKnown?: (name: string) => boolean
  readonly parse: ParseJson
}

/** An opened text of rows. */
export interface OpenRecords {
  readonly format: Format
  /** For CSV. */
  readonly delimiter: string
  /** For CSV: the first line. */
  readonly header: SourceRecord | undefined
  /** The names in the header or in the first objects, with their lines. */
  readonly names: ReadonlyMap<string, number>
  /** The rows, in lists. */
  readonly records: AsyncIterable<readonly SourceRecord[]>
}

/** Opens a text, reading as far as needed to detect its format. */
export async function openRecords(text: TextOfRows): Promise<OpenRecords> {
  const { head, texts } = await peek(text.texts)
  if (head.trim() === '') throw empty()
  const format = formatOf(text.name, head)
  const stated = format === 'csv' ? statedDelimiter(head) : undefined
  const delimiter = text.delimiter ?? stated ?? (format === 'csv' ? findDelimiter(head, text.isKnown ?? (() => false)) : ',')
  const read = format === 'csv' ? csvRecords(texts, delimiter) : readers[format](texts, text.parse)
  const iterator = (stated === undefined ? read : withoutFirst(read))[Symbol.asyncIterator]()
  const first = await nextWithRecords(iterator)
  const header = format === 'csv' ? named(first[0]) : undefined
  const names = new Map<string, number>()
  for (const record of header === undefined ? first : [header]) addNames(names, record)
  return { format, delimiter, header, names, records: continued([header === undefined ? first : first.slice(1)], iterator) }
}

/** The delimiter stated on the first line of a CSV, as Excel does (`sep=;`); such a line is not the header. */
function statedDelimiter(text: string): string | undefined {
  return /^\s*sep=([^"\r\n])\s*(?:[\r\n]|$)/i.exec(text)?.[1]
}

/** The lists without the very first entry. */
async function* withoutFirst<T>(lists: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  let isFirst = true
  for await (const list of lists) {
    if (list.length === 0) continue
    yield isFirst ? list.slice(1) : list
    isFirst = false
  }
}

/** A header without trailing empty cells, which tables have that were once wider. */
function named(header: SourceRecord | undefined): SourceRecord | undefined {
  const cells = header?.cells
  return cells && { ...header, cells: cells.slice(0, cells.findLastIndex((name) => name.trim() !== '') + 1) }
}

/** Notes the first line of each name in a record. */
export function addNames(names: Map<string, number>, { cells, value, line }: SourceRecord): void {
  for (const name of cells ?? Object.keys(value ?? {})) if (names.size < MAX_NAMES && !names.has(name)) names.set(name, line)
}

const MAX_NAMES = 1_000

const readers = { ndjson: ndjsonRecords, json: jsonRecords }

async function nextWithRecords(iterator: AsyncIterator<readonly SourceRecord[]>): Promise<readonly SourceRecord[]> {
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) if (next.value.length > 0) return next.value
  throw empty()
}

function empty(): FileFault {
  return new FileFault('EMPTY_FILE', 'The file is empty.', 1)
}
