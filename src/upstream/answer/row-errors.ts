import type { UpstreamError } from '../../ingest/upstream-port.ts'
import { isObject, rowInPath, textAt, valueAt } from '../lenient-read.ts'

/** The errors in an entry: those of a list in it, or itself. */
export function readErrors(entry: object): UpstreamError[] {
  const [errors, single] = [valueAt(entry, ['errors']), valueAt(entry, ['error'])]
  const list = [errors, single, valueAt(single, ['errors'])].find(isFilledList)
  if (list !== undefined) return list.map(readError)
  const own = readError([single, errors].find((source) => isObject(source) || typeof source === 'string') ?? entry)
  const others = ['reasons', 'issues', 'details', 'violations'].map((name) => valueAt(entry, [name])).find(isFilledList)
  return others === undefined || own.code !== undefined || own.message !== undefined ? [own] : others.map(readError)
}

function isFilledList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0
}

/** One error in the upstream's words, from an object or a bare text. */
export function readError(source: unknown): UpstreamError {
  if (typeof source === 'string') return { message: source }
  const code = textAt(source, ['code', 'errorCode'])
  const category = textAt(source, ['category'])
  const message =
    textAt(source, ['message', 'errorMessage', 'msg', 'faultString', 'detail', 'description', 'errorDescription', 'reason', 'title']) ??
    textAt(valueAt(source, ['message']), ['value'])
  const column = rowInPath(source)?.column ?? textAt(source, ['column', 'columnName', 'field', 'attribute'])
  return { ...(code && { code }), ...(category && { category }), ...(message && { message }), ...(column && { column }) }
}
