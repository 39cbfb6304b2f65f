import { isRefusedForAll, mayBeTakenLater, type Operation, type Outcome, outcomeAfter, unconfirmed } from '../ingest/outcome.ts'
import type { Entry, EntryStamp } from './entry-codec.ts'
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
  const intentsOf = createIntents(rowCount)
  const move = (row: number, event: RowEvent) => {
    const state = states[row] as RowState
    states[row] = ROW_TRANSITIONS[state][event] ?? state
  }

  function tell(row: number, outcome: Outcome): void {
    const earlier = outcomes[row]
    const isConfirmed = earlier?.status === 'UNCONFIRMED' && outcome.status === 'ACCEPTED'
    if (states[row] === 'SETTLED' && !isConfirmed) return
    move(row, eventOf(outcome))
    if (states[row] !== 'INTENDED') outcomes[row] = outcomeAfter(earlier, outcome)
  }

  function apply(entry: Exclude<Entry, { kind: 'settled' }>, claim: Intents, row: number, place: number): void {
    const outcome = entry.kind === 'verdicts' ? entry.outcomes[place] : undefined
    if (entry.kind === 'intent' && claim.add(row, entry.number)) move(row, 'INTENT')
    const isNotTaken = entry.kind === 'withdrawn' || outcome?.status === 'REJECTED'
    if (isNotTaken && !claim.withdraw(row, entry.number)) move(row, 'WITHDRAWN')
    if (outcome !== undefined) tell(row, outcome)
  }

  const settled = entries.find(({ kind }) => kind === 'settled')
  if (settled?.kind === 'settled')
    settled.outcomes.slice(0, rowCount).forEach((outcome, row) => {
      states[row] = isRefusedForAll(outcome) ? 'UNSENT' : 'SETTLED'
      outcomes[row] = outcome
    })
  for (const entry of entries) {
    if (entry.kind === 'settled') continue
    const claim = intentsOf(entry.epoch)
    entry.rows.forEach((row, place) => {
      if (row >= 0 && row < rowCount) apply(entry, claim, row, place)
    })
  }
  return { states, outcomes }
}

/** The intents of one claim. */
interface Intents {
  /** Whether it stands. */
  add(row: number, number: number): boolean
  /** Whether another of the row, of any claim, still stands. */
  withdraw(row: number, number: number): boolean
}

/** Which intents stand, by epoch and row: the highest number with which it was intended, against that with which it was said not to be taken. */
function createIntents(rowCount: number): (epoch: number) => Intents {
  const numbers: { readonly intended: Uint32Array; readonly notTaken: Uint32Array }[] = []
  const isStanding = (row: number) => numbers.some(({ intended, notTaken }) => (intended[row] as number) > (notTaken[row] as number))
  const byEpoch = new Map<number, Intents>()

  function createClaim(): Intents {
    const [intended, notTaken] = [new Uint32Array(rowCount), new Uint32Array(rowCount)]
    numbers.push({ intended, notTaken })
    return {
      add(row, number) {
        intended[row] = Math.max(intended[row] as number, number)
        return (notTaken[row] as number) < number
      },
      withdraw(row, number) {
        notTaken[row] = Math.max(notTaken[row] as number, number)
        return isStanding(row)
      },
    }
  }

  return (epoch) => {
    const claim = byEpoch.get(epoch) ?? createClaim()
    byEpoch.set(epoch, claim)
    return claim
  }
}

/** The rows of which an entry tells an outcome, in its order. */
export function rowsToldIn(entry: Entry): Iterable<number> {
  if (entry.kind === 'settled') return entry.outcomes.keys()
  return entry.kind === 'verdicts' ? entry.rows : []
}

/** The epoch of the last claim that told an outcome of each row; 0 where none did. */
export function lastEpochs(entries: readonly Entry[], rowCount: number): Uint32Array {
  const epochs = new Uint32Array(rowCount)
  for (const entry of entries) for (const row of rowsToldIn(entry)) epochs[row] = Math.max(epochs[row] ?? 0, entry.epoch)
  return epochs
}

/** What is done when a key comes again, or is told when its rows have been sent. */
export interface Decision {
  /** The rows to be sent; sending any of the others again could not help, or could write it twice. */
  readonly send: readonly number[]
  /** How many of them may be taken at once; others are refused until somebody mends the token or the table. */
  readonly retryableCount: number
  /** What is known of each row; undefined where a row to be sent has no outcome yet. */
  readonly outcomes: readonly (Outcome | undefined)[]
}

/** Which rows are sent when their key comes again, and what is told of all others. */
export function decide({ states, outcomes }: Folded, operation: Operation): Decision {
  const open = unconfirmed('NO_VERDICT', { operation, dryRun: false })
  const send: number[] = []
  states.forEach((state, row) => {
    if (SENT_AGAIN[state][operation] && !isOvertaken(outcomes[row])) send.push(row)
  })
  const retryableCount = send.filter((row) => !isStuck(outcomes[row])).length
  return { send, retryableCount, outcomes: outcomes.map((outcome, row) => (states[row] === 'INTENDED' ? open : outcome)) }
}

/** Whether a row may have been written and would undo a later one of its key; only an UPSERT of it would be sent again at all. */
function isOvertaken(outcome: Outcome | undefined): boolean {
  return outcome?.status === 'UNCONFIRMED' && !outcome.safeToResend
}

function isStuck(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && isRefusedForAll(outcome)
}

/** Whether there is nothing to wait for: every row has its final outcome, or was refused until somebody mends the token or the table. */
export function areSettled({ states, outcomes }: Folded): boolean {
  return states.every((state, row) => state === 'SETTLED' || (state === 'UNSENT' && isStuck(outcomes[row])))
}

/** The one entry that says the same as the whole journal, of which all rows are settled. */
export function compact({ outcomes }: Folded, { epoch, number }: EntryStamp): Entry {
  return { kind: 'settled', epoch, number, outcomes: outcomes.filter((outcome) => outcome !== undefined) }
}

function eventOf(outcome: Outcome): RowEvent {
  return mayBeTakenLater(outcome) ? 'RETRYABLE' : outcome.status
}
