import type { Column, ColumnType } from '../resource/column.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { FAILURES, type Failure, TEXT_LIMIT } from './choices.ts'
import { isRawJSON } from './read-object.ts'

// Written apart from the gateway's judge on purpose: a double that shares the checker shares its mistakes.

type Complaint = readonly [kind: keyof typeof FAILURES, message: string] | undefined
type Check = (value: unknown, column: SandboxColumn, format: TimestampFormat) => Complaint

/** A column with what only added ones have. */
export interface SandboxColumn extends Column {
  readonly isAdded?: boolean
  readonly minLength?: number
  /** Decimal digits are kept as they are sent. */
  readonly isNumeric?: boolean
  /** Digits in all. */
  readonly precision?: number
  /** Digits after the point. */
  readonly scale?: number
  /** As declared for this column; that of the module where nothing is said. */
  readonly timestampFormat?: TimestampFormat
  /** Stored where a row does not carry the column. */
  readonly defaultValue?: unknown
}

const CHECKS: Record<ColumnType, Check> = {
  string: (value, column) => {
    if (column.content === 'json' && typeof value === 'object') return undefined
    if (typeof value !== 'string') return ['dataType', 'expected a string']
    if (column.isKey && value.length === 0) return ['missing', 'a key must not be empty']
    if (value.length > (column.maxLength ?? TEXT_LIMIT)) return ['tooLong', 'the text is too long']
    if (value.length < (column.minLength ?? 0)) return ['tooShort', 'the text is too short']
    if (column.allowed && !column.allowed.includes(value)) return ['notAllowed', `expected one of ${column.allowed.join(', ')}`]
    return undefined
  },
  integer: (value, column) => (Number.isSafeInteger(value) ? checkRange(value as number, column) : ['dataType', 'expected an integer']),
  float: (value, column) => {
    if (typeof value !== 'number' && !isRawJSON(value)) return ['dataType', 'expected a number']
    return checkRange(Number(JSON.stringify(value)), column) ?? checkDigits(JSON.stringify(value), column)
  },
  boolean: (value) => (value === true || value === false ? undefined : ['dataType', 'expected a boolean']),
  date: (value) => (typeof value === 'string' && isRealDay(value) ? undefined : ['format', 'expected a date YYYY-MM-DD']),
  timestamp: (value, { timestampFormat }, ofModule) => {
    const format = timestampFormat ?? ofModule
    return typeof value === 'string' && isRealTimestamp(value, format) ? undefined : ['format', `expected a timestamp ${format}`]
  },
}

function checkRange(value: number, { min = -Infinity, max = Infinity }: Column): Complaint {
  return value < min || value > max ? ['range', `expected a number from ${min} to ${max}`] : undefined
}

/** Digits that mean something, before the point and after it, are counted on the text. */
function checkDigits(text: string, { precision = Infinity, scale = Infinity }: SandboxColumn): Complaint {
  const [, whole = '', decimals = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${decimals}`
  const point = whole.length + Number(exponent)
  const before =
    digits.slice(0, Math.max(point, 0)).replace(/^0+/, '').length + (/[1-9]/.test(digits) ? Math.max(point - digits.length, 0) : 0)
  const after = digits.slice(Math.max(point, 0)).replace(/0+$/, '')
  const behind = after === '' ? 0 : after.length + Math.max(-point, 0)
  const room = precision - (scale === Infinity ? behind : scale)
  return before > room || behind > scale ? ['range', 'more digits than the precision and scale allow'] : undefined
}

function isRealDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && roundTrips(`${text}T00:00:00`)
}

function isRealTimestamp(text: string, format: TimestampFormat): boolean {
  const shape = format === 'ISO-8601 UTC' ? /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/ : /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})$/
  const timestamp = shape.exec(text)?.[1]
  return timestamp !== undefined && roundTrips(timestamp.replace(' ', 'T'))
}

/** Date rolls 30 February over into March, so a text is real when it comes back unchanged. */
function roundTrips(timestamp: string): boolean {
  const time = Date.parse(`${timestamp}Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(timestamp)
}

/** Everything wrong with a row, its keys already in lower case; empty when it can be stored. */
export function validateRow(
  row: Readonly<Record<string, unknown>>,
  resource: Pick<Resource, 'columns'>,
  format: TimestampFormat,
): Failure[] {
  return resource.columns.flatMap((column) => {
    const complaint = checkColumn(row, column, format)
    return complaint ? [failure(complaint[0], `${column.name}: ${complaint[1]}`, column.name)] : []
  })
}

function checkColumn(row: Readonly<Record<string, unknown>>, column: SandboxColumn, format: TimestampFormat): Complaint {
  const value = row[column.name] ?? (column.name in row ? null : column.defaultValue)
  if (value === undefined)
    return column.presence === 'optional' ? undefined : [column.presence === 'required' ? 'missing' : 'absentKey', 'the key is not there']
  if (value === null) return column.presence === 'required' ? ['missing', 'the value is null'] : undefined
  return checkValue(value, column, format)
}

/** What is wrong with a value that is there and not null. */
export function checkValue(value: unknown, column: SandboxColumn, format: TimestampFormat): Complaint {
  return CHECKS[column.type](value, column, format)
}

/** A row with the defaults of the columns it does not carry. */
export function withDefaults(row: Readonly<Record<string, unknown>>, columns: readonly SandboxColumn[]): Record<string, unknown> {
  const absent = columns.filter(({ name, defaultValue }) => defaultValue !== undefined && !(name in row))
  return { ...row, ...Object.fromEntries(absent.map(({ name, defaultValue }) => [name, defaultValue])) }
}

/** One failure in the form it is answered in. */
export function failure(kind: keyof typeof FAILURES, message: string, column?: string): Failure {
  return { ...FAILURES[kind], message, ...(column !== undefined && { column }) }
}
