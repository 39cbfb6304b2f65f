import type { Journaled } from '../ingest/ingest.ts'
import type { Operation, Outcome } from '../ingest/outcome.ts'
import { inTime } from '../util/in-time.ts'
import type { Decision } from './fold.ts'
import type { Journal } from './journal.ts'

/** Takes work that goes on after an answer, so that shutdown can wait for it. */
export type Track = (work: Promise<unknown>) => void

/** The journal of a request while its rows are sent. */
interface WatchedJournal extends Journaled {
  /** Another process has taken the record over. */
  isTakenOver(): boolean
  /** Records the outcomes that are not recorded yet, given one for each row of the request. */
  finish(latest: readonly Outcome[]): Promise<Finished>
}

/** What is known in the end, with a warning where it is not durable; `late` resolves when a store that hangs has taken it, or has failed. */
interface Finished {
  readonly decision: Decision
  readonly warnings: readonly string[]
  readonly late?: Promise<unknown>
}

/** A journal that remembers which outcomes it recorded, and that lets no more rows leave once the store has failed or refused. */
export function watchJournal(
  journal: Journal,
  { operation, rowCount }: { readonly operation: Operation; readonly rowCount: number },
  { send: wanted, outcomes: before }: Decision,
  track: Track,
): WatchedJournal {
  const isWanted = new Uint8Array(rowCount)
  for (const row of wanted) isWanted[row] = 1
  const isTold = new Uint8Array(rowCount)
  const writing: Promise<void>[] = []
  let stopped: 'taken over' | 'failed' | undefined

  function tell(rows: readonly number[], outcomes: readonly Outcome[]): Promise<void> {
    for (const row of rows) isTold[row] = 1
    const told = journal.tell(rows, outcomes)
    writing.push(told)
    track(told)
    return told
  }

  async function intend(rows: readonly number[]): Promise<boolean> {
    if (stopped !== undefined) return false
    try {
      const mayLeave = await journal.intend(rows)
      if (!mayLeave) stopped = 'taken over'
      return mayLeave
    } catch (error) {
      stopped = 'failed'
      throw error
    }
  }

  return {
    journal: { intend, withdraw: journal.withdraw, tell },
    isWanted: (index) => isWanted[index] === 1,
    known: (index) => before[index],
    isTakenOver: () => stopped === 'taken over',
    async finish(latest) {
      // An APPEND in flight is covered by its intent, and its outcome may still be recorded.
      const isInFlight = (row: number) => operation === 'APPEND' && latest[row]?.status === 'UNCONFIRMED'
      const rows = wanted.filter((row) => isTold[row] === 0 && latest[row] !== undefined && !isInFlight(row))
      void tell(
        rows,
        rows.flatMap((row) => latest[row] ?? []),
      )
      const all = areWritten(writing, journal)
      const isDurable = await inTime(all, DURABLE_TIMEOUT_MS)
      const warnings = isDurable ? [] : [NOT_DURABLE]
      return { decision: journal.decision(), warnings, ...(isDurable === undefined && { late: all.catch(() => {}) }) }
    },
  }
}

/** Whether all outcomes are durable, also those of rows in flight that are recorded meanwhile: they must be durable too before they are told. */
async function areWritten(writing: readonly Promise<void>[], journal: Journal): Promise<boolean> {
  for (;;) {
    const { length } = writing
    await Promise.all(writing)
    const isDurable = await journal.flush()
    if (writing.length === length) return isDurable
  }
}

const NOT_DURABLE =
  'The store failed while outcomes were being written. This answer is true, but if Rowgate stops before the store is back, a later answer under the same key may know less.'

/** A caller whose outcomes are known waits no longer than this for a store that hangs: they are written later. */
const DURABLE_TIMEOUT_MS = 3_000
