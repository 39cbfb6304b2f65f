import type { Outcome } from '../ingest/outcome.ts'
import type { RowIssue, RowIssueCode } from '../rows/issue.ts'

/** How often one complaint was made. */
export interface IssueCount {
  readonly code: RowIssueCode
  readonly field?: string
  readonly count: number
}

/** Kinds of complaint kept apart; further fields of a code are counted together, since callers choose the names of unknown ones. */
const MAX_KINDS = 50

/** Adds the issues of all rejected rows to the counts, by code and field. */
export function countIssues(outcomes: readonly Outcome[], counts: Map<string, IssueCount>): void {
  // The judge words a complaint once and uses it in row after row, so equal objects are counted before equal words.
  const seen = new Map<RowIssue, { count: number }>()
  for (const outcome of outcomes) {
    if (outcome.status !== 'REJECTED') continue
    for (const issue of outcome.issues) {
      const known = seen.get(issue)
      if (known === undefined) seen.set(issue, { count: 1 })
      else known.count++
    }
  }
  for (const [{ code, field }, { count }] of seen) addCount(counts, { code, ...(field !== undefined && { field }), count })
}

/** Adds one count to those of its code and field. */
export function addCount(counts: Map<string, IssueCount>, { code, field, count }: IssueCount): void {
  const name = `${code} ${field ?? ''}`
  const known = counts.get(name)
  const keepsField = known !== undefined || counts.size < MAX_KINDS
  if (field !== undefined && !keepsField) addCount(counts, { code, count })
  else counts.set(name, { code, ...(field !== undefined && { field }), count: (known?.count ?? 0) + count })
}
