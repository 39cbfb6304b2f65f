import type { WireRow } from '../resource/wire-row.ts'
import type { Deliver } from './deliver.ts'
import { type Outcome, unconfirmed } from './outcome.ts'
import type { Destination } from './upstream-port.ts'

/** Rows of one mutation that travel together; the key of the loader. */
export interface Chunk {
  readonly requestId: string
  readonly rows: readonly WireRow[]
  /** The primary key of each row as one text. */
  readonly keys: readonly string[]
}

/** Rows of one destination on their way out. A row is in one of three states: ready, in flight, or behind another of its key. */
export interface Lane {
  /** Takes a chunk on; resolves with one outcome per row, in order, and never rejects. */
  add(chunk: Chunk): Promise<Outcome[]>
}

/** Runs a task when the tenant has a request to spare. */
export type Gate = (task: () => Promise<void>) => Promise<void>

export interface LaneOptions {
  readonly maxBatchRows: number
  readonly deliver: Deliver
  readonly gate: Gate
  /** Told of a defect in delivery; the rows it struck are unconfirmed. */
  readonly onDefect: (error: unknown) => void
}

interface OpenChunk extends Chunk {
  readonly outcomes: Outcome[]
  left: number
  readonly resolve: (outcomes: Outcome[]) => void
}

interface Parcel {
  readonly chunk: OpenChunk
  readonly at: number
  readonly key: string
  /** The next row of the same key, which may leave when this one is settled. */
  behind: Parcel | undefined
}

/**
 * Packs rows into batches as requests become free. A key is taken from the moment its row is ready until that row is
 * settled, and later rows of the key queue up behind it: a batch never holds a key twice, two batches in flight never
 * share one, and the writes of a key leave in the order they came.
 */
export function createLane(destination: Destination, { maxBatchRows, deliver, gate, onDefect }: LaneOptions): Lane {
  const lastOfKey = new Map<string, Parcel>()
  let ready: Parcel[] = []
  let called = 0

  function enqueue(parcel: Parcel): void {
    const ahead = lastOfKey.get(parcel.key)
    if (ahead === undefined) ready.push(parcel)
    else ahead.behind = parcel
    lastOfKey.set(parcel.key, parcel)
  }

  function finish(parcel: Parcel, outcome: Outcome): void {
    if (parcel.behind === undefined) lastOfKey.delete(parcel.key)
    else ready.push(parcel.behind)
    parcel.chunk.outcomes[parcel.at] = outcome
    if (--parcel.chunk.left === 0) parcel.chunk.resolve(parcel.chunk.outcomes)
  }

  /** Asks the gate for as many requests as the ready rows fill; each is packed only when it may leave. */
  function callForRequests(): void {
    for (; called * maxBatchRows < ready.length; called++) void gate(sendNext)
  }

  async function sendNext(): Promise<void> {
    called--
    const parcels = ready.slice(0, maxBatchRows)
    ready = ready.slice(maxBatchRows)
    const outcomes = await deliverSafely(parcels)
    parcels.forEach((parcel, at) => {
      finish(parcel, outcomes[at] ?? unconfirmed('NO_VERDICT', destination))
    })
    callForRequests()
  }

  async function deliverSafely(parcels: readonly Parcel[]): Promise<Outcome[]> {
    if (parcels.length === 0) return []
    try {
      const rows = parcels.map(({ chunk, at }) => chunk.rows[at] as WireRow)
      return await deliver({ destination, rows, requestIds: [...new Set(parcels.map(({ chunk }) => chunk.requestId))] })
    } catch (error) {
      onDefect(error)
      return []
    }
  }

  return {
    add: (chunk) =>
      new Promise((resolve) => {
        const open = { ...chunk, outcomes: new Array<Outcome>(chunk.rows.length), left: chunk.rows.length, resolve }
        chunk.keys.forEach((key, at) => {
          enqueue({ chunk: open, at, key, behind: undefined })
        })
        callForRequests()
      }),
  }
}
