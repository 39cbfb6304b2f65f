import { hasRepeatedName } from '../../tabular/repeated-name.ts'
import { FileError } from './file-error.ts'
import type { SourceRow } from './source-row.ts'

/** A row of a JSON document, with the names it has. */
export interface NamedRow {
  readonly number: number
  readonly line?: number
  readonly values: Readonly<Record<string, unknown>>
}

const MAX_LINE_CHARACTERS = 1_000_000
const MAX_DOCUMENT_CHARACTERS = 100_000_000

/** The rows of newline-delimited JSON in lists, as they come. */
export async function* readNdjson(pieces: AsyncIterable<string>): AsyncGenerator<readonly NamedRow[]> {
  let rest = ''
  let line = 0
  let count = 0
  const read = (texts: readonly string[]) =>
    texts.flatMap((text): NamedRow[] => {
      line++
      return text.trim() === '' ? [] : [{ number: ++count, line, values: readObject(text, line) }]
    })
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_CHARACTERS)
      throw new FileError('TOO_LARGE_ROW', `Line ${line + lines.length + 1} is longer than a megabyte.`, 'Write one row to each line.')
    const rows = read(lines)
    if (rows.length > 0) yield rows
  }
  yield read([rest])
}

/** The rows of a JSON document: an array of objects, or an object that holds one such array. */
export async function readJson(pieces: AsyncIterable<string>): Promise<readonly NamedRow[]> {
  let text = ''
  for await (const piece of pieces) {
    text += piece
    if (text.length > MAX_DOCUMENT_CHARACTERS)
      throw new FileError(
        'TOO_MANY_ROWS',
        'A JSON document is read to 100 MB.',
        'Save it as newline-delimited JSON or as CSV: those may have any size.',
      )
  }
  const parsed = parseExactly(text, 'The file')
  const rows = Array.isArray(parsed) ? parsed : onlyArrayOf(parsed)
  if (rows === undefined) throw new FileError('BAD_JSON', 'The document holds no list of rows.', 'Write the rows as an array of objects.')
  return rows.map((row, at) => {
    if (!isObject(row)) throw new FileError('BAD_JSON', `Entry ${at + 1} of the list is no object.`, 'Write each row as an object.')
    return { number: at + 1, values: row }
  })
}

/** Rows by the names of the header: what a row does not have is undefined. */
export function rowsByHeader(rows: readonly NamedRow[], headers: readonly string[]): SourceRow[] {
  return rows.map(({ values, ...place }) => ({
    ...place,
    cells: headers.map((name) => (Object.hasOwn(values, name) ? values[name] : undefined)),
  }))
}

function readObject(text: string, line: number): Readonly<Record<string, unknown>> {
  const value = parseExactly(text, `Line ${line}`)
  if (isObject(value)) return value
  throw new FileError('BAD_JSON', `Line ${line} holds no object.`, 'Write one row to each line, as an object.')
}

function onlyArrayOf(value: unknown): readonly unknown[] | undefined {
  const arrays = isObject(value) ? Object.values(value).filter((inner) => Array.isArray(inner)) : []
  return arrays.length === 1 ? arrays[0] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Source {
  readonly source?: string
}
type Reviver = (this: unknown, key: string, value: unknown) => unknown

/** Numbers that no double holds keep their digits, where the browser shows them; nothing is lost by a name that stands twice. */
function parseExactly(text: string, where: string): unknown {
  const keep = (_: string, value: unknown, context?: Source) => {
    const digits = context?.source
    return typeof value === 'number' && digits !== undefined && digits.length > 15 && String(value) !== digits ? { rawJSON: digits } : value
  }
  let value: unknown
  try {
    value = JSON.parse(text, keep as Reviver)
  } catch {
    throw new FileError('BAD_JSON', `${where} is no JSON.`, 'Correct it, and drop the file again.')
  }
  if (!hasRepeatedName(text)) return value
  throw new FileError('BAD_JSON', `${where} has an object with a name that stands twice.`, 'Write each name once, and drop the file again.')
}
