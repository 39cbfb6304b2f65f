import { type Operation, type Outcome, outcomeAfter, unconfirmed } from '../ingest/outcome.ts'
import type { Entry, EntryStamp } from './entry.ts'
import { ROW_TRANSITIONS, type RowEvent, type RowState, SENT_AGAIN } from './states.ts'

// What a journal says of each row is a pure fold over it:
//
//  1. An intent stands until a withdrawal or a rejection of the same epoch with a higher number, wherever in the journal those are.
//  2. Outcomes count in the order of the journal, a `settled` entry before all others; the first final one stays.
//  3. What may have been written is not called rejected any more; it may still become accepted.

/** What a journal says, row by row. */
export interface Folded {
  readonly states: readonly RowState[]
  /** The last word on each row; undefined where there is none. */
  readonly outcomes: readonly (Outcome | undefined)[]
}

/** The state of each row of a record, from its journal in order. */
export function fold(entries: readonly Entry[], rowCount: number): Folded {
  const isStanding = standingIntents(entries, rowCount)
  const states = Array.from({ length: rowCount }, (_, row): RowState => (isStanding(row) ? ROW_TRANSITIONS.UNSENT.INTENT : 'UNSENT'))
  const outcomes = Array.from<Outcome | undefined>({ length: rowCount })

  function tell(row: number, outcome: Outcome): void {
    const [state, earlier] = [states[row], outcomes[row]]
    if (state === undefined) return
    const isConfirmed = earlier?.status === 'UNCONFIRMED' && outcome.status === 'ACCEPTED'
    if (state === 'SETTLED' && !isConfirmed) return
    states[row] = ROW_TRANSITIONS[state][eventOf(outcome)]
    if (states[row] !== 'INTENDED' || outcome.status !== 'REJECTED') outcomes[row] = outcomeAfter(earlier, outcome)
  }

  const settled = entries.find(({ kind }) => kind === 'settled')
  for (let row = 0; row < rowCount; row++) {
    const outcome = settled?.kind === 'settled' ? settled.outcomes[row] : undefined
    if (outcome === undefined) continue
    states[row] = 'SETTLED'
    outcomes[row] = outcome
  }
  for (const entry of entries)
    if (entry.kind === 'verdicts')
      for (let place = 0; place < entry.rows.length; place++) tell(entry.rows[place] as number, entry.outcomes[place] as Outcome)
  return { states, outcomes }
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
    outcomes: outcomes.map((outcome, row) => (states[row] === 'INTENDED' ? (outcome ?? open) : outcome)),
  }
}

/** The one entry that says the same as the whole journal; undefined while a row is not settled. */
export function compact({ states, outcomes }: Folded, { epoch, number }: EntryStamp): Entry | undefined {
  if (!states.every((state) => state === 'SETTLED')) return undefined
  return { kind: 'settled', epoch, number, outcomes: outcomes.filter((outcome) => outcome !== undefined) }
}

function eventOf(outcome: Outcome): RowEvent {
  return outcome.status === 'REJECTED' && outcome.retryable ? 'RETRYABLE' : outcome.status
}

/** By epoch, the highest numbers with which each row was intended, and said not to have been taken. */
interface Numbers {
  readonly intended: Uint32Array
  readonly notTaken: Uint32Array
}

function standingIntents(entries: readonly Entry[], rowCount: number): (row: number) => boolean {
  const byEpoch = new Map<number, Numbers>()
  for (const { epoch, kind } of entries)
    if (kind === 'intent') byEpoch.set(epoch, { intended: new Uint32Array(rowCount), notTaken: new Uint32Array(rowCount) })
  for (const entry of entries) {
    const numbers = byEpoch.get(entry.epoch)
    if (numbers === undefined || entry.kind === 'settled') continue
    const highest = entry.kind === 'intent' ? numbers.intended : numbers.notTaken
    for (let place = 0; place < entry.rows.length; place++) {
      if (entry.kind === 'verdicts' && entry.outcomes[place]?.status !== 'REJECTED') continue
      const row = entry.rows[place] as number
      if (row < rowCount) highest[row] = Math.max(highest[row] as number, entry.number)
    }
  }
  const all = [...byEpoch.values()]
  return (row) => all.some(({ intended, notTaken }) => (intended[row] as number) > (notTaken[row] as number))
}
