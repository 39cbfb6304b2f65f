import { FileError } from './file-error.ts'
import { readSafely } from './open-text.ts'
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
    throw new FileError(
      'BAD_SHEET',
      'The workbook cannot be read.',
      'If it has a password, remove that; else save the sheet as CSV and drop that.',
    )
  })
  const [sheet] = workbook.sheets
  const [head, ...rest] = sheet?.rows ?? []
  if (sheet === undefined || head === undefined)
    throw new FileError('EMPTY', 'The first sheet is empty.', 'Put the rows on the first sheet.')
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

function tooLarge(): FileError {
  return new FileError('TOO_MANY_ROWS', 'Workbooks are read to 100,000 rows.', 'Save the sheet as CSV: that may have any number of rows.')
}
