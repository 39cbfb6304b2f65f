import { type GraphQLResolveInfo, Kind } from 'graphql'
import { GatewayError } from '../../errors.ts'
import type { Idempotency } from '../../idempotency/create-idempotency.ts'
import { createRowsDigest } from '../../idempotency/idempotency-key.ts'
import type { Ingest } from '../../ingest/ingest.ts'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import type { Operation } from '../../ingest/outcome.ts'
import type { FieldOfSeveral } from '../../ingest/repeated-keys.ts'
import type { FindAttributes } from '../../lifecycle/find-attributes.ts'
import type { Resource } from '../../resource/define-resource.ts'
import { releaseAll } from '../../rows/chunk.ts'
import type { Judge } from '../../rows/judge.ts'
import type { RowsText } from '../../rows/row-reader/row-reader.ts'
import { ROWS_PER_SLICE } from '../../util/time-slices.ts'
import { type Builder, type RequestContext, tenantOf } from '../builder.ts'
import { countAnswer } from '../cost/answer-limit.ts'
import { addCost } from '../plugins/use-operation.ts'
import { inLists, RawRows } from '../row-lists.ts'
import type { IngestTypes } from '../types/ingest-payload.ts'
import { addRowInput, ingestRight, mutationName } from '../types/row-input.ts'
import { boundSolution, findSolutionFor, type SolutionSources } from './find-solution.ts'
import { createKeyedIngest, type KeyedAnswers, keyOf } from './keyed-ingest.ts'

export interface IngestMutationOptions extends SolutionSources {
  readonly maxAnswerBytes: number
  readonly maxRowsPerMutation: number
  readonly judgeOf: (resource: Resource) => Judge
  readonly findAttributes: FindAttributes
  readonly ingest: Ingest
  readonly idempotency: Pick<Idempotency, 'run'>
}

const DOES = {
  UPSERT: 'Inserts or updates rows by primary key. Rows of one key are written in the order sent.',
  APPEND:
    'Inserts rows; none is sent again that may have been written. A row that repeats the key of an earlier row of the request is rejected.',
} as const satisfies Record<Operation, string>

const KEY_DOCS =
  'Names this request, so that it can be sent again without writing a row twice: 1 to 255 printable ASCII characters, new for each request. The same request with the same key is answered with what is true of every row, and only what may be sent is sent. Dry runs are not recorded.'

const NOT_RECORDED = 'A dry run is not recorded: nothing is known under its idempotency key.'

/** The two mutations of a resource: judge every row, send the good ones, answer for all of them. */
export function addIngestMutations(
  builder: Builder,
  resource: Resource,
  Payload: IngestTypes['Payload'],
  options: IngestMutationOptions,
): void {
  const RowInput = addRowInput(builder, resource)
  const judge = options.judgeOf(resource)
  for (const operation of ['UPSERT', 'APPEND'] as const) {
    builder.mutationField(mutationName(resource, operation), (t) =>
      t.field({
        type: Payload,
        // A declined field must not take the outcomes of the other fields of its document with it.
        nullable: true,
        description: `${resource.title} (${resource.module}). ${DOES[operation]}`,
        args: {
          rows: t.arg({
            type: [RowInput],
            required: true,
            description: `The rows, at most ${options.maxRowsPerMutation} a request. A bad row is rejected alone.`,
          }),
          solution: t.arg.string({ description: 'The solution to write to; may be left out where only one has the resource.' }),
          dryRun: t.arg.boolean({ defaultValue: false, description: 'Have the upstream validate the rows and write nothing.' }),
          idempotencyKey: t.arg.string({ description: KEY_DOCS }),
        },
        resolve: createIngestRows(resource, operation, judge, options),
      }),
    )
  }
}

interface IngestArguments {
  readonly rows: unknown
  readonly solution?: string | null | undefined
  readonly dryRun?: boolean | null | undefined
  readonly idempotencyKey?: string | null | undefined
}

