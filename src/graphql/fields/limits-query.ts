import { z } from 'zod'
import type { Usage } from '../../ingest/batcher.ts'
import { type Builder, NULL_WHEN_DECLINED, tenantOf } from '../builder.ts'
import type { IngestLimits } from './resources-query.ts'

export interface LimitsOptions extends IngestLimits {
  readonly requestsPerSecond: number
  readonly maxBodyBytes: number
  readonly maxAnswerBytes: number
  /** How long the record of a request with an idempotency key is kept. */
  readonly retentionMs: number
  /** How much of its limits a tenant uses now. */
  readonly usageOf: (tenantId: string) => Usage
}

/** The cost of rows: the upstream requests they fill, and how long these take at least under the rate limit. */
interface Cost {
  readonly rows: number
  readonly requests: number
  readonly seconds: number
}

/** The cost of a mutation of so many rows if no request is shared, refused or repeated. */
function costOf(rows: number, { maxBatchRows, requestsPerSecond }: Pick<LimitsOptions, 'maxBatchRows' | 'requestsPerSecond'>): Cost {
  const requests = Math.ceil(rows / maxBatchRows)
  return { rows, requests, seconds: requests / requestsPerSecond }
}

/** Defines the `limits` query. */
export function addLimitsQuery(builder: Builder, options: LimitsOptions): void {
  const Limits = addLimitsType(builder, options)
  builder.queryField('limits', (t) =>
    t.field({
      type: Limits,
      nullable: true,
      description: `The limits of the token, and how much of them is in use. ${NULL_WHEN_DECLINED}`,
      resolve: (_, __, context) => options.usageOf(tenantOf(context).id),
    }),
  )
}

function addLimitsType(builder: Builder, options: LimitsOptions) {
  const CostRef = addCostType(builder)
  return builder.objectRef<Usage>('Limits').implement({
    description: 'How much is accepted at once and per second, and how much of that the token uses now.',
    fields: (t) => ({
      rowsPerMutation: t.int({
        description: 'Rows that all fields of one request may carry together.',
        resolve: () => options.maxRowsPerMutation,
      }),
      bytesPerBody: t.int({ description: 'Bytes one HTTP body may have.', resolve: () => options.maxBodyBytes }),
      bytesPerAnswer: t.int({
        description: 'Bytes that the outcomes of one request may have together, estimated before any of its rows is sent.',
        resolve: () => options.maxAnswerBytes,
      }),
      rowsPerRequest: t.int({ description: 'Rows of one upstream request.', resolve: () => options.maxBatchRows }),
      bytesPerRequest: t.int({ description: 'Bytes of one upstream request.', resolve: () => options.maxBatchBytes }),
      requestsPerSecond: t.int({
        description:
          'Upstream requests in any one second, over all callers of the token; fewer for a while after the upstream asked to slow down.',
        resolve: () => options.requestsPerSecond,
      }),
      currentRequestsPerSecond: t.exposeInt('currentRequestsPerSecond', {
        description:
          '`requestsPerSecond`, or what is left of it now: an answer 429 of the upstream halves it, and it recovers by five a second each second.',
      }),
      idempotencyRetentionSeconds: t.int({
        description: 'Seconds for which the outcomes of a request are kept under its idempotency key, from when work on it last began.',
        resolve: () => Math.floor(options.retentionMs / 1_000),
      }),
      requestsInLastSecond: t.exposeInt('requestsInLastSecond', {
        description:
          'Upstream requests of the token that count in its rate: those of the last second, and the latest that have no answer yet.',
      }),
      rowsWaiting: t.exposeInt('rowsWaiting', { description: 'Rows of the token that wait to be sent.' }),
      cost: t.field({
        type: CostRef,
        description: 'The cost of a mutation with this many good rows.',
        args: { rows: t.arg.int({ required: true, validate: z.int().min(0, 'must not be negative'), description: 'How many rows.' }) },
        resolve: (_, { rows }) => costOf(rows, options),
      }),
    }),
  })
}

function addCostType(builder: Builder) {
  return builder.objectRef<Cost>('IngestCost').implement({
    description: 'The cost of rows. Every answer to mutations of rows has its own in `extensions.cost`.',
    fields: (t) => ({
      rows: t.exposeInt('rows', { description: 'Rows.' }),
      requests: t.exposeInt('requests', { description: 'Upstream requests they fill.' }),
      seconds: t.exposeFloat('seconds', { description: 'Seconds that these take at least, by the rate limit.' }),
    }),
  })
}
