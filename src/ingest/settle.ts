import type { RowIssue, RowIssueCode } from '../resource/issue.ts'
import type { WireRow } from '../resource/wire-row.ts'
import { perRow } from '../resource/wire-rows.ts'
import { ACCEPTED, type Outcome, rejectedHere, unconfirmed } from './outcome.ts'
import type { Answer, Batch, Destination, UpstreamError, Verdict } from './upstream-port.ts'

const MAX_MESSAGE_LENGTH = 300

/** The outcome of every row of a batch, in order, from what the last attempt came to. */
export function settle(answer: Answer, batch: Batch): Outcome[] {
  const { destination, rows } = batch
  switch (answer.kind) {
    case 'answered':
      return perRow(rows, (at) => settleRow(answer.verdicts[at], () => rows.at(at), destination))
    case 'refused':
      return perRow(rows, (at) => ({
        status: 'REJECTED',
        by: 'UPSTREAM',
        retryable: answer.retryable,
        issues: [
          { ...upstreamIssue(answer.error ?? {}, rows.at(at), destination), code: answer.code, ...refusal(answer.status, answer.error) },
        ],
      }))
    case 'lost':
      return perRow(rows, () => unconfirmed(answer.reason, destination))
    case 'unsent':
      return perRow(rows, () => notSent('UPSTREAM_UNREACHABLE'))
    case 'withheld':
      return perRow(rows, () => notSent(answer.code))
  }
}

const NOT_SENT = {
  UPSTREAM_UNREACHABLE: 'The upstream could not be reached; the row was not sent.',
  UPSTREAM_UNAVAILABLE: 'The upstream has been failing; the row was not sent to it.',
  OVERLOADED: 'The row could not be sent in time; it did not leave Rowgate.',
} as const satisfies Partial<Record<RowIssueCode, string>>

/** The outcome of a row that never left; the same row may be sent again. */
export function notSent(code: keyof typeof NOT_SENT): Outcome {
  return rejectedHere([{ code, message: NOT_SENT[code] }], true)
}

function settleRow(verdict: Verdict | undefined, rowOf: () => WireRow, destination: Destination): Outcome {
  if (verdict === undefined || verdict.kind === 'none') return unconfirmed(verdict?.reason ?? 'NO_VERDICT', destination)
  if (verdict.kind === 'accepted') return ACCEPTED
  const issues = verdict.errors.map((error) => upstreamIssue(error, rowOf(), destination))
  return { status: 'REJECTED', by: 'UPSTREAM', retryable: false, issues }
}

function refusal(status: number, error: UpstreamError | undefined): { message?: string } {
  return error?.message === undefined ? { message: `The upstream declined the request with status ${status}.` } : {}
}

function upstreamIssue(error: UpstreamError, row: WireRow, { resource, tenant }: Destination): RowIssue {
  const named = error.column?.toLowerCase()
  const column = resource.columns.find((c) => c.name === named || c.field.toLowerCase() === named)
  const words = error.message ?? error.category ?? 'The upstream refused the row without saying why.'
  return {
    code: 'UPSTREAM_REJECTED',
    ...(column && { field: column.field, column: column.name }),
    message: withoutValues(words, [...Object.values(row), tenant.token.reveal()]),
    ...(error.code !== undefined && { upstreamCode: error.code.slice(0, 64) }),
  }
}

/** Upstream words with every submitted value in them blotted out: an error text never echoes a value or a token. */
function withoutValues(words: string, values: readonly unknown[]): string {
  const texts = values.filter((v) => typeof v === 'string' || typeof v === 'number').map(String)
  const telling = texts.filter((text) => text.length >= 3).sort((a, b) => b.length - a.length)
  return telling.reduce((left, text) => left.replaceAll(text, '…'), words.slice(0, 4 * MAX_MESSAGE_LENGTH)).slice(0, MAX_MESSAGE_LENGTH)
}
