import { parseExactly } from '../../util/exact-json.ts'
import type { Naming, Target } from './columns.ts'
import { convertCell } from './convert.ts'
import { ImportFailure } from './failure.ts'
import type { SourceRecord } from './records.ts'

const SOURCE = Symbol('the record of the file that the row was made of')

/** What is kept of a record beside its row: the cells as one text, which takes a third of the memory. */
type Kept = SourceRecord | { readonly line: number; readonly joined: string }

/** No source has this character. */
const BETWEEN_CELLS = '\0'

/** A row as the client takes it; it knows which record it was. */
interface Row extends Record<string, unknown> {
  readonly [SOURCE]: Kept
}

/** The record that a row was made of. */
export function sourceOf(row: object): SourceRecord {
  const kept = (row as Row)[SOURCE]
  return 'joined' in kept ? { line: kept.line, cells: kept.joined.split(BETWEEN_CELLS) } : kept
}

/** The line on which the record began that a row was made of. */
export function lineOf(row: object): number {
  return (row as Row)[SOURCE].line
}

/** Makes a row of a record; undefined where a record of CSV has more cells, or fewer, than the header. */
export type RowMaker = (record: SourceRecord) => Row | undefined

/** Makes rows of the records of CSV. */
export function createCellRows(targets: readonly Target[]): RowMaker {
  return (record) => {
    const cells = record.cells ?? []
    if (cells.length !== targets.length) return undefined
    const row: Row = { [SOURCE]: { line: record.line, joined: cells.join(BETWEEN_CELLS) } }
    let attributes: Record<string, unknown> | undefined
    for (let at = 0; at < targets.length; at++) {
      const target = targets[at] as Target
      if (target.kind === 'nowhere') continue
      const value = convertCell(cells[at] as string, target.type, parseExactly)
      if (value === undefined) continue
      if (target.kind === 'field') row[target.name] = value
      else attributes = { ...attributes, [target.name]: value }
    }
    return withAttributes(row, attributes)
  }
}

/** Makes rows of the objects of JSON: values stay as they are, names become those of fields. */
export function createObjectRows(naming: Naming): RowMaker {
  const known = new Map<string, Target | undefined>()
  return (record) => {
    const fields: [string, unknown][] = []
    let attributes: Record<string, unknown> | undefined
    const seen = new Set<string>()
    for (const [name, value] of Object.entries(record.value ?? {})) {
      if (!known.has(name) && known.size < MAX_NAMES) known.set(name, naming.targetOf(name))
      const target = known.get(name)
      if (target?.kind === 'nowhere') continue
      const place = target === undefined ? name : `${target.kind} ${target.name}`
      if (seen.has(place)) throw doubled(record.line)
      seen.add(place)
      if (target?.kind === 'attribute') attributes = { ...attributes, [target.name]: value }
      else fields.push([target?.name ?? name, value])
    }
    return withAttributes(Object.assign(Object.fromEntries(fields), { [SOURCE]: record }), attributes)
  }
}

const MAX_NAMES = 1_000

function withAttributes(row: Row, attributes: Record<string, unknown> | undefined): Row {
  if (attributes !== undefined) row.extra = { ...(row.extra as object | undefined), ...attributes }
  return row
}

function doubled(line: number): ImportFailure {
  return new ImportFailure(
    { code: 'DOUBLED_COLUMN', line, message: 'Two names of the object that begins here are the same column.' },
    'Write each column once, as the field or as the column is called.',
  )
}
