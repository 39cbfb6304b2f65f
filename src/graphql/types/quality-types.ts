import type { IssueCount } from '../../quality/minutes.ts'
import type { Rejection } from '../../quality/rejections.ts'
import type { Quality, QualityBucket } from '../../quality/report.ts'
import type { Builder } from '../builder.ts'
import type { IngestTypes } from './ingest-payload.ts'

/** The outcomes of rows in a period. */
export interface Report extends Quality {
  readonly solution: string
  readonly resource: string | undefined
  readonly since: number
  readonly until: number
  readonly buckets: readonly QualityBucket[]
}

/** Defines the answer of `dataQuality`. */
export function addReportType(builder: Builder, Code: IngestTypes['Code']) {
  const Bucket = addBucketType(builder)
  const Count = builder.objectRef<IssueCount>('IssueCount').implement({
    description: 'How often an issue occurred.',
    fields: (t) => ({
      code: t.expose('code', { type: Code, description: 'Stable code to act on.' }),
      field: t.exposeString('field', {
        nullable: true,
        description: 'The field; null when whole rows are meant, or fields beyond the first fifty kinds of issues.',
      }),
      count: t.exposeInt('count', { description: 'Number of such issues.' }),
    }),
  })
  return builder.objectRef<Report>('DataQuality').implement({
    description: 'The outcomes of rows in a period.',
    fields: (t) => ({
      solution: t.exposeString('solution', { description: 'The solution.' }),
      resource: t.exposeString('resource', {
        nullable: true,
        description: 'The resource; null for all of the solution.',
      }),
      since: t.expose('since', { type: 'Timestamp', description: 'The start of the period.' }),
      until: t.expose('until', { type: 'Timestamp', description: 'The end of the period.' }),
      mutations: t.exposeInt('mutations', { description: 'Mutations.' }),
      accepted: t.exposeInt('accepted', { description: 'Rows the upstream accepted.' }),
      rejected: t.exposeInt('rejected', { description: 'Rows refused, by Rowgate or by the upstream.' }),
      unconfirmed: t.exposeInt('unconfirmed', { description: 'Rows of which it is not known whether they were written.' }),
      passRate: t.exposeFloat('passRate', {
        nullable: true,
        description: 'Accepted rows over all rows, from 0 to 1; null where there were none.',
      }),
      topIssues: t.field({
        type: [Count],
        description: 'Issues by code and field, most frequent first; at most 20.',
        resolve: (r) => r.issues.slice(0, 20),
      }),
      buckets: t.expose('buckets', {
        type: [Bucket],
        description: 'The same over time: buckets with any rows, in order.',
      }),
    }),
  })
}

function addBucketType(builder: Builder) {
  return builder.objectRef<QualityBucket>('DataQualityBucket').implement({
    description: 'The outcomes of rows in one bucket.',
    fields: (t) => ({
      start: t.expose('start', { type: 'Timestamp', description: 'The start of the bucket.' }),
      mutations: t.exposeInt('mutations', { description: 'Mutations.' }),
      accepted: t.exposeInt('accepted', { description: 'Rows the upstream accepted.' }),
      rejected: t.exposeInt('rejected', { description: 'Rows refused.' }),
      unconfirmed: t.exposeInt('unconfirmed', { description: 'Rows of which it is not known whether they were written.' }),
      passRate: t.exposeFloat('passRate', { nullable: true, description: 'Accepted rows over all rows, from 0 to 1.' }),
    }),
  })
}

/** Defines the type of remembered rejected rows. */
export function addRejectionType(builder: Builder, { Issue, Judge }: IngestTypes) {
  return builder.objectRef<Rejection>('RecentRejection').implement({
    description: 'A rejected row: its key and what was wrong, nothing else of it.',
    fields: (t) => ({
      at: t.expose('at', { type: 'Timestamp', description: 'When it was rejected.' }),
      requestId: t.expose('requestId', { type: 'ID', description: 'The request it came with.' }),
      solution: t.exposeString('solution', { description: 'The solution.' }),
      resource: t.exposeString('resource', { description: 'The resource.' }),
      index: t.exposeInt('index', { description: 'Its index among the rows sent, from 0.' }),
      key: t.expose('key', { type: 'JSONObject', description: 'Its primary key by field.' }),
      by: t.expose('by', { type: Judge, description: 'Who refused it.' }),
      issues: t.expose('issues', { type: [Issue], description: 'Everything wrong with it.' }),
    }),
  })
}
