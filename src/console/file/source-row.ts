import { rawDigits, timestampText } from '../../tabular/convert-cell.ts'

/** One row of a file: the texts of a CSV, or the values of a JSON document or a sheet. */
export interface SourceRow {
  /** Its number among the rows, from 1, without the header. */
  readonly number: number
  /** The line on which it starts; undefined if the file has no lines. */
  readonly line?: number
  readonly cells: readonly unknown[]
}

/** How to read a file; what is left out is detected. */
export interface ReadOptions {
  readonly encoding?: Encoding
  readonly delimiter?: string
}

/** The encodings that can be chosen. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** The formats of files that can be read. */
export type Format = 'csv' | 'ndjson' | 'json' | 'xlsx'

/** A cell as shown and edited. */
export function cellText(cell: unknown): string {
  if (cell === undefined || cell === null) return ''
  if (typeof cell === 'string') return cell
  if (cell instanceof Date) return timestampText(cell)
  return rawDigits(cell) ?? JSON.stringify(cell)
}
