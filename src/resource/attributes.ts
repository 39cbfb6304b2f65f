import { checkValue } from './check-value.ts'
import type { Column, ColumnType } from './column.ts'
import { EXTRA_FIELD, type Resource } from './define-resource.ts'
import { capIssues, isRow, MAX_ISSUES_PER_ROW, ownValue, wordIssue } from './diagnose.ts'
import { printableName } from './extra.ts'
import type { RowIssue } from './issue.ts'
import { isRefused, type JudgedRow, type JudgedRows } from './judge.ts'
import type { TimestampFormat } from './module.ts'
import { wireMoment } from './moment.ts'
import { nearestName } from './nearest.ts'
import { inTurns } from './turns.ts'
import { type WireOptions, type WireRow, wireName } from './wire-row.ts'

/** A custom attribute of a table, as a column whose field is its place in `extra`. */
export interface AttributeColumn extends Omit<Column, 'type'> {
  /** Absent where the upstream's word for it says nothing that can be checked: any value goes. */
  readonly type?: ColumnType
  /** Null is refused. */
  readonly nonNull: boolean
}

/** The custom attributes of one table, by name in lower case. */
export type Attributes = ReadonlyMap<string, AttributeColumn>

/** Whether any row carries custom attributes. */
export function carryExtra({ raw }: JudgedRows): boolean {
  return raw.some((row) => isRow(row) && extraOf(row) !== undefined)
}

/** The attributes that every row must carry. */
export function requiredOf(attributes: Attributes): AttributeColumn[] {
  return [...attributes.values()].filter(({ presence }) => presence === 'required')
}

/** Holds the custom attributes of every row against those the table has; rows in whose `extra` something is wrong are refused. */
export async function judgeAttributes(judged: JudgedRows, attributes: Attributes, options: WireOptions): Promise<JudgedRows> {
  const required = requiredOf(attributes)
  const rows = [...judged.rows]
  await inTurns(judged.raw.length, (index) => {
    const row = judged.raw[index]
    const extra = isRow(row) ? (extraOf(row) ?? {}) : undefined
    if (!isRow(extra)) return
    const found = checkAttributes(extra, attributes, required, options.timestampFormat)
    const before = rows[index] as JudgedRow
    if (!isRefused(before) && found.length === 0) rows[index] = withWireMoments(before, extra, attributes, options)
    else if (found.length > 0) rows[index] = withFurther(isRefused(before) ? before : [], found)
  })
  return { ...judged, rows, refusedCount: rows.filter(isRefused).length }
}

/** Moments go out in the module's form, as those of declared columns do. */
function withWireMoments(
  wire: WireRow,
  extra: Record<string, unknown>,
  attributes: Attributes,
  { timestampFormat, keyCase }: WireOptions,
): WireRow {
  const moments = Object.entries(extra).filter(([name]) => attributes.get(name.toLowerCase())?.type === 'timestamp')
  const written = moments.map(([name, value]) => [
    wireName(name, keyCase),
    typeof value === 'string' ? wireMoment(value, timestampFormat) : value,
  ])
  return written.length === 0 ? wire : { ...wire, ...Object.fromEntries(written) }
}

function extraOf(row: Record<string, unknown>): unknown {
  return ownValue(row, EXTRA_FIELD) ?? undefined
}

/** What was found before comes first, and nothing is complained of twice. */
function withFurther(before: readonly RowIssue[], found: readonly RowIssue[]): RowIssue[] {
  return capIssues([...before, ...found.filter(({ field }) => !before.some((issue) => issue.field === field))])
}

function checkAttributes(
  extra: Record<string, unknown>,
  attributes: Attributes,
  required: readonly AttributeColumn[],
  format: TimestampFormat,
): RowIssue[] {
  const given = Object.entries(extra).map(([name, value]) => ({ name, value, column: attributes.get(name.toLowerCase()) }))
  const absent = required.filter((column) => !given.some((one) => one.column === column))
  return [
    ...absent.map((column) => complaint(column, { code: 'MISSING_FIELD', says: 'is required' })),
    ...given.flatMap(({ name, value, column }, at) =>
      column === undefined ? [unknown(name, at < MAX_ISSUES_PER_ROW ? attributes : NONE)] : checkAttribute(value, column, format),
    ),
  ]
}

function checkAttribute(value: unknown, column: AttributeColumn, format: TimestampFormat): RowIssue[] {
  if (value === null) return column.nonNull ? [complaint(column, { code: 'NULL_VALUE', says: 'is required and must not be null' })] : []
  if (column.type === undefined) return []
  return checkValue(value, column as Column, format).map((fault) => complaint(column, fault))
}

function complaint(column: AttributeColumn, fault: Parameters<typeof wordIssue>[1]): RowIssue {
  return wordIssue(column as Column, fault)
}

// What is not listed in the end is not measured against every known name.
const NONE: Attributes = new Map()

function unknown(name: string, attributes: Attributes): RowIssue {
  const shown = printableName(name)
  const meant = nearestName(
    name,
    [...attributes.values()].map(({ name: known }) => known.toUpperCase()),
  )
  return {
    code: 'UNKNOWN_ATTRIBUTE',
    field: shown === undefined ? EXTRA_FIELD : `${EXTRA_FIELD}.${shown}`,
    message: `${shown ?? 'A key in extra'} is not a custom attribute of this table.`,
    hint: meant ? `did you mean ${meant}?` : 'add it with addAttribute, or leave it out',
  }
}

/** A custom attribute of that name, in any case, as a column. */
export function attributeColumn(
  name: string,
  {
    isRequired,
    ...rest
  }: Pick<AttributeColumn, 'nonNull'> & Partial<Pick<AttributeColumn, 'type' | 'maxLength'>> & { isRequired: boolean },
): AttributeColumn {
  return {
    name: name.toLowerCase(),
    field: `${EXTRA_FIELD}.${name.toUpperCase()}`,
    presence: isRequired ? 'required' : 'optional',
    isKey: false,
    description: 'Custom attribute.',
    ...rest,
  }
}

/** Whether a resource declares a column of that name. */
export function declares({ columns }: Resource, name: string): boolean {
  return columns.some((column) => column.name === name.toLowerCase())
}
