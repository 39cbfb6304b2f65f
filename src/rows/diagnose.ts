import type { Column } from '../resource/column.ts'
import { EXTRA_FIELD, type Resource } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { isJsonObject } from '../util/exact-number.ts'
import { nearestName } from '../util/nearest-name.ts'
import { checkValue } from './check-value.ts'
import { checkExtra, isForbiddenName, printableName } from './extra.ts'
import type { Fault } from './fault.ts'
import type { RowIssue } from './issue.ts'

/** Issues listed per row; a row with more ends with `MORE_ISSUES`. */
export const MAX_ISSUES_PER_ROW = 32

/** Where in a row to look for faults. */
export interface SuspectColumns {
  /** In the declared order. */
  readonly columns: readonly Column[]
  /** Whether there may be undeclared fields. */
  readonly hasUnknown: boolean
}

/** Whether there is anything to look for. */
export function mayHaveFaults({ columns, hasUnknown }: SuspectColumns): boolean {
  return hasUnknown || columns.length > 0
}

/**
 * Every issue of a row, in column order, then unknown fields; empty if the row is good. This is the slow path; `suspectColumns` limits the
 * search.
 */
export function diagnose(row: unknown, resource: Resource, format: TimestampFormat, suspectColumns?: SuspectColumns): readonly RowIssue[] {
  if (!isJsonObject(row))
    return [{ code: 'NOT_AN_OBJECT', message: `The row must be an object with the fields of ${resource.graphqlName}.` }]
  const issues: RowIssue[] = []
  for (const column of suspectColumns?.columns ?? resource.columns) checkField(row, column, format, issues)
  const extra = row[EXTRA_FIELD]
  if (extra !== undefined && extra !== null) issues.push(...checkExtra(extra, resource))
  if (suspectColumns?.hasUnknown !== false) checkUnknown(row, resource, issues)
  return capIssues(issues)
}

/** Cuts a list of issues to the maximum, ending it with the number left out, including any left out before. */
export function capIssues(issues: readonly RowIssue[]): readonly RowIssue[] {
  if (issues.length <= MAX_ISSUES_PER_ROW) return issues
  const listed = issues.filter(({ left }) => left === undefined)
  const left = issues.reduce((sum, issue) => sum + (issue.left ?? 0), listed.length - MAX_ISSUES_PER_ROW)
  return [...listed.slice(0, MAX_ISSUES_PER_ROW), { code: 'MORE_ISSUES', message: `The row has ${left} more issues.`, left }]
}

/** Whether two rows have the same issues, which is so of most where one column was filled wrongly. */
export function isSameList(one: readonly RowIssue[], other: readonly RowIssue[]): boolean {
  return one.length === other.length && one.every((issue, at) => isSameIssue(issue, other[at] as RowIssue))
}

function isSameIssue(one: RowIssue, other: RowIssue): boolean {
  return one === other || (one.message === other.message && one.code === other.code && one.field === other.field && one.hint === other.hint)
}

function checkField(row: Record<string, unknown>, column: Column, format: TimestampFormat, issues: RowIssue[]): void {
  // Neither a column (defineResource) nor `extra` has the name of an inherited property, so the value found is the row's own.
  const value = row[column.field]
  if (value === undefined || value === null) {
    if (column.presence === 'required') issues.push(wordIssue(column, value === null ? NULL : missing(row, column)))
    return
  }
  const faults = checkValue(value, column, format)
  for (let at = 0; at < faults.length; at++) issues.push(wordIssue(column, faults[at] as Fault))
}

const worded = new WeakMap<Column, { fault: Fault; issue: RowIssue }[]>()

/** The issue for a fault of a column, worded once: the same few recur in row after row. */
export function wordIssue(column: Column, fault: Fault): RowIssue {
  const known = worded.get(column)
  if (known !== undefined) for (const one of known) if (one.fault === fault) return one.issue
  return known?.find((one) => isSame(one.fault, fault))?.issue ?? wordAnew(column, fault, known ?? [])
}

function isSame(one: Fault, other: Fault): boolean {
  return one.code === other.code && one.says === other.says && one.hint === other.hint
}

function wordAnew(column: Column, fault: Fault, known: readonly { fault: Fault; issue: RowIssue }[]): RowIssue {
  const { code, says, hint } = fault
  const issue = Object.freeze({
    code,
    field: column.field,
    column: column.name,
    message: `${column.field} ${says}.`,
    ...(hint && { hint }),
  })
  worded.set(column, [...known, { fault, issue }])
  return issue
}

const NULL: Fault = { code: 'NULL_VALUE', says: 'is required and must not be null' }
const MISSING: Fault = { code: 'MISSING_FIELD', says: 'is required' }

function missing(row: Record<string, unknown>, { field, name }: Column): Fault {
  return Object.hasOwn(row, name) ? { ...MISSING, hint: `write ${field} instead of ${name}` } : MISSING
}

function checkUnknown(row: Record<string, unknown>, { fields }: Resource, issues: RowIssue[]): void {
  let found = 0
  for (const name of Object.keys(row)) {
    if (fields.has(name)) continue
    // Issues beyond the maximum get no suggestion, which would be computed in vain.
    issues.push(unknownField(name, found++ < MAX_ISSUES_PER_ROW ? fields : NONE))
  }
}

const NONE: ReadonlySet<string> = new Set()

function unknownField(name: string, known: ReadonlySet<string>): RowIssue {
  const shown = printableName(name)
  const place = shown === undefined ? {} : { field: shown }
  if (isForbiddenName(name))
    return { code: 'FORBIDDEN_NAME', ...place, message: 'This name could change an object prototype and is not allowed.' }
  const meant = nearestName(name, known)
  return {
    code: 'UNKNOWN_FIELD',
    ...place,
    message: `${shown ?? 'A field of the row'} is not a field of this resource.`,
    hint: meant ? `did you mean ${meant}?` : 'custom attributes go into extra',
  }
}
