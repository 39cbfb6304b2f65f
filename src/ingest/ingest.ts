import { randomUUID } from 'node:crypto'
import type { JudgedRows } from '../resource/judge.ts'
import { type KeyCase, keyText, type WireRow } from '../resource/wire-row.ts'
import type { Batcher } from './batcher.ts'
import type { Chunk } from './lane.ts'
import { type Outcome, rejectedHere, unconfirmed } from './outcome.ts'
import type { Destination } from './upstream-port.ts'

/** What a mutation came to: one outcome per row sent, at the row's own index. */
export interface Settlement {
  readonly requestId: string
  readonly destination: Destination
  readonly rows: readonly unknown[]
  readonly outcomes: readonly Outcome[]
  readonly counts: Readonly<Record<Outcome['status'], number>>
}

/** Takes judged rows to their outcomes; once it has begun, every row gets exactly one. */
export type Ingest = (destination: Destination, judged: JudgedRows) => Promise<Settlement>

export interface IngestOptions {
  readonly batcher: Batcher
  readonly keyCase: KeyCase
  /** Rows of one chunk: what one upstream request holds. */
  readonly maxBatchRows: number
}

/** The flow of one mutation: set the refused rows aside, send the others in chunks, put every outcome at its index. */
export function createIngest({ batcher, keyCase, maxBatchRows }: IngestOptions): Ingest {
  return async (destination, { raw, wire, refused }) => {
    const requestId = randomUUID()
    // Pre-filled, so that a row nobody speaks for is unconfirmed and never forgotten.
    const outcomes: Outcome[] = raw.map(() => unconfirmed('NO_VERDICT', destination))
    for (const [index, issues] of refused) outcomes[index] = rejectedHere(issues)

    const outgoing = takeOutgoing(wire, outcomes, destination, keyCase)
    await Promise.all(
      chunksOf(outgoing, maxBatchRows).map(async ({ indexes, ...chunk }) => {
        const settled = await batcher.load(destination, { requestId, ...chunk })
        indexes.forEach((index, at) => {
          outcomes[index] = settled[at] ?? unconfirmed('NO_VERDICT', destination)
        })
      }),
    )
    return { requestId, destination, rows: raw, outcomes, counts: countOutcomes(outcomes) }
  }
}

function countOutcomes(outcomes: readonly Outcome[]): Settlement['counts'] {
  const counts = { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
  for (const { status } of outcomes) counts[status]++
  return counts
}

interface Outgoing extends Omit<Chunk, 'requestId'> {
  readonly indexes: readonly number[]
}

/** The rows that go out; under APPEND a repeated key stays behind, because the first may not be written twice. */
function takeOutgoing(wire: JudgedRows['wire'], outcomes: Outcome[], { resource, operation }: Destination, keyCase: KeyCase): Outgoing {
  const outgoing = { indexes: [] as number[], rows: [] as WireRow[], keys: [] as string[] }
  const seen = new Set<string>()
  wire.forEach((row, index) => {
    if (row === undefined) return
    const key = keyText(row, resource, keyCase)
    if (operation === 'APPEND' && seen.has(key)) {
      outcomes[index] = rejectedHere([{ code: 'DUPLICATE_KEY', message: 'An earlier row of this request has the same primary key.' }])
      return
    }
    seen.add(key)
    outgoing.indexes.push(index)
    outgoing.rows.push(row)
    outgoing.keys.push(key)
  })
  return outgoing
}

function chunksOf({ indexes, rows, keys }: Outgoing, size: number): Outgoing[] {
  const starts = Array.from({ length: Math.ceil(rows.length / size) }, (_, chunk) => chunk * size)
  return starts.map((start) => {
    const end = start + size
    return { indexes: indexes.slice(start, end), rows: rows.slice(start, end), keys: keys.slice(start, end) }
  })
}
