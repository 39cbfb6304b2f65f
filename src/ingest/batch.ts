import type { WireRow } from '../rows/wire-row.ts'
import { type WireRows, wireRows } from '../rows/wire-rows.ts'
import type { Slice } from './row-queue.ts'
import type { JournaledRow } from './send-journal.ts'
import type { Batch, Destination } from './upstream-port.ts'

/** The batch of what was taken from a queue. */
export function batchOf(destination: Destination, taken: readonly Slice[]): Batch {
  const origins = taken.map(({ chunk }) => chunk.origin)
  const waitingSince = Math.min(...taken.map(({ chunk }) => chunk.queuedAt))
  const journaled = journaledOf(taken)
  return { destination, rows: rowsOf(taken), origins, waitingSince, ...(journaled && { journaled }) }
}

/** Who keeps a journal of each row; undefined where nobody does. */
function journaledOf(taken: readonly Slice[]): readonly JournaledRow[] | undefined {
  if (taken[0]?.chunk.journal === undefined) return undefined
  return taken.flatMap(({ chunk: { journal, indexes }, from, to }) =>
    journal === undefined ? [] : indexes.slice(from, to).map((index) => ({ journal, index })),
  )
}

/** The rows of a batch; a whole chunk is taken as it is. */
function rowsOf(taken: readonly Slice[]): WireRows {
  const [only, second] = taken
  if (only && second === undefined && only.from === 0 && only.to === only.chunk.rows.length) return only.chunk.rows
  const rows: WireRow[] = []
  for (const { chunk, from, to } of taken) for (let at = from; at < to; at++) rows.push(chunk.rows.at(at))
  return wireRows(rows)
}

/** The batch with only the rows at these places, in that order. */
export function pickRows(batch: Batch, places: readonly number[]): Batch {
  const { rows, journaled } = batch
  return {
    ...batch,
    rows: wireRows(places.map((at) => rows.at(at))),
    // They have been sent before, and wait anew.
    waitingSince: performance.now(),
    ...(journaled && { journaled: places.flatMap((at) => journaled[at] ?? []) }),
  }
}

/** The batch with only the rows from one place up to but not including another. */
export function sliceRows(batch: Batch, from: number, to: number): Batch {
  const { rows, journaled } = batch
  return { ...batch, rows: rows.slice(from, to), ...(journaled && { journaled: journaled.slice(from, to) }) }
}
