import type { Outcome } from '../ingest/outcome.ts'
import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'
import type { Committer } from './committer.ts'
import { type Claimed, createDoubts } from './doubts.ts'
import { createEntryWriter } from './entry-writer.ts'
import { type Decision, decide } from './fold.ts'
import { createRetriedWrites, type RetriedWrites } from './retried-writes.ts'

/** The journal of one record, while its owner is at work on it. */
export interface Journal {
  /**
   * Before rows leave: true when they may; false when others have taken the record over. For an APPEND, that they leave is durable
   * then. An UPSERT is not held up; what an interrupted claim left without a word may have left before, which counts from then on.
   */
  intend(rows: readonly number[]): Promise<boolean>
  /** What was intended of these rows was certainly not taken; they may be intended again. Resolves as `tell` does. */
  withdraw(rows: readonly number[]): Promise<void>
  /** One outcome for each of the rows, all attempts of this claim included; resolves when it is durable, or the store has failed. */
  tell(rows: readonly number[], outcomes: readonly Outcome[]): Promise<void>
  /** Whether all that was told is durable; what was not is written once more first. */
  flush(): Promise<boolean>
  /** What is known of each row now, what the store failed to keep included; which rows are worth sending again. */
  decision(): Decision
  /** Ends the claim: settles the record where every row is settled, else gives it back. Never rejects; what fails is owed. */
  end(): Promise<void>
}

/** The journal of a record that the caller has opened; later facts may be told after its end too. */
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

/** Entries with the most outcomes are encoded in slices of the event loop's time. */
function* slicesOf(count: number): Iterable<readonly [start: number, end: number]> {
  for (let start = 0; start < count; start += ROWS_PER_SLICE) yield [start, Math.min(count, start + ROWS_PER_SLICE)]
}

/** Outcomes that say the same become one object, so that what is encoded later is compared by identity. */
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
