import { randomUUID } from 'node:crypto'
import { isRefused, type JudgedRow, type JudgedRows } from '../resource/judge.ts'
import type { WireRow } from '../resource/wire-row.ts'
import type { Batcher } from './batcher.ts'
import type { Chunk } from './lane.ts'
import { type Operation, type Outcome, rejectedHere, unconfirmed } from './outcome.ts'
import { notSent } from './settle.ts'
import type { Destination } from './upstream-port.ts'

/** What a mutation came to: one outcome per row sent, at the row's own index. */
export interface Settlement {
  readonly requestId: string
  readonly destination: Destination
  readonly publicKey: JudgedRows['publicKey']
  readonly outcomes: readonly Outcome[]
  /** Rows that were good to be sent, and the upstream requests that they fill. */
  readonly sent: { readonly rows: number; readonly requests: number }
  readonly counts: Readonly<Record<Outcome['status'], number>>
  /** What the caller should know beside the outcomes. */
  readonly warnings?: readonly string[]
}

/** Takes judged rows to their outcomes, every row exactly one; where too many rows wait already, none of these is sent. */
export type Ingest = (destination: Destination, judged: JudgedRows) => Promise<Settlement>

export interface IngestOptions {
  readonly batcher: Batcher
  /** Rows of one chunk: what one upstream request holds. */
  readonly maxBatchRows: number
}

/** The flow of one mutation: set the refused rows aside, send the others in chunks, put every outcome at its index. */
export function createIngest({ batcher, maxBatchRows }: IngestOptions): Ingest {
  return async (destination, judged) => {
    const caller = judged.raw.length > maxBatchRows ? 'bulk' : 'interactive'
    const requestId = randomUUID()
    // Pre-filled, so that a row nobody speaks for is unconfirmed and never forgotten.
    const outcomes = new Array<Outcome>(judged.raw.length).fill(unconfirmed('NO_VERDICT', destination))
    if (judged.refusedCount > 0) rejectRefused(judged.rows, outcomes)

    const outgoing = takeOutgoing(judged, outcomes, destination.operation)
    const chunks = chunksOf(outgoing, maxBatchRows)
    if (!batcher.admits(destination, caller, outgoing.rows.length)) {
      const overloaded = notSent('OVERLOADED')
      for (const index of outgoing.indexes) outcomes[index] = overloaded
      chunks.length = 0
    }
    const sent = { rows: chunks.length === 0 ? 0 : outgoing.rows.length, requests: chunks.length }
    await Promise.all(
      chunks.map(async ({ indexes, rows, keys }) => {
        const settled = await batcher.load(destination, { requestId, caller, rows, keys })
        for (let at = 0; at < settled.length; at++) outcomes[indexes[at] as number] = settled[at] as Outcome
      }),
    )
    return { requestId, destination, publicKey: judged.publicKey, outcomes, sent, counts: countOutcomes(outcomes) }
  }
}

function rejectRefused(rows: readonly JudgedRow[], outcomes: Outcome[]): void {
  rows.forEach((row, index) => {
    if (isRefused(row)) outcomes[index] = rejectedHere(row)
  })
}

function countOutcomes(outcomes: readonly Outcome[]): Settlement['counts'] {
  const counts = { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
  for (const { status } of outcomes) counts[status]++
  return counts
}

interface Outgoing extends Pick<Chunk, 'rows' | 'keys'> {
  readonly indexes: readonly number[]
}

/** The rows that go out; under APPEND a repeated key stays behind, because the first may not be written twice. */
function takeOutgoing(judged: JudgedRows, outcomes: Outcome[], operation: Operation): Outgoing {
  const repeated = operation === 'APPEND' ? findRepeated(judged) : new Set<number>()
  for (const index of repeated)
    outcomes[index] = rejectedHere([{ code: 'DUPLICATE_KEY', message: 'An earlier row of this request has the same primary key.' }])

  if (judged.refusedCount + repeated.size === 0)
    return { indexes: judged.rows.map((_, index) => index), rows: judged.rows as readonly WireRow[], keys: judged.keys }
  const indexes: number[] = []
  const rows: WireRow[] = []
  judged.rows.forEach((row, index) => {
    if (isRefused(row) || repeated.has(index)) return
    indexes.push(index)
    rows.push(row)
  })
  return { indexes, rows, keys: Int32Array.from(indexes, (index) => judged.keys[index] as number) }
}

/** Rows whose key an earlier one has. The texts are compared only when two numbers are equal, which is rare. */
function findRepeated({ rows, refusedCount, keys, keyText }: JudgedRows): Set<number> {
  const repeated = new Set<number>()
  const numbers = new Set<number>()
  rows.forEach((row, index) => {
    if (!isRefused(row)) numbers.add(keys[index] as number)
  })
  if (numbers.size === rows.length - refusedCount) return repeated

  const seen = new Set<string>()
  rows.forEach((row, index) => {
    if (!isRefused(row) && seen.size === seen.add(keyText(row)).size) repeated.add(index)
  })
  return repeated
}

function chunksOf(outgoing: Outgoing, size: number): Outgoing[] {
  const { indexes, rows, keys } = outgoing
  if (rows.length > 0 && rows.length <= size) return [outgoing]
  const starts = Array.from({ length: Math.ceil(rows.length / size) }, (_, chunk) => chunk * size)
  return starts.map((start) => {
    const end = start + size
    return { indexes: indexes.slice(start, end), rows: rows.slice(start, end), keys: keys.subarray(start, end) }
  })
}
