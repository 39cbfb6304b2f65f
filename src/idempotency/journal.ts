import type { Outcome } from '../ingest/outcome.ts'
import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'
import type { Committer } from './committer.ts'
import { type Claimed, createDoubts } from './doubts.ts'
import { createEntryWriter } from './entry-writer.ts'
import { type Decision, decide } from './fold.ts'
import { createRetriedWrites, type RetriedWrites } from './retried-writes.ts'

/** The journal of one record, while a claim on it is open. */
export interface Journal {
  /**
   * Called before rows leave; false when another process has taken the record over. For an APPEND the intent is durable when this
   * resolves. An UPSERT is not held up: it only notes which rows an interrupted claim may have sent before.
   */
  intend(rows: readonly number[]): Promise<boolean>
  /** Withdraws the intents of rows that were certainly not taken. Resolves as `tell` does. */
  withdraw(rows: readonly number[]): Promise<void>
  /** Records one outcome for each of the rows, over all attempts of this claim; resolves when that is durable, or the store has failed. */
  tell(rows: readonly number[], outcomes: readonly Outcome[]): Promise<void>
  /** Retries writes that failed; whether everything is durable now. */
  flush(): Promise<boolean>
  /** What is known of each row now, including what could not be written yet. */
  decision(): Decision
  /** Ends the claim: settles the record where every row is settled, else releases it. Never rejects; failed writes are retried later. */
  end(): Promise<void>
}

/** The journal of a record that the caller has opened; outcomes may be recorded even after its end. */
export function createJournal(committer: Committer, options: Claimed, writes: RetriedWrites = createRetriedWrites(committer)): Journal {
  const { claim, operation } = options
  const writer = createEntryWriter(committer, options, writes)
  const intern = createInterner()
  const doubts = createDoubts(options)

  return {
    async intend(rows) {
      if (operation === 'APPEND') return await writer.intend(rows)
      doubts.send(rows)
      return true
    },
    withdraw: writer.withdraw,
    async tell(rows, outcomes) {
      const kept: Promise<void>[] = []
      await eachInSlice(slicesOf(rows.length), ([start, end]) => {
        kept.push(writer.tell(doubts.tell(rows.slice(start, end), outcomes.slice(start, end).map(intern))))
      })
      await Promise.all(kept)
    },
    flush: () => writes.retry(claim.id),
    decision: () => decide(writer.folded(), operation),
    end: writer.end,
  }
}

/** Large entries are encoded in slices, one in each turn of the event loop. */
function* slicesOf(count: number): Iterable<readonly [start: number, end: number]> {
  for (let start = 0; start < count; start += ROWS_PER_SLICE) yield [start, Math.min(count, start + ROWS_PER_SLICE)]
}

/** Makes equal outcomes one object, so that encoding can compare them by identity. */
function createInterner(): (outcome: Outcome) => Outcome {
  const bySelf = new WeakMap<Outcome, Outcome>()
  const byText = new Map<string, Outcome>()
  return (outcome) => {
    const known = bySelf.get(outcome)
    if (known !== undefined) return known
    const text = JSON.stringify(outcome)
    const same = byText.get(text) ?? outcome
    byText.set(text, same)
    bySelf.set(outcome, same)
    return same
  }
}
