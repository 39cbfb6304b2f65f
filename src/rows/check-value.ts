import { type Column, type ColumnType, MAX_TEXT_LENGTH } from '../resource/column.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { isExactNumber } from '../util/exact-number.ts'
import { checkFloat, checkInteger } from './check-number.ts'
import { aboutText, always, type Fault, faultsOfText, NONE, type TextFaults } from './fault.ts'
import { isDate, wireTimestamp } from './timestamp.ts'

// One search of a short text takes less time than two; most texts have neither.
const NUL_OR_SURROGATE = /[\0\ud800-\udfff]/

/** Whether a text can be stored: it has no NUL and no unpaired surrogate. */
export function isCleanText(text: string): boolean {
  return !NUL_OR_SURROGATE.test(text) || (!text.includes('\0') && text.isWellFormed())
}

const BLANK = /^[\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u

/** Whether a text shows nothing: it is empty, or only white space, zero-width and control characters. */
export function isBlank(text: string): boolean {
  return BLANK.test(text)
}

/** The number of characters in a text; a surrogate pair counts as one. */
export function charactersIn(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
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
  integer: checkInteger,
  float: checkFloat,
  boolean: (value, { presence }) => {
    if (typeof value === 'boolean') return NONE
    return typeof value === 'string' ? faultsOfText(value, presence, TEXT_FOR_BOOLEAN) : NO_BOOLEAN
  },
  date: (value, { presence }) => {
    if (typeof value !== 'string') return isBare(value) ? BARE_DATE : NO_DATE
    return isDate(value) ? NONE : faultsOfText(value, presence, NO_DAY)
  },
  timestamp: (value, { presence }, format) => {
    if (typeof value !== 'string') return isBare(value) ? BARE_TIMESTAMP : NO_TIMESTAMP
    const timestamp = wireTimestamp(value, format)
    return typeof timestamp === 'string' ? NONE : faultsOfText(value, presence, TIMESTAMP_FAULTS[timestamp.fault])
  },
} satisfies Record<ColumnType, (value: unknown, column: Column, format: TimestampFormat) => readonly Fault[]>

/** A number, true or false: perhaps only its quotes are missing. */
function isBare(value: unknown): boolean {
  return typeof value !== 'object' || isExactNumber(value)
}

const IN_QUOTES = 'send it in quotes'

const NO_BOOLEAN = always('WRONG_TYPE', 'must be true or false')
const TEXT_FOR_BOOLEAN = aboutText('WRONG_TYPE', 'must be true or false', 'send true or false without quotes')
const NO_DATE = always('WRONG_TYPE', 'must be a date as text, YYYY-MM-DD')
const BARE_DATE = always('WRONG_TYPE', 'must be a date as text, YYYY-MM-DD', IN_QUOTES)
const NO_DAY = aboutText('INVALID_DATE', 'must be a real calendar day written YYYY-MM-DD')
const NO_TIMESTAMP = always('WRONG_TYPE', 'must be a timestamp as text')
const BARE_TIMESTAMP = always('WRONG_TYPE', 'must be a timestamp as text', IN_QUOTES)
const NO_STRING = always('WRONG_TYPE', 'must be a string')
const BARE_STRING = always('WRONG_TYPE', 'must be a string', IN_QUOTES)

const TIMESTAMP_FAULTS = {
  INVALID_TIMESTAMP: aboutText(
    'INVALID_TIMESTAMP',
    'must be a real timestamp, RFC 3339 or YYYY-MM-DD HH:MM:SS',
    'such as 2025-01-28T14:30:00Z, 2025-01-28 15:30:00 +01:00, or 2025-01-28 14:30:00 for UTC',
  ),
  TOO_PRECISE: aboutText(
    'TOO_PRECISE',
    'must be in whole seconds: the upstream keeps YYYY-MM-DD HH:MM:SS here',
    'drop the fraction of the second',
  ),
} satisfies Record<string, TextFaults>

/** Everything wrong with a value that is neither missing nor null; empty if it is good. */
export function checkValue(value: unknown, column: Column, format: TimestampFormat): readonly Fault[] {
  return CHECKS[column.type](value, column, format)
}

function checkString(value: unknown, column: Column): readonly Fault[] {
  if (typeof value !== 'string') return isBare(value) ? BARE_STRING : NO_STRING
  const { isKey, maxLength = MAX_TEXT_LENGTH, allowed, content } = column
  if (allowed === undefined && content === undefined && value.length <= maxLength && !(isKey && isBlank(value)) && isCleanText(value))
    return NONE
  const faults: (Fault | false)[] = [
    isKey &&
      isBlank(value) && {
        code: 'EMPTY_KEY',
        says: `is part of the key and must not be empty${value === '' ? '' : ', nor white space or invisible characters only'}`,
      },
    value.length > maxLength && charactersIn(value) > maxLength && { code: 'TOO_LONG', says: `must have at most ${maxLength} characters` },
    !isCleanText(value) && { code: 'INVALID_TEXT', says: 'must not hold NUL or half of a surrogate pair' },
    allowed !== undefined && !allowed.includes(value) && { code: 'NOT_ALLOWED', says: `must be one of: ${allowed.join(', ')}` },
    content === 'json' && !isJsonText(value) && { code: 'INVALID_JSON', says: 'must be a JSON document written as text' },
  ]
  return faults.filter((fault) => fault !== false)
}
