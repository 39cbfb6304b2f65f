import type { TableShape } from '../../tabular/column.ts'
import { attributeOf, type HeaderNames, type Target } from '../../tabular/header-names.ts'
import { createMakeRow, isRagged, withAttributes } from '../../tabular/make-row.ts'
import type { SourceRecord } from '../../tabular/read/records.ts'
import { ImportFailure } from './failure.ts'

const SOURCE = Symbol('the record of the file that the row was made of')

/** A record as it is kept with its row: the cells joined into one text, which takes a third of the memory. */
type Kept = SourceRecord | { readonly line: number; readonly joined: string }

/** The separator of joined cells; it occurs in no source. */
const BETWEEN_CELLS = '\0'

/** A row for the client that remembers its record. */
interface Row extends Record<string, unknown> {
  readonly [SOURCE]: Kept
}

/** The record that a row was made of. */
export function sourceOf(row: object): SourceRecord {
  const kept = (row as Row)[SOURCE]
  return 'joined' in kept ? { line: kept.line, cells: kept.joined.split(BETWEEN_CELLS) } : kept
}

/** The line on which the record of a row begins. */
export function lineOf(row: object): number {
  return (row as Row)[SOURCE].line
}

/** Makes a row of a record; undefined where a record of CSV does not have as many cells as the header. */
export type RowMaker = (record: SourceRecord) => Row | undefined

/** Makes rows of the records of CSV. */
export function createCellRows(shape: TableShape, targets: readonly Target[]): RowMaker {
  const makeRow = createMakeRow(shape, targets)
  return (record) => {
    const cells = record.cells ?? []
    if (isRagged(cells, targets.length)) return undefined
    return ofRecord(makeRow(cells), { line: record.line, joined: cells.join(BETWEEN_CELLS) })
  }
}

function ofRecord(row: Record<string, unknown>, kept: Kept): Row {
  return Object.assign(row, { [SOURCE]: kept })
}

/** Makes rows of the objects of JSON: values stay as they are, names become those of fields. */
export function createObjectRows(naming: HeaderNames): RowMaker {
  const known = new Map<string, Target | undefined>()
  return (record) => {
    const fields: [string, unknown][] = []
    let attributes: Record<string, unknown> | undefined
    const seen = new Set<string>()
    for (const [name, value] of Object.entries(record.value ?? {})) {
      if (!known.has(name) && known.size < MAX_NAMES) known.set(name, naming.targetOf(name))
      const target = known.get(name)
      if (target === null) continue
      const place = target ?? name
      if (seen.has(place)) throw doubled(record.line)
      seen.add(place)
      const attribute = attributeOf(target)
      if (attribute === undefined) fields.push([place, value])
      else attributes = { ...attributes, [attribute]: value }
    }
    const row = ofRecord(Object.fromEntries(fields), record)
    return attributes === undefined ? row : withAttributes(row, attributes)
  }
}

const MAX_NAMES = 1_000

function doubled(line: number): ImportFailure {
  return new ImportFailure(
    { code: 'DOUBLED_COLUMN', line, message: 'Two names of the object that begins here are the same column.' },
    'Write each column once, as the field or as the column is called.',
  )
}
