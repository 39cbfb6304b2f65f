import { isRefusedForAll, mayBeTakenLater, type Operation, type Outcome, outcomeAfter, unconfirmed } from '../ingest/outcome.ts'
import type { Entry, EntryStamp } from './entry-codec.ts'
import { ROW_TRANSITIONS, type RowEvent, type RowState, SENT_AGAIN } from './states.ts'

// The state of each row is a pure fold over the entries of the journal, in order:
//
//  1. An intent stands until a withdrawal or a rejection of the same epoch with a higher number, in whichever order they come.
//  2. The first final outcome stays. A `settled` entry takes precedence over all others, wherever it is.
//  3. A row that may have been written does not become rejected; it may still become accepted.

/** What a journal says of each row. */
export interface Folded {
  readonly states: readonly RowState[]
  /** The latest outcome of each row; undefined where there is none. */
  readonly outcomes: readonly (Outcome | undefined)[]
}

/** The state of each row of a record, from its journal in order. */
export function fold(entries: readonly Entry[], rowCount: number): Folded {
  return createFold(entries, rowCount).folded
}

/** The same, kept up to date with entries that are added. */
export function createFold(entries: readonly Entry[], rowCount: number): { readonly folded: Folded; add(entry: Entry): void } {
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

  function add(entry: Entry): void {
    if (entry.kind === 'settled') return
    const claim = intentsOf(entry.epoch)
    entry.rows.forEach((row, place) => {
      if (row < 0 || row >= rowCount) return
      const outcome = entry.kind === 'verdicts' ? entry.outcomes[place] : undefined
      if (entry.kind === 'intent' && claim.add(row, entry.number)) move(row, 'INTENT')
      const isNotTaken = entry.kind === 'withdrawn' || outcome?.status === 'REJECTED'
      if (isNotTaken && !claim.withdraw(row, entry.number)) move(row, 'WITHDRAWN')
      if (outcome !== undefined) tell(row, outcome)
    })
  }

  const settled = entries.find(({ kind }) => kind === 'settled')
  if (settled?.kind === 'settled')
    settled.outcomes.slice(0, rowCount).forEach((outcome, row) => {
      states[row] = isRefusedForAll(outcome) ? 'UNSENT' : 'SETTLED'
      outcomes[row] = outcome
    })
  entries.forEach(add)
  return { folded: { states, outcomes }, add }
}

/** The intents of one claim. */
interface Intents {
  /** Adds an intent; whether it stands. */
  add(row: number, number: number): boolean
  /** Withdraws earlier intents of a row; whether one of any claim still stands. */
  withdraw(row: number, number: number): boolean
}

/** Intents by epoch and row: the highest number of an intent, against the highest number of a withdrawal. */
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

/** The rows for which an entry has an outcome, in its order. */
export function rowsToldIn(entry: Entry): Iterable<number> {
  if (entry.kind === 'settled') return entry.outcomes.keys()
  return entry.kind === 'verdicts' ? entry.rows : []
}

/** For each row, the epoch of the last claim that recorded an outcome; 0 where none did. */
export function lastEpochs(entries: readonly Entry[], rowCount: number): Uint32Array {
  const epochs = new Uint32Array(rowCount)
  for (const entry of entries) for (const row of rowsToldIn(entry)) epochs[row] = Math.max(epochs[row] ?? 0, entry.epoch)
  return epochs
}

/** What to send and what to answer for a request with a key. */
export interface Decision {
  /** The rows to send; sending others again could not help, or could write them twice. */
  readonly send: readonly number[]
  /** How many of them may succeed now; the others fail until somebody mends the token or the table. */
  readonly retryableCount: number
  /** The outcome of each row; undefined where a row to be sent has none yet. */
  readonly outcomes: readonly (Outcome | undefined)[]
}

/** Decides which rows are sent when the key comes again, and what is answered for the others. */
export function decide({ states, outcomes }: Folded, operation: Operation): Decision {
  const open = unconfirmed('NO_VERDICT', { operation, dryRun: false })
  const send: number[] = []
  states.forEach((state, row) => {
    if (SENT_AGAIN[state][operation] && !isOvertaken(outcomes[row])) send.push(row)
  })
  const retryableCount = send.filter((row) => !isStuck(outcomes[row])).length
  return { send, retryableCount, outcomes: outcomes.map((outcome, row) => (states[row] === 'INTENDED' ? open : outcome)) }
}

/** Whether a row that may have been written would, sent again, undo a later one with its key; this concerns UPSERT only. */
function isOvertaken(outcome: Outcome | undefined): boolean {
  return outcome?.status === 'UNCONFIRMED' && !outcome.safeToResend
}

function isStuck(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && isRefusedForAll(outcome)
}

/** Whether every row has its final outcome, or was refused until somebody mends the token or the table. */
export function areSettled({ states, outcomes }: Folded): boolean {
  return states.every((state, row) => state === 'SETTLED' || (state === 'UNSENT' && isStuck(outcomes[row])))
}

/** The single entry that replaces a journal all of whose rows are settled. */
export function compact({ outcomes }: Folded, { epoch, number }: EntryStamp): Entry {
  return { kind: 'settled', epoch, number, outcomes: outcomes.filter((outcome) => outcome !== undefined) }
}

function eventOf(outcome: Outcome): RowEvent {
  return mayBeTakenLater(outcome) ? 'RETRYABLE' : outcome.status
}
