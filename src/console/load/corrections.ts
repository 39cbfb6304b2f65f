import type { FailedRow, SendResult } from '../file/send-rows.ts'
import type { SourceRow } from '../file/source-row.ts'
import type { Store } from '../session/store.ts'
import type { LoadState, StateOf, Tally } from './load-state.ts'

/** What can be done with rows that were not accepted. */
export interface Corrections {
  /** Sets the same cell of several rows to a text. */
  edit(numbers: readonly number[], column: number, text: string): void
  /** Sends the corrected rows, and those that may succeed unchanged. */
  resend(): void
}

/** Corrections of the rows in a store. */
export function corrected(
  state: Store<LoadState>,
  resend: (state: StateOf<'sent'>, rows: readonly SourceRow[]) => Promise<SendResult>,
): Corrections {
  return {
    edit(numbers, column, text) {
      const now = state.get()
      if (now.step !== 'sent' || now.isResending) return
      const chosen = new Set(numbers)
      const edits = new Map(now.edits)
      for (const { row } of now.open)
        if (chosen.has(row.number))
          edits.set(row.number, withCell(edits.get(row.number) ?? row, column, text, now.loaded.scan.headers.length))
      state.set({ ...now, edits })
    },
    async resend() {
      const now = state.get()
      if (now.step !== 'sent' || now.isResending) return
      const rows = rowsToResend(now)
      if (rows.length === 0) return
      const { failure: _, ...before } = now
      state.set({ ...before, isResending: true })
      state.set(settled(before, rows, await resend(now, rows)))
    },
  }
}

/** Corrected rows, and rows that may be sent again as they are. */
export function rowsToResend({ open, edits }: Pick<StateOf<'sent'>, 'open' | 'edits'>): SourceRow[] {
  return open.flatMap(({ row, retryable }) => {
    const edit = edits.get(row.number)
    return edit !== undefined ? [edit] : retryable ? [row] : []
  })
}

function withCell(row: SourceRow, column: number, text: string, width: number): SourceRow {
  const cells = Array.from({ length: Math.max(width, row.cells.length) }, (_, at) => row.cells[at] ?? '')
  return { ...row, cells: cells.with(column, text) }
}

/** The state after rows were sent again; those without an answer stay as they were. */
function settled(now: Omit<StateOf<'sent'>, 'failure'>, sent: readonly SourceRow[], result: SendResult): LoadState {
  const failed = new Map(result.failed.map((row) => [row.row.number, row]))
  const isStopped = result.stopped !== undefined
  const numbers = new Set(sent.map(({ number }) => number))
  // A stopped run tells which rows failed, but not which were accepted: repeating it answers those from the record.
  const isDone = ({ row }: FailedRow) => !isStopped && numbers.has(row.number) && !failed.has(row.number)
  const open = now.open.filter((row) => !isDone(row)).map((row) => failed.get(row.row.number) ?? row)
  const edits = isStopped ? now.edits : new Map([...now.edits].filter(([number]) => !numbers.has(number)))
  const done = now.open.filter(isDone)
  const corrected = new Set([...now.corrected, ...done.map(({ row }) => row.number)])
  const after = { ...now, open, edits, corrected, isResending: false, tally: movedTo(now, open, done.length) }
  return result.stopped === undefined ? after : { ...after, failure: result.stopped }
}

function movedTo({ tally, open: before }: Pick<StateOf<'sent'>, 'tally' | 'open'>, open: readonly FailedRow[], done: number): Tally {
  const count = (rows: readonly FailedRow[], status: FailedRow['status']) => rows.filter((row) => row.status === status).length
  return {
    ...tally,
    accepted: tally.accepted + done,
    rejected: tally.rejected + count(open, 'rejected') - count(before, 'rejected'),
    unconfirmed: tally.unconfirmed + count(open, 'unconfirmed') - count(before, 'unconfirmed'),
  }
}

/** The totals of a sending, except that rows accepted after an earlier correction keep that outcome. */
export function broughtTogether({ accepted, rejected, unconfirmed, replayed, failed }: SendResult, corrected: ReadonlySet<number>) {
  const isIn = ({ row }: FailedRow) => corrected.has(row.number)
  const again = (status: FailedRow['status']) => failed.filter((row) => isIn(row) && row.status === status).length
  const tally: Tally = {
    accepted: accepted + failed.filter(isIn).length,
    rejected: rejected - again('rejected'),
    unconfirmed: unconfirmed - again('unconfirmed'),
    replayed,
  }
  return { tally, open: failed.filter((row) => !isIn(row)), corrected }
}
