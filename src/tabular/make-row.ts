import { type CellType, cellTypeOf, type TableShape } from './column.ts'
import { convertCell, rawDigits } from './convert-cell.ts'
import { attributeOf, EXTRA, type Target } from './header-names.ts'

/** Creates the function that makes rows from cells: each cell goes to its column's target, and empty ones are left out. */
export function createMakeRow(
  { columns, attributes = [] }: TableShape,
  targets: readonly Target[],
): (cells: readonly unknown[]) => Record<string, unknown> {
  const types = new Map<string, CellType>([
    [EXTRA, 'JSON'],
    ...columns.map(({ field, type }) => [field, type] as const),
    ...attributes.map(({ name, dataType }) => [`${EXTRA}.${name}`, cellTypeOf(dataType)] as const),
  ])
  const places = targets.flatMap((target, at) => {
    if (target === null) return []
    const attribute = attributeOf(target)
    return [{ at, name: attribute ?? target, type: types.get(target) ?? 'STRING', isAttribute: attribute !== undefined }]
  })
  return (cells) => {
    const row: Record<string, unknown> = {}
    let own: Record<string, unknown> | undefined
    for (const { at, name, type, isAttribute } of places) {
      const value = convertCell(cells[at], type)
      if (value === undefined) continue
      if (isAttribute) own = { ...own, [name]: value }
      else row[name] = value
    }
    return own === undefined ? row : withAttributes(row, own)
  }
}

/** Adds custom attributes to those in a row; an `extra` that is not an object is left for the gateway to reject. */
export function withAttributes<R extends Record<string, unknown>>(row: R, attributes: Readonly<Record<string, unknown>>): R {
  const whole = row[EXTRA]
  const isObject = typeof whole === 'object' && whole !== null && !Array.isArray(whole) && rawDigits(whole) === undefined
  return whole === undefined || isObject ? Object.assign(row, { [EXTRA]: { ...whole, ...attributes } }) : row
}

/** Whether a row has fewer cells than the header, or more that are not empty. */
export function isRagged(cells: readonly unknown[], width: number): boolean {
  return cells.length < width || cells.slice(width).some((cell) => cell !== '' && cell !== undefined)
}
