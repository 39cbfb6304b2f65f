import { type ExactNumber, exactNumber, isNumberText, readNumber } from '../../util/exact-number.ts'

/** What a column holds, as far as cells are concerned. */
export type CellType = 'number' | 'boolean' | 'text' | 'json'

/** What a cell says to a column of that type; undefined where it is empty. What it cannot mean stays text, for the gateway to refuse. */
export function convertCell(cell: string, type: CellType, parseJson: (text: string) => unknown): unknown {
  if (cell === '') return undefined
  if (type === 'text') return cell
  const trimmed = cell.trim()
  if (trimmed === '') return undefined
  if (type === 'number') return convertNumber(trimmed) ?? cell
  if (type === 'boolean') return BOOLEANS.get(trimmed.toLowerCase()) ?? cell
  return parsedOr(cell, parseJson)
}

const BOOLEANS = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map((word) => [word, false] as const),
])

/** A sign, zeros in front, and a point with digits on one side only: they change no value. */
const LOOSE = /^([+-]?)0*(\d*)(?:\.(\d*))?((?:[eE][+-]?\d+)?)$/

/** The number that a text is, with all its digits; undefined where it is none. */
function convertNumber(text: string): number | ExactNumber | undefined {
  const [, sign, whole = '', fraction = '', exponent = ''] = LOOSE.exec(text) ?? []
  if (sign === undefined || !/^[+-]?\.?\d/.test(text)) return undefined
  const written = `${sign === '-' ? '-' : ''}${whole || '0'}${fraction && `.${fraction}`}${exponent}`
  if (!isNumberText(written)) return undefined
  // Infinity would be printed as null.
  return Number.isFinite(Number(written)) ? readNumber(written) : exactNumber(written)
}

function parsedOr(text: string, parseJson: (text: string) => unknown): unknown {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}
