import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import type { IssueCount } from '../quality/issue-counts.ts'
import { type Ledger, REMEMBERED_MS } from '../quality/ledger.ts'
import type { Rejection, Rejections } from '../quality/rejections.ts'
import { type BucketLength, overTime, type Quality, type QualityBucket, sumUp } from '../quality/report.ts'
import type { Contract } from '../resource/contract.ts'
import type { Solution } from '../resource/module.ts'
import { wireMoment } from '../resource/moment.ts'
import { findResource, findSolution } from '../resource/solutions.ts'
import { addEnum } from './add-enum.ts'
import type { Builder } from './builder.ts'
import { named } from './rollout-mutation.ts'
import type { addRowIssue } from './row-issue.ts'
import type { addRowOutcome } from './row-outcome.ts'

export interface QualityOptions {
  readonly contract: Contract
  readonly solutions: readonly Solution[]
  readonly ledger: Ledger
  readonly rejections: Rejections
}

/** Types of the ingest payload that are used here as well. */
export interface SharedTypes
  extends Pick<ReturnType<typeof addRowIssue>, 'Code' | 'Issue'>,
    Pick<ReturnType<typeof addRowOutcome>, 'Judge'> {}

interface Report extends Quality {
  readonly solution: string
  readonly resource: string | undefined
  readonly since: number
  readonly until: number
  readonly buckets: readonly QualityBucket[]
}

const BUCKET_DOCS = { MINUTE: 'One minute.', HOUR: 'One hour.', DAY: 'One day, in UTC.' } as const satisfies Record<BucketLength, string>

/** Defines the queries over what became of rows. */
export function addQualityQueries(builder: Builder, shared: SharedTypes, options: QualityOptions): void {
  addDataQuality(builder, shared, options)
  addRecentRejections(builder, shared, options)
}

function addDataQuality(builder: Builder, { Code }: SharedTypes, { contract, solutions, ledger }: QualityOptions): void {
  const Bucket = addEnum(builder, 'QualityBucketLength', 'How long each bucket of a report is.', BUCKET_DOCS)
  const Report = addReportType(builder, Code)
  builder.queryField('dataQuality', (t) =>
    t.field({
      type: Report,
      description:
        'What became of the rows of the token, counted by this process for up to 24 hours. No row is kept, and dry runs do not count.',
      args: {
        solution: t.arg.string({ required: true, validate: named, description: 'A configured solution.' }),
        resource: t.arg.string({ description: 'Only this resource; all of the solution where left out.' }),
        since: t.arg({ type: 'Timestamp', description: 'From this moment on, to the minute; 24 hours ago where left out.' }),
        until: t.arg({ type: 'Timestamp', description: 'Up to this moment; now where left out.' }),
        bucket: t.arg({ type: Bucket, defaultValue: 'HOUR', description: 'How long each bucket is.' }),
      },
      resolve: (_, args, context) => {
        const solution = known(findSolution(solutions, args.solution))
        const resource = args.resource == null ? undefined : known(findResource(contract.resources, args.resource)).graphqlName
        const { since, until } = readPeriod(args.since, args.until)
        const minutes = ledger.minutes({ tenantId: context.tenant().id, solution: solution.name, resource, since, until })
        return { solution: solution.name, resource, since, until, ...sumUp(minutes), buckets: overTime(minutes, args.bucket ?? 'HOUR') }
      },
    }),
  )
}

function addRecentRejections(builder: Builder, shared: SharedTypes, { contract, solutions, rejections }: QualityOptions): void {
  const RejectionRef = addRejectionType(builder, shared)
  builder.queryField('recentRejections', (t) =>
    t.field({
      type: [RejectionRef],
      description:
        'The last rejected rows of the token, newest first: keys and issues only. Kept only where the operator has switched it on.',
      args: {
        solution: t.arg.string({ description: 'Only of this solution.' }),
        resource: t.arg.string({ description: 'Only of this resource.' }),
        last: t.arg.int({
          defaultValue: 20,
          validate: z.int().min(1, 'must be at least 1').max(1_000, 'must be at most 1000'),
          description: 'How many at most.',
        }),
      },
      resolve: (_, args, context) => {
        const tenantId = context.tenant().id
        if (!rejections.areKept)
          throw new GatewayError('SWITCHED_OFF', 'Rejected rows are not kept here; the operator sets RECENT_REJECTIONS.')
        const solution = args.solution == null ? undefined : known(findSolution(solutions, args.solution)).name
        const resource = args.resource == null ? undefined : known(findResource(contract.resources, args.resource)).graphqlName
        const wanted = (one: Rejection) => one.solution === (solution ?? one.solution) && one.resource === (resource ?? one.resource)
        return rejections
          .of(tenantId)
          .filter(wanted)
          .slice(0, args.last ?? 20)
      },
    }),
  )
}

