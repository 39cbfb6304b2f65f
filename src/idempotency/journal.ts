import { type Operation, type Outcome, unconfirmed } from '../ingest/outcome.ts'
import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'
import type { Committer } from './committer.ts'
import type { Entry, EntryStamp } from './entry.ts'
import { encodeEntry } from './entry-codec.ts'
import { compact, type Decision, decide, type Folded, fold, lastEpochs } from './fold.ts'
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

  function note(entry: Entry, kind: 'fact' | 'rejection' = 'fact'): Promise<void> {
    entries.push(entry)
    return writes.write(writeOf(kind, entry))
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
        const told = doubts.tell(rows.slice(start, end), outcomes.slice(start, end).map(intern))
        for (const { kind, ...verdicts } of told) kept.push(note({ kind: 'verdicts', ...stamp(), ...verdicts }, kind))
      })
      await Promise.all(kept)
    },
    flush: () => writes.retry(claim.id),
    decision: () => decide(fold(entries, rowCount), operation),
    async end() {
      await writes.retry(claim.id)
      const last = lastWrite(fold(entries, rowCount), options, stamp())
      // Until it is written others may not open the record while this process lives.
      await writes.write(last)
    },
  }
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

/** The end of a claim. A settled entry holds what could not be written before too; it takes the place of all others, so that its text budget is its own. */
function lastWrite(folded: Folded, { claim, operation }: JournalOptions, stamp: EntryStamp): Write {
  const unconfirmed = decide(folded, operation).outcomes.filter((outcome) => outcome?.status === 'UNCONFIRMED').length
  const entry = compact(folded, stamp)
  if (entry === undefined) return { kind: 'release', claim, unconfirmed }
  return { kind: 'settle', claim, number: entry.number, entry: encodeEntry(entry, createTextBudget()), unconfirmed }
}

/** What one entry tells, and how it is written. */
interface ToldEntry {
  readonly kind: 'fact' | 'rejection'
  readonly rows: readonly number[]
  readonly outcomes: readonly Outcome[]
}

/**
 * An UPSERT may have been sent by several claims, of which none knows what the others do. One that an earlier claim may have sent
 * without a word on it is told as unconfirmed first, in the entry of each of its outcomes: never is one durable without the other.
 * Any other rejection is kept only until a later claim is opened, which then sends the row and tells of it.
 */
function createDoubts(options: JournalOptions) {
  const isUpsert = options.operation === 'UPSERT'
  const wasSilent = findSilence(options)
  const doubted = new Set<number>()
  const open = unconfirmed('NO_VERDICT', { operation: options.operation, dryRun: false })

  function isDoubtful(row: number, outcome: Outcome): boolean {
    return doubted.has(row) || (isUpsert && outcome.status === 'REJECTED' && outcome.retryable && wasSilent(row))
  }

  return {
    send(rows: readonly number[]): void {
      for (const row of rows) if (wasSilent(row)) doubted.add(row)
    },
    /** One outcome for each of the rows, as entries. */
    tell(rows: readonly number[], outcomes: readonly Outcome[]): readonly ToldEntry[] {
      const all = outcomes.map((outcome, at) => ({ row: rows[at] as number, outcome }))
      const first = all.filter(({ row, outcome }) => isDoubtful(row, outcome)).map(({ row }) => ({ row, outcome: open }))
      const isRejection = ({ row, outcome }: (typeof all)[0]) => isUpsert && outcome.status === 'REJECTED' && !isDoubtful(row, outcome)
      const rejections = all.filter(isRejection)
      const facts = rejections.length === 0 ? all : all.filter((one) => !isRejection(one))
      return [toldEntry('fact', [...first, ...facts]), toldEntry('rejection', rejections)].filter((one) => one.rows.length > 0)
    },
  }
}

function toldEntry(kind: ToldEntry['kind'], told: readonly { readonly row: number; readonly outcome: Outcome }[]): ToldEntry {
  return { kind, rows: told.map(({ row }) => row), outcomes: told.map(({ outcome }) => outcome) }
}

/** Whether the claim before this one, if there was one, left a row without a word: it may have been interrupted after sending it. */
function findSilence({ claim, entries, rowCount }: JournalOptions): (row: number) => boolean {
  const toldAt = lastEpochs(entries, rowCount)
  return (row) => (toldAt[row] as number) < claim.epoch - 1
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
