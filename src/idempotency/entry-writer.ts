import { isRefusedForAll, type Outcome } from '../ingest/outcome.ts'
import type { Committer } from './committer.ts'
import type { Claimed, ToldEntry } from './doubts.ts'
import { type Entry, type EntryStamp, encodeEntry } from './entry-codec.ts'
import { areSettled, compact, createFold, type Folded, rowsToldIn } from './fold.ts'
import type { RetriedWrites } from './retried-writes.ts'
import type { Claim, Write } from './store-port.ts'
import { createTextBudget } from './stored-outcome.ts'

/** Writes the entries of one open claim, and keeps what all of them say. */
export function createEntryWriter(committer: Pick<Committer, 'write'>, claimed: Claimed, writes: RetriedWrites) {
  const { claim, entries } = claimed
  const log = createEntryLog(claimed)
  const writeOf = createEncoder(claimed)
  let number = 0
  let isSettled = false
  const stamp = () => ({ epoch: claim.epoch, number: ++number })
  const settling = () => settleWrite(log.folded, { claim, known: entries.length }, stamp)
  return {
    /** What the entries say, including those that could not be written yet. */
    folded: log.folded,
    /** Writes an intent; false where the claim is over. Rejects where the store fails. */
    async intend(rows: readonly number[]): Promise<boolean> {
      const entry: Entry = { kind: 'intent', ...stamp(), rows }
      try {
        const isWritten = await committer.write(writeOf('intent', entry))
        if (isWritten) log.add(entry)
        return isWritten
      } catch (error) {
        // The intent may have been written all the same, and nothing will be sent.
        writes.owe(writeOf('fact', { kind: 'withdrawn', ...stamp(), rows }))
        throw error
      }
    },
    /** Withdraws the intents of these rows; resolves when that is durable, or left to be retried. */
    withdraw(rows: readonly number[]): Promise<void> {
      const entry: Entry = { kind: 'withdrawn', ...stamp(), rows }
      log.add(entry)
      return writes.write(writeOf('fact', entry))
    },
    /** Writes outcomes; resolves when they are durable, or left to be retried. Where every row is final now, this settles the record. */
    async tell(told: readonly ToldEntry[]): Promise<void> {
      const verdicts = told.map(({ kind, rows, outcomes }) => ({ kind, entry: { kind: 'verdicts', ...stamp(), rows, outcomes } as const }))
      for (const { entry } of verdicts) log.add(entry)
      // The settled entry replaces all that are known, these included: that saves a commit.
      const last = log.isComplete() ? settling() : undefined
      const isWritten = last && (await committer.write(last).catch(() => undefined))
      if (isWritten) isSettled = true
      const own = isWritten ? [] : verdicts.map(({ kind, entry }) => writeOf(kind, entry))
      // A store that has just failed is not asked again at once.
      if (last !== undefined && isWritten === undefined) own.forEach(writes.owe)
      else for (const one of own.map(writes.write)) await one
    },
    /** Ends the claim, unless settling has ended it. */
    async end(): Promise<void> {
      if (writes.owes(claim.id)) await writes.retry(claim.id)
      // While this is not written, nobody else can open the record as long as this process lives.
      if (isSettled) return
      const release = { kind: 'release', claim, unconfirmed: unconfirmedIn(log.folded) } as const
      await writes.write(settling() ?? release)
    },
  }
}

/** What all entries say, and which rows have an outcome. */
function createEntryLog({ entries, rowCount }: Claimed) {
  const { folded, add } = createFold(entries, rowCount)
  const hasOutcome = new Uint8Array(rowCount)
  let left = rowCount

  function note(row: number): void {
    left -= 1 - (hasOutcome[row] as number)
    hasOutcome[row] = 1
  }

  for (const entry of entries) {
    const outcomes: Iterator<Outcome> | undefined = 'outcomes' in entry ? entry.outcomes.values() : undefined
    // A row refused for the token or the table under an earlier claim is sent again, and gets a new outcome.
    for (const row of rowsToldIn(entry)) if (!isRefusedForAll(outcomes?.next().value)) note(row)
  }
  return {
    folded,
    add(entry: Entry): void {
      add(entry)
      for (const row of rowsToldIn(entry)) note(row)
    },
    /** Whether every row has an outcome, final or not. */
    isComplete: () => left === 0,
  }
}

/** Encodes entries as writes; texts that the record holds already count towards its budget. */
function createEncoder({ claim, entries }: Claimed): (kind: 'intent' | 'fact' | 'rejection', entry: Entry) => Write {
  const budget = createTextBudget()
  for (const kept of new Set(entries.flatMap((entry) => ('outcomes' in entry ? entry.outcomes : [])))) budget.fit(kept)
  return (kind, entry) => ({ kind, claim, number: entry.number, entry: encodeEntry(entry, budget) })
}

/** The write that settles a record; undefined while rows are open. Its entry replaces all that are known, and so has a text budget of its own. */
function settleWrite(folded: Folded, of: { readonly claim: Claim; readonly known: number }, stamp: () => EntryStamp): Write | undefined {
  if (!areSettled(folded)) return undefined
  const entry = compact(folded, stamp())
  const unconfirmed = unconfirmedIn(folded)
  return { kind: 'settle', ...of, number: entry.number, entry: encodeEntry(entry, createTextBudget()), unconfirmed }
}

function unconfirmedIn({ states, outcomes }: Folded): number {
  return outcomes.reduce((sum, outcome, row) => (states[row] === 'INTENDED' || outcome?.status === 'UNCONFIRMED' ? sum + 1 : sum), 0)
}
