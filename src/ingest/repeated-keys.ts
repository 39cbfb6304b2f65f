import { type Chunk, keepRows } from '../rows/chunk.ts'
import type { JudgedRows } from '../rows/judge.ts'
import { createIntSet } from '../util/int-set.ts'
import type { Destination } from './batch.ts'
import { isRepeatable, mayBeTakenLater, type Outcome, overtaken, rejectedHere } from './outcome.ts'

/** Where in a request a key was appended first. */
interface Place {
  readonly index: number
  /** The field it came with, where another field looks. */
  readonly field?: string
}

/** The keys that the fields of one request have appended so far, by destination. */
export type AppendedKeys = Map<string, Map<string, Place>>

/** A field among several of its request, by its response key, and what those before it have appended. */
export interface FieldOfSeveral {
  readonly field: string
  readonly appended: AppendedKeys
}

/**
 * Rejects rows of an APPEND that repeat the key of an earlier row of the request. Returns the chunks of the others, and `note`,
 * which remembers their keys for later fields of the request, if there are any.
 */
export function refuseRepeated(
  judged: JudgedRows,
  outcomes: Outcome[],
  destination: Destination,
  among?: FieldOfSeveral,
): { readonly chunks: readonly Chunk[]; note(): void } {
  const before = among && keysOf(destination, among.appended)
  const { repeated, firsts } = findRepeated(judged, before)
  for (const [index, place] of repeated) outcomes[index] = rejectedHere([{ code: 'DUPLICATE_KEY', message: wordPlace(place) }])
  return {
    chunks: repeated.size === 0 ? judged.chunks : keepRows(judged.chunks, (index) => !repeated.has(index)),
    note: () => {
      if (before !== undefined) for (const [key, index] of firsts) before.set(key, { index, field: among?.field ?? '' })
    },
  }
}

/** Dry runs have keys of their own: the same rows may be appended after one. */
function keysOf({ solution, resource, dryRun }: Destination, appended: AppendedKeys): Map<string, Place> {
  const name = JSON.stringify([solution.name, resource.graphqlName, dryRun])
  const keys = appended.get(name) ?? new Map<string, Place>()
  appended.set(name, keys)
  return keys
}

const MAX_NAME = 100

function wordPlace({ index, field }: Place): string {
  const where = field === undefined ? 'this request' : `the field ${field.slice(0, MAX_NAME)} of this request`
  return `Row ${index} of ${where} has the same primary key.`
}

/** Each repeated row and which one it repeats, and the index of the first row of each key. */
function findRepeated({ chunks, keyText }: JudgedRows, before: ReadonlyMap<string, Place> | undefined) {
  const repeated = new Map<number, Place>()
  const firsts = new Map<string, number>()
  // With a single field, key texts are compared only where two key hashes are equal, which is rare.
  if (before === undefined && repeatedNumbers(chunks).size === 0) return { repeated, firsts }
  for (const { indexes, rows } of chunks)
    indexes.forEach((index, place) => {
      const key = keyText(rows.at(place))
      const first = firsts.get(key)
      const earlier = before?.get(key) ?? (first === undefined ? undefined : { index: first })
      if (earlier === undefined) firsts.set(key, index)
      else repeated.set(index, earlier)
    })
  return { repeated, firsts }
}

// Rows with one key are written in the order sent, even where some are sent again: a repeated UPSERT would undo a later one of
// its key. So a row is not sent again once a later row of the request with the same key was accepted.

/** For each key that several good rows share, the indexes of these rows in the order sent. */
export function rowsOfOneKey({ chunks, keyText }: JudgedRows): readonly (readonly number[])[] {
  const repeated = repeatedNumbers(chunks)
  if (repeated.size === 0) return []
  const groups = new Map<string, number[]>()
  for (const { indexes, keys, rows } of chunks)
    keys.forEach((number, place) => {
      if (!repeated.has(number)) return
      const text = keyText(rows.at(place))
      const group = groups.get(text)
      if (group === undefined) groups.set(text, [indexes[place] as number])
      else group.push(indexes[place] as number)
    })
  return [...groups.values()].filter(({ length }) => length > 1)
}

/** Key hashes that several rows have; different keys rarely share one. */
function repeatedNumbers(chunks: JudgedRows['chunks']): ReadonlySet<number> {
  const seen = createIntSet(chunks.reduce((sum, { keys }) => sum + keys.length, 0))
  const repeated = new Set<number>()
  for (const { keys } of chunks) for (const number of keys) if (!seen.add(number)) repeated.add(number)
  return repeated
}

/** Marks rows that precede an accepted one with their key as not to be sent again; returns their indexes. */
export function markOvertaken(groups: readonly (readonly number[])[], outcomes: Outcome[]): readonly number[] {
  return groups.flatMap((indexes) => {
    const accepted = indexes.findLast((index) => outcomes[index]?.status === 'ACCEPTED')
    if (accepted === undefined) return []
    const before = indexes.filter((index) => index < accepted && isOpen(outcomes[index] as Outcome))
    for (const index of before) outcomes[index] = overtaken(outcomes[index] as Outcome, accepted)
    return before
  })
}

function isOpen(outcome: Outcome): boolean {
  return isRepeatable(outcome) || mayBeTakenLater(outcome)
}
