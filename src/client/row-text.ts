import type { Issue } from './types.ts'

/** The JSON text of a row, or why it has none. */
export type RowText = string | Issue

/** Deeper than the gateway takes anything; a value that holds itself comes to an end here. */
const MAX_DEPTH = 32

/**
 * Writes a row as JSON without changing a value: a bigint and what `JSON.rawJSON` made keep all their digits, a `Date` is written
 * as `toISOString` has it, a field that is undefined is left out. What JSON cannot say is an issue of its field, never a null.
 */
export function rowText(row: unknown): RowText {
  if (isPlain(row)) return JSON.stringify(row)
  const path: string[] = []
  try {
    return write(row, path) ?? 'null'
  } catch (error) {
    if (error instanceof Unwritable) return issueAt(path, error)
    throw error
  }
}

/** Whether `JSON.stringify` writes the row as it is: most rows are flat. */
function isPlain(row: unknown): row is object {
  if (typeof row !== 'object' || row === null || Array.isArray(row) || 'toJSON' in row) return false
  for (const value of Object.values(row)) {
    switch (typeof value) {
      case 'string':
      case 'boolean':
      case 'undefined':
        continue
      case 'number':
        if (Number.isFinite(value)) continue
        return false
      default:
        if (value !== null) return false
    }
  }
  return true
}

class Unwritable extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The text of a value; undefined where JSON leaves it out. `path` is left where it fails. */
function write(value: unknown, path: string[]): string | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined
    case 'bigint':
      return String(value)
    case 'number':
      if (!Number.isFinite(value)) throw new Unwritable('NOT_FINITE', 'is NaN or infinite, which JSON cannot say.')
      return JSON.stringify(value)
    case 'object':
      return value === null || isRawJson(value) ? JSON.stringify(value) : writeObject(value, path)
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    default:
      throw new Unwritable('NOT_JSON', `is a ${typeof value}, which JSON cannot say.`)
  }
}

function writeObject(value: object, path: string[]): string | undefined {
  if (path.length > MAX_DEPTH) throw new Unwritable('NOT_JSON', `is nested deeper than ${MAX_DEPTH} levels, or holds itself.`)
  if (value instanceof Date && Number.isNaN(value.getTime())) throw new Unwritable('NOT_JSON', 'is a Date without a time.')
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const written: unknown = value.toJSON(path.at(-1) ?? '')
    return Object.is(written, value) ? writeMembers(value, path) : write(written, path)
  }
  return Array.isArray(value) ? `[${value.map((item, at) => inside(item, String(at), path) ?? fail()).join()}]` : writeMembers(value, path)
}

function writeMembers(value: object, path: string[]): string {
  // A Map, a Set or a typed array would lose all it holds.
  if (Object.prototype.toString.call(value) !== '[object Object]') fail()
  const members = Object.entries(value).flatMap(([name, member]) => {
    const text = inside(member, name, path)
    return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`]
  })
  return `{${members.join()}}`
}

function inside(value: unknown, name: string, path: string[]): string | undefined {
  path.push(name)
  const text = write(value, path)
  path.pop()
  return text
}

function fail(): never {
  throw new Unwritable('NOT_JSON', 'is, or holds, something that JSON cannot say.')
}

/** Runtimes that have `JSON.rawJSON` print what it made by themselves. */
function isRawJson(value: object): boolean {
  const { isRawJSON } = JSON as { readonly isRawJSON?: (value: object) => boolean }
  return isRawJSON?.(value) ?? false
}

function issueAt(path: readonly string[], { code, message }: Unwritable): Issue {
  const [first, second] = path
  const field = first === 'extra' && second !== undefined ? `extra.${second}` : (first ?? null)
  return { field, column: null, code, message: `${field ?? 'The row'} ${message}`, hint: null, upstreamCode: null }
}
