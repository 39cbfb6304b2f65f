import { type Column, type ColumnType, isInModulePattern } from '../resource/column.ts'
import { EXTRA_FIELD } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { exactNumber, isJsonObject } from '../util/exact-number.ts'
import { nearestName } from '../util/nearest-name.ts'
import { checkDecimal, type DecimalDigits } from './check-number.ts'
import { checkValue } from './check-value.ts'
import { capIssues, MAX_ISSUES_PER_ROW, wordIssue } from './diagnose.ts'
import { printableName } from './extra.ts'
import type { RowIssue } from './issue.ts'
import { wireTimestamp } from './timestamp.ts'
import { type WireOptions, type WireRow, wireName } from './wire-row.ts'

/** A custom attribute of a table, as a column whose field is its path in `extra`. */
export interface AttributeColumn extends Omit<Column, 'type'> {
  /** Undefined if the upstream's type name tells nothing that can be checked: any value is good. */
  readonly type?: ColumnType
  /** For decimals: the digits they hold. Values may be sent as text and go out as numbers. */
  readonly decimal?: DecimalDigits
  /** Null is rejected. */
  readonly nonNull: boolean
}

/** The custom attributes of one table, by lower-case name. */
export type Attributes = ReadonlyMap<string, AttributeColumn>

/** The attributes that every row must have. */
export function requiredOf(attributes: Attributes): AttributeColumn[] {
  return [...attributes.values()].filter(({ presence }) => presence === 'required')
}

/** The issues of a row, including those of its attributes in `extra` and of missing ones; undefined if it is good. */
export function faultsWithAttributes(
  before: readonly RowIssue[] | undefined,
  extra: unknown,
  attributes: Attributes,
  required: readonly AttributeColumn[],
  { timestampFormat }: Pick<WireOptions, 'timestampFormat'>,
): readonly RowIssue[] | undefined {
  if (before?.[0]?.code === 'NOT_AN_OBJECT' || !isJsonObject(extra)) return before
  const found = checkAttributes(extra, attributes, required, timestampFormat)
  return found.length > 0 ? withFurther(before ?? [], found) : before
}

/**
 * Converts attributes whose wire form differs from what was sent: timestamps to the module's form, as in declared columns, and decimals to
 * numbers.
 */
export function writeAttributes(wire: WireRow, extra: unknown, attributes: Attributes, { timestampFormat, keyCase }: WireOptions): void {
  for (const [name, value] of Object.entries(extra ?? {})) {
    const column = attributes.get(name.toLowerCase())
    if (typeof value !== 'string' || column === undefined) continue
    if (column.type !== undefined && isInModulePattern(column.type)) wire[wireName(name, keyCase)] = wireTimestamp(value, timestampFormat)
    else if (column.decimal !== undefined) wire[wireName(name, keyCase)] = exactNumber(value)
  }
}

/** Earlier issues come first, and no attribute gets two: the earlier ones name attributes as sent. */
function withFurther(before: readonly RowIssue[], found: readonly RowIssue[]): readonly RowIssue[] {
  const told = new Set(before.map(({ field }) => field?.toLowerCase()))
  return capIssues([...before, ...found.filter(({ field }) => !told.has(field?.toLowerCase()))])
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
  if (column.decimal !== undefined) return checkDecimal(value, column.decimal, column).map((fault) => complaint(column, fault))
  return checkValue(value, column as Column, format).map((fault) => complaint(column, fault))
}

function complaint(column: AttributeColumn, fault: Parameters<typeof wordIssue>[1]): RowIssue {
  return wordIssue(column as Column, fault)
}

// Issues beyond the maximum get no suggestion, which would be computed in vain.
const NONE: Attributes = new Map()

function unknown(name: string, attributes: Attributes): RowIssue {
  const shown = printableName(name)
  const meant = nearestName(name, attributes)
  return {
    code: 'UNKNOWN_ATTRIBUTE',
    field: shown === undefined ? EXTRA_FIELD : `${EXTRA_FIELD}.${shown}`,
    message: `${shown ?? 'A key in extra'} is not a custom attribute of this table.`,
    hint: meant ? `did you mean ${meant.toUpperCase()}?` : 'add it with addAttribute, or leave it out',
  }
}
