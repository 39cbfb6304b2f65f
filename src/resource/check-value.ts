import { type Column, type ColumnType, MAX_TEXT_LENGTH } from './column.ts'
import type { RowIssueCode } from './issue.ts'
import type { TimestampFormat } from './module.ts'
import { isDate, wireMoment } from './moment.ts'

/** What is wrong with one value: a code and the rest of a sentence that begins with the field's name. */
export interface Fault {
  readonly code: RowIssueCode
  readonly says: string
  readonly hint?: string
}

type Check = (value: unknown, column: Column, format: TimestampFormat) => readonly Fault[]

const NONE: readonly Fault[] = Object.freeze([])

/** Whether a text can be stored: no NUL, no half of a surrogate pair. */
export function isCleanText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Whether a text parses as JSON. */
export function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const CHECKS = {
  string: checkString,
  integer: (value, column) => {
    if (typeof value !== 'number') return [wrongType('must be a whole number', value, 'number')]
    if (!Number.isFinite(value)) return [notFinite]
    if (!Number.isInteger(value)) return [{ code: 'WRONG_TYPE', says: 'must be a whole number' }]
    if (!Number.isSafeInteger(value)) return [{ code: 'OUT_OF_RANGE', says: 'must be between -9007199254740991 and 9007199254740991' }]
    return checkBounds(value, column)
  },
  float: (value, column) => {
    if (typeof value !== 'number') return [wrongType('must be a number', value, 'number')]
    return Number.isFinite(value) ? checkBounds(value, column) : [notFinite]
  },
  boolean: (value) => (typeof value === 'boolean' ? [] : [wrongType('must be true or false', value, 'boolean')]),
  date: (value) => {
    if (typeof value !== 'string') return [wrongType('must be a date as text, YYYY-MM-DD', value, 'string')]
    return isDate(value) ? [] : [{ code: 'INVALID_DATE', says: 'must be a real calendar day written YYYY-MM-DD' }]
  },
  timestamp: (value, _, format) => {
    if (typeof value !== 'string') return [wrongType('must be a timestamp as text', value, 'string')]
    const moment = wireMoment(value, format)
    return typeof moment === 'string' ? [] : [MOMENT_FAULTS[moment.fault]]
  },
} satisfies Record<ColumnType, Check>

const notFinite: Fault = { code: 'NOT_FINITE', says: 'must be a finite number' }

const MOMENT_FAULTS = {
  INVALID_TIMESTAMP: {
    code: 'INVALID_TIMESTAMP',
    says: 'must be a real moment: RFC 3339 with Z or an offset (2025-01-28T14:30:00Z), or YYYY-MM-DD HH:MM:SS in UTC',
  },
  TOO_PRECISE: {
    code: 'TOO_PRECISE',
    says: 'must be in whole seconds: the upstream keeps YYYY-MM-DD HH:MM:SS here',
    hint: 'drop the fraction of the second',
  },
} satisfies Record<string, Fault>

/** Everything wrong with a value that is there and not null; empty when it is good. */
export function checkValue(value: unknown, column: Column, format: TimestampFormat): readonly Fault[] {
  return CHECKS[column.type](value, column, format)
}

function checkString(value: unknown, column: Column): readonly Fault[] {
  if (typeof value !== 'string') return [wrongType('must be a string', value, 'string')]
  const { isKey, maxLength = MAX_TEXT_LENGTH, allowed, content } = column
  if (allowed === undefined && content === undefined && value.length <= maxLength && !(isKey && value === '') && isCleanText(value))
    return NONE
  const faults: (Fault | false)[] = [
    value === '' && column.isKey && { code: 'EMPTY_KEY', says: 'is part of the key and must not be empty' },
    value.length > (column.maxLength ?? MAX_TEXT_LENGTH) && {
      code: 'TOO_LONG',
      says: `must have at most ${column.maxLength ?? MAX_TEXT_LENGTH} characters`,
    },
    !isCleanText(value) && { code: 'INVALID_TEXT', says: 'must not hold NUL or half of a surrogate pair' },
    column.allowed !== undefined &&
      !column.allowed.includes(value) && { code: 'NOT_ALLOWED', says: `must be one of: ${column.allowed.join(', ')}` },
    column.content === 'json' && !isJsonText(value) && { code: 'INVALID_JSON', says: 'must be a JSON document written as text' },
  ]
  return faults.filter((fault) => fault !== false)
}

function checkBounds(value: number, { min, max }: Column): readonly Fault[] {
  if (min !== undefined && value < min) return [{ code: 'BELOW_MINIMUM', says: `must be at least ${min}` }]
  if (max !== undefined && value > max) return [{ code: 'ABOVE_MAXIMUM', says: `must be at most ${max}` }]
  return NONE
}

const UNQUOTED: Record<string, string> = { number: 'send it without quotes', boolean: 'send true or false without quotes' }

function wrongType(says: string, value: unknown, wanted: string): Fault {
  const hint =
    typeof value === 'string' ? UNQUOTED[wanted] : wanted === 'string' && typeof value !== 'object' ? 'send it in quotes' : undefined
  return { code: 'WRONG_TYPE', says, ...(hint && { hint }) }
}
