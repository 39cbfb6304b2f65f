import { ClientError } from './client-error.ts'
import { issueOf, rowText } from './row-text.ts'
import type { Issue, Rows } from './types.ts'

/**
 * The size of chunks. Constant, so that the same rows make the same chunks, and so the same idempotency keys, in every run; far below
 * the default limits of a gateway, and equal to ten of its upstream requests.
 */
export const CHUNK = { rows: 5_000, bytes: 4_000_000 } as const

/** Neighbouring rows that are sent in one request. */
export interface Chunk<Row> {
  /** The number of the chunk in its run, from 0. */
  readonly number: number
  /** The index of its first row in the run. */
  readonly start: number
  readonly rows: readonly Row[]
  /** The JSON of the rows that can be sent, in order. */
  readonly texts: readonly string[]
  /** The primary keys of these rows as JSON text, if they are needed. */
  readonly keys: ReadonlySet<string>
  /** The rows that cannot be sent, by their place in the chunk. */
  readonly faults: ReadonlyMap<number, Issue>
}

/** How rows are put into chunks. */
export interface Cutting {
  /** Converts a row to what is sent. */
  readonly toSend: (row: unknown) => unknown
  /** The fields of the primary key; empty where chunks may be written in any order. */
  readonly keyFields: readonly string[]
}

/** Cuts rows into chunks as they come; throws `ROWS_FAILED` where reading them throws. */
export async function* cut<Row>(rows: Rows<Row>, { toSend, keyFields }: Cutting): AsyncGenerator<Chunk<Row>, undefined> {
  let open = emptyChunk<Row>(0, 0)
  let size = 0
  try {
    for await (const row of rows) {
      const sent = toSend(row)
      let text = rowText(sent)
      let bytes = typeof text === 'string' ? byteLength(text) : 0
      if (bytes > CHUNK.bytes) [text, bytes] = [TOO_LARGE, 0]
      if (open.rows.length === CHUNK.rows || size + bytes > CHUNK.bytes) {
        yield open
        open = emptyChunk(open.number + 1, open.start + open.rows.length)
        size = 0
      }
      size += bytes
      if (typeof text === 'string') open.texts.push(text)
      else open.faults.set(open.rows.length, text)
      open.rows.push(row)
      if (keyFields.length > 0 && typeof text === 'string') open.keys.add(keyOf(sent, keyFields))
    }
  } catch (cause) {
    throw new ClientError('ROWS_FAILED', 'Reading the rows failed.', { cause })
  }
  if (open.rows.length > 0) yield open
}

/** A Date is written as a text, and not every object becomes one by itself. */
function keyOf(row: unknown, fields: readonly string[]): string {
  const parts: readonly unknown[] = fields.map((field) => Object(row)[field])
  return parts.map((part) => (typeof part === 'string' ? part : rowText(part))).join('\0')
}

function emptyChunk<Row>(number: number, start: number) {
  return { number, start, rows: [] as Row[], texts: [] as string[], keys: new Set<string>(), faults: new Map<number, Issue>() }
}

const TOO_LARGE = issueOf('ROW_TOO_LARGE', `The row has over ${CHUNK.bytes} bytes.`)

const encoder = new TextEncoder()
const BEYOND_ASCII = /[^\0-\x7f]/

function byteLength(text: string): number {
  return BEYOND_ASCII.test(text) ? encoder.encode(text).length : text.length
}
