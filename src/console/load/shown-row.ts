import type { Issue } from '../../client/index.ts'
import type { Target } from '../../tabular/header-names.ts'
import type { FailedRow } from '../file/send-rows.ts'
import { cellText, type SourceRow } from '../file/source-row.ts'

/** A row to show, with what is wrong with it. */
export interface ShownRow {
  readonly row: SourceRow
  readonly failed: FailedRow | undefined
}

/** The issues of a target's value. */
export function issuesOf(row: ShownRow | undefined, target: Target): readonly Issue[] {
  return target === null ? [] : (row?.failed?.issues.filter(({ field }) => field === target) ?? [])
}

/** Whether a cell's text differs from what was sent. */
export function isEdited(row: ShownRow | undefined, column: number): boolean {
  if (row?.failed === undefined || row.failed.row === row.row) return false
  return cellText(row.row.cells[column]) !== cellText(row.failed.row.cells[column])
}

/** Whether a row has an issue that no column of the file can show. */
export function hasRowIssue(row: ShownRow | undefined, targets: readonly Target[]): boolean {
  return row?.failed?.issues.some(({ field }) => field === null || !targets.includes(field)) ?? false
}
