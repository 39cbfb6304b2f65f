import type { Column, ColumnType } from '../resource/column.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { type FAILURES, TEXT_LIMIT, TIMESTAMP_FORMATS } from './choices.ts'
import { isRawJSON } from './read-object.ts'

// Deliberately separate from the gateway's judge: a test double that shares its checks shares its mistakes.

/** What is wrong with a value: the kind of failure, and the rest of a sentence. */
export type Complaint = readonly [kind: keyof typeof FAILURES, message: string] | undefined

/** A column, with the properties that only added ones have. */
export interface SandboxColumn extends Column {
  readonly isAdded?: boolean
  readonly minLength?: number
  /** Decimal digits are kept as sent. */
  readonly isNumeric?: boolean
  /** Total digits. */
  readonly precision?: number
  /** Digits after the point. */
  readonly scale?: number
  /** As declared for this column; by default, that of the module. */
  readonly timestampFormat?: TimestampFormat
  /** Stored if a row lacks the column. */
  readonly defaultValue?: unknown
}

/** Everything the sandbox knows about a column type. */
interface SandboxType {
  readonly check: (value: unknown, column: SandboxColumn, format: TimestampFormat) => Complaint
  /** Its names as an attribute's `dataType`. */
  readonly dataTypes: readonly string[]
  /** The patterns in which its values may be declared. */
  readonly patterns: readonly string[]
  /** A default sent as text is JSON. */
  readonly isJson: boolean
  readonly sql: 'TEXT' | 'INTEGER' | 'REAL'
  /** Restores a value as sent from its SQL cell. */
  readonly restore: (cell: unknown) => unknown
}

const TEXT = { patterns: [], isJson: false, sql: 'TEXT', restore: (cell: unknown) => cell } as const

/** The column types of the sandbox. */
export const SANDBOX_TYPES: Readonly<Record<ColumnType, SandboxType>> = {
  string: {
    ...TEXT,
    dataTypes: ['string', 'json'],
    check: (value, column) => {
      if (column.content === 'json' && typeof value === 'object') return undefined
      if (typeof value !== 'string') return ['dataType', 'expected a string']
      if (column.isKey && value.length === 0) return ['missing', 'a key must not be empty']
      const { length } = Array.from(value)
      if (length > (column.maxLength ?? TEXT_LIMIT)) return ['tooLong', 'the text is too long']
      if (length < (column.minLength ?? 0)) return ['tooShort', 'the text is too short']
      if (column.allowed && !column.allowed.includes(value)) return ['notAllowed', `expected one of ${column.allowed.join(', ')}`]
      return undefined
    },
  },
  integer: {
    ...TEXT,
    dataTypes: ['integer'],
    isJson: true,
    sql: 'INTEGER',
    check: (value, column) => (Number.isSafeInteger(value) ? checkRange(value as number, column) : ['dataType', 'expected an integer']),
  },
  float: {
    ...TEXT,
    dataTypes: ['float', 'numeric'],
    isJson: true,
    sql: 'REAL',
    check: (value, column) => {
      if (typeof value !== 'number' && !isRawJSON(value)) return ['dataType', 'expected a number']
      return checkRange(Number(JSON.stringify(value)), column) ?? checkDigits(JSON.stringify(value), column)
    },
  },
  boolean: {
    ...TEXT,
    dataTypes: ['boolean'],
    isJson: true,
    sql: 'INTEGER',
    restore: (cell) => cell === 1,
    check: (value) => (value === true || value === false ? undefined : ['dataType', 'expected a boolean']),
  },
  date: {
    ...TEXT,
    dataTypes: ['date'],
    patterns: ['YYYY-MM-DD'],
    check: (value) => (typeof value === 'string' && isRealDay(value) ? undefined : ['format', 'expected a date YYYY-MM-DD']),
  },
  timestamp: {
    ...TEXT,
    dataTypes: ['datetime', 'timestamp'],
    patterns: Object.keys(TIMESTAMP_FORMATS),
    check: (value, { timestampFormat }, ofModule) => {
      const format = timestampFormat ?? ofModule
      return typeof value === 'string' && isRealTimestamp(value, format) ? undefined : ['format', `expected a timestamp ${format}`]
    },
  },
}

const BY_DATA_TYPE: Readonly<Record<string, ColumnType>> = Object.fromEntries(
  Object.entries(SANDBOX_TYPES).flatMap(([type, { dataTypes }]) => dataTypes.map((word) => [word, type as ColumnType])),
)

/** The possible values of an attribute's `dataType`. */
export const DATA_TYPES = Object.keys(BY_DATA_TYPE)

/** The type that a `dataType` means; undefined if there is none. */
export function typeNamed(dataType: unknown): ColumnType | undefined {
  return BY_DATA_TYPE[String(dataType)]
}

function checkRange(value: number, { min = -Infinity, max = Infinity }: Column): Complaint {
  return value < min || value > max ? ['range', `expected a number from ${min} to ${max}`] : undefined
}

/** Significant digits, before the point and after it, are counted in the text. */
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

/** Date turns 30 February into a day in March, so a text is a real date only if it comes back unchanged. */
function roundTrips(timestamp: string): boolean {
  const time = Date.parse(`${timestamp}Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(timestamp)
}
