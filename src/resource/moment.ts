import type { TimestampFormat } from './module.ts'

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)| (\d\d):(\d\d):(\d\d))$/
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether a text is a real calendar day written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return text.length === 10 && startsWithDay(text)
}

/** Whether a text is a real moment in the very form it is sent in: most are, and need no second writing. */
export function isWireMoment(text: string, format: TimestampFormat): boolean {
  const isIso = format === 'ISO-8601 UTC'
  if (text.length !== (isIso ? 20 : 19) || text[10] !== (isIso ? 'T' : ' ') || (isIso && text[19] !== 'Z')) return false
  const isTime = text[13] === ':' && text[16] === ':' && twoDigits(text, 11) <= 23 && twoDigits(text, 14) <= 59 && twoDigits(text, 17) <= 59
  return isTime && startsWithDay(text)
}

function startsWithDay(text: string): boolean {
  return text[4] === '-' && text[7] === '-' && isDay(100 * twoDigits(text, 0) + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8))
}

/** The number two digits come to; NaN, which fits no range, where one is no digit. */
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
export interface MomentFault {
  readonly fault: 'INVALID_TIMESTAMP' | 'TOO_PRECISE'
}

const SHORTEST = 'YYYY-MM-DD HH:MM:SS'.length
const NO_MOMENT: MomentFault = Object.freeze({ fault: 'INVALID_TIMESTAMP' })

/**
 * The wire form, in UTC, of a moment written as RFC 3339 (with Z or an offset) or as `YYYY-MM-DD HH:MM:SS`;
 * `INVALID_TIMESTAMP` when it is no real calendar instant, `TOO_PRECISE` when the form has no room for its fraction.
 */
export function wireMoment(text: string, format: TimestampFormat): string | MomentFault {
  if (text.length < SHORTEST) return NO_MOMENT
  const parts = MOMENT.exec(text)
  if (parts === null || !isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return NO_MOMENT
  const [hour, minute, second] = [parts[4] ?? parts[9] ?? '', parts[5] ?? parts[10] ?? '', parts[6] ?? parts[11] ?? '']
  if (hour > '23' || minute > '59' || second > '59') return NO_MOMENT

  const fraction = parts[7]?.replace(/\.?0+$/, '') ?? ''
  if (fraction !== '' && format === 'YYYY-MM-DD HH:MM:SS') return { fault: 'TOO_PRECISE' }
  const inUtc = shiftToUtc(`${text.slice(0, 10)}T${hour}:${minute}:${second}`, parts[8] ?? 'Z')
  if (inUtc === undefined) return NO_MOMENT
  return format === 'ISO-8601 UTC' ? `${inUtc}${fraction}Z` : inUtc.replace('T', ' ')
}

function shiftToUtc(local: string, offset: string): string | undefined {
  if (offset === 'Z' || offset === 'z') return local
  if (offset.slice(1, 3) > '23' || offset.slice(4) > '59') return undefined
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))
  const instant = Date.parse(`${local}Z`) - (offset.startsWith('-') ? -minutes : minutes) * 60_000
  const shifted = new Date(instant).toISOString()
  return shifted.length === 24 ? shifted.slice(0, 19) : undefined
}
