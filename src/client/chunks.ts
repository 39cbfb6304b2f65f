import { type RowText, rowText } from './row-text.ts'
import type { Issue, Rows } from './types.ts'

/**
 * How rows are cut: by constants, so that the same rows are the same chunks in every run, which is what keys hang on. They are far
 * below the limits of a gateway with default settings, and ten of its upstream requests.
 */
export const CHUNK = { rows: 5_000, bytes: 4_000_000 } as const

/** Neighbouring rows that are sent in one request. */
export interface Chunk<Row> {
  /** Which chunk of the run it is, from 0. */
  readonly number: number
  /** The index of its first row in the run. */
  readonly start: number
  readonly rows: readonly Row[]
  /** The JSON of the rows that can be sent, in order. */
  readonly texts: readonly string[]
  /** Their primary keys as they are written, where they were asked for. */
  readonly keys: ReadonlySet<string>
  /** The rows that cannot be sent, by their place in the chunk. */
  readonly faults: ReadonlyMap<number, Issue>
}

/** What is done to each row on its way into a chunk. */
export interface Cutting {
  /** What is sent in its place. */
  readonly toSend: (row: unknown) => unknown
  /** The fields of the primary key; none where chunks may be written in any order. */
  readonly keyFields: readonly string[]
}

/** Cuts rows as they come. */
export async function* cut<Row>(rows: Rows<Row>, cutting: Cutting): AsyncGenerator<Chunk<Row>> {
  const cutter = createCutter<Row>(cutting)
  if (Symbol.asyncIterator in rows) {
    for await (const row of rows) {
      const full = cutter.add(row)
      if (full !== undefined) yield full
    }
  } else {
    for (const row of rows) {
      const full = cutter.add(row)
      if (full !== undefined) yield full
    }
  }
  const last = cutter.end()
  if (last !== undefined) yield last
}

function createCutter<Row>({ toSend, keyFields }: Cutting) {
  let [number, start, bytes] = [0, 0, 0]
  let open = emptyChunk<Row>()

  function end(): Chunk<Row> | undefined {
    if (open.rows.length === 0) return undefined
    const chunk = { number, start, ...open }
    number++
    start += open.rows.length
    bytes = 0
    open = emptyChunk()
    return chunk
  }

  return {
    /** The chunk that is full, before a row that does not fit it. */
    add(row: Row): Chunk<Row> | undefined {
      const sent = toSend(row)
      const text = textOf(sent)
      const size = typeof text === 'string' ? byteLength(text) : 0
      const full = open.rows.length === CHUNK.rows || bytes + size > CHUNK.bytes ? end() : undefined
      if (typeof text === 'string') open.texts.push(text)
      else open.faults.set(open.rows.length, text)
      bytes += size
      open.rows.push(row)
      if (keyFields.length > 0) open.keys.add(keyOf(sent, keyFields))
      return full
    },
    end,
  }
}

function keyOf(row: unknown, fields: readonly string[]): string {
  const values = Object(row) as Readonly<Record<string, unknown>>
  return fields.map((field) => (values[field] instanceof Date ? values[field].getTime() : String(values[field]))).join('\0')
}

function textOf(row: unknown): RowText {
  const text = rowText(row)
  return typeof text === 'string' && byteLength(text) > CHUNK.bytes ? TOO_LARGE : text
}

function emptyChunk<Row>() {
  return { rows: [] as Row[], texts: [] as string[], keys: new Set<string>(), faults: new Map<number, Issue>() }
}

const TOO_LARGE: Issue = {
  field: null,
  column: null,
  code: 'ROW_TOO_LARGE',
  message: `The row alone has more than ${CHUNK.bytes} bytes.`,
  hint: 'Shorten it.',
  upstreamCode: null,
}

const encoder = new TextEncoder()
const BEYOND_ASCII = /[^\0-\x7f]/

function byteLength(text: string): number {
  return BEYOND_ASCII.test(text) ? encoder.encode(text).length : text.length
}
