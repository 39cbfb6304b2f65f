import type { Column } from '../resource/column.ts'
import { EXTRA_FIELD } from '../resource/define-resource.ts'
import { capIssues } from '../rows/diagnose.ts'
import type { RowIssue } from '../rows/issue.ts'
import type { WireRow } from '../rows/wire-row.ts'
import { listOf } from '../util/list-of.ts'
import type { Batch } from './batch.ts'
import { ACCEPTED, notSent, type Outcome, unconfirmed } from './outcome.ts'
import type { Answer, UpstreamError, Verdict } from './upstream-port.ts'
import { createUpstreamWords, type UpstreamWords } from './upstream-words.ts'

/** The outcome of every row of a batch, in order, by the answer to the last attempt. */
export function settle(answer: Answer, batch: Batch): Outcome[] {
  const { destination, rows } = batch
  switch (answer.kind) {
    case 'answered':
      return settleVerdicts(answer.verdicts, batch)
    case 'refused':
      return settleRefused(answer, batch)
    case 'lost':
      return listOf(rows.length, () => unconfirmed(answer.reason, destination))
    case 'unsent':
      return listOf(rows.length, () => notSent('UPSTREAM_UNREACHABLE'))
    case 'withheld':
      return listOf(rows.length, () => notSent(answer.code))
  }
}

function settleVerdicts(verdicts: readonly Verdict[], batch: Batch): Outcome[] {
  const issueOf = issueMaker(batch)
  return listOf(batch.rows.length, (at) => {
    const verdict = verdicts[at]
    if (verdict === undefined || verdict.kind === 'none') return unconfirmed(verdict?.reason ?? 'NO_VERDICT', batch.destination)
    return verdict.kind === 'accepted' ? ACCEPTED : rejectedThere(verdict.errors, batch.rows.at(at), issueOf)
  })
}

/** Nothing of a refused batch was written: rows that the refusal names get their own errors, the others the error on the whole request. */
function settleRefused({ code, failure, status, error = {}, named }: Extract<Answer, { kind: 'refused' }>, batch: Batch): Outcome[] {
  const issueOf = issueMaker(batch)
  const { message, ...issue } = issueOf(error, undefined)
  const ofAll: Outcome = {
    status: 'REJECTED',
    by: 'UPSTREAM',
    retryable: failure !== 'FINAL' || named !== undefined,
    issues: [{ ...issue, code, message: message ?? `The upstream declined the request with status ${status}.` }],
  }
  return listOf(batch.rows.length, (at) => {
    const verdict = named?.[at]
    return verdict?.kind === 'rejected' ? rejectedThere(verdict.errors, batch.rows.at(at), issueOf) : ofAll
  })
}

type IssueOf = (error: UpstreamError, row: WireRow | undefined) => Omit<RowIssue, 'message'> & { readonly message: string | undefined }

function rejectedThere(errors: readonly UpstreamError[], row: WireRow, issueOf: IssueOf): Outcome {
  const issues = errors.map((error): RowIssue => {
    const issue = issueOf(error, row)
    return { ...issue, message: issue.message ?? (error.message === undefined ? NO_WORDS : HIDDEN_WORDS) }
  })
  return { status: 'REJECTED', by: 'UPSTREAM', retryable: false, issues: capIssues(issues) }
}

const NO_WORDS = 'The upstream refused the row without saying why.'
const HIDDEN_WORDS = 'The upstream refused the row; its words are not shown, because they could quote a value.'

/** Turns the upstream's errors into issues, with as much of their text as may be shown. */
function issueMaker(batch: Batch): IssueOf {
  const { columns } = batch.destination.resource
  let words: UpstreamWords | undefined
  return (error, row) => {
    words ??= createUpstreamWords(batch)
    const { code, category, column, message } = words.show(error)
    return {
      code: 'UPSTREAM_REJECTED',
      ...placeOf(column, columns, row),
      message: message ?? (category && `The upstream refused the row (category ${category}).`),
      ...(code !== undefined && { upstreamCode: code }),
    }
  }
}

/** What an error is about: a column of the resource, a custom attribute of the row, or a name that only the upstream knows. */
function placeOf(name: string | undefined, columns: readonly Column[], row: WireRow | undefined): Pick<RowIssue, 'field' | 'column'> {
  if (name === undefined) return {}
  const lower = name.toLowerCase()
  const column = columns.find((candidate) => candidate.name === lower || candidate.field.toLowerCase() === lower)
  if (column) return { field: column.field, column: column.name }
  const attribute = Object.keys(row ?? {}).find((key) => key.toLowerCase() === lower)
  return { column: name, ...(attribute !== undefined && { field: `${EXTRA_FIELD}.${attribute}` }) }
}
