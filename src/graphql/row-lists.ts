import type { RowsText } from '../rows/row-reader/row-reader.ts'
import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'

/**
 * The `rows` of a mutation that are read while they are judged, in lists of one time slice each; nothing in between walks or copies them.
 */
export class RawRows {
  readonly lists: Iterable<readonly unknown[] | RowsText>
  /** There are no more than this. */
  readonly maxCount: number

  constructor(lists: Iterable<readonly unknown[] | RowsText>, maxCount: number) {
    this.lists = lists
    this.maxCount = maxCount
  }
}

/** Splits rows into lists of one time slice each. */
export function* inLists(rows: readonly unknown[]): Generator<readonly unknown[]> {
  for (let from = 0; from < rows.length; from += ROWS_PER_SLICE) yield rows.slice(from, from + ROWS_PER_SLICE)
}

/** The lists, all of them parsed. */
export function* parsedLists(lists: Iterable<readonly unknown[] | RowsText>): Iterable<readonly unknown[]> {
  // A text that nobody reads is parsed by the list that follows it.
  for (const list of lists) if (!('runs' in list)) yield list
}

/** All rows in one list, as in ordinary variables; those not parsed yet are parsed a time slice at a time. */
export async function wholeList({ lists }: RawRows): Promise<readonly unknown[]> {
  const all: (readonly unknown[])[] = []
  await eachInSlice(parsedLists(lists), (list) => all.push(list))
  return all.flat()
}
