import { exactNumber } from './exact-number.ts'
import { rawNumber, timestampText } from './source-row.ts'

/** What must be known of a column to convert a cell. */
export interface CellColumn {
  readonly type: 'STRING' | 'INTEGER' | 'FLOAT' | 'BOOLEAN' | 'DATE' | 'TIMESTAMP'
}

/**
 * A cell as a row carries it: by the type of its column, never by its looks. An empty cell is undefined, and a text that the type
 * does not know stays a text: the gateway says what is wrong with it.
 */
export function convertCell(cell: unknown, { type }: CellColumn): unknown {
  if (cell === undefined || cell === '') return undefined
  if (typeof cell === 'string') return convertText(cell, type)
  if (cell instanceof Date) return type === 'DATE' ? dayOf(cell) : timestampText(cell)
  const digits = rawNumber(cell)
  return digits === undefined ? cell : (exactNumber(digits) ?? digits)
}

/** A cell of a custom attribute, whose type is not known here: a text stays one. */
export function convertAttribute(cell: unknown): unknown {
  return convertCell(cell, { type: 'STRING' })
}

function convertText(text: string, type: CellColumn['type']): unknown {
  if (type === 'INTEGER' || type === 'FLOAT') return exactNumber(text.trim()) ?? text
  if (type !== 'BOOLEAN') return text
  const word = text.trim().toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : text
}

/** The day, where the cell has no time of day; else the whole timestamp, which a column of days refuses. */
function dayOf(date: Date): string {
  const text = timestampText(date)
  return text.endsWith(' 00:00:00') ? text.slice(0, 10) : text
}
