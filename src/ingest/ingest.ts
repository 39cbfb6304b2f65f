import type { Pack } from '../rows/chunk.ts'
import type { JudgedRows } from '../rows/judge.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { Batcher } from './batcher.ts'
import { type Outcome, rejectedHere, unconfirmed } from './outcome.ts'
import { type FieldOfSeveral, refuseRepeated } from './repeated-keys.ts'
import { notSent } from './settle.ts'
import type { Destination } from './upstream-port.ts'

/** What a mutation came to: one outcome per row sent, at the row's own index. */
export interface Settlement {
  /** Of the request that the mutation came with, which may hold several. */
  readonly requestId: string
  readonly destination: Destination
  readonly publicKeys: JudgedRows['publicKeys']
  readonly outcomes: readonly Outcome[]
  /** Rows that were good to be sent, and the upstream requests that they fill. */
  readonly sent: { readonly rows: number; readonly requests: number }
  readonly counts: Readonly<Record<Outcome['status'], number>>
  /** What the caller should know beside the outcomes. */
  readonly warnings?: readonly string[]
}

/**
 * Takes judged rows to their outcomes, every row exactly one; where too many rows wait already, none of these is sent. What is
 * appended may not repeat a key of the fields before it.
 */
export type Ingest = (destination: Destination, judged: JudgedRows, origin: RequestOrigin, among?: FieldOfSeveral) => Promise<Settlement>

export interface IngestOptions {
  readonly batcher: Batcher
  /** What one upstream request holds. */
  readonly maxBatchRows: number
}

/** The flow of one mutation: set the refused rows aside, send the others pack by pack, put every outcome at its index. */
export function createIngest({ batcher, maxBatchRows }: IngestOptions): Ingest {
  return async (destination, judged, origin, among) => {
    const caller = judged.count > maxBatchRows ? 'bulk' : 'interactive'
    const open = unconfirmed('NO_VERDICT', destination)
    // A row nobody speaks for is unconfirmed and never forgotten.
    const outcomes = judged.faults.map((issues): Outcome => (issues === undefined ? open : rejectedHere(issues)))
    const firsts = destination.operation === 'APPEND' ? refuseRepeated(judged, outcomes, destination, among) : undefined
    const { packs } = firsts ?? judged
    const rows = packs.reduce((sum, { indexes }) => sum + indexes.length, 0)
    const isAdmitted = batcher.admits(destination, caller, rows)
    if (isAdmitted) firsts?.note()
    await Promise.all(
      packs.map(async (pack) => {
        const settled = isAdmitted ? await batcher.load(destination, { origin, caller, ...pack }) : keepBack(pack)
        for (let place = 0; place < settled.length; place++) outcomes[pack.indexes[place] as number] = settled[place] as Outcome
      }),
    )
    const sent = isAdmitted ? { rows, requests: Math.ceil(rows / maxBatchRows) } : { rows: 0, requests: 0 }
    const { requestId } = origin
    return { requestId, destination, publicKeys: judged.publicKeys, outcomes, sent, counts: countOutcomes(outcomes) }
  }
}

const OVERLOADED = notSent('OVERLOADED')

function keepBack({ rows, keys }: Pack): Outcome[] {
  rows.release()
  return keys.map(() => OVERLOADED)
}

function countOutcomes(outcomes: readonly Outcome[]): Settlement['counts'] {
  const counts = { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
  for (const { status } of outcomes) counts[status]++
  return counts
}
