import { join } from 'node:path'
import type { Outcome } from '../../client/index.ts'
import { cellHint } from '../../tabular/cell-hint.ts'
import type { SourceRecord } from '../../tabular/read/records.ts'
import { ImportFailure } from './failure.ts'
import type { Options } from './options.ts'
import type { Plan } from './plan.ts'
import { type Complaint, createRecordFile, recordFileName } from './rejected-file.ts'
import { createIssueTable, type IssueTable } from './report/issue-table.ts'

/** The counts of a load so far. */
export interface Counts {
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
  /** Rejected or unconfirmed rows that the same command sends again. */
  readonly retryable: number
  /** Rows that were settled under the key before. */
  readonly replayed: number
  /** Rejected rows that were not sent at all. */
  readonly unsent: number
}

/** A file of rows that was written, with the SHA-256 of its content. */
export interface MadeFile {
  readonly kind: Kind
  readonly path: string
  readonly sha256: string
}

type Kind = 'rejected' | 'unconfirmed'

/** Counts the outcomes of records, and writes those that need attention to files beside the source. */
export interface Account {
  readonly counts: Counts
  readonly issues: IssueTable
  /** Counts an accepted row, of which nothing is written. */
  settleAccepted(outcome: Pick<Outcome<unknown>, 'replayed'>): void
  settle(record: SourceRecord, status: Kind, outcome: Pick<Outcome<unknown>, 'issues' | 'retryable' | 'replayed'>): Promise<void>
  /** Takes a record whose number of cells differs from the header's; it is written in its turn. */
  setAside(record: SourceRecord): void
  /** Whether a record that was set aside comes before a line and is not written yet. */
  isBehind(line: number): boolean
  /** Writes the records that were set aside before a line. */
  catchUp(line: number): Promise<void>
  /** Moves the files into place, or removes them. */
  close(isKept: boolean): Promise<readonly MadeFile[]>
}

/** What an account needs to know of its load. */
export interface AccountParts {
  readonly options: Options
  /** Undefined where the same command would send all rows anew. */
  readonly key: string | undefined
  readonly folder: string
  mayReplace(sha256: string): boolean
}

/** With more malformed lines than this, the file as a whole is wrong. */
const MAX_SET_ASIDE = 100_000

/** Opens an empty account. */
export async function createAccount(plan: Plan, parts: AccountParts): Promise<Account> {
  const counts = { accepted: 0, rejected: 0, unconfirmed: 0, retryable: 0, replayed: 0, unsent: 0 }
  const issues = createIssueTable()
  const files = await openFiles(plan, parts)
  const aside: SourceRecord[] = []
  const maxUnsent = parts.options.maxRejected ?? MAX_SET_ASIDE
  return {
    counts,
    issues,
    settleAccepted({ replayed }) {
      counts.accepted++
      if (replayed) counts.replayed++
    },
    async settle(record, status, { issues: found, retryable, replayed }) {
      counts[status]++
      if (replayed) counts.replayed++
      const complaints = found.map((issue) => complaintOf(issue, plan))
      for (const complaint of complaints) issues.add(record.line, complaint)
      // The same command sends it again; in a file of rejected rows it would be sent twice.
      if (retryable && parts.key !== undefined) counts.retryable++
      else await files.put(status, record, complaints)
    },
    setAside(record) {
      aside.push(record)
      counts.rejected++
      if (++counts.unsent > maxUnsent) throw tooMany(counts.unsent, record.line)
    },
    isBehind: (line) => (aside[0]?.line ?? line) < line,
    async catchUp(line) {
      for (let first = aside[0]; first !== undefined && first.line < line; first = aside[0]) {
        aside.shift()
        const complaint = wrongCellCount(first, plan.width)
        issues.add(first.line, complaint)
        await files.put('rejected', first, [complaint])
      }
    },
    close: files.close,
  }
}

function complaintOf(issue: Outcome<unknown>['issues'][number], { width }: Plan): Complaint {
  const { field, code, message } = issue
  // The gateway counts the rows of a request, which is a part of the file.
  if (code === 'DUPLICATE_KEY') return { field, code, message: 'An earlier row has the same primary key, and only that one was sent.' }
  const help = width > 0 ? cellHint(issue) : issue.hint
  return { field, code, message: help === null ? message : `${message} (${help})` }
}

function wrongCellCount({ cells = [] }: SourceRecord, width: number): Complaint {
  const what = cells.length < width ? 'is the line cut off?' : 'is a delimiter inside a cell without quotes, or a column without a name?'
  const message = `The row has ${cells.length} cells, the first line names ${width} columns: ${what}`
  return { field: null, code: 'WRONG_CELL_COUNT', message }
}

function tooMany(count: number, line: number): ImportFailure {
  return new ImportFailure(
    { code: 'TOO_MANY_REJECTED', line, message: `${count} rows have more or fewer cells than the first line has names.` },
    'Check --delimiter and the first line; the file is probably not what it seems.',
  )
}

async function openFiles({ source, writer, extension }: Plan, { folder, options, mayReplace }: AccountParts) {
  const name = source.path ?? 'stdin'
  const fileOf = (kind: Kind) => createRecordFile(join(folder, recordFileName(name, kind, extension)), writer, mayReplace)
  const files = { rejected: await fileOf('rejected'), unconfirmed: await fileOf('unconfirmed') }
  return {
    async put(kind: Kind, record: SourceRecord, complaints: readonly Complaint[]): Promise<void> {
      // A dry run reports, and writes no files.
      if (!options.dryRun) await files[kind].put(record, complaints)
    },
    async close(isKept: boolean): Promise<readonly MadeFile[]> {
      const made: MadeFile[] = []
      for (const kind of options.dryRun ? [] : (['rejected', 'unconfirmed'] as const)) {
        const sha256 = await files[kind].close(isKept)
        if (sha256 !== undefined) made.push({ kind, path: files[kind].path, sha256 })
      }
      return made
    },
  }
}
