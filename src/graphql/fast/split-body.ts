import { randomUUID } from 'node:crypto'
import type { GraphQLParams } from 'graphql-yoga'
import type { Body } from '../../http/read-body.ts'
import type { RowList } from '../../rows/judge.ts'
import { isJsonObject } from '../../util/exact-number.ts'
import { decodeText, isCleanJson, notJson } from '../read-json.ts'
import { inLists, RawRows } from '../row-lists.ts'

// The plain twin is `parseBody`; test/large-bodies.test.ts compares them. Where to cut the body is guessed. Why parsing it in pieces gives
// the same as parsing the whole:
//
//  1. Head: the bytes before the first cut, followed by `,"<mark>"]}}`, are JSON, and the mark is the last item of the list
//     `variables.<name>`. The mark is random, so it is ours, and the cut follows a whole item of that list.
//  2. Seam: every cut is surrounded by the same bytes as the first: a brace that ends a row, white space and one comma, a brace that
//     begins the next. Only that comma and white space are left out between two pieces.
//  3. Piece: the bytes between two cuts, put between `[` and `]`, are JSON. So a parser that starts at the beginning of an item arrives
//     at the end of an item of the same list, and has parsed exactly these items.
//  4. Tail: the bytes after the last cut, preceded by `{"variables":{"<name>":["<mark>",`, are JSON, and the mark is the first item of
//     `variables.<name>`. So they lead from within that list to the end of the body, and no later member of the same names replaces the
//     list; of any other repeated member the last one counts, in the whole and here.
//  5. By 1 to 4 the whole is JSON, and its rows are those of head, pieces and tail in this order: the state of a JSON parser is only
//     which brackets are open, and what may come next.
//  6. Each cut is next to an ASCII character, so no UTF-8 character is cut in two.
//  7. If one of these does not hold, nothing is concluded: `splitBody` returns undefined, or parsing a piece throws and `unread` has the
//     body, which is then parsed at once. No row is sent before the last list has been parsed.

/** The bytes parsed at once; their rows are at most one time slice of work, unless they are very short. */
const PIECE_BYTES = 256 * 1024
/** How far before the end of the first piece the end of a row is searched for. */
const SEAM_WINDOW = 32 * 1024
const MAX_GUESSES = 3
const NOTHING = Buffer.alloc(0)
const OPENING = '['.charCodeAt(0)
const CLOSING = ']'.charCodeAt(0)
const SEAM = /\}([ \t\r\n]*,[ \t\r\n]*)\{[ \t\r\n]*"(?:[^"\\]|\\.)*"/g

// The first or last item of a cut list; being random, it equals nothing that is sent.
const MARK = `cut:${randomUUID()}`

/**
 * Splits a large body that is mostly one list of rows, most of which are parsed later: piece by piece while they are judged, so that no row
 * lives long. Undefined if its structure is unusual.
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
    /** All parameters, with `RawRows` in place of the rows. */
    params: { ...head.params, ...tail.params, variables },
    bytes: byteLength,
    unread: (): Body | undefined => source.unread && { ...body, bytes: source.unread },
  }
}

/** Holds the body only while it is needed: an iterator that has ended still refers to its arguments. */
interface Source {
  unread: Buffer | undefined
  readonly parse: Parse
}

/** Parses a JSON text, whose UTF-8 the bytes are except for what was put around it; throws `BAD_REQUEST`. */
type Parse = (text: string, bytes: Uint8Array) => unknown

/** One end of the body: its rows, and the parameters around them. */
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

/** The bytes between two rows, from the brace that ends one to the first name in the next; the next row begins after `gap` bytes. */
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
  // A tail is parsed at once, and only whole bodies are checked for what would make that slow.
  if (bytes.length - start > PIECE_BYTES) return undefined
  const read = readEnd(`{"variables":{${JSON.stringify(name)}:["${MARK}",`, bytes.subarray(start), '', parse)
  const rows = read?.params.variables[name]
  // If the same name occurs again later, the last one counts.
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

/** All rows, list by list, releasing the body's memory at the end; throws `BAD_REQUEST` if a piece cannot be parsed by itself. */
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

/** Parses some rows. Brackets temporarily overwrite the bytes before and after them: adding them to the text would copy it. */
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
