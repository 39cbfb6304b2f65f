import type { Outcome } from '../ingest/outcome.ts'
import type { RowIssue, RowIssueCode } from '../rows/issue.ts'

/** How often one complaint was made. */
export interface IssueCount {
  readonly code: RowIssueCode
  readonly field?: string
  readonly count: number
}

/** Counts by code and field. */
export type IssueCounts = Map<string, IssueCount & { count: number }>

/** Kinds of complaint kept apart; further fields of a code are counted together, since callers choose the names of unknown ones. */
const MAX_KINDS = 50

/** Adds the issues of all rejected rows to the counts, by code and field. */
export function countIssues(outcomes: readonly Outcome[], counts: IssueCounts): void {
  const found = new Map<RowIssueCode, Map<string | undefined, number>>()
  for (const outcome of outcomes) if (outcome.status === 'REJECTED') for (const issue of outcome.issues) countIssue(found, issue)
  for (const [code, fields] of found)
    for (const [field, count] of fields) addCount(counts, { code, ...(field !== undefined && { field }) }, count)
}

/** By two maps: a name made of both for every issue was a tenth of what a mutation of bad rows costs. */
function countIssue(found: Map<RowIssueCode, Map<string | undefined, number>>, { code, field }: RowIssue): void {
  const fields = found.get(code) ?? new Map<string | undefined, number>()
  found.set(code, fields.set(field, (fields.get(field) ?? 0) + 1))
}

/** Adds so many to those of the same code and field. */
export function addCount(counts: IssueCounts, { code, field }: Pick<RowIssue, 'code' | 'field'>, count: number): void {
  const name = `${code} ${field ?? ''}`
  const known = counts.get(name)
  if (known !== undefined) known.count += count
  else if (field !== undefined && counts.size >= MAX_KINDS) addCount(counts, { code }, count)
  else counts.set(name, { code, ...(field !== undefined && { field }), count })
}
