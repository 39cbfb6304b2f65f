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

/** A cell of several custom attributes together, as the field `extra` holds them. */
export function convertExtra(cell: unknown): unknown {
  if (typeof cell !== 'string') return cell
  if (cell.trim() === '') return undefined
  try {
    return JSON.parse(cell)
  } catch {
    return cell
  }
}

/** A cell of a custom attribute, whose type is not known here: a text stays one. */
export function convertAttribute(cell: unknown): unknown {
  return convertCell(cell, { type: 'STRING' })
}

function convertText(text: string, type: CellColumn['type']): unknown {
  if (type === 'STRING') return text
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  if (type === 'INTEGER' || type === 'FLOAT') return exactNumber(trimmed) ?? text
  return type === 'BOOLEAN' ? (BOOLEANS.get(trimmed.toLowerCase()) ?? text) : text
}

const BOOLEANS = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map((word) => [word, false] as const),
])

/** The day, where the cell has no time of day; else the whole timestamp, which a column of days refuses. */
function dayOf(date: Date): string {
  const text = timestampText(date)
  return text.endsWith(' 00:00:00') ? text.slice(0, 10) : text
}
