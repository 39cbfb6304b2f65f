import { type Chunk, keepRows } from '../rows/chunk.ts'
import type { JudgedRows } from '../rows/judge.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Destination, SendJournal } from './batch.ts'
import type { Batcher } from './batcher.ts'
import type { Events } from './events.ts'
import type { IngestResult } from './ingest-result.ts'
import type { Priority } from './limits/fair-semaphore.ts'
import { ACCEPTED, notSent, type Outcome, rejectedHere, unconfirmed } from './outcome.ts'
import { type FieldOfSeveral, markOvertaken, refuseRepeated, rowsOfOneKey } from './repeated-keys.ts'

/** Where rows come from, and how soon they are wanted. */
export interface IngestContext {
  readonly origin: RequestOrigin
  /** When its rows were first looked at, by the clock of `performance.now`. */
  readonly arrivedAt?: number
  /** When they were judged, where they have waited since then: that time is part of the execution timeout. */
  readonly judgedAt?: number
  /** Which queue they wait in; where nobody says so, more rows than one request holds are bulk. */
  readonly priority?: Priority | undefined
  /** Keys that earlier fields of the request have appended, which may not be repeated. */
  readonly among?: FieldOfSeveral | undefined
  readonly journaled?: Journaled | undefined
}

/** Journaled rows, and which of them are to be sent. */
export interface Journaled {
  readonly journal: SendJournal
  /** Whether the row at this index is to be sent; the others have an outcome already and only count for repeated keys. */
  isWanted(index: number): boolean
  /** The outcome of a row from earlier requests under the same key, if any. */
  known(index: number): Outcome | undefined
}

/** Sends judged rows; resolves with exactly one outcome per row. Where the queue is full none of them is sent. */
export type Ingest = (destination: Destination, judged: JudgedRows, context: IngestContext) => Promise<IngestResult>

interface IngestOptions {
  readonly batcher: Batcher
  /** What one upstream request holds. */
  readonly maxBatchRows: number
  readonly events: Events
}

/** The flow of one mutation: set the refused rows aside, send the others chunk by chunk, put every outcome at its index. */
export function createIngest({ batcher, maxBatchRows, events }: IngestOptions): Ingest {
  return async (destination, judged, { origin, arrivedAt, judgedAt, priority: asked, among, journaled }) => {
    const began = performance.now()
    events.emit('mutation:judged', { destination, origin, rows: judged.count, since: arrivedAt ?? began, until: began })
    const priority = asked ?? (judged.count > maxBatchRows ? 'bulk' : 'interactive')
    const outcomes = initialOutcomes(judged, unconfirmed('NO_VERDICT', destination))
    const firsts = destination.operation === 'APPEND' ? refuseRepeated(judged, outcomes, destination, among) : undefined
    const all = (firsts ?? judged).chunks
    const mayRepeat = judged.count > 1 && destination.operation === 'UPSERT' && !destination.dryRun
    const ofOneKey = mayRepeat ? rowsOfOneKey(judged) : []
    const chunks = journaled === undefined ? all : wantedRows(all, journaled, knownOvertaken(ofOneKey, outcomes, journaled))
    const rows = chunks.reduce((sum, { indexes }) => sum + indexes.length, 0)
    const isAdmitted = batcher.admits(destination, priority, rows)
    if (isAdmitted) firsts?.note()
    else events.emit('rows:withheld', { tenant: destination.tenant, rows })
    const journal = journaled && { journal: journaled.journal }
    const load = (chunk: Chunk) => batcher.load(destination, { origin, priority, queuedAt: judgedAt ?? began, ...journal, ...chunk })
    const settled = isAdmitted ? await Promise.all(chunks.map(load)) : chunks.map(rejectOverloaded)
    chunks.forEach(({ indexes }, at) => {
      settled[at]?.forEach((outcome, place) => {
        outcomes[indexes[place] as number] = outcome
      })
    })
    const late = ofOneKey.length > 0 ? markOvertaken(ofOneKey, outcomes) : []
    if (late.length > 0)
      void journaled?.journal.tell(
        late,
        late.map((index) => outcomes[index] as Outcome),
      )
    const sent = isAdmitted ? { rows, requests: Math.ceil(rows / maxBatchRows) } : { rows: 0, requests: 0 }
    const { requestId } = origin
    const result = { requestId, destination, publicKeys: judged.publicKeys, outcomes, sent, counts: countOutcomes(outcomes) }
    events.emit('mutation:settled', { result: journaled ? onlyWanted(result, journaled) : result, origin, ms: performance.now() - began })
    return result
  }
}

/** The outcomes before anything is sent: a row without a verdict stays `open`, and is never forgotten. */
function initialOutcomes({ faults }: JudgedRows, open: Outcome): Outcome[] {
  let last = rejectedHere([])
  return faults.map((issues) => {
    if (issues === undefined) return open
    if (issues !== last.issues) last = rejectedHere(issues)
    return last
  })
}

/** Rows left open by an earlier request under the same idempotency key, where a later row with their primary key was accepted. */
function knownOvertaken(ofOneKey: readonly (readonly number[])[], outcomes: Outcome[], { known }: Journaled): ReadonlySet<number> {
  for (const index of ofOneKey.flat()) outcomes[index] = known(index) ?? (outcomes[index] as Outcome)
  return new Set(markOvertaken(ofOneKey, outcomes))
}

/** The chunks of the rows to be sent. */
function wantedRows(all: readonly Chunk[], { isWanted }: Journaled, overtaken: ReadonlySet<number>): readonly Chunk[] {
  return keepRows(all, (index) => isWanted(index) && !overtaken.has(index))
}

/** The result as listeners see it: rows that were not sent this time have been counted before. */
function onlyWanted(result: IngestResult, { isWanted }: Journaled): IngestResult {
  const { outcomes } = result
  if (outcomes.every((_, index) => isWanted(index))) return result
  return {
    ...result,
    outcomes: outcomes.map((outcome, index) => (isWanted(index) ? outcome : ACCEPTED)),
    counts: countOutcomes(outcomes.filter((_, index) => isWanted(index))),
  }
}

const OVERLOADED = notSent('OVERLOADED')

function rejectOverloaded({ rows, keys }: Chunk): Outcome[] {
  rows.release?.()
  return keys.map(() => OVERLOADED)
}

/** How many rows have each status. */
export function countOutcomes(outcomes: readonly Outcome[]): IngestResult['counts'] {
  const counts = { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
  for (const { status } of outcomes) counts[status]++
  return counts
}
