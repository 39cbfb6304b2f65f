import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'

/** Some rows as they were sent. */
export interface RowList {
  readonly rows: readonly unknown[]
  /** All text in them is known to be clean, so so that not each need be looked at: this saves 6 % of parsing and judging. */
  readonly isClean?: boolean
  /** Reads them again where numbers are tiny: undefined where all of them are as they were written. */
  readonly readAgain?: ReadAgain
}

type ReadAgain = () => readonly unknown[] | undefined

/** The `rows` of one mutation that are read while they are judged, in lists that are a slice's work each; nothing in between walks or copies them. */
export class RawRows {
  readonly lists: Iterable<RowList>

  constructor(lists: Iterable<RowList>) {
    this.lists = lists
  }
}

/** What was sent as rows, in lists; one row stands for a list of one, as GraphQL has it. */
export function rowLists(sent: unknown): Iterable<RowList> {
  if (sent instanceof RawRows) return sent.lists
  const rows: MarkedList = Array.isArray(sent) ? sent : [sent]
  const isClean = rows[clean] === true
  const again = rows[readAgain]
  if (rows.length > ROWS_PER_SLICE) return inLists(rows, isClean, again)
  return [again === undefined ? { rows, isClean } : { rows, isClean, readAgain: again }]
}

/** The same rows in lists that are a slice's work each. */
export function* inLists(rows: readonly unknown[], isClean = false, again?: ReadAgain): Generator<RowList> {
  for (let from = 0; from < rows.length; from += ROWS_PER_SLICE) {
    const rowsOfSlice = rows.slice(from, from + ROWS_PER_SLICE)
    yield { rows: rowsOfSlice, isClean, ...(again && { readAgain: () => again()?.slice(from, from + ROWS_PER_SLICE) }) }
  }
}

/** All the rows in one list, as they would stand in variables; those still to be read are read a slice at a time. */
export async function wholeList({ lists }: RawRows): Promise<readonly unknown[]> {
  const all: RowList[] = []
  await eachInSlice(lists, (list) => all.push({ ...list, rows: list.readAgain?.() ?? list.rows }))
  const rows = all.flatMap((list) => list.rows)
  if (all.every(({ isClean }) => isClean)) markClean(rows)
  return rows
}

/** The list with every number as it was written, where it was read without looking at tiny ones. */
export function exactList(list: unknown): unknown {
  return (Array.isArray(list) ? (list as MarkedList)[readAgain]?.() : undefined) ?? list
}

const clean = Symbol('clean')
const readAgain = Symbol('readAgain')

type MarkedList = readonly unknown[] & { readonly [clean]?: true; readonly [readAgain]?: ReadAgain }

/** Notes of a list of rows that all text in it is clean. */
export function markClean(list: unknown): void {
  if (Array.isArray(list)) Object.assign(list, { [clean]: true })
}

/** Notes of a list of rows how it is read again where numbers are tiny. */
export function markUnsure(list: readonly unknown[], again: ReadAgain): void {
  Object.assign(list, { [readAgain]: again })
}
