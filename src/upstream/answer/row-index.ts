import { isObject, listAt, plainName, valueAt, wholeNumber } from '../lenient-read.ts'

/** Names of a row's index in an entry. */
export const INDEX_NAMES = ['index', 'rowindex', 'rownumber']

/** The index in an entry; undefined where it has none, and not a number where it has several that differ. */
export function indexIn(entry: object): unknown {
  const found = INDEX_NAMES.map((name) =>
    Object.entries(entry).flatMap(([key, value]) => (plainName(key) === name && value !== null ? [value] : [])),
  )
  const [first, ...others] = found.flat()
  const [rowNumber] = found[INDEX_NAMES.length - 1] ?? []
  // Beside an index, a row number may count from one.
  const isNext = (value: unknown) => value === rowNumber && wholeNumber(value) === (wholeNumber(first) ?? Number.NaN) + 1
  return others.every((value) => wholeNumber(value) === wholeNumber(first) || isNext(value)) ? first : 'several'
}

/** Names of how many rows an entry is about, of a list of them, and of the last one of a range. */
const HOW_MANY =
  /^(?:count|occurrences|repeated|times|(?:affected|other|related)?(?:rows|records|row(?:s)?count|recordcount)(?:affected)?)$/
const WHICH = /^(?:affected|other|related|duplicate|all)?(?:rows|records|indexes|indices|rowindexes|rowindices|rownumbers)$/
const RANGE_END = /^(?:to|end|last|until|through)(?:row|index|rowindex)?$/

/** Whether an entry on the row of this index is about others as well: by their number, a list, a range, or an error with another index. */
export function namesSeveral(entry: object, index: number, isColumn: (name: string) => boolean): boolean {
  const isOther = (value: unknown) => (wholeNumber(isObject(value) ? indexIn(value) : value) ?? index) !== index

  function countsOthers(name: string, value: unknown): boolean {
    if (Array.isArray(value)) return WHICH.test(name) && (value.length > 1 || value.some(isOther))
    return HOW_MANY.test(name) ? (wholeNumber(value) ?? 1) > 1 : RANGE_END.test(name) && isOther(value)
  }

  if (Object.entries(entry).some(([key, value]) => countsOthers(plainName(key), value) && !isColumn(plainName(key)))) return true
  const errors = (listAt(entry, ['errors']) ?? [valueAt(entry, ['error'])]).filter(isObject)
  // Errors may be numbered themselves.
  return errors.some((error, at) => isOther(error) && wholeNumber(indexIn(error)) !== at)
}
