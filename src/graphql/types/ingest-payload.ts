import { GATEWAY_ERRORS } from '../../errors.ts'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import { type IssueSummary, summariseIssues } from '../../ingest/issue-summary.ts'
import type { Outcome } from '../../ingest/outcome.ts'
import { objectName } from '../../resource/solutions.ts'
import { nextSlice, ROWS_PER_SLICE } from '../../util/time-slices.ts'
import type { Builder } from '../builder.ts'
import { addEnum } from './add-enum.ts'
import { addRowIssue } from './row-issue.ts'
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

/** Defines what an ingest mutation answers with: the payload, the three outcomes of a row, issues, and every code. */
export function addIngestPayload(builder: Builder) {
  const Operation = addEnum(builder, 'Operation', 'What the upstream is to do with the rows.', OPERATIONS)
  const RowStatus = addEnum(builder, 'RowStatus', 'What became of a row.', STATUSES)
  const { Code, Issue, Summary } = addRowIssue(builder)
  const { RowOutcome, Judge } = addRowOutcome(builder, Issue)
  addErrorCodes(builder)
  const Payload = builder.objectRef<IngestResult>('IngestPayload').implement({
    description: 'What a mutation came to: one outcome for every row that was sent.',
    fields: (t) => ({
      requestId: t.field({
        type: 'ID',
        description:
          'Names the HTTP request in logs and upstream: its x-request-id where that is well formed, else one of ours. All fields of one request have the same.',
        resolve: (s) => s.requestId,
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
        description: 'What could not be checked before the rows were sent, such as custom attributes of a schema that cannot be read.',
        resolve: (s) => [...(s.warnings ?? [])],
      }),
      issueSummary: t.field({
        type: [Summary],
        description: 'The issues of all rejected rows, grouped by code and field, most frequent first; at most 100 groups.',
        resolve: summaryOf,
      }),
    }),
  })
  return { Payload, Code, Issue, Judge }
}

function addErrorCodes(builder: Builder): void {
  addEnum(
    builder,
    'GatewayErrorCode',
    'Codes of declined requests and fields, in `errors[].extensions.code`; numbers that go with a code stand beside it. An error with a `path` declines the field there and nothing else, one without it the whole request.',
    Object.fromEntries(Object.entries(GATEWAY_ERRORS).map(([name, { meaning }]) => [name, meaning])),
  )
}

// A document may ask for it under many names, and each time all rows would be gone through.
const summaries = new WeakMap<IngestResult, IssueSummary[]>()

function summaryOf(result: IngestResult): IssueSummary[] {
  const summary = summaries.get(result) ?? summariseIssues(result.outcomes)
  summaries.set(result, summary)
  return summary
}

/** A long list comes bit by bit: executed at once, its fields would block the event loop for as long as they take. */
function rowViews(result: IngestResult, only: readonly Outcome['status'][] | undefined): RowView[] | AsyncIterable<RowView> {
  const { outcomes } = result
  const isAsked = ({ status }: Outcome) => only?.includes(status) ?? true
  const viewOf = (index: number): RowView => ({ index, result, outcome: outcomes[index] as Outcome })
  if (outcomes.length > ROWS_PER_SLICE)
    return slowly(outcomes.length, (index) => (isAsked(outcomes[index] as Outcome) ? viewOf(index) : undefined))
  return outcomes.flatMap((outcome, index) => (isAsked(outcome) ? [viewOf(index)] : []))
}

async function* slowly<T>(count: number, itemAt: (index: number) => T | undefined): AsyncIterable<T> {
  for (let index = 0; index < count; index++) {
    if (index % SLICE === SLICE - 1) await nextSlice()
    const item = itemAt(index)
    if (item !== undefined) yield item
  }
}

/** Rows whose fields the default executor completes within some tens of milliseconds, even with all issues. */
const SLICE = 500
