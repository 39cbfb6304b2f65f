import { type Operation, type Outcome, unconfirmed } from '../ingest/outcome.ts'
import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'
import type { Committer } from './committer.ts'
import type { Entry } from './entry.ts'
import { encodeEntry } from './entry-codec.ts'
import { compact, type Decision, decide, fold } from './fold.ts'
import type { Claim, Write } from './store-port.ts'
import { createTextBudget } from './stored-outcome.ts'

export interface JournalOptions {
  readonly claim: Claim
  readonly rowCount: number
  readonly operation: Operation
  /** What the journal held when it was opened again; absent where the record was made. */
  readonly entries?: readonly Entry[]
}

/** The journal of one record, while its owner is at work on it. */
export interface Journal {
  /**
   * Before rows leave: true when they may; false when others have taken the record over. For an APPEND, that they leave is durable
   * then. An UPSERT is not held up; where it was interrupted, what has no outcome may have left before.
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
  /** Ends the claim: settles the record where every row is settled and all is durable, else gives it back. Never rejects. */
  end(): Promise<void>
}

/** The journal of a record that the caller has opened; later facts may be told after its end too. */
export function createJournal(committer: Pick<Committer, 'write'>, options: JournalOptions): Journal {
  const { claim, rowCount, operation } = options
  const entries = [...(options.entries ?? [])]
  const before = options.entries && fold(entries, rowCount)
  const intern = createInterner()
  const budget = createTextBudget()
  for (const kept of new Set(entries.flatMap((entry) => ('outcomes' in entry ? entry.outcomes : [])))) budget.fit(kept)
  let unwritten: Write[] = []
  let lastNumber = 0

  const stamp = () => ({ epoch: claim.epoch, number: ++lastNumber })
  const writeOf = (kind: 'intent' | 'fact', entry: Entry): Write => ({
    kind,
    claim,
    number: entry.number,
    entry: encodeEntry(entry, budget),
  })

  async function keep(fact: Write): Promise<void> {
    try {
      await committer.write(fact)
    } catch {
      unwritten.push(fact)
    }
  }

  function note(entry: Entry): Promise<void> {
    entries.push(entry)
    return keep(writeOf('fact', entry))
  }

  const withdraw = (rows: readonly number[]) => note({ kind: 'withdrawn', ...stamp(), rows })

  async function flush(): Promise<boolean> {
    const again = unwritten
    unwritten = []
    await Promise.all(again.map(keep))
    return unwritten.length === 0
  }

  /** It need not be durable before the rows leave: whoever comes next doubts them again. */
  function doubt(rows: readonly number[]): void {
    const silent = before === undefined ? [] : rows.filter((row) => before.outcomes[row] === undefined)
    if (silent.length === 0) return
    const outcome = unconfirmed('NO_VERDICT', { operation, dryRun: false })
    const entry: Entry = { kind: 'verdicts', ...stamp(), rows: silent, outcomes: silent.map(() => outcome) }
    entries.push(entry)
    unwritten.push(writeOf('fact', entry))
  }

  const folded = () => fold(entries, rowCount)

  /** A text budget of its own: the entry takes the place of all others. */
  function lastWrite(isDurable: boolean): Write {
    const state = folded()
    const unconfirmed = decide(state, operation).outcomes.filter((outcome) => outcome?.status === 'UNCONFIRMED').length
    const entry = isDurable ? compact(state, stamp()) : undefined
    if (entry === undefined) return { kind: 'release', claim, unconfirmed }
    return { kind: 'settle', claim, number: entry.number, entry: encodeEntry(entry, createTextBudget()), unconfirmed }
  }

  return {
    async intend(rows) {
      if (operation === 'UPSERT') {
        doubt(rows)
        return true
      }
      const entry: Entry = { kind: 'intent', ...stamp(), rows }
      try {
        const isWritten = await committer.write(writeOf('intent', entry))
        if (isWritten) entries.push(entry)
        return isWritten
      } catch (error) {
        // It may be written all the same, and nothing leaves on its account.
        unwritten.push(writeOf('fact', { kind: 'withdrawn', ...stamp(), rows }))
        throw error
      }
    },
    withdraw,
    async tell(rows, outcomes) {
      const kept: Promise<void>[] = []
      await eachInSlice(slicesOf(rows.length), ([start, end]) => {
        const told = outcomes.slice(start, end).map(intern)
        kept.push(note({ kind: 'verdicts', ...stamp(), rows: rows.slice(start, end), outcomes: told }))
      })
      await Promise.all(kept)
    },
    flush,
    decision: () => decide(folded(), operation),
    async end() {
      const isDurable = await flush()
      // Where it fails, this process may open the record again, and others when the lease of this one is over.
      await committer.write(lastWrite(isDurable)).catch(() => false)
    },
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
