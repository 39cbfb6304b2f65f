import { eachInSlice, ROWS_PER_SLICE } from '../util/time-slices.ts'

/** Some rows as they were sent. */
export interface RowList {
  readonly rows: readonly unknown[]
  /** All text in them is known to be clean, so that nobody need look at one after the other. */
  readonly isClean: boolean
}

/** The `rows` of one mutation on their way to the judge, in lists that are a turn's work each; nothing in between walks or copies them. */
export class SentRows {
  readonly lists: Iterable<RowList>

  constructor(lists: Iterable<RowList>) {
    this.lists = lists
  }
}

/** Wraps what was sent as rows; one row stands for a list of one, as GraphQL has it. */
export function wrapRows(sent: unknown): SentRows {
  if (sent instanceof SentRows) return sent
  const rows: readonly unknown[] = Array.isArray(sent) ? sent : [sent]
  const isClean = clean in rows
  return new SentRows(rows.length <= ROWS_PER_SLICE ? [{ rows, isClean }] : { [Symbol.iterator]: () => inLists(rows, isClean) })
}

/** The same rows in lists that are a turn's work each. */
export function* inLists(rows: readonly unknown[], isClean: boolean): Generator<RowList> {
  for (let from = 0; from < rows.length; from += ROWS_PER_SLICE) yield { rows: rows.slice(from, from + ROWS_PER_SLICE), isClean }
}

/** All the rows in one list, as they would stand in variables; those still to be read are read a turn's work at a time. */
export async function wholeList({ lists }: SentRows): Promise<readonly unknown[]> {
  const all: RowList[] = []
  await eachInSlice(lists, (list) => all.push(list))
  const rows = all.flatMap((list) => list.rows)
  if (all.every(({ isClean }) => isClean)) markClean(rows)
  return rows
}

const clean = Symbol('clean')

/** Notes of a list of rows that all text in it is clean. */
export function markClean(list: unknown): void {
  if (Array.isArray(list)) Object.assign(list, { [clean]: true })
}