function known<T extends object>(found: T | { readonly fault: string }): T {
  if ('fault' in found) throw new GatewayError('BAD_USER_INPUT', found.fault)
  return found as T
}

function readPeriod(from: string | null | undefined, to: string | null | undefined): { since: number; until: number } {
  const until = to == null ? Date.now() : momentOf(to)
  const since = Math.floor((from == null ? Date.now() - REMEMBERED_MS : momentOf(from)) / 60_000) * 60_000
  if (since >= until) throw new GatewayError('BAD_USER_INPUT', 'since must be before until.')
  return { since, until }
}

function momentOf(text: string): number {
  return Date.parse(String(wireMoment(text, 'ISO-8601 UTC')))
}

/** A moment as this API prints it. */
export function printMoment(ms: number): string {
  return new Date(ms).toISOString()
}

type CodeRef = SharedTypes['Code']

function addReportType(builder: Builder, Code: CodeRef) {
  const Bucket = addBucketType(builder)
  const Count = builder.objectRef<IssueCount>('IssueCount').implement({
    description: 'How often one complaint was made.',
    fields: (t) => ({
      code: t.field({ type: Code, description: 'Stable code to act on.', resolve: (c) => c.code }),
      field: t.string({ nullable: true, description: 'The field; null when whole rows are meant.', resolve: (c) => c.field ?? null }),
      count: t.int({ description: 'Number of such issues.', resolve: (c) => c.count }),
    }),
  })
  return builder.objectRef<Report>('DataQuality').implement({
    description: 'What became of rows in a period.',
    fields: (t) => ({
      solution: t.string({ description: 'The solution.', resolve: (r) => r.solution }),
      resource: t.string({
        nullable: true,
        description: 'The resource; null for all of the solution.',
        resolve: (r) => r.resource ?? null,
      }),
      since: t.field({ type: 'Timestamp', description: 'Where the period begins.', resolve: (r) => printMoment(r.since) }),
      until: t.field({ type: 'Timestamp', description: 'Where it ends.', resolve: (r) => printMoment(r.until) }),
      mutations: t.int({ description: 'Mutations.', resolve: (r) => r.mutations }),
      accepted: t.int({ description: 'Rows the upstream accepted.', resolve: (r) => r.accepted }),
      rejected: t.int({ description: 'Rows refused, by Rowgate or by the upstream.', resolve: (r) => r.rejected }),
      unconfirmed: t.int({ description: 'Rows whose fate is not known.', resolve: (r) => r.unconfirmed }),
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
        description: 'The same over time: buckets in which there was anything, in order.',
        resolve: (r) => [...r.buckets],
      }),
    }),
  })
}

function addBucketType(builder: Builder) {
  return builder.objectRef<QualityBucket>('DataQualityBucket').implement({
    description: 'What became of rows in one stretch of time.',
    fields: (t) => ({
      start: t.field({ type: 'Timestamp', description: 'Where it begins.', resolve: (b) => printMoment(b.start) }),
      mutations: t.int({ description: 'Mutations.', resolve: (b) => b.mutations }),
      accepted: t.int({ description: 'Rows the upstream accepted.', resolve: (b) => b.accepted }),
      rejected: t.int({ description: 'Rows refused.', resolve: (b) => b.rejected }),
      unconfirmed: t.int({ description: 'Rows whose fate is not known.', resolve: (b) => b.unconfirmed }),
      passRate: t.float({ nullable: true, description: 'Accepted rows over all rows, from 0 to 1.', resolve: (b) => b.passRate ?? null }),
    }),
  })
}

function addRejectionType(builder: Builder, { Issue, Judge }: SharedTypes) {
  return builder.objectRef<Rejection>('RecentRejection').implement({
    description: 'A rejected row: its key and what was wrong, nothing else of it.',
    fields: (t) => ({
      at: t.field({ type: 'Timestamp', description: 'When it was rejected.', resolve: (r) => printMoment(r.at) }),
      requestId: t.field({ type: 'ID', description: 'The mutation it came with.', resolve: (r) => r.requestId }),
      solution: t.string({ description: 'The solution.', resolve: (r) => r.solution }),
      resource: t.string({ description: 'The resource.', resolve: (r) => r.resource }),
      index: t.int({ description: 'Its place in the rows sent, from 0.', resolve: (r) => r.index }),
      key: t.field({ type: 'JSONObject', description: 'Its primary key by field.', resolve: (r) => r.key }),
      by: t.field({ type: Judge, description: 'Who refused it.', resolve: (r) => r.by }),
      issues: t.field({ type: [Issue], description: 'Everything wrong with it.', resolve: (r) => [...r.issues] }),
    }),
  })
}
