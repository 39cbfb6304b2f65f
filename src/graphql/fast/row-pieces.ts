import { isUtf8 } from 'node:buffer'
import { type GoodRows, MAX_TEXT_BYTES, type RowsText } from '../../rows/row-reader/row-reader.ts'
import type { JsonScan } from '../../util/json-scan/scan-json.ts'
import { decodePart, notJson, parseDigits } from '../read-json.ts'
import { inLists } from '../row-lists.ts'

// Why rows may be read by themselves is said in `split-body.ts`.

/** The bytes of one time slice; their rows are at most one time slice of work, unless they are very short. */
export const PIECE_BYTES = MAX_TEXT_BYTES
const NOTHING = Buffer.alloc(0)
const [OPENING, CLOSING] = [0x5b, 0x5d]
const ROW_END = 0x7d
const COMMA = 0x2c
const SPACES = new Set([...' \t\r\n'].map((sign) => sign.charCodeAt(0)))

/** Holds the body only while it is needed: an iterator that has ended still refers to its arguments. */
export interface Source {
  unread: Buffer | undefined
  readonly release: (() => void) | undefined
}

/**
 * All rows, list by list, releasing the body's memory at the end; throws `BAD_REQUEST` if a piece cannot be parsed by itself. `exact` is the
 * scan of the body if that found nothing, so that no part of it need be scanned again.
 */
export function* readPieces(
  source: Source,
  start: number,
  end: number,
  exact: JsonScan | undefined,
): Iterable<readonly unknown[] | RowsText> {
  const bytes = source.unread ?? NOTHING
  const seam = findSeam(bytes.subarray(start, Math.min(end, start + PIECE_BYTES)))
  for (let from = start; from < end; ) {
    const piece = endOfPiece(bytes, from, end, seam)
    const text = rowsText(bytes.subarray(from, piece.end), seam, exact)
    yield text
    yield* inLists(text.rest())
    from = piece.next
  }
  source.unread = undefined
  source.release?.()
}

/** So many rows may be parsed one by one, and after that one in so many. */
const FEW = 3
const ONE_IN = 4
/** Longer ones are parsed with all others, a time slice at a time: there may be thousands in what seems to be one. */
const MAX_ROW_BYTES = 16 * 1024

/** The rows of a piece, and what is left of them when some have been read. */
function rowsText(text: Buffer, seam: Seam | undefined, exact: JsonScan | undefined) {
  let at = 0
  let count = 0

  function parse(end: number, next: number): readonly unknown[] {
    const rows = parseRows(text.subarray(at, end), exact)
    count += rows.length
    at = next
    return rows
  }

  function take(good: GoodRows): GoodRows {
    count += good.count
    at = good.next
    return good
  }

  /** Parses one row, or a few where they do not begin alike; undefined if no end is near. */
  function parseOne(): readonly unknown[] | undefined {
    const { end, next } = endOfRow(text, at, seam)
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
        if ('length' in run) parsed += run.length
        yield run
      }
    },
    rest: () => (at < text.length ? parse(text.length, text.length) : []),
  } satisfies RowsText & { rest(): readonly unknown[] }
}

/**
 * Parses rows with all digits of their numbers. Brackets temporarily overwrite the bytes before and after them: adding them to the text
 * would copy it.
 */
function parseRows({ buffer, byteOffset, byteLength }: Uint8Array, exact: JsonScan | undefined): readonly unknown[] {
  const list = Buffer.from(buffer, byteOffset - 1, byteLength + 2)
  const [before, after] = [list.at(0), list.at(-1)] as [number, number]
  try {
    list[0] = OPENING
    list[list.length - 1] = CLOSING
    return parseDigits(decodePart(list), list, exact) as readonly unknown[]
  } finally {
    list[0] = before
    list[list.length - 1] = after
  }
}

/** The bytes between two rows, from the brace that ends one to the first name in the next; the next row begins after `gap` bytes. */
interface Seam {
  readonly bytes: Buffer
  readonly gap: number
}

/** What is between the first two rows that begin with the same name; undefined if there are none. */
function findSeam(rows: Buffer): Seam | undefined {
  const name = /^\{[ \t\r\n]*"(?:[^"\\]|\\.)*"/.exec(rows.toString('latin1', 0, MAX_NAME))?.[0]
  const second = name === undefined ? -1 : rows.indexOf(name, 1, 'latin1')
  if (name === undefined || second < 0) return undefined
  const comma = skipSpace(rows, second - 1, -1)
  const end = skipSpace(rows, comma - 1, -1)
  if (rows[comma] !== COMMA || rows[end] !== ROW_END) return undefined
  return { bytes: rows.subarray(end, second + name.length), gap: second - end }
}

const MAX_NAME = 200

interface Place {
  readonly end: number
  readonly next: number
}

/** Where the last row ends that fits into a piece, and the next piece begins. */
function endOfPiece(bytes: Buffer, from: number, end: number, seam: Seam | undefined): Place {
  if (end - from <= PIECE_BYTES) return { end, next: end }
  const at = seam === undefined ? -1 : bytes.lastIndexOf(seam.bytes, from + PIECE_BYTES - 1)
  if (seam === undefined || at <= from) throw notJson()
  return { end: at + 1, next: at + seam.gap }
}

/** Where the row that begins at `from` seems to end, and the next one to begin; for the last row both are the end of the text. */
function endOfRow(text: Buffer, from: number, seam: Seam | undefined): Place {
  const at = seam === undefined ? -1 : text.indexOf(seam.bytes, from)
  return seam === undefined || at < 0 ? { end: text.length, next: text.length } : { end: at + 1, next: at + seam.gap }
}

/** The first place from `from` on, forwards or backwards, that is no white space. */
export function skipSpace(bytes: Uint8Array, from: number, step: 1 | -1): number {
  let at = from
  while (SPACES.has(bytes[at] as number)) at += step
  return at
}
