import { GatewayError } from '../errors.ts'
import type { RowList } from '../rows/judge.ts'
import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'

/** The `rows` of one mutation that are read while they are judged, in lists that are a slice's work each; nothing in between walks or copies them. */
export class RawRows {
  readonly lists: Iterable<RowList>

  constructor(lists: Iterable<RowList>) {
    this.lists = lists
  }
}

/**
 * What was sent as rows, in lists; one row stands for a list of one, as GraphQL has it. Throws `TOO_MANY_ROWS` where they are more
 * than the limit; of rows that are still to be read the lists throw it.
 */
export function rowLists(sent: unknown, limit: number): Iterable<RowList> {
  if (sent instanceof RawRows) return atMostRows(limit, sent.lists)
  const rows: MarkedList = Array.isArray(sent) ? sent : [sent]
  if (rows.length > limit) throw tooMany(limit, rows.length)
  const list: RowList = { rows, ...rows[reading] }
  return rows.length > ROWS_PER_SLICE ? inLists(list) : [list]
}

const NO_ROWS: RowList = { rows: [] }

/** The lists as long as they have so many rows at most; further ones are read without their rows and counted, and at the end it throws `TOO_MANY_ROWS`. */
export function* atMostRows(limit: number, lists: Iterable<RowList>): Iterable<RowList> {
  let actual = 0
  for (const list of lists) {
    actual += list.rows.length
    yield actual <= limit ? list : NO_ROWS
  }
  if (actual > limit) throw tooMany(limit, actual)
}

function tooMany(limit: number, actual: number): GatewayError {
  return new GatewayError('TOO_MANY_ROWS', `rows: at most ${limit} rows are taken at once; split the request`, { limit, actual })
}

/** The same rows in lists that are a slice's work each. */
export function* inLists({ rows, isClean = false }: RowList): Generator<RowList> {
  for (let from = 0; from < rows.length; from += ROWS_PER_SLICE) {
    yield { rows: rows.slice(from, from + ROWS_PER_SLICE), isClean }
  }
}

/** All the rows in one list, as they would stand in variables; those still to be read are read a slice at a time. */
export async function wholeList({ lists }: RawRows): Promise<readonly unknown[]> {
  const all: RowList[] = []
  await eachInSlice(lists, (list) => all.push(list))
  const rows = all.flatMap((list) => list.rows)
  markRead(rows, { isClean: all.every(({ isClean }) => isClean) })
  return rows
}

const reading = Symbol('reading')

/** What is known of how the rows of a list were read. */
type Reading = Omit<RowList, 'rows'>

type MarkedList = readonly unknown[] & { readonly [reading]?: Reading }

/** Notes of a list of rows how it was read. */
export function markRead(list: readonly unknown[], how: Reading): void {
  Object.assign(list, { [reading]: how })
}
