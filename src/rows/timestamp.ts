import type { TimestampFormat } from '../resource/module.ts'

// A date, a T or a space, a time, an optional fraction and an offset; only after a space may the offset be missing, which means UTC.
const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt](?=.*[Zz+-])| )(\d\d):(\d\d):(\d\d)(\.\d+)?(?: ?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?))?$/
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether a text is a real calendar day written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return text.length === 10 && startsWithDay(text)
}

/** Whether a text is a real timestamp already in its wire form, as most are. */
export function isWireTimestamp(text: string, format: TimestampFormat): boolean {
  const isIso = format === 'ISO-8601 UTC'
  if (text.length !== (isIso ? 20 : 19) || text[10] !== (isIso ? 'T' : ' ') || (isIso && text[19] !== 'Z')) return false
  const isTime = text[13] === ':' && text[16] === ':' && twoDigits(text, 11) <= 23 && twoDigits(text, 14) <= 59 && twoDigits(text, 17) <= 59
  return isTime && startsWithDay(text)
}

function startsWithDay(text: string): boolean {
  return text[4] === '-' && text[7] === '-' && isDay(100 * twoDigits(text, 0) + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8))
}

/** The number that two digits form; NaN, which is in no range, if one is no digit. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN
}

function isDay(year: number, month: number, day: number): boolean {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && isLeap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0)
  return year >= 0 && day >= 1 && day <= days
}

/** Why a text has no wire form. */
export interface TimestampFault {
  readonly fault: 'INVALID_TIMESTAMP' | 'TOO_PRECISE'
}

const SHORTEST = 'YYYY-MM-DD HH:MM:SS'.length
const NO_TIMESTAMP: TimestampFault = Object.freeze({ fault: 'INVALID_TIMESTAMP' })

/**
 * The wire form, in UTC, of a timestamp written as RFC 3339 (`T` or a space, `Z` or an offset of hours with or without minutes) or as
 * `YYYY-MM-DD HH:MM:SS` for UTC; `INVALID_TIMESTAMP` if it is no real calendar instant. A zero fraction is dropped; any other keeps its
 * digits, without trailing zeros, in ISO-8601 form, and is `TOO_PRECISE` in the form with whole seconds.
 */
export function wireTimestamp(text: string, format: TimestampFormat): string | TimestampFault {
  if (text.length < SHORTEST) return NO_TIMESTAMP
  const parts = TIMESTAMP.exec(text)
  if (parts === null || !isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return NO_TIMESTAMP
  const [, , , , hour = '', minute = '', second = '', digits = '', sign, offsetHour = '00', offsetMinute = '00'] = parts
  if (hour > '23' || minute > '59' || second > '59' || offsetHour > '23' || offsetMinute > '59') return NO_TIMESTAMP

  const fraction = withoutZeros(digits)
  if (fraction !== '' && format === 'YYYY-MM-DD HH:MM:SS') return { fault: 'TOO_PRECISE' }
  const local = `${text.slice(0, 10)}T${hour}:${minute}:${second}`
  const ahead = Number(offsetHour) * 60 + Number(offsetMinute)
  const inUtc = sign === undefined ? local : earlier(local, sign === '-' ? -ahead : ahead)
  if (inUtc === undefined) return NO_TIMESTAMP
  return format === 'ISO-8601 UTC' ? `${inUtc}${fraction}Z` : inUtc.replace('T', ' ')
}

/** A fraction without trailing zeros; a regular expression would take quadratic time. */
function withoutZeros(digits: string): string {
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return digits.slice(0, end <= 1 ? 0 : end)
}

/** A local time minus `minutes`; undefined if that is before the year 0 or after the year 9999. */
function earlier(local: string, minutes: number): string | undefined {
  const shifted = new Date(Date.parse(`${local}Z`) - minutes * 60_000).toISOString()
  return shifted.length === 24 ? shifted.slice(0, 19) : undefined
}