/** Takes the rows of one field to their outcomes. */
function createIngestRows(resource: Resource, operation: Operation, judge: Judge, options: IngestMutationOptions) {
  const right = ingestRight(resource, operation)
  const ingestKeyed = createKeyedIngest(options.ingest, options.idempotency.run)

  return async (
    _: unknown,
    { rows, solution, dryRun, idempotencyKey }: IngestArguments,
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<IngestResult> => {
    const arrivedAt = performance.now()
    const tenant = tenantOf(context, right)
    boundSolution(context, solution)
    const key = keyOf(context.idempotencyKey, info, idempotencyKey)
    const digest = key === undefined || dryRun ? undefined : createRowsDigest()
    const lists = rowLists(rows, options.maxRowsPerMutation)
    // Awaited only where it is a promise, as below: most mutations are small, and their promises are much of what they cost.
    const judging = judge(digest?.read(lists) ?? lists)
    const judged = judging instanceof Promise ? await judging : judging
    const finding = findSolutionFor(context, options, resource, solution)
    const target = finding instanceof Promise ? await finding : finding
    const asking = options.findAttributes(tenant, target, resource, judged.attributeNames, context.origin)
    const { attributes, warning } = asking instanceof Promise ? await asking : asking
    if (attributes !== undefined || judged.attributeNames !== undefined) {
      const further = judged.judgeAttributes(attributes)
      if (further !== undefined) await further
    }
    try {
      const taken = context.takeRows?.(judged.count)
      if (taken !== undefined) await taken
      const weights = context.answerWeights?.get(String(info.path.key))
      const counted = countAnswer(context, weights, judged, options.maxAnswerBytes)
      if (counted !== undefined) await counted
    } catch (error) {
      releaseAll(judged.chunks)
      throw error
    }
    const destination = { tenant, solution: target, resource, operation, dryRun: dryRun ?? false }
    const { origin, priority } = context
    const among = fieldOfSeveral(context, info)
    const sending = { origin, arrivedAt, priority, among: among?.field }
    const result = await (key !== undefined && digest !== undefined
      ? ingestKeyed(destination, judged, sending, { key, rows: digest.text(), answers: among?.answers })
      : options.ingest(destination, judged, sending))
    addCost(context, result.sent)
    const warnings = [warning, key !== undefined && dryRun ? NOT_RECORDED : undefined].filter((one) => one !== undefined)
    return warnings.length === 0 ? result : { ...result, warnings: [...warnings, ...(result.warnings ?? [])] }
  }
}

/** For a document with several mutations: no key may be appended twice, and fields with the same idempotency key share one answer. */
function fieldOfSeveral(
  context: RequestContext,
  { operation, path }: GraphQLResolveInfo,
): { readonly field: FieldOfSeveral; readonly answers: KeyedAnswers } | undefined {
  const [first, second] = operation.selectionSet.selections
  if (first?.kind === Kind.FIELD && second === undefined) return undefined
  context.appended ??= new Map()
  context.keyedAnswers ??= new Map()
  return { field: { field: String(path.key), appended: context.appended }, answers: context.keyedAnswers }
}

/**
 * The rows that were sent, in lists; a single row counts as a list of one, as in GraphQL. Throws `TOO_MANY_ROWS` above the limit; for rows
 * not parsed yet, iterating the lists throws it.
 */
export function rowLists(sent: unknown, limit: number): Iterable<readonly unknown[] | RowsText> {
  if (sent instanceof RawRows) return atMostRows(limit, sent.lists)
  const rows: readonly unknown[] = Array.isArray(sent) ? sent : [sent]
  if (rows.length > limit) throw tooMany(limit, rows.length)
  return rows.length > ROWS_PER_SLICE ? inLists(rows) : [rows]
}

/**
 * Passes lists on up to the limit of rows, which the last one may exceed if it is not parsed yet; further ones are only counted and passed
 * on empty, and the end throws `TOO_MANY_ROWS`.
 */
export function* atMostRows(limit: number, lists: Iterable<readonly unknown[] | RowsText>): Iterable<readonly unknown[] | RowsText> {
  let actual = 0
  for (const list of lists) {
    const parsed = 'runs' in list ? 0 : list.length
    yield actual + parsed <= limit ? list : []
    actual += 'runs' in list ? list.count() : parsed
  }
  if (actual > limit) throw tooMany(limit, actual)
}

function tooMany(limit: number, actual: number): GatewayError {
  return new GatewayError('TOO_MANY_ROWS', `rows: at most ${limit} rows are taken at once; split the request`, { limit, actual })
}
