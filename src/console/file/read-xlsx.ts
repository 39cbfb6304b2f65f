import { FileFault } from '../../tabular/file-faults.ts'
import { readSafely } from './read-bytes.ts'
import type { SourceRow } from './source-row.ts'

/** A sheet with its header and rows. */
export interface SheetRows {
  readonly sheet: string
  readonly sheets: number
  readonly headers: readonly string[]
  readonly rows: readonly SourceRow[]
}

const MAX_ROWS = 100_000
const MAX_BYTES = 100_000_000

/** Reads the first sheet of a workbook, to 100,000 rows. */
export async function readXlsx(file: Blob): Promise<SheetRows> {
  if (file.size > MAX_BYTES) throw tooLarge()
  const bytes = await readSafely(() => file.arrayBuffer())
  // Most files are none, and the reader is as large as the rest of the page.
  const { readXlsx: read } = await import('hucre/xlsx')
  const workbook = await read(bytes, { sheets: (_, index) => index === 0, maxRows: MAX_ROWS + 2 }).catch(() => {
    throw new FileFault('BAD_SHEET', 'The workbook cannot be read.')
  })
  const [sheet] = workbook.sheets
  const [head, ...rest] = sheet?.rows ?? []
  if (sheet === undefined || head === undefined)
    throw new FileFault('EMPTY_FILE', 'The first sheet is empty: the rows must be on the first one.')
  const width = head.reduce((last: number, cell, at) => (cell === null || cell === '' ? last : at + 1), 0)
  const rows = rest
    .map((cells, at): SourceRow => ({ number: at + 1, line: at + 2, cells: padded(cells, width) }))
    .filter(({ cells }) => cells.some((cell) => cell !== undefined && cell !== ''))
  if (rows.length > MAX_ROWS) throw tooLarge()
  return { sheet: sheet.name, sheets: workbook.sheets.length, headers: head.slice(0, width).map((cell) => String(cell ?? '')), rows }
}

function padded(cells: readonly unknown[], width: number): unknown[] {
  return Array.from({ length: Math.max(width, cells.length) }, (_, at) => cells[at] ?? undefined)
}

function tooLarge(): FileFault {
  return new FileFault('TOO_MANY_ROWS', 'Workbooks are read to 100,000 rows.')
}
