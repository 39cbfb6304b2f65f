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

const BLANK = /^[\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u

/** Whether nothing of a text can be seen: it is empty, or white space, zero-width and control characters only. */
export function isBlank(text: string): boolean {
  return BLANK.test(text)
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
    if (typeof value !== 'number') return typeof value === 'string' ? QUOTED_WHOLE : NO_WHOLE
    if (!Number.isFinite(value)) return NOT_FINITE
    if (!Number.isInteger(value)) return NO_WHOLE
    if (!Number.isSafeInteger(value)) return UNSAFE_WHOLE
    return checkBounds(value, column)
  },
  float: (value, column) => {
    if (typeof value !== 'number') return typeof value === 'string' ? QUOTED_NUMBER : NO_NUMBER
    return Number.isFinite(value) ? checkBounds(value, column) : NOT_FINITE
  },
  boolean: (value) => (typeof value === 'boolean' ? NONE : typeof value === 'string' ? QUOTED_BOOLEAN : NO_BOOLEAN),
  date: (value) => {
    if (typeof value !== 'string') return typeof value === 'object' ? NO_DATE : BARE_DATE
    return isDate(value) ? NONE : NO_DAY
  },
  timestamp: (value, _, format) => {
    if (typeof value !== 'string') return typeof value === 'object' ? NO_TIMESTAMP : BARE_TIMESTAMP
    const moment = wireMoment(value, format)
    return typeof moment === 'string' ? NONE : MOMENT_FAULTS[moment.fault]
  },
} satisfies Record<ColumnType, Check>

/** A complaint that is the same object whenever it is made: wording it again for row after row costs more than all checks. */
function always(code: RowIssueCode, says: string, hint?: string): readonly Fault[] {
  return Object.freeze([Object.freeze({ code, says, ...(hint && { hint }) })])
}

const UNQUOTED = 'send it without quotes'
const IN_QUOTES = 'send it in quotes'

const NO_WHOLE = always('WRONG_TYPE', 'must be a whole number')
const QUOTED_WHOLE = always('WRONG_TYPE', 'must be a whole number', UNQUOTED)
const UNSAFE_WHOLE = always('OUT_OF_RANGE', 'must be between -9007199254740991 and 9007199254740991')
const NO_NUMBER = always('WRONG_TYPE', 'must be a number')
const QUOTED_NUMBER = always('WRONG_TYPE', 'must be a number', UNQUOTED)
const NOT_FINITE = always('NOT_FINITE', 'must be a finite number')
const NO_BOOLEAN = always('WRONG_TYPE', 'must be true or false')
const QUOTED_BOOLEAN = always('WRONG_TYPE', 'must be true or false', 'send true or false without quotes')
const NO_DATE = always('WRONG_TYPE', 'must be a date as text, YYYY-MM-DD')
const BARE_DATE = always('WRONG_TYPE', 'must be a date as text, YYYY-MM-DD', IN_QUOTES)
const NO_DAY = always('INVALID_DATE', 'must be a real calendar day written YYYY-MM-DD')
const NO_TIMESTAMP = always('WRONG_TYPE', 'must be a timestamp as text')
const BARE_TIMESTAMP = always('WRONG_TYPE', 'must be a timestamp as text', IN_QUOTES)
const NO_STRING = always('WRONG_TYPE', 'must be a string')
const BARE_STRING = always('WRONG_TYPE', 'must be a string', IN_QUOTES)

const MOMENT_FAULTS = {
  INVALID_TIMESTAMP: always(
    'INVALID_TIMESTAMP',
    'must be a real moment, RFC 3339 or YYYY-MM-DD HH:MM:SS',
    'such as 2025-01-28T14:30:00Z, 2025-01-28 15:30:00 +01:00, or 2025-01-28 14:30:00 for UTC',
  ),
  TOO_PRECISE: always(
    'TOO_PRECISE',
    'must be in whole seconds: the upstream keeps YYYY-MM-DD HH:MM:SS here',
    'drop the fraction of the second',
  ),
} satisfies Record<string, readonly Fault[]>

/** Everything wrong with a value that is there and not null; empty when it is good. */
export function checkValue(value: unknown, column: Column, format: TimestampFormat): readonly Fault[] {
  return CHECKS[column.type](value, column, format)
}

function checkString(value: unknown, column: Column): readonly Fault[] {
  if (typeof value !== 'string') return typeof value === 'object' ? NO_STRING : BARE_STRING
  const { isKey, maxLength = MAX_TEXT_LENGTH, allowed, content } = column
  if (allowed === undefined && content === undefined && value.length <= maxLength && !(isKey && isBlank(value)) && isCleanText(value))
    return NONE
  const faults: (Fault | false)[] = [
    column.isKey &&
      isBlank(value) && {
        code: 'EMPTY_KEY',
        says: `is part of the key and must not be empty${value === '' ? '' : ', nor white space or invisible characters only'}`,
      },
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
