import { isUtf8 } from 'node:buffer'
import type { GoodRows } from './row-reader/row-reader.ts'

/** Some of the rows, parsed. */
export interface RowList {
  readonly rows: readonly unknown[]
  /** All text in them is known to be clean and need not be checked, which saves 6 % of parsing and judging. */
  readonly isClean?: boolean
}

/** Reads rows of a text from a place on; undefined if none are wanted any more. */
export type ReadRows = (text: Uint8Array, from: number) => GoodRows | undefined

/** Some of the rows, not parsed yet. They may be read at once; what is left of them comes next among the lists, parsed. */
export interface RowsText {
  /** How many rows have been read or parsed. */
  count(): number
  /**
   * Reads rows in order, those that are certainly good without parsing them, until so many are not that parsing all others together is
   * faster.
   */
  runs(read: ReadRows): Iterable<RowList | GoodRows>
  /** Parses what is left. */
  rest(): RowList
}

/** How rows in a text are told apart and parsed. */
export interface RowsGrammar {
  /** Where the row that begins at `from` seems to end, and the next one to begin; for the last row both are the end of the text. */
  endOf(text: Uint8Array, from: number): { readonly end: number; readonly next: number }
  /** Parses JSON objects separated by commas; throws `BAD_REQUEST` if they are none. */
  parse(text: Uint8Array): RowList
}

/** So many rows may be parsed one by one, and after that one in so many. */
const FEW = 3
const ONE_IN = 4
/** Longer ones are parsed with all others, a time slice at a time: there may be thousands in what seems to be one. */
const MAX_ROW_BYTES = 16 * 1024

/** Rows in a text of JSON objects separated by commas, or of what seem to be such. */
export function rowsText(text: Uint8Array, grammar: RowsGrammar): RowsText {
  let at = 0
  let count = 0

  function parse(end: number, next: number): RowList {
    const list = grammar.parse(text.subarray(at, end))
    count += list.rows.length
    at = next
    return list
  }

  function take(good: GoodRows): GoodRows {
    count += good.count
    at = good.next
    return good
  }

  /** Parses one row, or a few where they do not begin alike; undefined if no end is near. */
  function parseOne(): RowList | undefined {
    const { end, next } = grammar.endOf(text, at)
    return end - at > MAX_ROW_BYTES ? undefined : parse(end, next)
  }

  return {
    count: () => count,
    *runs(read) {
      if (!isUtf8(text)) return
      for (let parsed = 0; at < text.length && (parsed < FEW || parsed * ONE_IN < count); ) {
        const good = read(text, at)
        if (good === undefined) return
        const run = good.count > 0 ? take(good) : parseOne()
        if (run === undefined) return
        if ('rows' in run) parsed += run.rows.length
        yield run
      }
    },
    rest: () => (at < text.length ? parse(text.length, text.length) : NO_ROWS),
  }
}

/** A list without rows. */
export const NO_ROWS: RowList = { rows: [] }
