import type { Client, Issue, Outcome, Progress, ResourceName, RowInputs } from '../../client/index.ts'
import { cellHint } from '../../tabular/cell-hint.ts'
import type { Target } from '../../tabular/header-names.ts'
import { createMakeRow, isRagged } from '../../tabular/make-row.ts'
import type { Resource } from '../session/resource.ts'
import { type Failure, failureOf } from './failure.ts'
import type { SourceRow } from './source-row.ts'

/** How rows of a file are sent. */
export interface Plan {
  readonly resource: Resource
  readonly headers: readonly string[]
  /** Whether the file has cells rather than JSON values. */
  readonly isTable: boolean
  readonly targets: readonly Target[]
  readonly operation: 'upsert' | 'append'
  readonly solution: string | undefined
}

/** A row of the file that was not accepted, and why. */
export interface FailedRow {
  readonly row: SourceRow
  readonly status: 'rejected' | 'unconfirmed'
  /** Whether the same row may succeed later, or be sent again without being written twice. */
  readonly retryable: boolean
  readonly issues: readonly Issue[]
}

/** The result of sending rows. */
export interface SendResult {
  readonly rows: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  readonly replayed: number
  /** The first ten thousand that were not accepted. */
  readonly failed: readonly FailedRow[]
  /** Why it ended before the last row; undefined if it did not. */
  readonly stopped?: Failure
}

/** How rows are sent. */
export interface SendingOptions {
  readonly key?: string
  readonly dryRun?: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/** How many rows that were not accepted are kept to be corrected. */
export const MAX_KEPT = 10_000

/** Sends rows by the client; resolves with the result even if it had to stop. */
export async function sendRows(
  client: Pick<Client, 'upsert' | 'append'>,
  plan: Plan,
  rows: AsyncIterable<readonly SourceRow[]>,
  options: SendingOptions,
): Promise<SendResult> {
  const counts = { rows: 0, accepted: 0, rejected: 0, unconfirmed: 0, replayed: 0 }
  const failed: FailedRow[] = []
  const waiting = new Map<number, SourceRow>()
  const keep = (row: FailedRow) => {
    counts[row.status]++
    if (failed.length < MAX_KEPT) failed.push(row)
  }
  const setAside = (row: SourceRow) => {
    counts.rows++
    keep({ row, status: 'rejected', retryable: false, issues: [raggedIssue(row, plan.headers.length)] })
  }
  const settle = ({ index, status, replayed, retryable, issues }: Outcome<unknown>) => {
    const row = waiting.get(index)
    waiting.delete(index)
    counts.rows++
    if (replayed) counts.replayed++
    if (status === 'accepted') counts.accepted++
    else if (row !== undefined) keep({ row, status, retryable, issues: issues.map((issue) => issueInFile(issue, plan)) })
  }
  try {
    const name = plan.resource.name as ResourceName
    const made = rowsOf(rows, plan, waiting, setAside) as AsyncIterable<RowInputs[ResourceName]>
    const run = client[plan.operation](name, made, { maxRejected: MAX_KEPT, solution: plan.solution, ...options })
    // The iteration over outcomes throws the same error.
    run.done.catch(() => {})
    for await (const outcome of run.outcomes()) settle(outcome)
    await run.done
    return { ...counts, failed }
  } catch (error) {
    return { ...counts, failed, stopped: failureOf(error) }
  }
}

async function* rowsOf(
  lists: AsyncIterable<readonly SourceRow[]>,
  plan: Plan,
  waiting: Map<number, SourceRow>,
  setAside: (row: SourceRow) => void,
): AsyncGenerator<Record<string, unknown>> {
  const make = createMakeRow(plan.resource, plan.targets)
  let index = 0
  for await (const list of lists)
    for (const row of list) {
      if (isRagged(row.cells, plan.headers.length)) {
        setAside(row)
        continue
      }
      waiting.set(index++, row)
      yield make(row.cells)
    }
}

function issueInFile(issue: Issue, { isTable }: Plan): Issue {
  // The gateway counts rows within a request, which is only a part of the file.
  if (issue.code === 'DUPLICATE_KEY') return { ...issue, message: 'An earlier row has the same primary key, and only that one was sent.' }
  return isTable ? { ...issue, hint: cellHint(issue) } : issue
}

function raggedIssue({ cells }: SourceRow, width: number): Issue {
  return {
    field: null,
    column: null,
    upstreamCode: null,
    code: 'WRONG_CELL_COUNT',
    message: `The row has ${cells.length} cells, the header names ${width} columns. It was not sent.`,
    hint:
      cells.length < width
        ? 'a cell is missing, or a line break stands outside of quotes'
        : 'a column has no name, or a text with a delimiter in it has no quotes',
  }
}
