import { type Outcome, runsOf } from '../../ingest/outcome.ts'
import type { IssueCount } from '../../quality/minutes.ts'
import { ROW_ISSUE_CODES, type RowIssue, type RowIssueCode } from '../../rows/issue.ts'
import { meaningsOf } from '../../util/code-words.ts'
import { addEnum, type Builder } from '../builder.ts'

/** Defines the issue of a row, and counts of equal issues. */
export function addRowIssue(builder: Builder) {
  const Code = addEnum(
    builder,
    'RowIssueCode',
    'Why a row was rejected. Whatever the code, the row was not written.',
    meaningsOf(ROW_ISSUE_CODES),
  )
  const Issue = builder.objectRef<RowIssue>('RowIssue').implement({
    description: 'An issue with a row. It names what is expected, never the value that was sent.',
    fields: (t) => ({
      code: t.field({ type: Code, description: 'Stable code to act on.', resolve: (issue) => issue.code }),
      field: t.string({
        nullable: true,
        description: 'The field as the row input names it, `extra.NAME` for a custom attribute; null when the whole row is meant.',
        resolve: (issue) => issue.field ?? null,
      }),
      column: t.string({
        nullable: true,
        description: "The upstream's column; null where no one column is meant.",
        resolve: (issue) => issue.column ?? null,
      }),
      message: t.string({ description: 'What was wrong and what is allowed, in words.', resolve: (issue) => issue.message }),
      hint: t.string({ nullable: true, description: 'What was probably meant, or what to do.', resolve: (issue) => issue.hint ?? null }),
      upstreamCode: t.string({
        nullable: true,
        description: "The upstream's own code, such as DI_E_10003.",
        resolve: (issue) => issue.upstreamCode ?? null,
      }),
    }),
  })
  return { Code, Issue, Summary: addIssueSummary(builder, Code) }
}

function addIssueSummary(builder: Builder, Code: ReturnType<typeof addEnum<RowIssueCode>>) {
  return builder.objectRef<IssueSummary>('IssueSummary').implement({
    description: 'How often an issue occurred in this mutation, and where first.',
    fields: (t) => ({
      code: t.field({ type: Code, description: 'Stable code to act on.', resolve: (s) => s.code }),
      field: t.string({
        nullable: true,
        description: 'The field concerned; null when whole rows are meant.',
        resolve: (s) => s.field ?? null,
      }),
      count: t.int({ description: 'Number of such issues.', resolve: (s) => s.count }),
      firstIndexes: t.intList({ description: 'Indexes of the first rows concerned, at most ten.', resolve: (s) => [...s.firstIndexes] }),
      message: t.string({ description: 'The message of the first such issue.', resolve: (s) => s.message }),
    }),
  })
}

/** How often an issue occurred in a mutation, and where first. */
export interface IssueSummary extends IssueCount {
  /** Indexes of the first rows concerned, at most ten. */
  readonly firstIndexes: readonly number[]
  /** The message of the first such issue. */
  readonly message: string
}

/** The most groups in a summary. */
export const MAX_GROUPS = 100
const MAX_INDEXES = 10

/** The issues of all rejected rows grouped by code and field, most frequent first; at most 100 groups. */
export function summariseIssues(outcomes: readonly Outcome[]): IssueSummary[] {
  const groups = new Map<string, IssueGroup>()
  let index = 0
  for (const { outcome, count } of runsOf(outcomes)) {
    const found = outcome.status === 'REJECTED' ? outcome.issues.map((issue) => groupOf(issue, groups)) : []
    for (const group of found) group.count += count
    for (let at = 0; at < Math.min(count, MAX_INDEXES); at++)
      for (const { firstIndexes } of found) if (firstIndexes.length < MAX_INDEXES) firstIndexes.push(index + at)
    index += count
  }
  return [...groups.values()].sort((a, b) => b.count - a.count).slice(0, MAX_GROUPS)
}

type IssueGroup = IssueSummary & { count: number; readonly firstIndexes: number[] }

function groupOf({ code, field, message }: RowIssue, groups: Map<string, IssueGroup>): IssueGroup {
  return groups.getOrInsertComputed(`${code} ${field ?? ''}`, () => ({
    code,
    ...(field !== undefined && { field }),
    count: 0,
    firstIndexes: [],
    message,
  }))
}
