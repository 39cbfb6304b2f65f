import { type Send, WAITED_TOO_LONG } from './limits/tenant-limits.ts'
import { notSent, type Outcome, rejectedHere } from './outcome.ts'
import type { JournaledRow, SendJournal } from './send-journal.ts'
import type { Answer, Batch } from './upstream-port.ts'

/** A journal that has not answered by then, in milliseconds, keeps its rows back: they hold a permit that others wait for. */
const INTENT_TIMEOUT_MS = 2_000

const NOT_RECORDED = rejectedHere(
  [{ code: 'STORE_UNAVAILABLE', message: 'That the row leaves could not be recorded; it was not sent.' }],
  true,
)

/** One attempt at rows of which journals are kept. The signal says that its time is up. */
export function departureOf(journaled: readonly JournaledRow[], signal: AbortSignal) {
  let left: readonly number[] | undefined
  return {
    /** The same sending, once all journals have said that their rows may leave; else nothing leaves. */
    guard: (send: Send<Answer>): Send<Answer> => {
      return async (noteLeft) => {
        left = await placesThatMayLeave(journaled)
        if (left.length === journaled.length && !signal.aborted) return await send(noteLeft)
        withdrawAt(journaled, left)
        return WAITED_TOO_LONG
      }
    },
    /** Where some rows were kept back: the places of those that may leave, and an outcome for each row for the time being. */
    takenOut(): { readonly left: readonly number[]; readonly outcomes: Outcome[] } | undefined {
      if (left === undefined || left.length === journaled.length) return undefined
      const isLeft = new Set(left)
      return { left, outcomes: journaled.map((_, at) => (isLeft.has(at) ? notSent('OVERLOADED') : NOT_RECORDED)) }
    },
  }
}

async function placesThatMayLeave(rows: readonly JournaledRow[]): Promise<readonly number[]> {
  const asked = byJournal(rows, rows.keys())
  const answers = await Promise.all(
    [...asked].map(async ([journal, places]) => ((await mayLeave(journal, indexesOf(rows, places))) ? places : [])),
  )
  // In order, since rows of one key must not change places.
  return answers.length === 1 ? (answers[0] ?? []) : answers.flat().sort((a, b) => a - b)
}

function mayLeave(journal: SendJournal, indexes: readonly number[]): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), INTENT_TIMEOUT_MS)
    const answer = (mayThey: boolean) => {
      clearTimeout(timer)
      resolve(mayThey)
    }
    journal.intend(indexes).then(answer, () => answer(false))
  })
}

/** Withdraws what was intended of the rows at these places, as far as they are known not to be written, before they are intended again. */
export function withdrawRejected({ journaled }: Batch, places: readonly number[], outcomeAt: (place: number) => Outcome | undefined): void {
  if (journaled === undefined) return
  const untaken = places.filter((place) => outcomeAt(place)?.status === 'REJECTED')
  withdrawAt(journaled, untaken)
}

function withdrawAt(rows: readonly JournaledRow[], places: readonly number[]): void {
  for (const [journal, own] of byJournal(rows, places)) void journal.withdraw(indexesOf(rows, own))
}

function byJournal(rows: readonly JournaledRow[], places: Iterable<number>): ReadonlyMap<SendJournal, readonly number[]> {
  return Map.groupBy(places, (place) => (rows[place] as JournaledRow).journal)
}

function indexesOf(rows: readonly JournaledRow[], places: readonly number[]): readonly number[] {
  return places.map((place) => (rows[place] as JournaledRow).index)
}
