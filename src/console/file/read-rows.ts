import { FileError } from './file-error.ts'
import { openBytes, openText, unlessBomb } from './open-text.ts'
import { readCsv } from './read-csv.ts'
import { type NamedRow, readJson, readNdjson, rowsByHeader } from './read-json.ts'
import { readXlsx } from './read-xlsx.ts'
import type { Encoding, Format, ReadOptions, SourceRow } from './source-row.ts'

/** A file that has been opened: what is known of it, and its rows in lists, as they come. */
export interface OpenFile {
  readonly format: Format
  readonly isPacked: boolean
  readonly encoding: Encoding | undefined
  readonly delimiter: string | undefined
  readonly sheet: string | undefined
  /** Of newline-delimited JSON, whose rows name their own fields, the names are known at the end only. */
  readonly headers: readonly string[] | undefined
  readonly rows: AsyncIterable<readonly SourceRow[]>
}

/** What else opening a file may need. */
export interface OpenOptions extends ReadOptions {
  /** The names of a file that has been read before. */
  readonly headers?: readonly string[] | undefined
  readonly onRead: (bytes: number) => void
  readonly onBytes: (bytes: Uint8Array) => void
  /** Told the names of each list of rows that name their own fields. */
  readonly onNames?: (names: Iterable<string>) => void
}

/** Opens a file by what it is called and what it begins with. */
export async function openFile(file: File, options: OpenOptions): Promise<OpenFile> {
  if (file.size === 0) throw new FileError('EMPTY', 'The file is empty.', 'Drop one with a header and rows.')
  const name = file.name.toLowerCase()
  if (/\.xls[xm]?$/.test(name)) return openSheet(file, options)
  const isPacked = await isGzip(file)
  const onBytes = isPacked ? unlessBomb(file.size, options.onBytes) : options.onBytes
  const bytes = await openBytes(file, options.onRead)
  const { encoding, pieces } = await openText(bytes, isPacked, options.encoding, onBytes)
  const opened = { isPacked, encoding, delimiter: undefined, sheet: undefined }
  const base = name.replace(/\.gz$/, '')
  if (/\.(?:ndjson|jsonl)$/.test(base))
    return { ...opened, format: 'ndjson', headers: options.headers, rows: named(readNdjson(pieces), options) }
  if (base.endsWith('.json')) {
    const rows = await readJson(pieces)
    const headers = options.headers ?? [...new Set(rows.flatMap(({ values }) => Object.keys(values)))]
    return { ...opened, format: 'json', headers, rows: once(rowsByHeader(rows, headers)) }
  }
  const { headers, delimiter, rows } = await readCsv(pieces, options.delimiter)
  return { ...opened, format: 'csv', delimiter, headers, rows }
}

async function openSheet(file: File, { onBytes, onRead }: OpenOptions): Promise<OpenFile> {
  const { headers, rows, sheet } = await readXlsx(file)
  onRead(file.size)
  onBytes(new TextEncoder().encode(JSON.stringify([headers, rows])))
  return { format: 'xlsx', isPacked: false, encoding: undefined, delimiter: undefined, sheet, headers, rows: once(rows) }
}

async function isGzip(file: Blob): Promise<boolean> {
  const [a, b] = new Uint8Array(
    await file
      .slice(0, 2)
      .arrayBuffer()
      .catch(() => new ArrayBuffer(0)),
  )
  return a === 0x1f && b === 0x8b
}

/** Rows by the names known so far; in the first reading these grow with every list. */
async function* named(lists: AsyncIterable<readonly NamedRow[]>, { headers, onNames }: OpenOptions): AsyncGenerator<readonly SourceRow[]> {
  const names = new Set(headers)
  for await (const list of lists) {
    if (headers === undefined) {
      for (const { values } of list) for (const name of Object.keys(values)) names.add(name)
      onNames?.(names)
    }
    yield rowsByHeader(list, headers ?? [...names])
  }
}

async function* once(rows: readonly SourceRow[]): AsyncGenerator<readonly SourceRow[]> {
  yield rows
}
