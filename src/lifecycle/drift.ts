import { COLUMN_TYPE_NAMES, type Column, type ColumnType, traitsOf } from '../resource/column.ts'
import type { Resource } from '../resource/define-resource.ts'
import { objectName, type Solution } from '../resource/module.ts'
import type { UpstreamColumn, UpstreamTable } from './schema-port.ts'

/** The kinds of difference between declarations and rolled-out tables; printed into the SDL as the enum's descriptions. */
export const DIFFERENCE_KINDS = {
  MISSING_TABLE: 'A declared table is not rolled out.',
  MISSING_COLUMN: 'A declared column is not in the table.',
  EXTRA_COLUMN: 'The table has a column that is not declared.',
  OTHER_TYPE: 'A column holds another type than declared.',
  OTHER_KEY: 'A column is part of the key on one side only.',
  OTHER_PRESENCE: 'A column is required on one side only.',
} as const satisfies Record<string, string>

/** A difference, and what it means for rows sent today. */
export interface Difference {
  readonly kind: keyof typeof DIFFERENCE_KINDS
  /** The upstream's full name of the table. */
  readonly object: string
  /** The column, in lower case; absent where the whole table is meant. */
  readonly column?: string
  readonly declared?: string
  readonly found?: string
  readonly meaning: string
}

/** All differences between the resources of a solution and its tables upstream. */
export function findDrift(solution: Solution, resources: readonly Resource[], tables: readonly UpstreamTable[]): Difference[] {
  const mine = resources.filter(({ module }) => solution.modules.includes(module))
  // Two modules may declare one table; a column is fine if it fits either declaration.
  const byObject = Map.groupBy(mine, (resource) => objectName(solution, resource))
  return [...byObject].flatMap(([object, declarations]) => {
    const table = tables.find(({ name }) => isSameObject(name, object, solution))
    if (table === undefined)
      return [{ kind: 'MISSING_TABLE' as const, object, meaning: 'All rows sent to it are refused until it is rolled out.' }]
    return compareTable(object, declarations, table.columns)
  })
}

/** Whether a table listed by the upstream is this object; some upstreams list names without prefix and suffix. */
export function isSameObject(name: string, object: string, { prefix, suffix }: Solution): boolean {
  const [upper, full] = [name.toUpperCase(), object.toUpperCase()]
  return upper === full || `${prefix.toUpperCase()}${upper}${suffix.toUpperCase()}` === full
}

function compareTable(object: string, declarations: readonly Resource[], found: readonly UpstreamColumn[]): Difference[] {
  const declared = Map.groupBy(
    declarations.flatMap(({ columns }) => columns),
    ({ name }) => name,
  )
  const there = new Map(found.map((column) => [column.name.toLowerCase(), column]))
  const missing = [...declared].filter(([name]) => !there.has(name)).map(([name, columns]) => missingColumn(object, name, columns))
  const others = [...there].flatMap(([name, column]) => {
    const columns = declared.get(name)
    return columns === undefined ? [extraColumn(object, name, column)] : compareColumn(object, name, columns, column)
  })
  return [...missing, ...others]
}

function missingColumn(object: string, column: string, declared: readonly Column[]): Difference {
  const isAlwaysSent = declared.some(({ presence }) => presence !== 'optional')
  const meaning = isAlwaysSent
    ? 'Every row carries it, so the upstream may refuse every row.'
    : 'Rows that carry it may be refused; leave it out.'
  return { kind: 'MISSING_COLUMN', object, column, declared: words(declared, ({ type }) => type), meaning }
}

function extraColumn(object: string, column: string, { dataType, presence, hasDefault }: UpstreamColumn): Difference {
  const meaning =
    presence === 'required' && hasDefault !== true
      ? 'Rows are refused unless they carry it in extra.'
      : 'Rows may carry it in extra; nothing is refused without it.'
  return { kind: 'EXTRA_COLUMN', object, column, ...(dataType && { found: dataType }), meaning }
}

function compareColumn(object: string, column: string, declared: readonly Column[], found: UpstreamColumn): Difference[] {
  const differences: Difference[] = []
  const { dataType, isKey, presence } = found
  if (dataType !== undefined && !declared.some(({ type }) => type === typeOf(dataType)))
    differences.push({
      kind: 'OTHER_TYPE',
      object,
      column,
      declared: words(declared, ({ type }) => type),
      found: dataType,
      meaning: 'Values that Rowgate takes may be refused, and values that the upstream takes are rejected here.',
    })
  if (isKey !== undefined && !declared.some((one) => one.isKey === isKey))
    differences.push({
      kind: 'OTHER_KEY',
      object,
      column,
      declared: isKey ? 'no key' : 'key',
      found: isKey ? 'key' : 'no key',
      meaning: 'UPSERT updates other rows than the key here says, and rows that count as one here may be two upstream.',
    })
  const other = presence === undefined ? undefined : otherPresence(declared, presence)
  if (other !== undefined)
    differences.push({
      kind: 'OTHER_PRESENCE',
      object,
      column,
      declared: words(declared, (one) => one.presence),
      found: presence as string,
      meaning: other,
    })
  return differences
}

/** The column type that an upstream's type name stands for; undefined where it is not known. */
export function typeOf(dataType: string | undefined): ColumnType | undefined {
  const word = (dataType ?? '')
    .toLowerCase()
    .replace(/\(.*\)/, '')
    .trim()
  return COLUMN_TYPE_NAMES.find((type) => traitsOf(type).upstreamWords.includes(word))
}

/** What a different presence means for rows; undefined where both sides take the same rows. */
function otherPresence(declared: readonly Column[], found: string): string | undefined {
  const isRequiredHere = declared.every(({ presence }) => presence === 'required')
  if (found === 'required')
    return declared.some(({ presence }) => presence === 'required') ? undefined : 'Rows without a value are refused upstream.'
  return isRequiredHere ? 'Rows without a value are rejected here, though the upstream takes them.' : undefined
}

function words(declared: readonly Column[], of: (column: Column) => string): string {
  return [...new Set(declared.map(of))].join(' or ')
}

/** The line of a resource file that would declare an extra column; undefined for other differences. */
export function declarationLine({ kind, column, found }: Difference): string | undefined {
  if (kind !== 'EXTRA_COLUMN' || column === undefined) return undefined
  return `${column}: { type: '${typeOf(found) ?? 'string'}', presence: 'optional', description: '' },`
}
