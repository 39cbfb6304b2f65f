import { GATEWAY_ERRORS, RETRY_AFTER_MS } from '../../errors.ts'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import { isRepeatable, type Outcome } from '../../ingest/outcome.ts'
import { objectName } from '../../resource/module.ts'
import { meaningsOf } from '../../util/code-words.ts'
import { nextSlice, ROWS_PER_SLICE } from '../../util/time-slices.ts'
import { addEnum, type Builder } from '../builder.ts'
import { memoize } from '../memoize.ts'
import { addRowIssue, summariseIssues } from './row-issue.ts'
import { addRowOutcome, type RowView } from './row-outcome.ts'

const OPERATIONS = {
  UPSERT: 'Inserts the row, or updates the one with the same primary key. Repeating it is safe.',
  APPEND: 'Only inserts. Sending a row again could write it twice, so Rowgate does so only where it was certainly not taken.',
}
const STATUSES = {
  ACCEPTED: 'The upstream accepted the row.',
  REJECTED: 'The row was refused and certainly not written.',
  UNCONFIRMED: 'It is not known whether the row was written.',
}

/** Defines the payload of ingest mutations: the three outcomes of a row, issues, and all codes. */
export function addIngestPayload(builder: Builder) {
  const parts = addParts(builder)
  addErrorCodes(builder)
  const Payload = addPayload(builder, parts)
  addRepeat(builder, Payload)
  return { Payload, ...parts }
}

/** The types of the payload, of which some are used elsewhere as well. */
export type IngestTypes = ReturnType<typeof addIngestPayload>

function addParts(builder: Builder) {
  const Operation = addEnum(builder, 'Operation', 'What the upstream is to do with the rows.', OPERATIONS)
  const RowStatus = addEnum(builder, 'RowStatus', 'What became of a row.', STATUSES)
  const { Code, Issue, Summary } = addRowIssue(builder)
  return { Operation, RowStatus, Code, Issue, Summary, ...addRowOutcome(builder, Issue) }
}

function addPayload(builder: Builder, { Operation, RowStatus, RowOutcome, Summary }: ReturnType<typeof addParts>) {
  return builder.objectRef<IngestResult>('IngestPayload').implement({
    description: 'The result of a mutation: one outcome for every row that was sent.',
    fields: (t) => ({
      requestId: t.expose('requestId', {
        type: 'ID',
        description:
          'Names the HTTP request in logs and upstream: its x-request-id where that is well formed, else one of ours. All fields of one request have the same.',
      }),
      object: t.string({
        description: "The upstream's full name of the table, such as INV_PRODUCTS_OOTB.",
        resolve: ({ destination: { solution, resource } }) => objectName(solution, resource),
      }),
      operation: t.field({ type: Operation, description: 'What was asked of the upstream.', resolve: (s) => s.destination.operation }),
      dryRun: t.boolean({
        description: 'True when the upstream was asked to validate only; nothing is written then.',
        resolve: (s) => s.destination.dryRun,
      }),
      acceptedCount: t.int({ description: 'Rows the upstream accepted.', resolve: (s) => s.counts.ACCEPTED }),
      rejectedCount: t.int({
        description: 'Rows refused, by Rowgate or by the upstream; certainly not written.',
        resolve: (s) => s.counts.REJECTED,
      }),
      unconfirmedCount: t.int({
        description: 'Rows of which it is not known whether they were written.',
        resolve: (s) => s.counts.UNCONFIRMED,
      }),
      rows: t.field({
        type: [RowOutcome],
        description: 'One outcome per row, in the order sent; with `only`, fewer.',
        args: {
          only: t.arg({
            type: [RowStatus],
            description: 'List only rows with these outcomes; [REJECTED, UNCONFIRMED] keeps a good answer small.',
          }),
        },
        resolve: (result, { only }) => rowViews(result, only ?? undefined),
      }),
      warnings: t.stringList({
        description:
          'What is to be known beside the outcomes: what could not be checked before the rows were sent, such as custom attributes of a schema that cannot be read, and what is not kept under the idempotency key.',
        resolve: (s) => s.warnings ?? [],
      }),
      issueSummary: t.field({
        type: [Summary],
        description: 'The issues of all rejected rows, grouped by code and field, most frequent first; at most 100 groups.',
        resolve: summaryOf,
      }),
    }),
  })
}

/** Adds the fields about sending again: rows that were not sent this time, and rows that are worth sending again. */
function addRepeat(builder: Builder, Payload: ReturnType<typeof addPayload>): void {
  builder.objectFields(Payload, (t) => ({
    replayedCount: t.int({
      description: 'Rows that were not sent this time, because they have an outcome under the idempotency key already.',
      resolve: (s) => s.replayedCount ?? 0,
    }),
    retryableCount: t.int({
      description: 'Rows that are worth sending again: with an idempotency key by the very same request, which writes no row twice.',
      resolve: (s) => repeatOf(s).count,
    }),
    retryAfterMs: t.int({
      nullable: true,
      description: 'Milliseconds to wait before that; null where `retryableCount` is 0.',
      resolve: (s) => repeatOf(s).afterMs,
    }),
  }))
}

function addErrorCodes(builder: Builder): void {
  addEnum(
    builder,
    'GatewayErrorCode',
    'Codes of declined requests and fields, in `errors[].extensions.code`; numbers that go with a code stand beside it. An error with a `path` declines the field there and nothing else, one without it the whole request.',
    meaningsOf(GATEWAY_ERRORS),
  )
}

// Memoized: a document may select these under many aliases, and each would visit all rows.
const summaryOf = memoize(({ outcomes }: IngestResult) => summariseIssues(outcomes))
const repeatOf = memoize(findRepeat)

/** The number of rows worth sending again, and the longest time that any of them should wait. */
function findRepeat({ outcomes, retryableCount }: IngestResult): { readonly count: number; readonly afterMs: number | null } {
  let [count, afterMs] = [0, 0]
  for (const outcome of outcomes) {
    if (!isRepeatable(outcome)) continue
    count++
    afterMs = Math.max(afterMs, (outcome.status === 'ACCEPTED' ? undefined : outcome.retryAfterMs) ?? RETRY_AFTER_MS)
  }
  const known = retryableCount ?? count
  return { count: known, afterMs: known === 0 ? null : afterMs || RETRY_AFTER_MS }
}

/** The rows with an outcome, filtered by status. A long list is yielded in pieces, since executing its fields at once would block the event loop. */
export function rowViews(
  result: RowView['result'] & { readonly outcomes: readonly (Outcome | undefined)[] },
  only: readonly Outcome['status'][] | undefined,
): RowView[] | AsyncIterable<RowView> {
  const { outcomes } = result
  const viewOf = (index: number): RowView | undefined => {
    const outcome = outcomes[index]
    return outcome !== undefined && (only?.includes(outcome.status) ?? true) ? { index, result, outcome } : undefined
  }
  if (outcomes.length > ROWS_PER_SLICE) return slowly(outcomes.length, viewOf)
  return outcomes.flatMap((_, index) => viewOf(index) ?? [])
}

async function* slowly<T>(count: number, itemAt: (index: number) => T | undefined): AsyncIterable<T> {
  for (let index = 0; index < count; index++) {
    if (index % SLICE === SLICE - 1) await nextSlice()
    const item = itemAt(index)
    if (item !== undefined) yield item
  }
}

/** So many rows take the default executor some tens of milliseconds at most, even with all issues. */
const SLICE = 500
