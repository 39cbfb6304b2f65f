import { isRefusedForAll } from '../ingest/outcome.ts'
import type { Committer } from './committer.ts'
import type { Claimed, ToldEntry } from './doubts.ts'
import { type Entry, type EntryStamp, encodeEntry } from './entry-codec.ts'
import { areSettled, compact, type Folded, fold, rowsToldIn } from './fold.ts'
import type { RetriedWrites } from './retried-writes.ts'
import type { Claim, Write } from './store-port.ts'
import { createTextBudget } from './stored-outcome.ts'

/** Writes the entries of one open claim, and keeps what all of them say. */
export function createEntryWriter(committer: Pick<Committer, 'write'>, options: Claimed, writes: RetriedWrites) {
  const { claim } = options
  const log = createEntryLog(options)
  const stamp = createStamps(claim)
  const writeOf = createEncoder(options)
  let isSettled = false

  return {
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
      const entries = told.map(({ kind, rows, outcomes }) => ({ kind, entry: { kind: 'verdicts', ...stamp(), rows, outcomes } as const }))
      for (const { entry } of entries) log.add(entry)
      // The settled entry replaces all others, these included: that saves a commit.
      const last = log.isComplete() ? settleWrite(log.folded(), options, stamp) : undefined
      const isWritten = last && (await committer.write(last).catch(() => undefined))
      if (isWritten) isSettled = true
      const own = isWritten ? [] : entries.map(({ kind, entry }) => writeOf(kind, entry))
      // A store that has just failed is not asked again at once.
      if (last !== undefined && isWritten === undefined) for (const one of own) writes.owe(one)
      else await Promise.all(own.map(writes.write))
    },
    /** What the entries say, including those that could not be written yet. */
    folded: log.folded,
    /** Ends the claim, unless settling has ended it. */
    async end(): Promise<void> {
      await writes.retry(claim.id)
      if (isSettled) return
      const release = { kind: 'release', claim, unconfirmed: unconfirmedIn(log.folded()) } as const
      // While this is not written, nobody else can open the record as long as this process lives.
      await writes.write(settleWrite(log.folded(), options, stamp) ?? release)
    },
  }
}

/** The entries of a journal, including those that could not be written yet. */
function createEntryLog({ entries: before, rowCount }: Claimed) {
  const entries: Entry[] = []
  const isTold = new Uint8Array(rowCount)
  let left = rowCount
  let known: { readonly folded: Folded; readonly of: number } | undefined

  function add(entry: Entry, wasBefore = false): void {
    entries.push(entry)
    let place = 0
    for (const row of rowsToldIn(entry)) {
      const outcome = 'outcomes' in entry ? entry.outcomes[place++] : undefined
      // A row refused for the token or the table under an earlier claim is sent again, and gets a new outcome.
      if (isTold[row] === 1 || (wasBefore && outcome !== undefined && isRefusedForAll(outcome))) continue
      isTold[row] = 1
      left--
    }
  }

  for (const entry of before) add(entry, true)
  return {
    add,
    /** Whether every row has an outcome, final or not. */
    isComplete: () => left === 0,
    folded(): Folded {
      if (known?.of !== entries.length) known = { folded: fold(entries, rowCount), of: entries.length }
      return known.folded
    },
  }
}

function createStamps({ epoch }: Claim): () => EntryStamp {
  let number = 0
  return () => ({ epoch, number: ++number })
}

/** Encodes entries as writes; texts that the record holds already count towards its budget. */
function createEncoder({ claim, entries }: Claimed): (kind: 'intent' | 'fact' | 'rejection', entry: Entry) => Write {
  const budget = createTextBudget()
  for (const kept of new Set(entries.flatMap((entry) => ('outcomes' in entry ? entry.outcomes : [])))) budget.fit(kept)
  return (kind, entry) => ({ kind, claim, number: entry.number, entry: encodeEntry(entry, budget) })
}

/** The write that settles a record; undefined while rows are open. Its entry replaces all others, and so has a text budget of its own. */
function settleWrite(folded: Folded, { claim }: Claimed, stamp: () => EntryStamp): Write | undefined {
  if (!areSettled(folded)) return undefined
  const entry = compact(folded, stamp())
  const unconfirmed = unconfirmedIn(folded)
  return { kind: 'settle', claim, number: entry.number, entry: encodeEntry(entry, createTextBudget()), unconfirmed }
}

function unconfirmedIn({ states, outcomes }: Folded): number {
  return outcomes.reduce((sum, outcome, row) => (states[row] === 'INTENDED' || outcome?.status === 'UNCONFIRMED' ? sum + 1 : sum), 0)
}
