import { MAX_TEXT_BYTES } from '../../rows/row-reader/row-reader.ts'
import { type RowList, type RowsText, rowsText } from '../../rows/rows-text.ts'
import type { JsonScan } from '../../util/json-scan/scan-json.ts'
import { decodePart, isCleanJson, notJson, parseDigits } from '../read-json.ts'
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
  release(): void
}

/**
 * All rows, list by list, releasing the body's memory at the end; throws `BAD_REQUEST` if a piece cannot be parsed by itself. `exact` is the
 * scan of the body if that found nothing, so that no part of it need be scanned again.
 */
export function* readPieces(source: Source, start: number, end: number, exact: JsonScan | undefined): Iterable<RowList | RowsText> {
  const bytes = source.unread ?? NOTHING
  const seam = findSeam(bytes.subarray(start, Math.min(end, start + PIECE_BYTES)))
  for (let from = start; from < end; ) {
    const piece = endOfPiece(bytes, from, end, seam)
    const text = rowsText(bytes.subarray(from, piece.end), {
      endOf: (text, at) => endOfRow(text, at, seam),
      parse: (text) => parseRows(text, exact),
    })
    yield text
    yield* inLists(text.rest())
    from = piece.next
  }
  source.unread = undefined
  source.release()
}

/**
 * Parses rows with all digits of their numbers. Brackets temporarily overwrite the bytes before and after them: adding them to the text
 * would copy it.
 */
function parseRows({ buffer, byteOffset, byteLength }: Uint8Array, exact: JsonScan | undefined): RowList {
  const list = Buffer.from(buffer, byteOffset - 1, byteLength + 2)
  const [before, after] = [list.at(0), list.at(-1)] as [number, number]
  try {
    list[0] = OPENING
    list[list.length - 1] = CLOSING
    const text = decodePart(list)
    return { rows: parseDigits(text, list, exact) as unknown[], isClean: isCleanJson(text) }
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

function endOfRow(text: Uint8Array, from: number, seam: Seam | undefined): Place {
  const bytes = text as Buffer
  const at = seam === undefined ? -1 : bytes.indexOf(seam.bytes, from)
  return seam === undefined || at < 0 ? { end: text.length, next: text.length } : { end: at + 1, next: at + seam.gap }
}

/** The first place from `from` on, forwards or backwards, that is no white space. */
export function skipSpace(bytes: Uint8Array, from: number, step: 1 | -1): number {
  let at = from
  while (SPACES.has(bytes[at] as number)) at += step
  return at
}
