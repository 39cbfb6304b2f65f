import { parseWithDigits } from '../../tabular/convert-cell.ts'
import { FileFault } from '../../tabular/file-faults.ts'
import { decoded } from '../../tabular/read/decode.ts'
import { isRecord, type ParseJson, parsedValue } from '../../tabular/read/json-records.ts'
import { openRecords } from '../../tabular/read/open-records.ts'
import { peek, type SourceRecord } from '../../tabular/read/records.ts'
import { type ByteListeners, readBytes } from './read-bytes.ts'
import { readXlsx } from './read-xlsx.ts'
import type { Format, ReadOptions, SourceRow } from './source-row.ts'

/** An opened file: what is known about it, and its rows in lists. */
export interface OpenFile {
  readonly format: Format
  readonly encoding: string | undefined
  readonly delimiter: string | undefined
  readonly sheet: string | undefined
  /** Undefined for JSON on the first reading: its names are known only at the end. */
  readonly headers: readonly string[] | undefined
  readonly rows: AsyncIterable<readonly SourceRow[]>
}

/** What opening a file may need in addition. */
interface OpenOptions extends ReadOptions, ByteListeners {
  /** The names, if the file has been read before. */
  readonly headers?: readonly string[] | undefined
  /** Called with the names in each list of JSON rows. */
  readonly onNames?: (names: Iterable<string>) => void
}

/** Opens a file by its name and its first bytes. */
export async function openFile(file: File, options: OpenOptions): Promise<OpenFile> {
  const name = file.name.toLowerCase()
  if (/\.xls[xm]?$/.test(name)) return openSheet(file, options)
  let encoding: string | undefined
  const onEncoding = (found: string) => {
    encoding = found
  }
  const { head, texts } = await peek(decoded(readBytes(file, options), { encoding: options.encoding, onEncoding }))
  if (/\.json(?:\.gz)?$/.test(name) && isDocument(head)) {
    const rows = (await readDocument(texts, parseWithDigits)).map((value) => ({ value }))
    return { ...NOTHING, format: 'json', encoding, headers: options.headers, rows: named(once(rows), options) }
  }
  const { format, header, delimiter, records } = await openRecords({
    name,
    texts,
    delimiter: options.delimiter,
    parse: parseWithDigits,
  })
  if (header?.cells === undefined) return { ...NOTHING, format, encoding, headers: options.headers, rows: named(records, options) }
  return { ...NOTHING, format, encoding, delimiter, headers: header.cells, rows: numbered(records, ({ cells = [] }) => cells) }
}

const NOTHING = { encoding: undefined, delimiter: undefined, sheet: undefined }

async function openSheet(file: File, { onBytes, onRead }: OpenOptions): Promise<OpenFile> {
  if (file.size === 0) throw new FileFault('EMPTY_FILE', 'The file is empty.')
  const { headers, rows, sheet } = await readXlsx(file)
  onRead(file.size)
  onBytes(new TextEncoder().encode(JSON.stringify([headers, rows])))
  return { ...NOTHING, format: 'xlsx', sheet, headers, rows: once(rows) }
}

type PlacedRecord = Omit<SourceRecord, 'line'> & { readonly line?: number }

async function* numbered<R extends PlacedRecord>(
  lists: AsyncIterable<readonly R[]>,
  cellsOf: (record: R) => readonly unknown[],
): AsyncGenerator<readonly SourceRow[]> {
  let count = 0
  for await (const list of lists)
    yield list.map((record) => ({ number: ++count, ...(record.line !== undefined && { line: record.line }), cells: cellsOf(record) }))
}

/** Rows as lists of cells, by the names known so far, which grow during the first reading. */
async function* named(
  lists: AsyncIterable<readonly PlacedRecord[]>,
  { headers, onNames }: OpenOptions,
): AsyncGenerator<readonly SourceRow[]> {
  const names = new Set(headers)
  const seen = async function* () {
    for await (const list of lists) {
      if (headers === undefined) {
        for (const { value = {} } of list) for (const name of Object.keys(value)) names.add(name)
        onNames?.(names)
      }
      yield list
    }
  }
  // A field that a row lacks is undefined.
  yield* numbered(seen(), ({ value = {} }) => (headers ?? [...names]).map((name) => (Object.hasOwn(value, name) ? value[name] : undefined)))
}

/** A single list, as lists that come. */
export async function* once<T>(list: readonly T[]): AsyncGenerator<readonly T[]> {
  yield list
}

const MAX_CHARACTERS = 100_000_000

/** Whether a text with this beginning is one object around its rows, rather than one object per row. */
function isDocument(head: string): boolean {
  const [first = '', ...others] = head.trim().split(/\r?\n/)
  return first.startsWith('{') && !(others.length > 0 && isJson(first))
}

function isJson(text: string): boolean {
  try {
    return isRecord(JSON.parse(text))
  } catch {
    return false
  }
}

/** The rows of an object that holds one list of them; it is read as a whole. */
async function readDocument(texts: AsyncIterable<string>, parse: ParseJson): Promise<readonly Readonly<Record<string, unknown>>[]> {
  let text = ''
  for await (const piece of texts) {
    text += piece
    if (text.length > MAX_CHARACTERS) throw new FileFault('TOO_MANY_ROWS', 'A file that is one JSON document is read up to 100 MB.')
  }
  const document = parsedValue(text, 1, parse)
  const lists = isRecord(document) ? Object.values(document).filter((inner) => Array.isArray(inner)) : []
  if (lists.length !== 1) throw new FileFault('INVALID_JSON', 'The document has no list of rows, or several.', 1)
  return (lists[0] ?? []).map((row: unknown, at) => {
    if (!isRecord(row)) throw new FileFault('NOT_AN_OBJECT', `Entry ${at + 1} of the list is not an object.`)
    return row
  })
}
