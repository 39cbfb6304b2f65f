import { type Operation, type Outcome, outcomeAfter, unconfirmed } from '../ingest/outcome.ts'
import type { Entry, EntryStamp } from './entry.ts'
import { ROW_TRANSITIONS, type RowEvent, type RowState, SENT_AGAIN } from './states.ts'

// What a journal says of each row is a pure fold over it, in its order:
//
//  1. An intent stands until a withdrawal or a rejection of the same epoch with a higher number, whichever of them comes first.
//  2. The first final outcome stays. A `settled` entry comes before all others, wherever it is.
//  3. What may have been written is not called rejected any more; it may still become accepted.

/** What a journal says, row by row. */
export interface Folded {
  readonly states: readonly RowState[]
  /** The last word on each row; undefined where there is none. */
  readonly outcomes: readonly (Outcome | undefined)[]
}

/** The state of each row of a record, from its journal in order. */
export function fold(entries: readonly Entry[], rowCount: number): Folded {
  const states = Array<RowState>(rowCount).fill('UNSENT')
  const outcomes = Array<Outcome | undefined>(rowCount).fill(undefined)
  const intents = createIntents(rowCount)
  const move = (row: number, event: RowEvent) => {
    states[row] = ROW_TRANSITIONS[states[row] as RowState][event]
  }

  function tell(row: number, outcome: Outcome): void {
    const earlier = outcomes[row]
    const isConfirmed = earlier?.status === 'UNCONFIRMED' && outcome.status === 'ACCEPTED'
    if (states[row] === 'SETTLED' && !isConfirmed) return
    move(row, eventOf(outcome))
    if (states[row] !== 'INTENDED') outcomes[row] = outcomeAfter(earlier, outcome)
  }

  function apply(entry: JournalEntry, row: number, place: number): void {
    const outcome = entry.kind === 'verdicts' ? entry.outcomes[place] : undefined
    if (entry.kind === 'intent' && intents.add(row, entry)) move(row, 'INTENT')
    const isNotTaken = entry.kind === 'withdrawn' || outcome?.status === 'REJECTED'
    if (isNotTaken && !intents.withdraw(row, entry)) move(row, 'WITHDRAWN')
    if (outcome !== undefined) tell(row, outcome)
  }

  const settled = entries.find(({ kind }) => kind === 'settled')
  if (settled?.kind === 'settled')
    settled.outcomes.slice(0, rowCount).forEach((outcome, row) => {
      states[row] = 'SETTLED'
      outcomes[row] = outcome
    })
  for (const entry of entries)
    if (entry.kind !== 'settled')
      entry.rows.forEach((row, place) => {
        if (row in states) apply(entry, row, place)
      })
  return { states, outcomes }
}

type JournalEntry = Exclude<Entry, { kind: 'settled' }>

/** Which intents stand, by row and epoch: the highest number with which it was intended, against that with which it was said not to be taken. */
function createIntents(rowCount: number) {
  const byEpoch = new Map<number, { readonly intended: Uint32Array; readonly notTaken: Uint32Array }>()
  function numbersOf(epoch: number) {
    const numbers = byEpoch.get(epoch) ?? { intended: new Uint32Array(rowCount), notTaken: new Uint32Array(rowCount) }
    byEpoch.set(epoch, numbers)
    return numbers
  }
  const note = (numbers: Uint32Array, row: number, number: number) => {
    numbers[row] = Math.max(numbers[row] as number, number)
  }
  return {
    /** Whether it stands. */
    add(row: number, { epoch, number }: EntryStamp): boolean {
      const { intended, notTaken } = numbersOf(epoch)
      note(intended, row, number)
      return (notTaken[row] as number) < number
    },
    /** Whether another of the row still stands. */
    withdraw(row: number, { epoch, number }: EntryStamp): boolean {
      note(numbersOf(epoch).notTaken, row, number)
      for (const { intended, notTaken } of byEpoch.values()) if ((intended[row] as number) > (notTaken[row] as number)) return true
      return false
    },
  }
}

/** The epoch of the last claim that told an outcome of each row; 0 where none did. */
export function lastEpochs(entries: readonly Entry[], rowCount: number): Uint32Array {
  const epochs = new Uint32Array(rowCount)
  for (const entry of entries)
    if (entry.kind === 'verdicts') for (const row of entry.rows) epochs[row] = Math.max(epochs[row] ?? 0, entry.epoch)
  return epochs
}

/** What is done when a key comes again, or is told when its rows have been sent. */
export interface Decision {
  /** The rows to be sent; sending any of the others again could not help, or could write it twice. */
  readonly send: readonly number[]
  /** What is known of each row; undefined where a row to be sent has no outcome yet. */
  readonly outcomes: readonly (Outcome | undefined)[]
}

/** Which rows are sent when their key comes again, and what is told of all others. */
export function decide({ states, outcomes }: Folded, operation: Operation): Decision {
  const open = unconfirmed('NO_VERDICT', { operation, dryRun: false })
  return {
    send: states.flatMap((state, row) => (SENT_AGAIN[state][operation] ? [row] : [])),
    outcomes: outcomes.map((outcome, row) => (states[row] === 'INTENDED' ? open : outcome)),
  }
}

/** Whether every row has its final outcome. */
export function areSettled({ states }: Folded): boolean {
  return states.every((state) => state === 'SETTLED')
}

/** The one entry that says the same as the whole journal, of which all rows are settled. */
export function compact({ outcomes }: Folded, { epoch, number }: EntryStamp): Entry {
  return { kind: 'settled', epoch, number, outcomes: outcomes.filter((outcome) => outcome !== undefined) }
}

function eventOf(outcome: Outcome): RowEvent {
  return outcome.status === 'REJECTED' && outcome.retryable ? 'RETRYABLE' : outcome.status
}
