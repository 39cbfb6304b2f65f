import { FileFault } from '../../tabular/file-faults.ts'
import { isRecord, type ParseJson, parsedValue } from '../../tabular/read/json-records.ts'

const MAX_CHARACTERS = 100_000_000

/** Whether a text that begins so is one object around its rows, and not an object for each row. */
export function isDocument(head: string): boolean {
  const [first = '', ...others] = head.trim().split(/\r?\n/)
  return first.startsWith('{') && !(others.length > 0 && isJson(first))
}

function isJson(text: string): boolean {
  try {
    return isRecord(JSON.parse(text))
  } catch {
    return false
  }
}

/** The rows of an object that holds one list of them; it is read as a whole. */
export async function readDocument(texts: AsyncIterable<string>, parse: ParseJson): Promise<readonly Readonly<Record<string, unknown>>[]> {
  let text = ''
  for await (const piece of texts) {
    text += piece
    if (text.length > MAX_CHARACTERS) throw new FileFault('TOO_MANY_ROWS', 'A JSON document around the rows is read to 100 MB.')
  }
  const document = parsedValue(text, 1, parse)
  const lists = isRecord(document) ? Object.values(document).filter((inner) => Array.isArray(inner)) : []
  if (lists.length !== 1) throw new FileFault('INVALID_JSON', 'The document holds no list of rows, or several.', 1)
  return (lists[0] ?? []).map((row: unknown, at) => {
    if (!isRecord(row)) throw new FileFault('NOT_AN_OBJECT', `Entry ${at + 1} of the list is no object of fields.`)
    return row
  })
}
