import { scanJson } from '../util/json-scan/scan-json.ts'
import { endOfText, parseJson as parse } from '../util/json-text.ts'
import { countJsonValues, hasMoreNames } from '../util/json-values.ts'

/** The most different names in a JSON text that is read, and the most values. */
const MAX_NAMES = 10_000
const MAX_VALUES = 200_000

/** A function of a name that remembers its results, of as many names as one answer may have. */
export function byName<T>(find: (name: string) => T): (name: string) => T {
  const found = new Map<string, T>()
  return (name) => {
    const known = found.get(name)
    if (known !== undefined) return known
    const value = find(name)
    if (found.size >= MAX_NAMES) found.clear()
    if (name.length <= 64) found.set(name, value)
    return value
  }
}

/** A name normalised for comparison: without case, underscores and dashes, in which editions of the upstream differ. */
export const plainName = byName((name) => name.toLowerCase().replace(/[_-]/g, ''))

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is object {
  return isHolder(value) && !Array.isArray(value)
}

/** The value under the first of these names that an object has, compared by `plainName`. */
export function valueAt(holder: unknown, names: readonly string[]): unknown {
  if (!isHolder(holder)) return undefined
  const members = known.getOrInsertComputed(holder, membersOf)
  const name = names.find((one) => members.has(plainName(one)))
  return name === undefined ? undefined : members.get(plainName(name))
}

/** Remembered, since an entry is asked for dozens of names. */
const known = new WeakMap<object, ReadonlyMap<string, unknown>>()

/** The members of an object by their plain names, of which the first counts. */
function membersOf(holder: object): ReadonlyMap<string, unknown> {
  const members = new Map<string, unknown>()
  for (const [name, value] of Object.entries(holder)) if (!members.has(plainName(name))) members.set(plainName(name), value)
  return members
}

/** As `valueAt`, as text: numbers become text; anything else, or an empty text, is undefined. */
export function textAt(holder: unknown, names: readonly string[]): string | undefined {
  const value = valueAt(holder, names)
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** As `valueAt`, if it is a list. */
export function listAt(holder: unknown, names: readonly string[]): readonly unknown[] | undefined {
  const value = valueAt(holder, names)
  return Array.isArray(value) ? value : undefined
}

/** A whole number, possibly written as text; otherwise undefined. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

/** Names under which an error has a path into the request. */
const PATH_NAMES = ['pointer', 'path', 'instancePath', 'dataPath', 'jsonPath', 'propertyPath', 'property', 'field', 'param', 'name', 'loc']
/** A path to a row in the list `data` of a request, and to a column: as JSON Pointer, with dots or brackets, or as a list of steps. */
const ROW_IN_PATH = /(?:^|[^A-Za-z0-9_])data[/.[\]]+(\d{1,6})(?:[\]/.['"[]+(?:attributes[/.])?([A-Za-z_]\w{0,99}))?['"\]]*$/

/** The row, counted from 0, and the column in the path of an error; undefined where it has no such path. */
export function rowInPath(holder: unknown): { readonly row: number; readonly column?: string } | undefined {
  const paths = [...PATH_NAMES.map((name) => valueAt(holder, [name])), valueAt(valueAt(holder, ['source']), ['pointer'])]
  const texts = paths.map((path) => (Array.isArray(path) ? path.join('/') : String(path))).filter((text) => text.length <= 200)
  const [, row, column] = texts.map((text) => ROW_IN_PATH.exec(text)).find((found) => found !== null) ?? []
  return row === undefined ? undefined : { row: Number(row), ...(column && { column }) }
}

/** Parses a JSON text that tells of rows; undefined where it is not JSON, or is too much. */
export function parseJson(text = ''): unknown {
  return isTooMuch(text) ? undefined : parseAnyJson(text)
}

/** Parses a JSON text, however much it is; undefined where it is not JSON. */
export function parseAnyJson(text = ''): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** A shorter text has neither too many names nor too many values. */
const QUICK_LENGTH = 64 * 1024

/** Whether a JSON text has more values or different names than are read: examining half a million takes seconds. */
export function isTooMuch(text: string): boolean {
  if (text.length < QUICK_LENGTH) return false
  const bytes = Buffer.from(text)
  return countJsonValues(bytes, scanJson(bytes), MAX_VALUES) > MAX_VALUES || hasMoreNames(bytes, MAX_NAMES)
}

/** Whether an object in a JSON text has a duplicate name, of which parsing keeps the last; `value` is the parsed text. */
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

/** Whether a value is a JSON object or a list. */
export function isHolder(value: unknown): value is object {
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
