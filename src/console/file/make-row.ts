import type { Resource } from '../session/resource.ts'
import { convertAttribute, convertCell } from './convert-cell.ts'
import type { Target } from './headers.ts'

/** Makes the row of a mutation from the cells of a row of the file. */
export type MakeRow = (cells: readonly unknown[]) => Record<string, unknown>

const EXTRA = 'extra.'

/** How cells become rows: every cell by its column's target, empty ones left out. */
export function createMakeRow({ columns }: Pick<Resource, 'columns'>, targets: readonly Target[]): MakeRow {
  const byField = new Map(columns.map((column) => [column.field, column]))
  const plan = targets.flatMap((target, at) => {
    if (target === null) return []
    const column = byField.get(target)
    if (column !== undefined) return [{ at, name: column.field, isExtra: false, convert: (cell: unknown) => convertCell(cell, column) }]
    return target.startsWith(EXTRA) ? [{ at, name: target.slice(EXTRA.length), isExtra: true, convert: convertAttribute }] : []
  })
  return (cells) => {
    const fields: [string, unknown][] = []
    const extra: [string, unknown][] = []
    for (const { at, name, isExtra, convert } of plan) {
      const value = convert(cells[at])
      if (value !== undefined) (isExtra ? extra : fields).push([name, value])
    }
    if (extra.length > 0) fields.push(['extra', Object.fromEntries(extra)])
    return Object.fromEntries(fields)
  }
}
