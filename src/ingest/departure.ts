import type { Batch, JournaledRow, SendJournal } from './batch.ts'
import { type Send, WAITED_TOO_LONG } from './limits/tenant-limits.ts'
import { notSent, type Outcome, rejectedHere } from './outcome.ts'
import type { Answer } from './upstream-port.ts'

const NOT_RECORDED = rejectedHere(
  [{ code: 'STORE_UNAVAILABLE', message: 'It could not be recorded that the row was about to be sent, so it was not sent.' }],
  true,
)

/** One attempt at journaled rows; the signal aborts when its time is up. */
export function departureOf(journaled: readonly JournaledRow[], signal: AbortSignal) {
  let left: readonly number[] | undefined
  return {
    /** Sends once all journals have recorded the intent; otherwise sends nothing. */
    guard: (send: Send<Answer>): Send<Answer> => {
      return async (noteLeft) => {
        left = await placesThatMayLeave(journaled)
        if (left.length === journaled.length && !signal.aborted) return await send(noteLeft)
        withdrawAt(journaled, left)
        return WAITED_TOO_LONG
      }
    },
    /** Where some rows may not leave: the places of those that may, and a provisional outcome for each row. */
    takenOut(): { readonly left: readonly number[]; readonly outcomes: Outcome[] } | undefined {
      if (left === undefined || left.length === journaled.length) return undefined
      const isLeft = new Set(left)
      return { left, outcomes: journaled.map((_, at) => (isLeft.has(at) ? notSent('OVERLOADED') : NOT_RECORDED)) }
    },
  }
}

async function placesThatMayLeave(rows: readonly JournaledRow[], places: Iterable<number> = rows.keys()): Promise<readonly number[]> {
  const asked = Array.from(byJournal(rows, places), ([journal, own]) => ({
    own,
    mayLeave: journal.intend(indexesOf(rows, own)).catch(() => false),
  }))
  const left: number[] = []
  for (const { own, mayLeave } of asked) if (await mayLeave) left.push(...own)
  // In order, since rows of one key must not change places.
  return asked.length === 1 ? left : left.sort((a, b) => a - b)
}

/** Withdraws the intents of those rows at these places that are known not to be written, before new ones are recorded. */
export function withdrawRejected({ journaled }: Batch, places: readonly number[], outcomeAt: (place: number) => Outcome | undefined): void {
  if (journaled === undefined) return
  const untaken = places.filter((place) => outcomeAt(place)?.status === 'REJECTED')
  withdrawAt(journaled, untaken)
}

/**
 * Records anew the intents of rows that are not sent again after all, before their last outcome becomes final: since they were withdrawn,
 * others may have sent them. Resolves with the places of those for which that cannot be ruled out.
 */
export async function intendAgain({ journaled }: Batch, places: readonly number[]): Promise<readonly number[]> {
  if (journaled === undefined || places.length === 0) return []
  const intended = new Set(await placesThatMayLeave(journaled, places))
  return places.filter((place) => !intended.has(place))
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
