import { createHash } from 'node:crypto'
import { statedDelimiter, withoutFirst } from '../../../tabular/separator-line.ts'
import { ImportFailure } from '../failure.ts'
import { csvRecords, findDelimiter } from './csv-records.ts'
import { decoded } from './decode.ts'
import { jsonRecords, ndjsonRecords } from './json-records.ts'
import { type Format, formatOf, peek, type SourceRecord } from './records.ts'
import { gunzipped, type Source } from './source.ts'

/** How a source is to be read, where that is stated. */
export interface ReadSettings {
  readonly encoding: string | undefined
  readonly delimiter: string | undefined
  readonly signal: AbortSignal
}

/** A source that is open at its first row. */
export interface OpenRecords {
  readonly format: Format
  /** Of CSV. */
  readonly delimiter: string
  /** Of CSV: what the first line says. */
  readonly header: SourceRecord | undefined
  /** Names of the first rows, with the lines of these: the header, or what is in the first objects. */
  readonly names: ReadonlyMap<string, number>
  /** The rows, in lists as they come. */
  readonly records: AsyncIterable<readonly SourceRecord[]>
  /** SHA-256 of the decoded content, once all of it was read. */
  sha256(): string
}

/** Reads as far as is needed to know what a source is. */
export async function openRecords(source: Source, settings: ReadSettings, isKnown: (name: string) => boolean): Promise<OpenRecords> {
  const hash = createHash('sha256')
  const hashed = async function* (texts: AsyncIterable<string>) {
    for await (const text of texts) {
      settings.signal.throwIfAborted()
      hash.update(text)
      yield text
    }
  }
  const { head, texts } = await peek(decoded(gunzipped(source.bytes()), settings.encoding))
  if (head.trim() === '') throw empty()
  const format = formatOf(source.name, head)
  const stated = format === 'csv' ? statedDelimiter(head) : undefined
  const delimiter = settings.delimiter ?? stated ?? (format === 'csv' ? findDelimiter(head, isKnown) : ',')
  const read = readers[format](hashed(texts), delimiter)
  const iterator = (stated === undefined ? read : withoutFirst(read))[Symbol.asyncIterator]()
  const first = await nextWithRecords(iterator)
  const header = format === 'csv' ? first[0] : undefined
  const names = new Map<string, number>()
  for (const record of header === undefined ? first : [header]) addNames(names, record)
  return {
    format,
    delimiter,
    header,
    names,
    records: continued(header === undefined ? first : first.slice(1), iterator),
    sha256: () => hash.copy().digest('hex'),
  }
}

/** Notes on which line each name of a record stands first. */
export function addNames(names: Map<string, number>, { cells, value, line }: SourceRecord): void {
  for (const name of cells ?? Object.keys(value ?? {})) if (names.size < MAX_NAMES && !names.has(name)) names.set(name, line)
}

const MAX_NAMES = 1_000

const readers: Record<Format, (texts: AsyncIterable<string>, delimiter: string) => AsyncIterable<readonly SourceRecord[]>> = {
  csv: csvRecords,
  ndjson: ndjsonRecords,
  json: jsonRecords,
}

async function nextWithRecords(iterator: AsyncIterator<readonly SourceRecord[]>): Promise<readonly SourceRecord[]> {
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) if (next.value.length > 0) return next.value
  throw empty()
}

async function* continued(
  first: readonly SourceRecord[],
  rest: AsyncIterator<readonly SourceRecord[]>,
): AsyncIterable<readonly SourceRecord[]> {
  try {
    if (first.length > 0) yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) if (next.value.length > 0) yield next.value
  } finally {
    await rest.return?.()
  }
}

function empty(): ImportFailure {
  return new ImportFailure(
    { code: 'EMPTY_FILE', line: 1, message: 'There is nothing in it.' },
    'Check whether the export that makes it has failed.',
  )
}
