import { deflateSync, inflateSync } from 'node:zlib'
import { z } from 'zod'
import type { Outcome } from '../ingest/outcome.ts'
import type { Entry } from './entry.ts'
import { fromRepeats, fromRuns, toRepeats, toRuns } from './runs.ts'
import { StoreError } from './store-error.ts'
import { restoreOutcome, STORED_OUTCOME, type StoredOutcome, type TextBudget } from './stored-outcome.ts'

/** The version of entries that are written; each change of their form is a new one. */
export const ENTRY_VERSION = 1

/** Entries of more characters are compressed. */
const PLAIN_LENGTH = 1_024

/** No entry is larger, not even of the most rows with the most outcomes; a damaged one could ask for any memory. */
const MAX_PLAIN_BYTES = 64 * 1024 * 1024

/** No count of rows is higher, for the same reason. */
const MAX_COUNT = 1_000_000

const NUMBERS = z.array(z.int().min(-MAX_COUNT).max(MAX_COUNT))

const STORED_ENTRY = z.object({
  v: z.literal(ENTRY_VERSION),
  kind: z.enum(['intent', 'withdrawn', 'verdicts', 'settled']),
  epoch: z.int(),
  number: z.int(),
  /** Runs of row indexes; for `settled` the rows are all, in order. */
  rows: NUMBERS,
  /** The different outcomes, and the place of each row's among them, with repeats. */
  dictionary: z.array(STORED_OUTCOME),
  which: NUMBERS,
})

type StoredEntry = z.infer<typeof STORED_ENTRY>

/** An entry as text: JSON, or in base64 what that is when compressed. The budget says how many words its outcomes keep. */
export function encodeEntry(entry: Entry, budget: TextBudget): string {
  const { kind, epoch, number } = entry
  const outcomes = 'outcomes' in entry ? toDictionary(entry.outcomes, budget) : { dictionary: [], which: [] }
  const stored: StoredEntry = { v: ENTRY_VERSION, kind, epoch, number, rows: toRuns('rows' in entry ? entry.rows : []), ...outcomes }
  const text = JSON.stringify(stored)
  return text.length <= PLAIN_LENGTH ? text : deflateSync(text).toString('base64')
}

/**
 * The entry of a text; `NEWER_VERSION` where a newer Rowgate wrote it: its version, or a code that this one does not know, says so.
 * Throws a `StoreError` where it is damaged.
 */
export function decodeEntry(text: string): Entry | 'NEWER_VERSION' {
  const json = readJson(text)
  if (typeof json?.v !== 'number') throw unreadable()
  const { success, data } = STORED_ENTRY.safeParse(json)
  return success ? toEntry(data) : 'NEWER_VERSION'
}

/** The entries of a journal, in order; `NEWER_VERSION` where a newer Rowgate wrote one of them. */
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

/** Most rows share the very object of their outcome, so that few are compared by what they say. */
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
