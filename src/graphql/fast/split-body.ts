import { randomUUID } from 'node:crypto'
import type { GraphQLParams } from 'graphql-yoga'
import type { Body } from '../../http/read-body.ts'
import type { RowList } from '../../rows/judge.ts'
import { isJsonObject } from '../../util/exact-number.ts'
import { decodeText, isCleanJson, notJson } from '../read-json.ts'
import { inLists, RawRows } from '../row-lists.ts'

// The plain twin is `parseBody`; test/large-bodies.test.ts holds both together. Where the body is cut is guessed. Why that which can
// be read in pieces says the same as the whole:
//
//  1. Head: the bytes before the first cut, with `,"<mark>"]}}` behind them, are JSON, and the mark is the last item of the list
//     `variables.<name>`. The mark is random, so it is ours, and the cut lies behind a whole item of that list.
//  2. Seam: around each cut stand the same bytes, those of the first: a bracket that ends a row, white space and one comma, a
//     bracket that begins the next. What is left out between two pieces is that comma and the white space.
//  3. Piece: what stands between two cuts is JSON with `[` and `]` around it. So whoever reads it from the beginning of an item comes
//     to the end of an item of the same list, and has read just these items.
//  4. Tail: the bytes behind the last cut, with `{"variables":{"<name>":["<mark>",` before them, are JSON, and the mark is the first
//     item of `variables.<name>`. So they lead from within that list to the end of all, and no member that comes later under the
//     same names takes the place of the list; other members that come twice count as they came last, in the whole and here.
//  5. By 1 to 4 the whole is JSON, and its rows are those of the head, of the pieces and of the tail in this order: a reader of JSON
//     remembers nothing but which brackets are open, and what may come next.
//  6. Each cut is before or behind an ASCII character, so no character of UTF-8 is cut in two.
//  7. Where one of these does not hold nothing is concluded: `splitBody` gives undefined, or reading a piece throws and `unread` has
//     the body, which is then read at once. Until the last list was read no row is sent.

/** What is read at once; its rows are the work of one time slice at most, where they are not very short. */
const PIECE_BYTES = 256 * 1024
/** How far before the end of the first piece the end of a row is looked for. */
const SEAM_WINDOW = 32 * 1024
const MAX_GUESSES = 3
const NOTHING = Buffer.alloc(0)
const OPENING = '['.charCodeAt(0)
const CLOSING = ']'.charCodeAt(0)
const SEAM = /\}([ \t\r\n]*,[ \t\r\n]*)\{[ \t\r\n]*"(?:[^"\\]|\\.)*"/g

// The first or last item of a list that was cut; no text that anybody sends can equal it.
const MARK = `cut:${randomUUID()}`

/**
 * Splits a large body that is mostly one list of rows, most of which are still to be read: while they are judged, a piece at a time, so
 * that no row lives long. Undefined where it is built in an unusual way.
 */
export function splitBody(body: Body, parse: Parse) {
  const { buffer, byteOffset, byteLength } = body.bytes
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  const head = readHead(bytes, parse)
  const tail = head && readTail(bytes, head, parse)
  if (head === undefined || tail === undefined) return undefined
  const source: Source = { unread: bytes, parse }
  const rows = new RawRows(listsOf(source, head, tail, body.release))
  const variables = { ...head.params.variables, ...tail.params.variables, [head.name]: rows }
  return {
    /** All but the rows, in whose place `RawRows` stand. */
    params: { ...head.params, ...tail.params, variables },
    bytes: byteLength,
    unread: (): Body | undefined => source.unread && { ...body, bytes: source.unread },
  }
}

/** The body while it is needed: an iterator that has ended still refers to what it was made with. */
interface Source {
  unread: Buffer | undefined
  readonly parse: Parse
}

/** Reads a JSON text, which the bytes are in UTF-8 but for what was put around them; throws `BAD_REQUEST`. */
type Parse = (text: string, bytes: Uint8Array) => unknown

/** One end of the body: the rows on it, and what stands around them. */
interface End extends RowList {
  readonly params: Params
}

type Params = GraphQLParams & { readonly variables: Record<string, unknown> }

