import { checkValue } from './check-value.ts'
import type { Column } from './column.ts'
import { EXTRA_FIELD, type Resource } from './define-resource.ts'
import { checkExtra, isForbiddenName, printableName } from './extra.ts'
import type { RowIssue } from './issue.ts'
import type { TimestampFormat } from './module.ts'
import { nearestName } from './nearest.ts'

/** Issues listed per row; a row with more ends with `MORE_ISSUES`. */
export const MAX_ISSUES_PER_ROW = 32

/** Every complaint about a row, in column order, then unknown fields; empty when the row is good. The slow, wordy reading. */
export function diagnose(row: unknown, resource: Resource, format: TimestampFormat): RowIssue[] {
  if (!isRow(row)) return [{ code: 'NOT_AN_OBJECT', message: `The row must be an object with the fields of ${resource.graphqlName}.` }]
  const extra = row[EXTRA_FIELD]
  const issues = [
    ...resource.columns.flatMap((column) => checkField(row, column, format)),
    ...(Object.hasOwn(row, EXTRA_FIELD) && extra !== undefined && extra !== null ? checkExtra(extra, resource) : []),
    ...checkUnknown(row, resource),
  ]
  if (issues.length <= MAX_ISSUES_PER_ROW) return issues
  const left = issues.length - MAX_ISSUES_PER_ROW
  return [...issues.slice(0, MAX_ISSUES_PER_ROW), { code: 'MORE_ISSUES', message: `The row has ${left} more issues.` }]
}

/** Whether a value can be read as a row at all. */
export function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The row's own value of a field; what it inherits is not data. */
export function ownValue(row: Record<string, unknown>, field: string): unknown {
  return Object.hasOwn(row, field) ? row[field] : undefined
}

function checkField(row: Record<string, unknown>, column: Column, format: TimestampFormat): RowIssue[] {
  const value = ownValue(row, column.field)
  const place = { field: column.field, column: column.name }
  if (value === undefined) {
    return column.presence === 'required'
      ? [{ code: 'MISSING_FIELD', ...place, message: `${column.field} is required.`, ...spelling(row, column) }]
      : []
  }
  if (value === null) {
    return column.presence === 'required'
      ? [{ code: 'NULL_VALUE', ...place, message: `${column.field} is required and must not be null.` }]
      : []
  }
  return checkValue(value, column, format).map(({ code, says, hint }) => ({
    code,
    ...place,
    message: `${column.field} ${says}.`,
    ...(hint && { hint }),
  }))
}

function spelling(row: Record<string, unknown>, column: Column): { hint?: string } {
  return Object.hasOwn(row, column.name) ? { hint: `write ${column.field} instead of ${column.name}` } : {}
}

function checkUnknown(row: Record<string, unknown>, resource: Resource): RowIssue[] {
  const known = new Set([EXTRA_FIELD, ...resource.columns.map((c) => c.field)])
  const names = [...known]
  return Object.keys(row)
    .filter((name) => !known.has(name))
    .map((name, at) => unknownField(name, at < MAX_ISSUES_PER_ROW ? names : []))
}

function unknownField(name: string, known: readonly string[]): RowIssue {
  const shown = printableName(name)
  const place = shown === undefined ? {} : { field: shown }
  if (isForbiddenName(name)) return { code: 'FORBIDDEN_NAME', ...place, message: 'A name that reaches an object prototype is never taken.' }
  const meant = nearestName(name, known)
  return {
    code: 'UNKNOWN_FIELD',
    ...place,
    message: `${shown ?? 'A field of the row'} is not a field of this resource.`,
    hint: meant ? `did you mean ${meant}?` : 'custom attributes go into extra',
  }
}
