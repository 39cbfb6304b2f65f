import { z } from 'zod'
import type { FoundRequest, Idempotency } from '../../idempotency/create-idempotency.ts'
import { isIdempotencyKey, KEY_RULE } from '../../idempotency/idempotency-key.ts'
import { REQUEST_STATES } from '../../idempotency/states.ts'
import type { Outcome } from '../../ingest/outcome.ts'
import { NO_KEYS } from '../../rows/public-keys.ts'
import { addEnum, type Builder, NULL_WHEN_DECLINED, type RequestContext, tenantOf } from '../builder.ts'
import { countIn } from '../cost/answer-limit.ts'
import { type IngestTypes, rowViews } from '../types/ingest-payload.ts'
import { readOnce } from './request-reads.ts'

export interface IngestRequestOptions {
  readonly idempotency: Pick<Idempotency, 'find'>
  readonly maxAnswerBytes: number
}

/** The estimated length of an outcome in an answer, in bytes. */
const OUTCOME_BYTES = 300

/** Defines the query for the request with an idempotency key. */
export function addIngestRequestQuery(builder: Builder, types: IngestTypes, options: IngestRequestOptions): void {
  const Request = addRequestType(builder, types, options)
  builder.queryField('ingestRequest', (t) =>
    t.field({
      type: Request,
      nullable: true,
      description: `What became of the rows that the token sent with an idempotency key, without sending them again. Null also for a key that nobody knows. ${NULL_WHEN_DECLINED}`,
      args: {
        idempotencyKey: t.arg.string({
          required: true,
          validate: z.string().refine(isIdempotencyKey, KEY_RULE),
          description: 'The key that the mutation had.',
        }),
      },
      resolve: (_, { idempotencyKey }, context) => {
        const { id } = tenantOf(context, 'outcomes')
        return readOnce(context, `ingestRequest ${idempotencyKey}`, () => options.idempotency.find(id, idempotencyKey))
      },
    }),
  )
}

function addRequestType(builder: Builder, { Operation, RowStatus, RowOutcome }: IngestTypes, options: IngestRequestOptions) {
  const State = addEnum(builder, 'IngestRequestState', 'The state of a request with an idempotency key.', REQUEST_STATES)
  const count = (status: Outcome['status']) => (found: FoundRequest) =>
    found.outcomes.reduce((sum, outcome) => (outcome?.status === status ? sum + 1 : sum), 0)
  return builder.objectRef<FoundRequest>('IngestRequest').implement({
    description: 'What is known of a request with an idempotency key. No value of a row is kept, so that rows go by their index.',
    fields: (t) => ({
      state: t.expose('state', { type: State, description: 'Its state.' }),
      operation: t.expose('operation', { type: Operation, description: 'What was asked of the upstream.' }),
      rowCount: t.int({ description: 'How many rows it has.', resolve: (found) => found.outcomes.length }),
      acceptedCount: t.int({ description: 'Rows the upstream accepted.', resolve: count('ACCEPTED') }),
      rejectedCount: t.int({ description: 'Rows refused; certainly not written.', resolve: count('REJECTED') }),
      unconfirmedCount: t.int({
        description: 'Rows that may or may not have been written, those of an APPEND that are on their way to the upstream among them.',
        resolve: count('UNCONFIRMED'),
      }),
      pendingCount: t.int({
        description: 'Rows of which nothing is known: they were not sent, or those of an UPSERT are on their way or were interrupted.',
        resolve: ({ outcomes }) => outcomes.reduce((sum, outcome) => (outcome === undefined ? sum + 1 : sum), 0),
      }),
      retryableCount: t.exposeInt('retryableCount', {
        description: 'Rows that are worth sending again, by the very same request.',
      }),
      rows: t.field({
        type: [RowOutcome],
        description: 'The rows that have an outcome, by index; `key` is empty, since keys are not kept.',
        args: { only: t.arg({ type: [RowStatus], description: 'List only rows with these outcomes.' }) },
        resolve: ({ outcomes }, { only }, context) => {
          const isListed = (outcome: Outcome | undefined) => outcome !== undefined && (only?.includes(outcome.status) ?? true)
          countIn(context, outcomes.filter(isListed).length * OUTCOME_BYTES, limitFor(context, options.maxAnswerBytes))
          return rowViews({ outcomes, publicKeys: NO_KEYS }, only ?? undefined)
        },
      }),
      createdAt: t.expose('createdAt', {
        type: 'Timestamp',
        description: 'When the key came first.',
      }),
      openedAt: t.expose('openedAt', {
        type: 'Timestamp',
        description: 'When work on it began last.',
      }),
    }),
  })
}

/** The limit on all lists of a document that asks for several: they are printed in one turn of the event loop. */
const SEVERAL_LISTS_BYTES = 15_000_000

/** The limit on the answer; lower once a document has asked for a list before, under another alias. */
function limitFor({ answerBytes = 0 }: RequestContext, maxAnswerBytes: number): number {
  return answerBytes === 0 ? maxAnswerBytes : Math.min(maxAnswerBytes, SEVERAL_LISTS_BYTES)
}
