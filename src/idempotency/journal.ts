import type { Operation, Outcome } from '../ingest/outcome.ts'
import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'
import type { Committer } from './committer.ts'
import { createDoubts, type ToldEntry } from './doubts.ts'
import type { Entry, EntryStamp } from './entry.ts'
import { encodeEntry } from './entry-codec.ts'
import { areSettled, compact, type Decision, decide, type Folded, fold } from './fold.ts'
import { createRetriedWrites, type RetriedWrites } from './retried-writes.ts'
import type { Claim, Write } from './store-port.ts'
import { createTextBudget } from './stored-outcome.ts'

export interface JournalOptions {
  readonly claim: Claim
  readonly rowCount: number
  readonly operation: Operation
  /** What the journal held when it was opened. */
  readonly entries: readonly Entry[]
}

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
export function createJournal(
  committer: Pick<Committer, 'write'>,
  options: JournalOptions,
  writes: RetriedWrites = createRetriedWrites(committer),
): Journal {
  const { claim, rowCount, operation } = options
  const entries = [...options.entries]
  const stamp = createStamps(claim)
  const writeOf = createEncoder(options)
  const intern = createInterner()
  const doubts = createDoubts(options)
  const heard = createHeard(options)
  let known: { readonly folded: Folded; readonly of: number } | undefined
  let isSettled = false

  function folded(): Folded {
    if (known?.of !== entries.length) known = { folded: fold(entries, rowCount), of: entries.length }
    return known.folded
  }

  function note(entry: Entry, kind: 'fact' | 'rejection' = 'fact'): Promise<void> {
    entries.push(entry)
    return writes.write(writeOf(kind, entry))
  }

  /** Writes what was just told; where nothing is left to be told, as the settled entry in place of all, which is one commit less. */
  async function keep(told: readonly { readonly kind: ToldEntry['kind']; readonly entry: Entry }[]): Promise<void> {
    entries.push(...told.map(({ entry }) => entry))
    const last = heard.isAll() ? settleWrite(folded(), options, stamp) : undefined
    const isWritten = last && (await committer.write(last).catch(() => undefined))
    if (isWritten) isSettled = true
    const own = isWritten ? [] : told.map(({ kind, entry }) => writeOf(kind, entry))
    // A store that has just failed is not asked at once for the same.
    if (last !== undefined && isWritten === undefined) for (const one of own) writes.owe(one)
    else await Promise.all(own.map(writes.write))
  }

  return {
    async intend(rows) {
      if (operation === 'UPSERT') {
        doubts.send(rows)
        return true
      }
      const entry: Entry = { kind: 'intent', ...stamp(), rows }
      try {
        const isWritten = await committer.write(writeOf('intent', entry))
        if (isWritten) entries.push(entry)
        return isWritten
      } catch (error) {
        // It may be written all the same, and nothing leaves on its account.
        writes.owe(writeOf('fact', { kind: 'withdrawn', ...stamp(), rows }))
        throw error
      }
    },
    withdraw: (rows) => note({ kind: 'withdrawn', ...stamp(), rows }),
    async tell(rows, outcomes) {
      const kept: Promise<void>[] = []
      await eachInSlice(slicesOf(rows.length), ([start, end]) => {
        const own = rows.slice(start, end)
        const told = doubts.tell(own, outcomes.slice(start, end).map(intern))
        heard.add(own)
        kept.push(keep(told.map(({ kind, ...verdicts }) => ({ kind, entry: { kind: 'verdicts', ...stamp(), ...verdicts } }))))
      })
      await Promise.all(kept)
    },
    flush: () => writes.retry(claim.id),
    decision: () => decide(folded(), operation),
    async end() {
      await writes.retry(claim.id)
      if (isSettled) return
      const open = { kind: 'release', claim, unconfirmed: unconfirmedIn(folded(), operation) } as const
      // Until it is written others may not open the record while this process lives.
      await writes.write(settleWrite(folded(), options, stamp) ?? open)
    },
  }
}

/** Of which rows something was told. */
function createHeard({ entries, rowCount }: JournalOptions) {
  const isHeard = new Uint8Array(rowCount)
  let left = rowCount
  function add(rows: Iterable<number>): void {
    for (const row of rows) {
      if (isHeard[row] === 0) left--
      isHeard[row] = 1
    }
  }
  for (const entry of entries) add(entry.kind === 'settled' ? isHeard.keys() : entry.kind === 'verdicts' ? entry.rows : [])
  return { add, isAll: () => left === 0 }
}

function createStamps({ epoch }: Claim): () => EntryStamp {
  let number = 0
  return () => ({ epoch, number: ++number })
}

/** Puts entries into writes; what the record holds already counts for its texts. */
function createEncoder({ claim, entries }: JournalOptions): (kind: 'intent' | 'fact' | 'rejection', entry: Entry) => Write {
  const budget = createTextBudget()
  for (const kept of new Set(entries.flatMap((entry) => ('outcomes' in entry ? entry.outcomes : [])))) budget.fit(kept)
  return (kind, entry) => ({ kind, claim, number: entry.number, entry: encodeEntry(entry, budget) })
}

/** The end of a claim all of whose rows are settled. Its entry holds what could not be written before too; it takes the place of all others, so that its text budget is its own. */
function settleWrite(folded: Folded, { claim, operation }: JournalOptions, stamp: () => EntryStamp): Write | undefined {
  if (!areSettled(folded)) return undefined
  const entry = compact(folded, stamp())
  const unconfirmed = unconfirmedIn(folded, operation)
  return { kind: 'settle', claim, number: entry.number, entry: encodeEntry(entry, createTextBudget()), unconfirmed }
}

function unconfirmedIn(folded: Folded, operation: Operation): number {
  return decide(folded, operation).outcomes.filter((outcome) => outcome?.status === 'UNCONFIRMED').length
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
