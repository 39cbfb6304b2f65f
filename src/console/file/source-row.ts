import { rawDigits, timestampText } from '../../tabular/convert-cell.ts'

/** One row of a file: texts of a CSV, or what a JSON document or a sheet holds. */
export interface SourceRow {
  /** Its place among the rows, from 1; the header is none of them. */
  readonly number: number
  /** The line of the file that it starts in; absent where a file has no lines. */
  readonly line?: number
  readonly cells: readonly unknown[]
}

/** How the text of a file is to be read; what is left out is found out. */
export interface ReadOptions {
  readonly encoding?: Encoding
  readonly delimiter?: string
}

/** The encodings that can be chosen. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** The formats of files that are read. */
export type Format = 'csv' | 'ndjson' | 'json' | 'xlsx'

/** A cell as it is shown and edited. */
export function cellText(cell: unknown): string {
  if (cell === undefined || cell === null) return ''
  if (typeof cell === 'string') return cell
  if (cell instanceof Date) return timestampText(cell)
  return rawDigits(cell) ?? JSON.stringify(cell)
}
