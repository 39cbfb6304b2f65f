import type { SendJournal } from '../ingest/batch.ts'
import type { Outcome } from '../ingest/outcome.ts'
import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'
import type { Committer } from './committer.ts'
import { type Claimed, createDoubts } from './doubts.ts'
import { createEntryWriter } from './entry-writer.ts'
import { type Decision, decide } from './fold.ts'
import { createRetriedWrites, type RetriedWrites } from './retried-writes.ts'

/** The journal of one record, while a claim on it is open. Outcomes may be recorded even after its end. */
export interface Journal extends SendJournal {
  /** What was known of each row when the record was opened, and which rows are to be sent. */
  readonly before: Decision
  /** Another process has taken the record over. */
  isTakenOver(): boolean
  /** Records the outcomes that are not recorded yet, given one for each row of the request; what is known then. */
  finish(latest: readonly Outcome[]): Promise<{ readonly decision: Decision; readonly isDurable: boolean }>
  /** Ends the claim: settles the record where every row is settled, else releases it. What cannot be written is owed. */
  end(): Promise<void>
}

/** The journal of a record that the caller has opened; it lets no more rows leave once the store has failed or refused. */
export function createJournal(
  committer: Pick<Committer, 'open' | 'write'>,
  claimed: Claimed,
  writes: RetriedWrites = createRetriedWrites(committer),
): Journal {
  const { claim, operation } = claimed
  const writer = createEntryWriter(committer, claimed, writes)
  const doubts = createDoubts(claimed)
  const before = decide(writer.folded, operation)
  const recording: Promise<void>[] = []
  let stopped: 'taken over' | 'failed' | undefined

  /** An UPSERT is not held up: it only notes which rows an interrupted claim may have sent before. */
  async function intend(rows: readonly number[]): Promise<boolean> {
    if (stopped !== undefined) return false
    if (operation === 'UPSERT') {
      doubts.send(rows)
      return true
    }
    try {
      if (await writer.intend(rows)) return true
      stopped = 'taken over'
    } catch {
      stopped = 'failed'
    }
    return false
  }

  function tell(rows: readonly number[], outcomes: readonly Outcome[]): Promise<void> {
    const record = (from: number, to?: number) => writer.tell(doubts.tell(rows.slice(from, to), outcomes.slice(from, to)))
    const recorded = rows.length > ROWS_PER_SLICE ? inSlices(rows.length, record) : record(0)
    recorded.catch(() => {})
    recording.push(recorded)
    return recorded
  }

  return {
    before,
    intend,
    withdraw: writer.withdraw,
    tell,
    isTakenOver: () => stopped === 'taken over',
    async finish(latest) {
      // An APPEND in flight is covered by its intent, and its outcome may still be recorded.
      const isLeft = (row: number) => latest[row] !== undefined && (operation === 'UPSERT' || latest[row].status !== 'UNCONFIRMED')
      const rows = before.send.filter((row) => !writer.isTold(row) && isLeft(row))
      const outcomes = rows.map((row) => latest[row] as Outcome)
      if (rows.length > 0) void tell(rows, outcomes)
      // Outcomes of rows in flight that are recorded meanwhile must be durable too before they are told.
      do {
        for (const recorded of recording.splice(0)) await recorded
        if (writes.owes(claim.id)) await writes.retry(claim.id)
      } while (recording.length > 0)
      return { decision: decide(writer.folded, operation), isDurable: !writes.owes(claim.id) }
    },
    end: writer.end,
  }
}

/** Large entries are encoded in slices, one in each turn of the event loop. */
async function inSlices(count: number, record: (from: number, to: number) => Promise<void>): Promise<void> {
  const starts = Array.from({ length: Math.ceil(count / ROWS_PER_SLICE) }, (_, nth) => nth * ROWS_PER_SLICE)
  const recorded: Promise<void>[] = []
  await eachInSlice(starts, (start) => void recorded.push(record(start, start + ROWS_PER_SLICE)))
  await Promise.all(recorded)
}