interface Head extends End {
  /** The variable that has the rows. */
  readonly name: string
  /** Where the last row of the head ends. */
  readonly end: number
  readonly seam: Seam
}

/** What stands between two rows: from the bracket that ends one to the first name in the next, which begins after so many bytes. */
interface Seam {
  readonly bytes: Buffer
  readonly gap: number
}

interface Tail extends End {
  /** Where the first row of the tail begins. */
  readonly start: number
}

function readHead(bytes: Buffer, parse: Parse): Head | undefined {
  const from = PIECE_BYTES - SEAM_WINDOW
  const seams = [...bytes.toString('latin1', from, PIECE_BYTES).matchAll(SEAM)]
  for (const { index, 0: text, 1: between = '' } of seams.slice(-MAX_GUESSES).reverse()) {
    const end = from + index + 1
    const read = readEnd('', bytes.subarray(0, end), `,"${MARK}"]}}`, parse)
    const [name, rows] = Object.entries(read?.params.variables ?? {}).find(([, list]) => Array.isArray(list) && list.at(-1) === MARK) ?? []
    if (read === undefined || name === undefined) continue
    const seam = { bytes: Buffer.from(text, 'latin1'), gap: 1 + between.length }
    return { ...read, name, end, seam, rows: (rows as unknown[]).slice(0, -1) }
  }
  return undefined
}

function readTail(bytes: Buffer, { name, end, seam }: Head, parse: Parse): Tail | undefined {
  const at = bytes.lastIndexOf(seam.bytes)
  if (at < end - 1) return undefined
  const start = at + seam.gap
  // A tail is read at once, and only a whole body is looked at for what would make that take long.
  if (bytes.length - start > PIECE_BYTES) return undefined
  const read = readEnd(`{"variables":{${JSON.stringify(name)}:["${MARK}",`, bytes.subarray(start), '', parse)
  const rows = read?.params.variables[name]
  // Where something else came under the same name later, that counts.
  return read && Array.isArray(rows) && rows[0] === MARK ? { ...read, start, rows: rows.slice(1) } : undefined
}

function readEnd(before: string, bytes: Uint8Array, after: string, parse: Parse): Pick<End, 'params' | 'isClean'> | undefined {
  try {
    const text = decodeText(bytes)
    const params = parse(before + text + after, bytes) as Params
    return isJsonObject(params) && isJsonObject(params.variables) ? { params, isClean: isCleanJson(text) } : undefined
  } catch {
    return undefined
  }
}

/** All rows, list by list, and the memory of the body is released at the end; throws `BAD_REQUEST` where a piece cannot be read by itself. */
function* listsOf(source: Source, head: Head, tail: Tail, release: () => void): Iterable<RowList> {
  yield* inLists(head)
  for (let from = head.end - 1 + head.seam.gap; from < tail.start; ) {
    const to = endOfPiece(source, from, tail.start, head.seam)
    yield* readList(source, from, to)
    from = to - 1 + head.seam.gap
  }
  yield* inLists(tail)
  if (source.unread) release()
  source.unread = undefined
}

/** Some rows, read. The brackets are put over the bytes before and behind them for so long: put around the text, they would have it copied. */
function readList({ unread = NOTHING, parse }: Source, from: number, to: number): Iterable<RowList> {
  const [before = 0, after = 0] = [unread[from - 1], unread[to]]
  try {
    unread[from - 1] = OPENING
    unread[to] = CLOSING
    const bytes = unread.subarray(from - 1, to + 1)
    const text = decodeText(bytes)
    return inLists({ rows: parse(text, bytes) as unknown[], isClean: isCleanJson(text) })
  } finally {
    unread[from - 1] = before
    unread[to] = after
  }
}

/** Where the last row ends that fits into a piece. */
function endOfPiece({ unread = NOTHING }: Source, from: number, end: number, seam: Seam): number {
  if (from + PIECE_BYTES >= end) return end - seam.gap + 1
  const at = unread.lastIndexOf(seam.bytes, from + PIECE_BYTES)
  if (at <= from) throw notJson()
  return at + 1
}
