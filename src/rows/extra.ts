import type { Resource } from '../resource/define-resource.ts'
import { camelCase } from '../resource/names.ts'
import { isExactNumber, isJsonObject } from '../util/exact-number.ts'
import { readsAsZero } from './check-number.ts'
import { isCleanText } from './check-value.ts'
import type { RowIssue, RowIssueCode } from './issue.ts'

const MAX_DEPTH = 8
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,126}$/
/** Longer names are not echoed. */
const MAX_SHOWN = 100
const FORBIDDEN_NAMES = new Set(['__proto__', 'prototype', 'constructor'])

/**
 * Whether a name could reach an object's prototype and is therefore never accepted; `__proto__` in any case, since names change case on the
 * wire.
 */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN_NAMES.has(name) || name.toLowerCase() === '__proto__'
}

/** A submitted name if it may be echoed: only plain names, since anything else could be a value in disguise. */
export function printableName(name: string): string | undefined {
  return PLAIN_NAME.test(name) && name.length <= MAX_SHOWN ? name : undefined
}

/** Everything wrong with a row's custom attributes; empty if they can be sent as they are. */
export function checkExtra(extra: unknown, resource: Resource): RowIssue[] {
  if (!isJsonObject(extra))
    return [{ code: 'EXTRA_NOT_AN_OBJECT', field: 'extra', message: 'extra must be an object of attribute names and values.' }]
  const seen = new Set<string>()
  return Object.entries(extra).flatMap(([name, value]) => {
    const issues = [...checkName(name, seen, resource), ...checkContent(name, value, 1)]
    seen.add(name.toLowerCase())
    return issues.slice(0, 1)
  })
}

function checkName(name: string, seen: ReadonlySet<string>, resource: Resource): RowIssue[] {
  if (isForbiddenName(name)) return [about('FORBIDDEN_NAME', name, 'is a name that is not allowed')]
  if (!PLAIN_NAME.test(name))
    return [about('EXTRA_INVALID_NAME', name, 'must be a plain name: letters, digits and underscores, at most 127')]
  if (seen.has(name.toLowerCase())) return [about('EXTRA_INVALID_NAME', name, 'appears twice, in different case')]
  const column = columnCalled(name, resource)
  return column ? [{ ...about('EXTRA_IS_A_COLUMN', name, 'is a declared column'), hint: `send it as ${column.field}` }] : []
}

/** By its name in any case, or by its field. */
function columnCalled(name: string, { columns }: Resource): Resource['columns'][number] | undefined {
  const [lower, camel] = [name.toLowerCase(), camelCase(name)]
  return columns.find((column) => column.name === lower || column.field === camel || column.field === name)
}

function checkContent(name: string, value: unknown, depth: number): RowIssue[] {
  if (typeof value === 'string')
    return isCleanText(value) ? [] : [about('INVALID_TEXT', name, 'must not hold NUL or half of a surrogate pair')]
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [about('NOT_FINITE', name, 'must hold finite numbers only')]
  if (typeof value !== 'object' || value === null) return []
  if (isExactNumber(value))
    return readsAsZero(value) ? [about('NOT_FINITE', name, 'must not hold a number so small that it reads as zero')] : []
  if (depth > MAX_DEPTH) return [about('EXTRA_TOO_DEEP', name, `must be nested at most ${MAX_DEPTH} levels deep`)]
  for (const [key, inner] of Object.entries(value)) {
    const issues = [...checkInnerKey(name, key), ...checkContent(name, inner, depth + 1)]
    if (issues.length > 0) return issues
  }
  return []
}

function checkInnerKey(name: string, key: string): RowIssue[] {
  if (isForbiddenName(key)) return [about('FORBIDDEN_NAME', name, 'holds a name that is not allowed')]
  // V8 14.6 may misread a name that ends in an escape as another one, "a\\" for "a\"": what it misreads has a backslash.
  if (key.includes('\\')) return [about('EXTRA_INVALID_NAME', name, 'holds a name with a backslash, which is not allowed')]
  return isCleanText(key) ? [] : [about('INVALID_TEXT', name, 'must not hold NUL or half of a surrogate pair')]
}

function about(code: RowIssueCode, name: string, says: string): RowIssue {
  const shown = printableName(name)
  const field = shown === undefined ? 'extra' : `extra.${shown}`
  return { code, field, message: `${shown === undefined ? 'A key in extra' : field} ${says}.` }
}
