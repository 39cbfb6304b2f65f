import { endOfText, parseJson as parse } from '../util/json-text.ts'

/** A name without what editions of the upstream differ in: case, underscores and dashes do not count. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '')
}

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value under the first of the names that an object has, in any case, with or without underscores and dashes. */
export function valueAt(holder: unknown, names: readonly string[]): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined
  const entries = Object.entries(holder)
  for (const name of names) {
    const found = entries.find(([key]) => plainName(key) === plainName(name))
    if (found) return found[1]
  }
  return undefined
}

/** The same, as text: a number counts as its digits; anything else, or an empty text, as absent. */
export function textAt(holder: unknown, names: readonly string[]): string | undefined {
  const value = valueAt(holder, names)
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The same, where it is a list. */
export function listAt(holder: unknown, names: readonly string[]): readonly unknown[] | undefined {
  const value = valueAt(holder, names)
  return Array.isArray(value) ? value : undefined
}

/** Names under which an error says by a path what of a request it is about. */
const PATH_NAMES = ['pointer', 'path', 'instancePath', 'dataPath', 'jsonPath', 'propertyPath', 'property', 'field', 'param', 'name', 'loc']
/** A row in the list `data` of a request, and its column, as JSON Pointer, dots, brackets or a list of steps write them. */
const ROW_IN_PATH = /(?:^|[^A-Za-z0-9_])data[/.[\]]+(\d{1,6})(?:[\]/.['"[]+(?:attributes[/.])?([A-Za-z_]\w{0,99}))?['"\]]*$/

/** The row, counted from 0, and the column that an error names by a path into the request; undefined where it has none. */
export function rowInPath(holder: unknown): { readonly row: number; readonly column?: string } | undefined {
  const paths = [...PATH_NAMES.map((name) => valueAt(holder, [name])), valueAt(valueAt(holder, ['source']), ['pointer'])]
  const texts = paths.map((path) => (Array.isArray(path) ? path.join('/') : String(path))).filter((text) => text.length <= 200)
  const [, row, column] = texts.map((text) => ROW_IN_PATH.exec(text)).find((found) => found !== null) ?? []
  return row === undefined ? undefined : { row: Number(row), ...(column && { column }) }
}

/** What a JSON text holds, undefined where it is none. */
export function parseJson(text: string | undefined): unknown {
  try {
    return parse(text ?? '')
  } catch {
    return undefined
  }
}

/** Whether one object of a JSON text has a name twice, of which parsing keeps the last; `value` is what was parsed of it. */
export function hasTwinNames(text: string, value: unknown): boolean {
  let kept = 0
  const open = isHolder(value) ? [value] : []
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const inner = Object.values(next)
    if (!Array.isArray(next)) kept += inner.length
    for (const one of inner) if (isHolder(one)) open.push(one)
  }
  return membersIn(text) !== kept
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function membersIn(text: string): number {
  let members = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === COLON) members++
    if (code === QUOTE) at = endOfText(text, at)
  }
  return members
}

const QUOTE = 0x22
const COLON = 0x3a
