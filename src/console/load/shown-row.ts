import type { Issue } from '../../client/index.ts'
import type { Target } from '../../tabular/header-names.ts'
import type { FailedRow } from '../file/send-rows.ts'
import { cellText, type SourceRow } from '../file/source-row.ts'

/** A row to be shown, with what is wrong with it. */
export interface ShownRow {
  readonly row: SourceRow
  readonly failed: FailedRow | undefined
}

/** The complaints about what goes to a target. */
export function issuesOf(row: ShownRow | undefined, target: Target): readonly Issue[] {
  return target === null ? [] : (row?.failed?.issues.filter(({ field }) => field === target) ?? [])
}

/** Whether a cell has another text than the one that was sent. */
export function isEdited(row: ShownRow | undefined, column: number): boolean {
  if (row?.failed === undefined || row.failed.row === row.row) return false
  return cellText(row.row.cells[column]) !== cellText(row.failed.row.cells[column])
}

/** Whether something is wrong with a row that no column of the file can show. */
export function hasRowIssue(row: ShownRow | undefined, targets: readonly Target[]): boolean {
  return row?.failed?.issues.some(({ field }) => field === null || !targets.includes(field)) ?? false
}
