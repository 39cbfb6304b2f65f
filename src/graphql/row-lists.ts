import { GatewayError } from '../errors.ts'
import { NO_ROWS, type RowList, type RowsText } from '../rows/rows-text.ts'
import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'

/**
 * The `rows` of a mutation that are read while they are judged, in lists of one time slice each; nothing in between walks or copies them.
 */
export class RawRows {
  readonly lists: Iterable<RowList | RowsText>
  /** There are no more than this. */
  readonly maxCount: number

  constructor(lists: Iterable<RowList | RowsText>, maxCount: number) {
    this.lists = lists
    this.maxCount = maxCount
  }
}

/**
 * The rows that were sent, in lists; a single row counts as a list of one, as in GraphQL. Throws `TOO_MANY_ROWS` above the limit; for rows
 * not parsed yet, iterating the lists throws it.
 */
export function rowLists(sent: unknown, limit: number): Iterable<RowList | RowsText> {
  if (sent instanceof RawRows) return atMostRows(limit, sent.lists)
  const rows: MarkedList = Array.isArray(sent) ? sent : [sent]
  if (rows.length > limit) throw tooMany(limit, rows.length)
  const list: RowList = { rows, ...rows[reading] }
  return rows.length > ROWS_PER_SLICE ? inLists(list) : [list]
}

/**
 * Passes lists on up to the limit of rows, which the last one may exceed if it is not parsed yet; further ones are only counted and passed
 * on empty, and the end throws `TOO_MANY_ROWS`.
 */
export function* atMostRows(limit: number, lists: Iterable<RowList | RowsText>): Iterable<RowList | RowsText> {
  let actual = 0
  for (const list of lists) {
    const parsed = 'rows' in list ? list.rows.length : 0
    yield actual + parsed <= limit ? list : NO_ROWS
    actual += 'rows' in list ? parsed : list.count()
  }
  if (actual > limit) throw tooMany(limit, actual)
}

function tooMany(limit: number, actual: number): GatewayError {
  return new GatewayError('TOO_MANY_ROWS', `rows: at most ${limit} rows are taken at once; split the request`, { limit, actual })
}

/** Splits rows into lists of one time slice each. */
export function* inLists({ rows, isClean = false }: RowList): Generator<RowList> {
  for (let from = 0; from < rows.length; from += ROWS_PER_SLICE) {
    yield { rows: rows.slice(from, from + ROWS_PER_SLICE), isClean }
  }
}

/** The lists, all of them parsed. */
export function* parsedLists(lists: Iterable<RowList | RowsText>): Iterable<RowList> {
  // A text that nobody reads is parsed by the list that follows it.
  for (const list of lists) if ('rows' in list) yield list
}

/** All rows in one list, as in ordinary variables; those not parsed yet are parsed a time slice at a time. */
export async function wholeList({ lists }: RawRows): Promise<readonly unknown[]> {
  const all: RowList[] = []
  await eachInSlice(parsedLists(lists), (list) => all.push(list))
  const rows = all.flatMap((list) => list.rows)
  markRead(rows, { isClean: all.every(({ isClean }) => isClean) })
  return rows
}

const reading = Symbol('reading')

/** What is known about how the rows of a list were parsed. */
type Reading = Omit<RowList, 'rows'>

type MarkedList = readonly unknown[] & { readonly [reading]?: Reading }

/** Marks a list of rows with how it was parsed. */
export function markRead(list: readonly unknown[], how: Reading): void {
  Object.assign(list, { [reading]: how })
}
