import type { Resource } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { FAILURES, type Failure } from './choices.ts'
import { type Complaint, SANDBOX_TYPES, type SandboxColumn } from './column-types.ts'

/** Everything wrong with a row, whose keys are in lower case; empty if it can be stored. */
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

/** What is wrong with a value that is neither missing nor null. */
export function checkValue(value: unknown, column: SandboxColumn, format: TimestampFormat): Complaint {
  return SANDBOX_TYPES[column.type].check(value, column, format)
}

/** A row with the defaults of missing columns filled in. */
export function withDefaults(row: Readonly<Record<string, unknown>>, columns: readonly SandboxColumn[]): Record<string, unknown> {
  const absent = columns.filter(({ name, defaultValue }) => defaultValue !== undefined && !(name in row))
  return { ...row, ...Object.fromEntries(absent.map(({ name, defaultValue }) => [name, defaultValue])) }
}

/** A failure as answered. */
export function failure(kind: keyof typeof FAILURES, message: string, column?: string): Failure {
  return { ...FAILURES[kind], message, ...(column !== undefined && { column }) }
}
