import { deflateSync, inflateSync } from 'node:zlib'
import { z } from 'zod'
import type { Outcome } from '../ingest/outcome.ts'
import { StoreError } from './store-error.ts'
import { restoreOutcome, STORED_OUTCOME, type StoredOutcome, type TextBudget } from './stored-outcome.ts'

/** The format version of entries; every change of their form needs a new one. */
export const ENTRY_VERSION = 1

/** Longer entries are compressed; in characters. */
const PLAIN_LENGTH = 1_024

/** Larger than any real entry; bounds the memory that a damaged one can take. */
const MAX_PLAIN_BYTES = 64 * 1024 * 1024

/** Higher than any real count of rows, for the same reason. */
const MAX_COUNT = 1_000_000

const NUMBERS = z.array(z.int().min(-MAX_COUNT).max(MAX_COUNT))

const STORED_ENTRY = z.object({
  v: z.literal(ENTRY_VERSION),
  kind: z.enum(['intent', 'withdrawn', 'verdicts', 'settled']),
  epoch: z.int(),
  number: z.int(),
  /** Runs of row indexes; for `settled` the rows are all, in order. */
  rows: NUMBERS,
  /** The distinct outcomes, and for each row the place of its outcome among them, run-length encoded. */
  dictionary: z.array(STORED_OUTCOME),
  which: NUMBERS,
})

type StoredEntry = z.infer<typeof STORED_ENTRY>

/** An entry as text: JSON, or compressed JSON in base64. The budget limits how many texts its outcomes keep. */
export function encodeEntry(entry: Entry, budget: TextBudget): string {
  const { kind, epoch, number } = entry
  const outcomes = 'outcomes' in entry ? toDictionary(entry.outcomes, budget) : { dictionary: [], which: [] }
  const stored: StoredEntry = { v: ENTRY_VERSION, kind, epoch, number, rows: toRuns('rows' in entry ? entry.rows : []), ...outcomes }
  const text = JSON.stringify(stored)
  return text.length <= PLAIN_LENGTH ? text : deflateSync(text).toString('base64')
}

/**
 * Decodes an entry; `NEWER_VERSION` where its version, or a code that is not known here, shows that a newer Rowgate wrote it.
 * Throws a `StoreError` where it is damaged.
 */
export function decodeEntry(text: string): Entry | 'NEWER_VERSION' {
  const json = readJson(text)
  if (typeof json?.v !== 'number') throw unreadable()
  const { success, data } = STORED_ENTRY.safeParse(json)
  return success ? toEntry(data) : 'NEWER_VERSION'
}

/** Decodes the entries of a journal, in order; `NEWER_VERSION` where a newer Rowgate wrote one of them. */
export function decodeJournal(texts: readonly string[]): readonly Entry[] | 'NEWER_VERSION' {
  const entries: Entry[] = []
  for (const text of texts) {
    const entry = decodeEntry(text)
    if (entry === 'NEWER_VERSION') return entry
    entries.push(entry)
  }
  return entries
}

function readJson(text: string): { readonly v?: unknown } | null {
  try {
    const plain = text.startsWith('{') ? text : inflateSync(Buffer.from(text, 'base64'), { maxOutputLength: MAX_PLAIN_BYTES }).toString()
    return JSON.parse(plain)
  } catch (error) {
    throw unreadable(error)
  }
}

function toEntry({ kind, epoch, number, rows: runs, dictionary, which }: StoredEntry): Entry {
  const stamp = { epoch, number }
  const rows = fromRuns(runs)
  if (kind === 'intent' || kind === 'withdrawn') return { kind, ...stamp, rows }
  const distinct = dictionary.map(restoreOutcome)
  const outcomes = fromRepeats(which).map((place) => distinct[place])
  if (!areAll(outcomes) || (kind === 'verdicts' && outcomes.length !== rows.length)) throw unreadable()
  return kind === 'settled' ? { kind, ...stamp, outcomes } : { kind, ...stamp, rows, outcomes }
}

function areAll(outcomes: readonly (Outcome | undefined)[]): outcomes is readonly Outcome[] {
  return outcomes.every((outcome) => outcome !== undefined)
}

function unreadable(cause?: unknown): StoreError {
  return new StoreError('An entry of the store cannot be read.', { cause })
}

/** Most rows share one outcome object, so that few have to be compared by content. */
function toDictionary(outcomes: readonly Outcome[], budget: TextBudget): Pick<StoredEntry, 'dictionary' | 'which'> {
  const dictionary: StoredOutcome[] = []
  const bySelf = new Map<Outcome, number>()
  const byText = new Map<string, number>()
  const placeOf = (text: string, make: () => number) => {
    const place = byText.get(text) ?? make()
    byText.set(text, place)
    return place
  }
  const add = (outcome: Outcome) =>
    placeOf(JSON.stringify(outcome), () => {
      const stored = budget.fit(outcome)
      return placeOf(`kept ${JSON.stringify(stored)}`, () => dictionary.push(stored) - 1)
    })
  const places = outcomes.map((outcome) => {
    const place = bySelf.get(outcome) ?? add(outcome)
    bySelf.set(outcome, place)
    return place
  })
  return { dictionary, which: toRepeats(places) }
}

/** Identifies an entry in its record: the epoch of the claim that wrote it, and a number that grows within the claim. */
export interface EntryStamp {
  readonly epoch: number
  readonly number: number
}

/** One entry of a record's journal; rows are given by index. */
export type Entry = EntryStamp &
  (
    | { readonly kind: 'intent'; readonly rows: readonly number[] }
    /** Earlier intents of the same epoch: these rows were certainly not taken. */
    | { readonly kind: 'withdrawn'; readonly rows: readonly number[] }
    /** One outcome for each of the rows; a rejection also withdraws earlier intents of the same epoch. */
    | { readonly kind: 'verdicts'; readonly rows: readonly number[]; readonly outcomes: readonly Outcome[] }
    /** The final outcome of every row of the record; replaces the entries that its claim knew. */
    | { readonly kind: 'settled'; readonly outcomes: readonly Outcome[] }
  )

// Run-length encoding: most entries are about neighbouring rows with the same outcome.

/** Indexes in any order as runs: the distance from the end of the run before, and the length. */
function toRuns(indexes: readonly number[]): number[] {
  const runs: number[] = []
  let end = 0
  for (const index of indexes) {
    if (index === end && runs.length > 0) runs.push((runs.pop() as number) + 1)
    else runs.push(index - end, 1)
    end = index + 1
  }
  return runs
}

/** The inverse of `toRuns`. */
function fromRuns(runs: readonly number[]): number[] {
  const indexes: number[] = []
  let end = 0
  for (let at = 0; at + 1 < runs.length; at += 2) {
    end += runs[at] as number
    for (let left = runs[at + 1] as number; left > 0; left--) indexes.push(end++)
  }
  return indexes
}

/** Numbers as pairs: a number, and how often it occurs in a row. */
function toRepeats(numbers: readonly number[]): number[] {
  const pairs: number[] = []
  for (const number of numbers) {
    if (pairs.at(-2) === number) pairs.push((pairs.pop() as number) + 1)
    else pairs.push(number, 1)
  }
  return pairs
}

/** The inverse of `toRepeats`. */
function fromRepeats(pairs: readonly number[]): number[] {
  const numbers: number[] = []
  for (let at = 0; at + 1 < pairs.length; at += 2)
    for (let left = pairs[at + 1] as number; left > 0; left--) numbers.push(pairs[at] as number)
  return numbers
}
