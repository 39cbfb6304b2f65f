import type { RowIssueCode } from '../rows/issue.ts'
import type { Outcome } from './outcome.ts'

/** How often one complaint was made in a mutation, and where first. */
export interface IssueSummary {
  readonly code: RowIssueCode
  readonly field?: string
  readonly count: number
  /** Indexes of the first rows concerned, at most ten. */
  readonly firstIndexes: readonly number[]
  /** The words of the first such issue. */
  readonly message: string
}

const MAX_GROUPS = 100
const MAX_INDEXES = 10

/** The issues of all rejected rows grouped by code and field, most frequent first; at most 100 groups. */
export function summariseIssues(outcomes: readonly Outcome[]): IssueSummary[] {
  const groups = new Map<string, IssueSummary & { count: number; firstIndexes: number[] }>()
  outcomes.forEach((outcome, index) => {
    if (outcome.status !== 'REJECTED') return
    for (const { code, field, message } of outcome.issues) {
      const name = `${code} ${field ?? ''}`
      const group = groups.get(name) ?? { code, ...(field !== undefined && { field }), count: 0, firstIndexes: [], message }
      groups.set(name, group)
      group.count++
      if (group.firstIndexes.length < MAX_INDEXES) group.firstIndexes.push(index)
    }
  })
  return [...groups.values()].sort((a, b) => b.count - a.count).slice(0, MAX_GROUPS)
}
