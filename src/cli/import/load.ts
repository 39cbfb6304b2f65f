import type { Client, Outcome, ResourceName, SendOptions } from '../../client/index.ts'
import { FileFault } from '../../tabular/file-faults.ts'
import { type Account, type AccountParts, type Counts, createAccount, type MadeFile } from './account.ts'
import { ImportFailure } from './failure.ts'
import { failureOf } from './gateway-failure.ts'
import type { Plan } from './plan.ts'
import type { IssueTable } from './report/issue-table.ts'
import type { Position } from './report/progress.ts'
import { lineOf, sourceOf } from './rows.ts'

/** The result of a load, complete or stopped early. */
export interface Loaded extends Counts {
  readonly rows: number
  /** The last line whose row, like all before it, has an outcome. */
  readonly settledLine: number
  readonly issues: IssueTable
  readonly warnings: readonly string[]
  readonly files: readonly MadeFile[]
  /** Whether nothing was written, for a reason that concerns all rows: then the same command starts from the beginning. */
  readonly isInVain: boolean
  /** Why it ended before all rows had an outcome. */
  readonly failure: unknown
}

/** What a load needs beside its plan. */
export interface LoadParts extends AccountParts {
  readonly client: Client
  readonly signal: AbortSignal
  onPosition(position: Position): void
  /** Called when a row is, or may be, in the table. */
  onWritten(): void
}

/** Sends the rows of a source, and writes those that are not accepted to files beside it; never rejects: an early end is its `failure`. */
export async function load(plan: Plan, parts: LoadParts): Promise<Loaded> {
  const account = await createAccount(plan, parts)
  const sending = { settledLine: 0, warnings: [] as readonly string[] }
  let failure: unknown
  const files = await send(plan, account, sending, parts)
    .catch((error: unknown) => {
      failure = failureOf(error)
    })
    .then(() => account.catchUp(Number.POSITIVE_INFINITY))
    .then(() => account.close(!isInVain(account.counts, failure)))
    .catch((error: unknown) => {
      failure ??= error
      return []
    })
  const { counts, issues } = account
  return {
    ...counts,
    rows: counts.accepted + counts.rejected + counts.unconfirmed,
    ...sending,
    issues,
    files,
    isInVain: isInVain(counts, failure),
    failure,
  }
}

function isInVain({ accepted, unconfirmed }: Counts, failure: unknown): boolean {
  const code = failure instanceof ImportFailure ? failure.problems[0]?.code : undefined
  return accepted + unconfirmed === 0 && (code === 'TOKEN_REFUSED' || code === 'DECLINED')
}

type Send = (resource: ResourceName, rows: AsyncIterable<never>, options: SendOptions<'fields'>) => ReturnType<Client['upsert']>

async function send(
  plan: Plan,
  account: Account,
  sending: { settledLine: number; warnings: readonly string[] },
  { client, options, key, signal, onPosition, onWritten }: LoadParts,
): Promise<void> {
  const stop = new AbortController()
  const start = (options.operation === 'APPEND' ? client.append : client.upsert) as Send
  // Names of fields and of the resource come from the gateway itself.
  const run = start(plan.resource.name as ResourceName, rowsOf(plan, account) as AsyncIterable<never>, {
    solution: options.solution,
    key,
    dryRun: options.dryRun,
    maxRejected: options.maxRejected,
    signal: AbortSignal.any([signal, stop.signal]),
    onProgress({ settled, accepted, unconfirmed, rejected, waitingMs }) {
      if (accepted + unconfirmed > 0) onWritten()
      const { unsent } = account.counts
      onPosition({ done: settled + unsent, total: plan.checked?.rows, rejected: rejected + unsent, waitingMs })
    },
  })
  try {
    let next = 0
    for await (const outcome of run.outcomes() as AsyncIterable<Outcome<object>>) {
      const line = lineOf(outcome.row)
      if (account.isBehind(line)) await account.catchUp(line)
      if (outcome.index === next++) sending.settledLine = line
      const { row, status } = outcome
      if (status === 'accepted') account.settleAccepted(outcome)
      else await account.settle(sourceOf(row), status, outcome)
    }
    sending.warnings = (await run.done).warnings
  } finally {
    // Without a place to write rejected rows to, none must be sent.
    stop.abort()
  }
}

/** The rows of a source; malformed records are set aside. */
async function* rowsOf(plan: Plan, account: Account): AsyncIterable<object> {
  const opened = await plan.open()
  for await (const batch of opened.records)
    for (const record of batch) {
      const row = plan.makeRow(record)
      if (row === undefined) account.setAside(record)
      else yield row
    }
  if (plan.checked !== undefined && opened.sha256() !== plan.checked.sha256)
    throw new FileFault('FILE_CHANGED', 'The file has changed since it was looked through.')
}
