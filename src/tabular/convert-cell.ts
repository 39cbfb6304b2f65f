import { type ExactNumber, exactNumber, isHeld, isNumberText } from '../util/exact-number.ts'
import { parseJson } from '../util/json-text.ts'
import type { CellType } from './column.ts'

/**
 * Converts a cell by the type of its column, never by its appearance. An empty cell becomes undefined. A cell that does not fit the type is
 * passed on as it is, for the gateway to reject.
 */
export function convertCell(cell: unknown, type: CellType): unknown {
  if (typeof cell === 'string') return convertText(cell, type)
  if (cell instanceof Date) return type === 'DATE' ? dayOf(cell) : timestampText(cell)
  return withExactNumbers(cell)
}

function convertText(text: string, type: CellType): unknown {
  if (text === '') return undefined
  if (type === 'STRING') return text
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  if (type === 'INTEGER' && THOUSANDS.test(trimmed)) return text
  if (type === 'INTEGER' || type === 'FLOAT') return convertNumber(trimmed) ?? text
  if (type === 'BOOLEAN') return BOOLEANS.get(trimmed.toLowerCase()) ?? text
  return type === 'JSON' ? parsedOr(text) : trimmed
}

/** `1.000` is one or a thousand, depending on the locale: it is not guessed. */
const THOUSANDS = /\.\d{3}$/

const BOOLEANS = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map((word) => [word, false] as const),
])

/** A number with a sign, leading zeros, or a point with digits on one side only, none of which changes its value. */
const LOOSE = /^([+-]?)0*(\d*)(?:\.(\d*))?((?:[eE][+-]?\d+)?)$/

/** The number that a text stands for, with all its digits; undefined if it is not a number. */
function convertNumber(text: string): number | ExactNumber | undefined {
  const [, sign, whole = '', fraction = '', exponent = ''] = LOOSE.exec(text) ?? []
  if (sign === undefined || !/^[+-]?\.?\d/.test(text)) return undefined
  const written = `${sign === '-' ? '-' : ''}${whole || '0'}${fraction && `.${fraction}`}${exponent}`
  return isNumberText(written) ? numberOf(written) : undefined
}

// Older browsers cannot send numbers beyond the precision of a double.
const CAN_BE_EXACT = 'rawJSON' in JSON

/** A number that a double cannot hold, or that reads as infinity and would print as null, is kept as text. */
function numberOf(written: string): number | ExactNumber | undefined {
  const value = Number(written)
  if (Number.isFinite(value) && isHeld(written, value)) return value
  return CAN_BE_EXACT ? exactNumber(written) : undefined
}

function parsedOr(text: string): unknown {
  try {
    return parseWithDigits(text)
  } catch {
    return text
  }
}

/** Parses JSON, keeping all digits of its numbers if the browser supports that; throws if it is not JSON. */
export function parseWithDigits(text: string): unknown {
  return parseJson(text, (text) => JSON.parse(text, withDigits))
}

function withDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? (numberOf(context.source) ?? value) : value
}

/** Restores exact numbers in data from a worker, where they arrive as plain objects. */
function withExactNumbers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const digits = rawDigits(value)
  if (digits !== undefined) return numberOf(digits) ?? digits
  if (Array.isArray(value)) return value.map(withExactNumbers)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withExactNumbers(inner)]))
}

/** The digits of an exact number; undefined for anything else. */
export function rawDigits(cell: unknown): string | undefined {
  if (typeof cell !== 'object' || cell === null || !('rawJSON' in cell)) return undefined
  const { rawJSON } = cell
  return typeof rawJSON === 'string' && isNumberText(rawJSON) && Object.keys(cell).length === 1 ? rawJSON : undefined
}

/** The first day that a sheet can hold: a time of day alone stands before it. */
const FIRST_DAY = Date.UTC(1900, 0, 1)

/**
 * A date cell of a sheet as `YYYY-MM-DD HH:MM:SS`, or `HH:MM:SS` where it has no date; seconds are rounded, since Excel stores fractions
 * of days.
 */
export function timestampText(date: Date): string {
  const text = new Date(Math.round(date.getTime() / 1_000) * 1_000).toISOString().slice(0, 19).replace('T', ' ')
  return date.getTime() < FIRST_DAY ? text.slice(-8) : text
}

/** The date alone, if the cell has no time of day; otherwise the whole timestamp, which a date column rejects. */
function dayOf(date: Date): string {
  const text = timestampText(date)
  return text.endsWith(' 00:00:00') ? text.slice(0, 10) : text
}
