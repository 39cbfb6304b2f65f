import type { Resource } from '../session/resource.ts'
import { convertAttribute, convertCell, convertExtra } from './convert-cell.ts'
import type { Target } from './headers.ts'

/** Makes the row of a mutation from the cells of a row of the file. */
export type MakeRow = (cells: readonly unknown[]) => Record<string, unknown>

const EXTRA = 'extra'
const ATTRIBUTE = `${EXTRA}.`

/** How cells become rows: every cell by its column's target, empty ones left out. */
export function createMakeRow({ columns }: Pick<Resource, 'columns'>, targets: readonly Target[]): MakeRow {
  const byField = new Map(columns.map((column) => [column.field, column]))
  const plan = targets.flatMap((target, at) => {
    if (target === null) return []
    const column = byField.get(target)
    if (column !== undefined) return [{ at, name: column.field, isExtra: false, convert: (cell: unknown) => convertCell(cell, column) }]
    if (target === EXTRA) return [{ at, name: EXTRA, isExtra: false, convert: convertExtra }]
    return target.startsWith(ATTRIBUTE) ? [{ at, name: target.slice(ATTRIBUTE.length), isExtra: true, convert: convertAttribute }] : []
  })
  return (cells) => {
    const fields: [string, unknown][] = []
    const extra: [string, unknown][] = []
    for (const { at, name, isExtra, convert } of plan) {
      const value = convert(cells[at])
      if (value !== undefined) (isExtra ? extra : fields).push([name, value])
    }
    const row = Object.fromEntries(fields)
    if (extra.length === 0) return row
    const whole = row[EXTRA]
    const together = typeof whole === 'object' && whole !== null ? { ...whole, ...Object.fromEntries(extra) } : Object.fromEntries(extra)
    return { ...row, [EXTRA]: together }
  }
}
