import type { WireRow } from '../resource/wire-row.ts'
import type { Deliver } from './deliver.ts'
import { createKeyHolds } from './key-holds.ts'
import { type Outcome, unconfirmed } from './outcome.ts'
import type { Destination } from './upstream-port.ts'

/** Rows of one mutation that travel together; the key of the loader. */
export interface Chunk {
  readonly requestId: string
  readonly rows: readonly WireRow[]
  /** A number for the primary key of each row; rows of one number never travel at once. */
  readonly keys: Float64Array
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

/** Neighbouring rows of a chunk, from one place up to but not including another: what leaves together. */
interface Stretch {
  readonly chunk: OpenChunk
  readonly from: number
  readonly to: number
}

/**
 * Packs rows into batches as requests become free. A key is held from the moment its row is ready until that row is
 * settled, and later rows of the key queue up behind it: a batch never holds a key twice, two batches in flight never
 * share one, and the writes of a key leave in the order they came.
 */
export function createLane(destination: Destination, { maxBatchRows, deliver, gate, onDefect }: LaneOptions): Lane {
  const holds = createKeyHolds<Stretch>()
  const ready = createReady()
  const deliverAll = withoutDefects(async (packed) => {
    const requestIds = [...new Set(packed.map(({ chunk }) => chunk.requestId))]
    return await deliver({ destination, rows: rowsOf(packed), requestIds })
  }, onDefect)
  let called = 0

  /** Holds the keys of a chunk; a row whose key is held already waits, the stretches between such rows are ready. */
  function enqueue(chunk: OpenChunk): void {
    let from = 0
    for (let at = 0; at < chunk.keys.length; at++) {
      if (holds.hold(chunk.keys[at] as number, () => ({ chunk, from: at, to: at + 1 }))) continue
      ready.put({ chunk, from, to: at })
      from = at + 1
    }
    ready.put({ chunk, from, to: chunk.keys.length })
  }

  /** Asks the gate for as many requests as the ready rows fill; each is packed only when it may leave. */
  function callForRequests(): void {
    for (; called * maxBatchRows < ready.rows(); called++) void gate(sendNext)
  }

  async function sendNext(): Promise<void> {
    called--
    const packed = ready.take(maxBatchRows)
    const outcomes = packed.length === 0 ? [] : await deliverAll(packed)
    let at = 0
    for (const stretch of packed) {
      settleStretch(stretch, outcomes, at)
      at += stretch.to - stretch.from
    }
    callForRequests()
  }

  function settleStretch({ chunk, from, to }: Stretch, outcomes: readonly Outcome[], start: number): void {
    for (let at = from; at < to; at++) {
      chunk.outcomes[at] = outcomes[start + at - from] ?? unconfirmed('NO_VERDICT', destination)
      const next = holds.release(chunk.keys[at] as number)
      if (next) ready.put(next)
    }
    chunk.left -= to - from
    if (chunk.left === 0) chunk.resolve(chunk.outcomes)
  }

  return {
    add: (chunk) =>
      new Promise((resolve) => {
        enqueue({ ...chunk, outcomes: new Array<Outcome>(chunk.rows.length), left: chunk.rows.length, resolve })
        callForRequests()
      }),
  }
}

type DeliverAll = (packed: readonly Stretch[]) => Promise<Outcome[]>

/** A defect in delivery leaves rows without outcomes, never a caller without an answer. */
function withoutDefects(deliverAll: DeliverAll, onDefect: LaneOptions['onDefect']): DeliverAll {
  return async (packed) => {
    try {
      return await deliverAll(packed)
    } catch (error) {
      onDefect(error)
      return []
    }
  }
}

/** Rows that may leave, first come first. */
function createReady() {
  const stretches: Stretch[] = []
  let count = 0
  return {
    rows: () => count,
    put(stretch: Stretch): void {
      if (stretch.from === stretch.to) return
      stretches.push(stretch)
      count += stretch.to - stretch.from
    },
    /** Up to so many rows, as stretches; the rest of the last one stays. */
    take(room: number): Stretch[] {
      const taken: Stretch[] = []
      while (room > 0 && stretches.length > 0) {
        const { chunk, from, to } = stretches.shift() as Stretch
        const end = Math.min(to, from + room)
        taken.push({ chunk, from, to: end })
        if (end < to) stretches.unshift({ chunk, from: end, to })
        room -= end - from
        count -= end - from
      }
      return taken
    },
  }
}

/** The rows of a batch; a whole chunk is taken as it is. */
function rowsOf(packed: readonly Stretch[]): readonly WireRow[] {
  const [only, second] = packed
  if (only && second === undefined && only.from === 0 && only.to === only.chunk.rows.length) return only.chunk.rows
  return packed.flatMap(({ chunk, from, to }) => chunk.rows.slice(from, to))
}
