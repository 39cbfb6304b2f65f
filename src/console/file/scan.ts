import { FileFault } from '../../tabular/file-faults.ts'
import { isRagged } from '../../tabular/make-row.ts'
import { createNumberForms, type NumberForms } from '../../tabular/number-forms.ts'
import { createContentHash } from './content-hash.ts'
import { type OpenFile, openFile } from './read-rows.ts'
import type { ReadOptions, SourceRow } from './source-row.ts'

/** The result of reading a file once. */
export interface Scan extends Pick<OpenFile, 'format' | 'encoding' | 'delimiter' | 'sheet'> {
  readonly headers: readonly string[]
  readonly rows: number
  /** Rows with fewer or more cells than the header. */
  readonly ragged: number
  readonly firstRagged: SourceRow | undefined
  readonly firstRows: readonly SourceRow[]
  /** How numbers are written, column by column. */
  readonly numberForms: readonly NumberForms[]
  /** The hash of the content. */
  readonly hash: string
}

/** The progress of a reading. */
export interface ScanProgress {
  readonly bytes: number
  readonly rows: number
}

const FIRST_ROWS = 100
const MAX_COLUMNS = 500

/** Reads a whole file, keeps only its first rows, and describes it. */
export async function scanFile(
  file: File,
  options: ReadOptions,
  onProgress: (progress: ScanProgress) => void,
  signal: AbortSignal,
): Promise<Scan> {
  const hash = createContentHash()
  let bytes = 0
  let names: readonly string[] = []
  const opened = await openFile(file, {
    ...options,
    onRead: (count) => {
      bytes += count
    },
    onBytes: hash.add,
    onNames: (found) => {
      names = [...found]
    },
  })
  const seen = createSeen(opened.headers)
  for await (const rows of opened.rows) {
    signal.throwIfAborted()
    rows.forEach(seen.see)
    if (names.length > MAX_COLUMNS) break
    onProgress({ bytes, rows: seen.told().rows })
  }
  const headers = opened.headers ?? names
  if (headers.length > MAX_COLUMNS) throw new FileFault('TOO_MANY_COLUMNS', `More than ${MAX_COLUMNS} columns cannot be read.`)
  const { format, encoding, delimiter, sheet } = opened
  const told = seen.told()
  if (told.rows === 0) throw new FileFault('NO_ROWS', 'There is a header but no row after it.')
  return { format, encoding, delimiter, sheet, headers, ...told, hash: hash.text() }
}

/** Keeps what is to be told of rows, and the first of them. */
function createSeen(headers: readonly string[] | undefined) {
  const counted = { rows: 0, ragged: 0 }
  let firstRagged: SourceRow | undefined
  const firstRows: SourceRow[] = []
  const forms = createNumberForms()
  return {
    see(row: SourceRow): void {
      counted.rows++
      forms.see(row.cells, row.line ?? row.number)
      if (firstRows.length < FIRST_ROWS) firstRows.push(row)
      if (headers === undefined || !isRagged(row.cells, headers.length)) return
      counted.ragged++
      firstRagged ??= row
    },
    told: () => ({ ...counted, firstRagged, firstRows, numberForms: forms.columns }),
  }
}
