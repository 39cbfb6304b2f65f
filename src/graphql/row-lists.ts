import { GatewayError } from '../errors.ts'
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

/**
 * The rows that were sent, in lists; a single row counts as a list of one, as in GraphQL. Throws `TOO_MANY_ROWS` above the limit; for rows
 * not parsed yet, iterating the lists throws it.
 */
export function rowLists(sent: unknown, limit: number): Iterable<readonly unknown[] | RowsText> {
  if (sent instanceof RawRows) return atMostRows(limit, sent.lists)
  const rows: readonly unknown[] = Array.isArray(sent) ? sent : [sent]
  if (rows.length > limit) throw tooMany(limit, rows.length)
  return rows.length > ROWS_PER_SLICE ? inLists(rows) : [rows]
}

/**
 * Passes lists on up to the limit of rows, which the last one may exceed if it is not parsed yet; further ones are only counted and passed
 * on empty, and the end throws `TOO_MANY_ROWS`.
 */
export function* atMostRows(limit: number, lists: Iterable<readonly unknown[] | RowsText>): Iterable<readonly unknown[] | RowsText> {
  let actual = 0
  for (const list of lists) {
    const parsed = 'runs' in list ? 0 : list.length
    yield actual + parsed <= limit ? list : []
    actual += 'runs' in list ? list.count() : parsed
  }
  if (actual > limit) throw tooMany(limit, actual)
}

function tooMany(limit: number, actual: number): GatewayError {
  return new GatewayError('TOO_MANY_ROWS', `rows: at most ${limit} rows are taken at once; split the request`, { limit, actual })
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
