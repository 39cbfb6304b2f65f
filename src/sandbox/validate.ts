import type { Column, ColumnType } from '../resource/column.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { FAILURES, type Failure, TEXT_LIMIT } from './choices.ts'

// Written apart from the gateway's judge on purpose: a double that shares the checker shares its mistakes.

type Complaint = readonly [kind: keyof typeof FAILURES, message: string] | undefined
type Check = (value: unknown, column: Column, format: TimestampFormat) => Complaint

const CHECKS: Record<ColumnType, Check> = {
  string: (value, column) => {
    if (column.content === 'json' && typeof value === 'object') return undefined
    if (typeof value !== 'string') return ['dataType', 'expected a string']
    if (column.isKey && value.length === 0) return ['missing', 'a key must not be empty']
    if (value.length > (column.maxLength ?? TEXT_LIMIT)) return ['tooLong', 'the text is too long']
    if (column.allowed && !column.allowed.includes(value)) return ['notAllowed', `expected one of ${column.allowed.join(', ')}`]
    return undefined
  },
  integer: (value, column) => (Number.isSafeInteger(value) ? checkRange(value as number, column) : ['dataType', 'expected an integer']),
  float: (value, column) => (typeof value === 'number' ? checkRange(value, column) : ['dataType', 'expected a number']),
  boolean: (value) => (value === true || value === false ? undefined : ['dataType', 'expected a boolean']),
  date: (value) => (typeof value === 'string' && isRealDay(value) ? undefined : ['format', 'expected a date YYYY-MM-DD']),
  timestamp: (value, _, format) =>
    typeof value === 'string' && isRealMoment(value, format) ? undefined : ['format', `expected a timestamp ${format}`],
}

function checkRange(value: number, { min = -Infinity, max = Infinity }: Column): Complaint {
  return value < min || value > max ? ['range', `expected a number from ${min} to ${max}`] : undefined
}

function isRealDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && roundTrips(`${text}T00:00:00`)
}

function isRealMoment(text: string, format: TimestampFormat): boolean {
  const shape = format === 'ISO-8601 UTC' ? /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/ : /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})$/
  const moment = shape.exec(text)?.[1]
  return moment !== undefined && roundTrips(moment.replace(' ', 'T'))
}

/** Date rolls 30 February over into March, so a text is real when it comes back unchanged. */
function roundTrips(moment: string): boolean {
  const time = Date.parse(`${moment}Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(moment)
}

/** Everything wrong with a row, its keys already in lower case; empty when it can be stored. */
export function validateRow(row: Readonly<Record<string, unknown>>, resource: Resource, format: TimestampFormat): Failure[] {
  return resource.columns.flatMap((column) => {
    const complaint = checkColumn(row, column, format)
    return complaint ? [failure(complaint[0], `${column.name}: ${complaint[1]}`, column.name)] : []
  })
}

function checkColumn(row: Readonly<Record<string, unknown>>, column: Column, format: TimestampFormat): Complaint {
  const value = row[column.name]
  if (value === undefined)
    return column.presence === 'optional' ? undefined : [column.presence === 'required' ? 'missing' : 'absentKey', 'the key is not there']
  if (value === null) return column.presence === 'required' ? ['missing', 'the value is null'] : undefined
  return CHECKS[column.type](value, column, format)
}

/** One failure in the form it is answered in. */
export function failure(kind: keyof typeof FAILURES, message: string, column?: string): Failure {
  return { ...FAILURES[kind], message, ...(column !== undefined && { column }) }
}
