import type { Issue } from './types.ts'

/** An issue that the client itself finds in a row. */
export function issueOf(code: string, message: string, field: string | null = null, hint: string | null = null): Issue {
  return { field, column: null, code, message, hint, upstreamCode: null }
}

/**
 * Writes a row as JSON without changing a value: bigints and results of `JSON.rawJSON` keep all their digits, a `Date` is written by
 * `toISOString`, undefined fields are left out. What JSON cannot express is an issue of its field, never a null.
 */
export function rowText(row: unknown): string | Issue {
  if (isPlain(row)) return JSON.stringify(row)
  let field: string | null = null
  let code = 'NOT_JSON'
  // `this` is the object that holds the value.
  function replace(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
    if (this === row) field = name
    else if (this === Object(row).extra) field = `extra.${name}`
    if (typeof value === 'number' && !Number.isFinite(value)) code = 'NOT_FINITE'
    else if (!isLost(value, this[name], Array.isArray(this))) return typeof value === 'bigint' ? exact(value) : value
    throw new TypeError()
  }
  try {
    return JSON.stringify(row, replace) ?? 'null'
  } catch {
    return issueOf(code, `${field ?? 'The row'} is or has what JSON cannot express.`, field)
  }
}

/** Whether `JSON.stringify` writes the row as it is: most rows are flat. */
function isPlain(row: unknown): row is object {
  return isObject(row) && !('toJSON' in row) && Object.values(row).every(isPlainValue)
}

function isPlainValue(value: unknown): boolean {
  const type = typeof value
  return type === 'string' || type === 'boolean' || value == null || Number.isFinite(value)
}

/** Whether JSON would write something else in place of a value, or nothing. */
function isLost(value: unknown, given: unknown, isItem: boolean): boolean {
  // The JSON of an invalid Date is null.
  if (value == null) return given !== value || (isItem && value === undefined)
  if (typeof value === 'object') return !Array.isArray(value) && !isObject(value)
  return typeof value === 'function' || typeof value === 'symbol'
}

/** Whether a value is a plain object: a Map, a Set or a typed array would lose its content in JSON. */
export function isObject(value: unknown): value is object {
  return {}.toString.call(value) === '[object Object]'
}

/** Without `JSON.rawJSON` (Node 20), only what a double holds. */
function exact(value: bigint): unknown {
  const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown }
  if (rawJSON !== undefined) return rawJSON(String(value))
  if (Number.isSafeInteger(Number(value))) return Number(value)
  throw new TypeError()
}
