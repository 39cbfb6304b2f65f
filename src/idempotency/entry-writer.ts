import { isRefusedForAll } from '../ingest/outcome.ts'
import type { Committer } from './committer.ts'
import type { Claimed, ToldEntry } from './doubts.ts'
import { type Entry, type EntryStamp, encodeEntry } from './entry-codec.ts'
import { areSettled, compact, type Folded, fold, rowsToldIn } from './fold.ts'
import type { RetriedWrites } from './retried-writes.ts'
import type { Claim, Write } from './store-port.ts'
import { createTextBudget } from './stored-outcome.ts'

/** Puts the entries of one claim, which was opened, into the store, and knows what all of them say. */
export function createEntryWriter(committer: Pick<Committer, 'write'>, options: Claimed, writes: RetriedWrites) {
  const { claim } = options
  const log = createEntryLog(options)
  const stamp = createStamps(claim)
  const writeOf = createEncoder(options)
  let isSettled = false

  return {
    /** Whether it is durable that rows may leave; false where the claim is over. Rejects where the store fails. */
    async intend(rows: readonly number[]): Promise<boolean> {
      const entry: Entry = { kind: 'intent', ...stamp(), rows }
      try {
        const isWritten = await committer.write(writeOf('intent', entry))
        if (isWritten) log.add(entry)
        return isWritten
      } catch (error) {
        // It may be written all the same, and nothing leaves on its account.
        writes.owe(writeOf('fact', { kind: 'withdrawn', ...stamp(), rows }))
        throw error
      }
    },
    /** Notes that what was intended of these rows was not taken; resolves when that is durable, or else owed. */
    withdraw(rows: readonly number[]): Promise<void> {
      const entry: Entry = { kind: 'withdrawn', ...stamp(), rows }
      log.add(entry)
      return writes.write(writeOf('fact', entry))
    },
    /** Resolves when all of them are durable, or else owed; where they are the last, and final, they settle the record. */
    async tell(told: readonly ToldEntry[]): Promise<void> {
      const entries = told.map(({ kind, rows, outcomes }) => ({ kind, entry: { kind: 'verdicts', ...stamp(), rows, outcomes } as const }))
      for (const { entry } of entries) log.add(entry)
      // The settled entry takes the place of all others, and so of these: that is one commit less.
      const last = log.isComplete() ? settleWrite(log.folded(), options, stamp) : undefined
      const isWritten = last && (await committer.write(last).catch(() => undefined))
      if (isWritten) isSettled = true
      const own = isWritten ? [] : entries.map(({ kind, entry }) => writeOf(kind, entry))
      // A store that has just failed is not asked at once for the same.
      if (last !== undefined && isWritten === undefined) for (const one of own) writes.owe(one)
      else await Promise.all(own.map(writes.write))
    },
    /** What the entries say, those that the store failed to take included. */
    folded: log.folded,
    /** Ends the claim, where it has not ended by settling. */
    async end(): Promise<void> {
      await writes.retry(claim.id)
      if (isSettled) return
      const release = { kind: 'release', claim, unconfirmed: unconfirmedIn(log.folded()) } as const
      // Until it is written others may not open the record while this process lives.
      await writes.write(settleWrite(log.folded(), options, stamp) ?? release)
    },
  }
}

/** The entries of a journal, those that the store failed to take included. */
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
      // What was refused for the token or the table under an earlier claim is sent by this one, which tells of it anew.
      if (isTold[row] === 1 || (wasBefore && outcome !== undefined && isRefusedForAll(outcome))) continue
      isTold[row] = 1
      left--
    }
  }

  for (const entry of before) add(entry, true)
  return {
    add,
    /** Whether an outcome of every row was told; not each need be final. */
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

/** Puts entries into writes; what the record holds already counts for its texts. */
function createEncoder({ claim, entries }: Claimed): (kind: 'intent' | 'fact' | 'rejection', entry: Entry) => Write {
  const budget = createTextBudget()
  for (const kept of new Set(entries.flatMap((entry) => ('outcomes' in entry ? entry.outcomes : [])))) budget.fit(kept)
  return (kind, entry) => ({ kind, claim, number: entry.number, entry: encodeEntry(entry, budget) })
}

/** The end of a claim all of whose rows are settled. Its entry holds what could not be written before too; it takes the place of all others, so that its text budget is its own. */
function settleWrite(folded: Folded, { claim }: Claimed, stamp: () => EntryStamp): Write | undefined {
  if (!areSettled(folded)) return undefined
  const entry = compact(folded, stamp())
  const unconfirmed = unconfirmedIn(folded)
  return { kind: 'settle', claim, number: entry.number, entry: encodeEntry(entry, createTextBudget()), unconfirmed }
}

function unconfirmedIn({ states, outcomes }: Folded): number {
  return outcomes.reduce((sum, outcome, row) => (states[row] === 'INTENDED' || outcome?.status === 'UNCONFIRMED' ? sum + 1 : sum), 0)
}
