import type { IssueCount } from '../../quality/minutes.ts'
import type { Rejection } from '../../quality/rejections.ts'
import type { Quality, QualityBucket } from '../../quality/report.ts'
import type { Builder } from '../builder.ts'
import { printTimestamp } from '../scalars.ts'
import type { addRowIssue } from './row-issue.ts'
import type { addRowOutcome } from './row-outcome.ts'

/** Types of the ingest payload that are used here as well. */
export interface SharedTypes
  extends Pick<ReturnType<typeof addRowIssue>, 'Code' | 'Issue'>,
    Pick<ReturnType<typeof addRowOutcome>, 'Judge'> {}

/** The outcomes of rows in a period. */
export interface Report extends Quality {
  readonly solution: string
  readonly resource: string | undefined
  readonly since: number
  readonly until: number
  readonly buckets: readonly QualityBucket[]
}

/** Defines the answer of `dataQuality`. */
export function addReportType(builder: Builder, Code: SharedTypes['Code']) {
  const Bucket = addBucketType(builder)
  const Count = builder.objectRef<IssueCount>('IssueCount').implement({
    description: 'How often an issue occurred.',
    fields: (t) => ({
      code: t.field({ type: Code, description: 'Stable code to act on.', resolve: (c) => c.code }),
      field: t.string({
        nullable: true,
        description: 'The field; null when whole rows are meant, or fields beyond the first fifty kinds of issues.',
        resolve: (c) => c.field ?? null,
      }),
      count: t.int({ description: 'Number of such issues.', resolve: (c) => c.count }),
    }),
  })
  return builder.objectRef<Report>('DataQuality').implement({
    description: 'The outcomes of rows in a period.',
    fields: (t) => ({
      solution: t.string({ description: 'The solution.', resolve: (r) => r.solution }),
      resource: t.string({
        nullable: true,
        description: 'The resource; null for all of the solution.',
        resolve: (r) => r.resource ?? null,
      }),
      since: t.field({ type: 'Timestamp', description: 'The start of the period.', resolve: (r) => printTimestamp(r.since) }),
      until: t.field({ type: 'Timestamp', description: 'The end of the period.', resolve: (r) => printTimestamp(r.until) }),
      mutations: t.int({ description: 'Mutations.', resolve: (r) => r.mutations }),
      accepted: t.int({ description: 'Rows the upstream accepted.', resolve: (r) => r.accepted }),
      rejected: t.int({ description: 'Rows refused, by Rowgate or by the upstream.', resolve: (r) => r.rejected }),
      unconfirmed: t.int({ description: 'Rows of which it is not known whether they were written.', resolve: (r) => r.unconfirmed }),
      passRate: t.float({
        nullable: true,
        description: 'Accepted rows over all rows, from 0 to 1; null where there were none.',
        resolve: (r) => r.passRate ?? null,
      }),
      topIssues: t.field({
        type: [Count],
        description: 'Issues by code and field, most frequent first; at most 20.',
        resolve: (r) => r.issues.slice(0, 20),
      }),
      buckets: t.field({
        type: [Bucket],
        description: 'The same over time: buckets with any rows, in order.',
        resolve: (r) => [...r.buckets],
      }),
    }),
  })
}

function addBucketType(builder: Builder) {
  return builder.objectRef<QualityBucket>('DataQualityBucket').implement({
    description: 'The outcomes of rows in one bucket.',
    fields: (t) => ({
      start: t.field({ type: 'Timestamp', description: 'The start of the bucket.', resolve: (b) => printTimestamp(b.start) }),
      mutations: t.int({ description: 'Mutations.', resolve: (b) => b.mutations }),
      accepted: t.int({ description: 'Rows the upstream accepted.', resolve: (b) => b.accepted }),
      rejected: t.int({ description: 'Rows refused.', resolve: (b) => b.rejected }),
      unconfirmed: t.int({ description: 'Rows of which it is not known whether they were written.', resolve: (b) => b.unconfirmed }),
      passRate: t.float({ nullable: true, description: 'Accepted rows over all rows, from 0 to 1.', resolve: (b) => b.passRate ?? null }),
    }),
  })
}

/** Defines the type of remembered rejected rows. */
export function addRejectionType(builder: Builder, { Issue, Judge }: SharedTypes) {
  return builder.objectRef<Rejection>('RecentRejection').implement({
    description: 'A rejected row: its key and what was wrong, nothing else of it.',
    fields: (t) => ({
      at: t.field({ type: 'Timestamp', description: 'When it was rejected.', resolve: (r) => printTimestamp(r.at) }),
      requestId: t.field({ type: 'ID', description: 'The request it came with.', resolve: (r) => r.requestId }),
      solution: t.string({ description: 'The solution.', resolve: (r) => r.solution }),
      resource: t.string({ description: 'The resource.', resolve: (r) => r.resource }),
      index: t.int({ description: 'Its index among the rows sent, from 0.', resolve: (r) => r.index }),
      key: t.field({ type: 'JSONObject', description: 'Its primary key by field.', resolve: (r) => r.key }),
      by: t.field({ type: Judge, description: 'Who refused it.', resolve: (r) => r.by }),
      issues: t.field({ type: [Issue], description: 'Everything wrong with it.', resolve: (r) => [...r.issues] }),
    }),
  })
}
