import { RETRY_AFTER_MS } from '../../errors.ts'
import type { IngestResult } from '../../ingest/ingest-result.ts'
import { JUDGES, type Outcome, type Rejected, UNCONFIRMED_REASONS, type Unconfirmed } from '../../ingest/outcome.ts'
import type { RowIssue } from '../../rows/issue.ts'
import { meaningsOf } from '../../util/code-words.ts'
import { addEnum, type Builder } from '../builder.ts'
import type { addRowIssue } from './row-issue.ts'

type IssueRef = ReturnType<typeof addRowIssue>['Issue']

/** The outcome of a row, with its index and key, as resolvers see it. */
export interface RowView<Kind extends Outcome = Outcome> {
  readonly index: number
  readonly result: Pick<IngestResult, 'publicKeys'>
  readonly outcome: Kind
}

const TYPE_NAMES = { ACCEPTED: 'AcceptedRow', REJECTED: 'RejectedRow', UNCONFIRMED: 'UnconfirmedRow' } as const

/** Defines the three outcomes of a row and their interface. */
export function addRowOutcome(builder: Builder, Issue: IssueRef) {
  const Judge = addEnum(builder, 'Judge', 'Who refused a row.', JUDGES)
  const IngestedRow = addIngestedRow(builder)
  const AcceptedRow = builder.objectRef<RowView>('AcceptedRow').implement({
    interfaces: [IngestedRow],
    description:
      'The upstream accepted the row. It may buffer it: the table is written within seconds, or at its scheduled time. In a dry run nothing is written.',
  })
  const RejectedRow = addRejectedRow(builder, IngestedRow, Issue, Judge)
  const UnconfirmedRow = addUnconfirmedRow(builder, IngestedRow)
  const RowOutcome = builder.unionType('RowOutcome', {
    description: 'The outcome of one row: accepted, rejected or unconfirmed.',
    types: [AcceptedRow, RejectedRow, UnconfirmedRow],
    resolveType: (row) => TYPE_NAMES[(row as RowView).outcome.status],
  })
  return { RowOutcome, Judge }
}

function addIngestedRow(builder: Builder) {
  return builder.interfaceRef<RowView>('IngestedRow').implement({
    description: 'The fields that all outcomes have.',
    fields: (t) => ({
      index: t.int({ description: 'The index of the row among the rows sent, from 0.', resolve: (row) => row.index }),
      key: t.field({
        type: 'JSONObject',
        description: 'The primary key by field, as sent; a value that is missing, or cannot be shown, is null.',
        resolve: ({ result, index }) => result.publicKeys.at(index),
      }),
    }),
  })
}

type IngestedRowRef = ReturnType<typeof addIngestedRow>

function addRejectedRow(
  builder: Builder,
  IngestedRow: IngestedRowRef,
  Issue: IssueRef,
  Judge: ReturnType<typeof addEnum<keyof typeof JUDGES>>,
) {
  return builder.objectRef<RowView<Rejected>>('RejectedRow').implement({
    interfaces: [IngestedRow],
    description: 'The row was refused, or not sent, and was certainly not written. The issues say why.',
    fields: (t) => ({
      by: t.field({ type: Judge, description: 'Who refused it.', resolve: ({ outcome }) => outcome.by }),
      retryable: t.boolean({
        description: 'True when the same row may succeed later without a change.',
        resolve: ({ outcome }) => outcome.retryable,
      }),
      retryAfterMs: t.int({
        nullable: true,
        description:
          "Milliseconds to wait before the row is sent again: what the upstream asked for, else Rowgate's own wait. Null where it is not `retryable`.",
        resolve: ({ outcome }) => (outcome.retryable ? (outcome.retryAfterMs ?? RETRY_AFTER_MS) : null),
      }),
      issues: t.field({
        type: [Issue],
        description:
          'Everything wrong with the row. Of more than 32 issues the last one listed, `MORE_ISSUES`, says how many more there are.',
        resolve: ({ outcome }) => outcome.issues as RowIssue[],
      }),
    }),
  })
}

function addUnconfirmedRow(builder: Builder, IngestedRow: IngestedRowRef) {
  const Reason = addEnum(builder, 'UnconfirmedReason', 'Why it is not known whether a row was written.', meaningsOf(UNCONFIRMED_REASONS))
  return builder.objectRef<RowView<Unconfirmed>>('UnconfirmedRow').implement({
    interfaces: [IngestedRow],
    description: 'The row may or may not have been written. Look it up, or send it again where that is safe.',
    fields: (t) => ({
      reason: t.field({ type: Reason, description: 'Why that is not known.', resolve: ({ outcome }) => outcome.reason }),
      safeToResend: t.boolean({
        description:
          'True when sending the row again can do no harm: UPSERT and dry runs, unless a later row of the same key and request was accepted, which it would undo.',
        resolve: ({ outcome }) => outcome.safeToResend,
      }),
    }),
  })
}
