import { join } from 'node:path'
import type { Client, Outcome, ResourceName, SendOptions } from '../../client/index.ts'
import { ImportFailure } from './failure.ts'
import { failureOf } from './gateway-failure.ts'
import { createIssueTable, type IssueTable } from './issue-table.ts'
import type { Options } from './options.ts'
import type { Plan } from './plan.ts'
import type { Position } from './progress.ts'
import type { SourceRecord } from './records.ts'
import { createRecordFile, recordFileName } from './rejected-file.ts'
import { sourceOf } from './rows.ts'

/** What a load came to, or had come to when it was stopped. */
export interface Loaded {
  readonly rows: number
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  /** Rejected or unconfirmed rows that the same command sends again. */
  readonly retryable: number
  /** Rows whose outcome stood already under the key. */
  readonly replayed: number
  /** The last line whose row, like all before it, has an outcome. */
  readonly settledLine: number
  readonly issues: IssueTable
  readonly warnings: readonly string[]
  /** Files of rows that were made, with the SHA-256 of what is in them. */
  readonly files: readonly { readonly kind: 'rejected' | 'unconfirmed'; readonly path: string; readonly sha256: string }[]
  /** Why it ended before all rows had an outcome. */
  readonly failure: unknown
}

/** What a load needs beside its plan. */
export interface LoadParts {
  readonly client: Client
  readonly options: Options
  readonly key: string | undefined
  readonly folder: string
  readonly signal: AbortSignal
  mayReplace(sha256: string): boolean
  onPosition(position: Position): void
}

type Counts = { -readonly [K in 'accepted' | 'rejected' | 'unconfirmed' | 'retryable' | 'replayed' | 'settledLine']: number }
type Send = (resource: ResourceName, rows: AsyncIterable<never>, options: SendOptions<'fields'>) => ReturnType<Client['upsert']>

/** Sends the rows of a source and writes those that are not accepted beside it; never rejects, what ended it early is in `failure`. */
export async function load(plan: Plan, parts: LoadParts): Promise<Loaded> {
  const counts: Counts = { accepted: 0, rejected: 0, unconfirmed: 0, retryable: 0, replayed: 0, settledLine: 0 }
  const issues = createIssueTable()
  const files = await openFiles(plan, parts)
  const ragged = createRagged(parts, counts)
  const { client, options, signal, key, onPosition } = parts
  const send = (options.operation === 'APPEND' ? client.append : client.upsert) as Send
  let warnings: readonly string[] = []
  let failure: unknown
  const stop = new AbortController()
  try {
    const run = send(plan.resource.name as ResourceName, rowsOf(plan, ragged.set) as AsyncIterable<never>, {
      solution: options.solution,
      key,
      dryRun: options.dryRun,
      maxRejected: options.maxRejected,
      signal: AbortSignal.any([signal, stop.signal]),
      onProgress: ({ settled, rejected, waitingMs }) =>
        onPosition({ done: settled + ragged.count(), total: plan.checked?.rows, rejected: rejected + ragged.count(), waitingMs }),
    })
    let next = 0
    for await (const outcome of run.outcomes() as AsyncIterable<Outcome<object>>) {
      const record = sourceOf(outcome.row)
      for (const early of ragged.before(record.line)) await putRagged(early)
      if (outcome.index === next) counts.settledLine = record.line
      next++
      await put(record, outcome)
    }
    warnings = (await run.done).warnings
  } catch (error) {
    stop.abort()
    failure = failureOf(error)
  }
  try {
    for (const late of ragged.before(Number.POSITIVE_INFINITY)) await putRagged(late)
  } catch (error) {
    failure ??= error
  }
  const written = await files.close().catch((error: unknown) => {
    failure ??= error
    return []
  })
  const rows = counts.accepted + counts.rejected + counts.unconfirmed
  return { ...counts, rows, issues, warnings, files: written, failure }

  async function put(record: SourceRecord, { status, issues: found, retryable, replayed }: Outcome<object>): Promise<void> {
    counts[status]++
    if (replayed) counts.replayed++
    if (status === 'accepted') return
    for (const issue of found) issues.add(record.line, issue)
    // The same command sends it again: in a file of its own it would be sent twice.
    if (retryable && key !== undefined) counts.retryable++
    else await files[status](record, found)
  }

  async function putRagged(record: SourceRecord): Promise<void> {
    counts.rejected++
    issues.add(record.line, RAGGED)
    await files.rejected(record, [RAGGED])
  }
}

const RAGGED = {
  field: null,
  code: 'WRONG_CELL_COUNT',
  message:
    'The row has more cells, or fewer, than the first line has names; a line may be cut, or a cell with a delimiter not be in quotes.',
}

/** The rows of a source; records that are none are set aside. */
async function* rowsOf(plan: Plan, setAside: (record: SourceRecord) => void): AsyncIterable<object> {
  const opened = await plan.open()
  for await (const batch of opened.records)
    for (const record of batch) {
      const row = plan.makeRow(record)
      if (row === undefined) setAside(record)
      else yield row
    }
  if (plan.checked !== undefined && opened.sha256() !== plan.checked.sha256)
    throw new ImportFailure(
      { code: 'FILE_CHANGED', message: 'The file has changed since it was looked through.' },
      'Load a finished file: let whoever writes it write under another name, and rename it when it is complete.',
    )
}

/** Records with a wrong number of cells, until the rows before them have their outcomes. */
function createRagged({ options }: LoadParts, counts: Counts) {
  const waiting: SourceRecord[] = []
  let count = 0
  return {
    count: () => count,
    set(record: SourceRecord): void {
      waiting.push(record)
      if (++count + counts.rejected <= (options.maxRejected ?? MAX_RAGGED)) return
      throw new ImportFailure(
        {
          code: 'TOO_MANY_REJECTED',
          line: record.line,
          message: `${count} rows have more cells, or fewer, than the first line has names.`,
        },
        'Check --delimiter and the first line; the file is probably not what it seems.',
      )
    },
    *before(line: number) {
      for (let first = waiting[0]; first !== undefined && first.line < line; first = waiting[0]) {
        waiting.shift()
        yield first
      }
    },
  }
}

/** So many lines that are no rows are no slips of the pen. */
const MAX_RAGGED = 100_000

type Complaints = Outcome<object>['issues'] | readonly [typeof RAGGED]

async function openFiles({ source, writer, extension }: Plan, { folder, options, mayReplace }: LoadParts) {
  const name = source.path ?? 'stdin'
  const fileOf = (kind: 'rejected' | 'unconfirmed') =>
    createRecordFile(join(folder, recordFileName(name, kind, extension)), writer, mayReplace)
  const [rejected, unconfirmed] = [await fileOf('rejected'), await fileOf('unconfirmed')]
  // A dry run tells, and leaves nothing behind.
  const put = (file: typeof rejected) => async (record: SourceRecord, complaints: Complaints) =>
    options.dryRun ? undefined : await file.put(record, complaints)
  return {
    rejected: put(rejected),
    unconfirmed: put(unconfirmed),
    async close() {
      if (options.dryRun) return []
      const made: { kind: 'rejected' | 'unconfirmed'; path: string; sha256: string }[] = []
      for (const [kind, file] of [
        ['rejected', rejected],
        ['unconfirmed', unconfirmed],
      ] as const) {
        const sha256 = await file.close()
        if (sha256 !== undefined) made.push({ kind, path: file.path, sha256 })
      }
      return made
    },
  }
}
