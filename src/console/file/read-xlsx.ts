import type { Sheet } from 'hucre/xlsx'
import { FileFault } from '../../tabular/file-faults.ts'
import { readSafely } from './read-bytes.ts'
import { cellText, type SourceRow } from './source-row.ts'

/** A sheet with its header and rows. */
interface SheetRows {
  readonly sheet: string
  readonly headers: readonly string[]
  readonly rows: readonly SourceRow[]
}

const MAX_ROWS = 100_000
/** After this many empty rows, a table is taken to have ended. */
const MANY_EMPTY = 1_000
const MAX_BYTES = 100_000_000

/** Reads the first visible sheet of a workbook, up to 100,000 rows; the first row that is not empty is the header. */
export async function readXlsx(file: Blob): Promise<SheetRows> {
  if (file.size > MAX_BYTES) throw tooLarge()
  const bytes = await readSafely(() => file.arrayBuffer())
  // Loaded on demand: most files are not workbooks, and this reader is as large as the rest of the page.
  const { readXlsx: read } = await import('hucre/xlsx')
  const workbook = await read(bytes, { sheets: firstVisible(), maxRows: MAX_ROWS + 2 }).catch(() => {
    throw new FileFault('BAD_SHEET', 'The workbook cannot be read.')
  })
  const [sheet] = workbook.sheets
  const first = sheet?.rows.findIndex((cells) => cells.some(isFilled)) ?? -1
  const head = sheet?.rows[first]
  if (sheet === undefined || head === undefined)
    throw new FileFault('EMPTY_FILE', 'The first sheet is empty: the rows must be on the first one.')
  const width = head.reduce((last: number, cell, at) => (isFilled(cell) ? at + 1 : last), 0)
  expectResults(sheet, width)
  const rows = sheet.rows
    .slice(first + 1)
    .map((cells, at): SourceRow => ({ number: at + 1, line: first + at + 2, cells: padded(cells, width) }))
    .filter(({ cells }) => cells.some(isFilled))
  // The limit of reading also counts rows without a value, so a sheet that was cut off may have fewer rows with one; empty formatted rows
  // at its end are no loss.
  const isCut = sheet.rows.length > MAX_ROWS + 1 && sheet.rows.slice(-MANY_EMPTY).some((cells) => cells.some(isFilled))
  if (isCut || rows.length > MAX_ROWS) throw tooLarge()
  return { sheet: sheet.name, headers: head.slice(0, width).map(cellText), rows }
}

/** Finds the first sheet that is not hidden. */
function firstVisible() {
  let isFound = false
  return ({ hidden, veryHidden }: { readonly hidden?: boolean; readonly veryHidden?: boolean }): boolean => {
    if (isFound || hidden || veryHidden) return false
    isFound = true
    return true
  }
}

/**
 * Throws where a cell of the table has an error in place of a value, or a formula without a result, as programs write them: its row would be
 * sent with the name of the error as a text, or without the cell.
 */
function expectResults({ cells = new Map() }: Sheet, width: number): void {
  for (const [place, { type, value }] of cells) {
    const [row = 0, column = 0] = place.split(',').map(Number)
    if (column >= width) continue
    if (type === 'error') throw new FileFault('BAD_SHEET', 'A cell here shows an error in place of a value, such as #N/A.', row + 1)
    if (type === 'formula' && value === null)
      throw new FileFault('BAD_SHEET', 'The workbook was never calculated: a formula here has no result.', row + 1)
  }
}

function isFilled(cell: unknown): boolean {
  return cell !== undefined && cell !== null && cell !== ''
}

function padded(cells: readonly unknown[], width: number): unknown[] {
  return Array.from({ length: Math.max(width, cells.length) }, (_, at) => cells[at] ?? undefined)
}

function tooLarge(): FileFault {
  return new FileFault('TOO_MANY_ROWS', 'Workbooks are read up to 100,000 rows.')
}
