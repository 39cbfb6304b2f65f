import { z } from 'zod'
import { GatewayError } from '../../errors.ts'
import { REMEMBERED_MS, type ReadLedger } from '../../quality/ledger.ts'
import type { Rejection, Rejections } from '../../quality/rejections.ts'
import { type BucketLength, overTime, sumUp } from '../../quality/report.ts'
import { findResource } from '../../resource/contract.ts'
import { wireTimestamp } from '../../rows/timestamp.ts'
import { addEnum, type Builder, NULL_WHEN_DECLINED, tenantOf } from '../builder.ts'
import type { IngestTypes } from '../types/ingest-payload.ts'
import { addRejectionType, addReportType } from '../types/quality-types.ts'
import { lookUpSolution, orDecline, SOLUTION_ARGUMENT, type SolutionSources, solutionsOf } from './find-solution.ts'

export interface QualityOptions extends SolutionSources {
  readonly ledger: ReadLedger
  readonly rejections: Rejections
}

const BUCKET_DOCS = { MINUTE: 'One minute.', HOUR: 'One hour.', DAY: 'One day, in UTC.' } as const satisfies Record<BucketLength, string>

/** Defines the queries `dataQuality` and `recentRejections`. */
export function addQualityQueries(builder: Builder, types: IngestTypes, options: QualityOptions): void {
  addDataQuality(builder, types, options)
  addRecentRejections(builder, types, options)
}

function addDataQuality(builder: Builder, { Code }: IngestTypes, options: QualityOptions): void {
  const { contract, ledger } = options
  const Bucket = addEnum(builder, 'QualityBucketLength', 'How long each bucket of a report is.', BUCKET_DOCS)
  const Report = addReportType(builder, Code)
  builder.queryField('dataQuality', (t) =>
    t.field({
      type: Report,
      nullable: true,
      description: `The outcomes of the rows of the token, counted for up to 24 hours, or less where very many tokens send. No row is kept, and dry runs do not count. ${NULL_WHEN_DECLINED}`,
      args: {
        solution: t.arg.string(SOLUTION_ARGUMENT),
        resource: t.arg.string({ description: 'Only this resource; all of the solution where left out.' }),
        since: t.arg({ type: 'Timestamp', description: 'From this time on, rounded down to the minute; 24 hours ago where left out.' }),
        until: t.arg({ type: 'Timestamp', description: 'Up to this time; now where left out.' }),
        bucket: t.arg({ type: Bucket, defaultValue: 'HOUR', description: 'The length of each bucket.' }),
      },
      resolve: async (_, args, context) => {
        const tenant = tenantOf(context, 'read')
        const solution = orDecline(await lookUpSolution(context, options, args.solution))
        const resource = args.resource == null ? undefined : orDecline(findResource(contract.resources, args.resource)).graphqlName
        const { since, until } = readPeriod(args.since, args.until)
        const minutes = await ledger.minutes({ tenantId: tenant.id, solution: solution.name, resource, since, until })
        return { solution: solution.name, resource, since, until, ...sumUp(minutes), buckets: overTime(minutes, args.bucket ?? 'HOUR') }
      },
    }),
  )
}

function addRecentRejections(builder: Builder, types: IngestTypes, options: QualityOptions): void {
  const { contract, rejections } = options
  const RejectionRef = addRejectionType(builder, types)
  builder.queryField('recentRejections', (t) =>
    t.field({
      type: [RejectionRef],
      nullable: true,
      description: `The last rejected rows of the token, newest first: keys and issues only, without dry runs. Kept only where the operator has switched it on. ${NULL_WHEN_DECLINED}`,
      args: {
        solution: t.arg.string({ description: 'Only of this solution.' }),
        resource: t.arg.string({ description: 'Only of this resource.' }),
        last: t.arg.int({
          defaultValue: 20,
          validate: z.int().min(1, 'must be at least 1').max(1_000, 'must be at most 1000'),
          description: 'How many at most, up to 1,000.',
        }),
      },
      resolve: async (_, args, context) => {
        const tenant = tenantOf(context, 'read')
        if (!rejections.areKept)
          throw new GatewayError(
            'SWITCHED_OFF',
            'This gateway keeps no rejected rows; the operator can change that with RECENT_REJECTIONS.',
          )
        const solution = args.solution == null ? undefined : orDecline(await lookUpSolution(context, options, args.solution)).name
        const resource = args.resource == null ? undefined : orDecline(findResource(contract.resources, args.resource)).graphqlName
        const own = solutionsOf(context.caller)
        const wanted = (one: Rejection) =>
          one.solution === (solution ?? one.solution) && one.resource === (resource ?? one.resource) && own?.has(one.solution) !== false
        return rejections
          .of(tenant.id)
          .filter(wanted)
          .slice(0, args.last ?? 20)
      },
    }),
  )
}

function readPeriod(from: string | null | undefined, to: string | null | undefined): { since: number; until: number } {
  const until = to == null ? Date.now() : timestampOf(to)
  const since = Math.floor((from == null ? Date.now() - REMEMBERED_MS : timestampOf(from)) / 60_000) * 60_000
  if (since >= until) throw new GatewayError('BAD_USER_INPUT', 'since must be before until.')
  return { since, until }
}

function timestampOf(text: string): number {
  return Date.parse(String(wireTimestamp(text, 'ISO-8601 UTC')))
}
