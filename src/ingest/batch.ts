import { wireRows } from '../rows/wire-rows.ts'
import type { Batch } from './upstream-port.ts'

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
