import { inSlices } from '../util/time-slices.ts'
import { checkValue } from './check-value.ts'
import type { Column, ColumnType } from './column.ts'
import { EXTRA_FIELD, type Resource } from './define-resource.ts'
import { capIssues, isRow, MAX_ISSUES_PER_ROW, wordIssue } from './diagnose.ts'
import { printableName } from './extra.ts'
import type { RowIssue } from './issue.ts'
import type { JudgedRows } from './judge.ts'
import type { TimestampFormat } from './module.ts'
import { wireMoment } from './moment.ts'
import { nearestName } from './nearest.ts'
import { changeRows, keepRows } from './pack.ts'
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

/** The attributes that every row must carry. */
export function requiredOf(attributes: Attributes): AttributeColumn[] {
  return [...attributes.values()].filter(({ presence }) => presence === 'required')
}

/** Holds the custom attributes of every row against those the table has; rows in whose `extra` something is wrong are refused. */
export async function judgeAttributes(judged: JudgedRows, attributes: Attributes, options: WireOptions): Promise<JudgedRows> {
  const { extras } = judged
  const required = requiredOf(attributes)
  const faults = [...judged.faults]
  await inSlices(judged.count, (index) => {
    const before = faults[index]
    const extra = extras.get(index) ?? {}
    if (isNoRow(before) || !isRow(extra)) return
    const found = checkAttributes(extra, attributes, required, options.timestampFormat)
    if (found.length > 0) faults[index] = withFurther(before ?? [], found)
  })
  const kept = keepRows(judged.packs, (index) => faults[index] === undefined)
  const haveMoments = [...attributes.values()].some(({ type }) => type === 'timestamp')
  const packs = haveMoments ? changeRows(kept, extras, (row, extra) => withWireMoments(row, extra, attributes, options)) : kept
  return { ...judged, faults, packs }
}

function isNoRow(faults: readonly RowIssue[] | undefined): boolean {
  return faults?.[0]?.code === 'NOT_AN_OBJECT'
}

/** Moments go out in the module's form, as those of declared columns do. */
function withWireMoments(wire: WireRow, extra: unknown, attributes: Attributes, { timestampFormat, keyCase }: WireOptions): WireRow {
  const moments = Object.entries(isRow(extra) ? extra : {}).filter(([name]) => attributes.get(name.toLowerCase())?.type === 'timestamp')
  const written = moments.map(([name, value]) => [
    wireName(name, keyCase),
    typeof value === 'string' ? wireMoment(value, timestampFormat) : value,
  ])
  return written.length === 0 ? wire : { ...wire, ...Object.fromEntries(written) }
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
