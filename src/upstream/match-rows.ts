import type { Batch, Destination } from '../ingest/batch.ts'
import type { UpstreamError, Verdict } from '../ingest/upstream-port.ts'
import type { Resource } from '../resource/define-resource.ts'
import { type WireOptions, wireName } from '../rows/wire-row.ts'
import { listOf } from '../util/list-of.ts'
import { isGoodStatus } from './answer/texts.ts'
import { isObject, plainName, rowInPath, textAt, valueAt } from './lenient-read.ts'

// How an entry of an answer is matched to a row that was sent. Nothing is guessed, since the wrong row would be reported as rejected:
//
//  1. An index counts if it is a whole number, possibly written as text, within the batch, counted from `rowIndexBase`; an entry
//     with any other index matches no row. A null index counts as absent. Without an index, a path into the list `data` of the
//     request names a row as well, always counted from 0.
//  2. An echo of the row, or of its key, counts if its primary key is that of a row sent, with cells compared as text; the entry
//     itself may be an echo. Keys are unique in a batch, so that it matches one row at most. Echoes of different rows match none.
//  3. An entry with both counts if both name the same row, or if the echo matches no row that was sent.
//  4. An entry that matches no row may be about any: then no entry is matched.
//  5. Several entries about one row reject it if all are equal or each is about another column; otherwise it is open. In a
//     refusal nothing of the batch was taken, so that they simply add up.
//  6. An entry that says itself that its row was taken, or may yet be, contradicts the list of failures: the row is open. In a
//     refusal, an entry that says that its row was taken names no row.

/** How to read what the upstream's description leaves open. */
export interface AnswerReading {
  /** The index that the upstream gives the first row. */
  readonly rowIndexBase: number
  readonly keyCase: WireOptions['keyCase']
}

/** Names of a row's index in an entry. */
export const INDEX_NAMES = ['index', 'rowindex', 'rownumber']

/** Names of an echo of the row, or of its key, in an entry. */
const ECHO_NAMES = ['row', 'record', 'data', 'key', 'keys', 'primaryKey']

const ACCEPTED: Verdict = Object.freeze({ kind: 'accepted' })
const NO_WORD: Verdict = Object.freeze({ kind: 'none', reason: 'NO_VERDICT' })

/** The verdict on a row that the answer leaves open. */
export const UNREADABLE: Verdict = Object.freeze({ kind: 'none', reason: 'UNREADABLE_ANSWER' })

/** The errors of an entry that says that its row was taken, or may yet be. */
const NO_ERRORS: UpstreamError[] = []

/** The errors of each entry, by the place of its row; empty for an entry that says that its row was taken, or may yet be. */
export type Matched = ReadonlyMap<number, readonly UpstreamError[][]>

/** Entries by their row; undefined where one cannot be matched, because it may be about any row. */
export function matchEntries(entries: readonly object[], placeOf: Match): Matched | undefined {
  const matched = new Map<number, UpstreamError[][]>()
  for (const entry of entries) {
    const at = placeOf(entry)
    if (at === undefined) return undefined
    const errors = isOpen(entry) ? NO_ERRORS : readErrors(entry)
    const known = matched.get(at)
    if (known === undefined) matched.set(at, [errors])
    else known.push(errors)
  }
  return matched
}

/** Whether an entry has an index. */
export function namesAnIndex(entry: object): boolean {
  return indexIn(entry) !== undefined
}

/** Whether an entry says in a known form which row it is about. */
export function namesARow(entry: object, { resource }: Destination): boolean {
  return indexIn(entry) !== undefined || rowInPath(entry) !== undefined || echoesIn(entry, resource.keyColumns).length > 0
}

/** Whether an entry has errors, or an index together with what is wrong. */
export function complains(entry: object): boolean {
  const errors = valueAt(entry, ['errors', 'error'])
  if (typeof errors === 'string' || Array.isArray(errors) || isObject(errors)) return Object.keys(errors).length > 0
  return (indexIn(entry) ?? rowInPath(entry)) !== undefined && Object.keys(readError(entry)).length > 0
}

/** The echoes in an entry; the entry itself if it has the whole key and no other echo. */
function echoesIn(entry: object, keyColumns: Resource['keyColumns']): readonly object[] {
  const echoes = ECHO_NAMES.map((name) => valueAt(entry, [name])).filter(isObject)
  if (echoes.length > 0) return echoes
  return keyColumns.every(({ name }) => valueAt(entry, [name]) != null) ? [entry] : []
}

/** Whether an entry says of its row that it was taken. */
export function saysYes(entry: object): boolean {
  return Object.entries(entry).some(([name, value]) => {
    if (typeof value === 'boolean') return YES_SWITCH.test(plainName(name)) ? value : NO_SWITCH.test(plainName(name)) && !value
    return (typeof value === 'string' || Number(value) > 200) && STATUS_NAME.test(name) && isGoodStatus(String(value))
  })
}

/** Whether an entry says of its row that it was taken, or may yet be. */
function isOpen(entry: object): boolean {
  return saysYes(entry) || Object.entries(entry).some(([name, value]) => STATUS_NAME.test(name) && NOT_SETTLED.test(String(value)))
}

const STATUS_NAME = /^(?:status|state|outcome|result)$/i
const NOT_SETTLED =
  /pending|progress|processing|running|started|retr(?:y|ie)|unknown|defer|delay|wait|scheduled|undetermined|indeterminate|partial/i

const YES_SWITCH = /^(?:is)?(?:ok|success|successful|succeeded|accepted|ingested|written|inserted|valid)$/
const NO_SWITCH = /^(?:is|has)?(?:failed|rejected|errors?|invalid)$/

/** The place of an entry's row; undefined where it names none for certain. */
export type Match = (entry: object) => number | undefined

/** Matches entries to the rows of a batch. */
export function createMatch(batch: Batch, reading: AnswerReading): Match {
  const rowsEchoed = echoFinder(batch, reading)
  return (entry) => {
    const index = indexIn(entry)
    const [echoed, another] = rowsEchoed(entry)
    if (another !== undefined) return undefined
    const at = index === undefined ? rowInPath(entry)?.row : (wholeNumber(index) ?? Number.NaN) - reading.rowIndexBase
    if (at === undefined) return echoed
    // An index and an echo that name different rows: one of them is wrong, and nothing says which.
    return at >= 0 && at < batch.rows.length && (echoed === undefined || echoed === at) ? at : undefined
  }
}

/** The index in an entry; undefined where it has none, and not a number where it has several that differ. */
function indexIn(entry: object): unknown {
  const found = INDEX_NAMES.map((name) =>
    Object.entries(entry).flatMap(([key, value]) => (plainName(key) === name && value !== null ? [value] : [])),
  )
  const [first, ...others] = found.flat()
  const [rowNumber] = found[INDEX_NAMES.length - 1] ?? []
  // Beside an index, a row number may count from one.
  const isNext = (value: unknown) => value === rowNumber && wholeNumber(value) === (wholeNumber(first) ?? Number.NaN) + 1
  return others.every((value) => wholeNumber(value) === wholeNumber(first) || isNext(value)) ? first : 'several'
}

/** A whole number, possibly written as text; otherwise undefined. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

/** Finds the sent rows whose primary key an entry echoes, without duplicates; keys are indexed on first use. */
function echoFinder({ rows, destination }: Batch, { keyCase }: AnswerReading): (entry: object) => readonly number[] {
  const columns = destination.resource.keyColumns
  let byKey: Map<string, number> | undefined
  return (entry) => {
    const echoes = echoesIn(entry, columns)
    if (echoes.length === 0) return []
    byKey ??= new Map(
      listOf(rows.length, (at) => [JSON.stringify(columns.map(({ name }) => String(rows.at(at)[wireName(name, keyCase)]))), at] as const),
    )
    const places = echoes.map((echo) => byKey?.get(JSON.stringify(columns.map(({ name }) => String(valueAt(echo, [name]))))))
    return [...new Set(places.filter((at) => at !== undefined))]
  }
}

function readErrors(entry: object): UpstreamError[] {
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

/** The verdict on a row by the entries about it: equal ones collapse, different columns add up, anything else is a contradiction. */
export function verdictOn(entries: readonly UpstreamError[][] | undefined): Verdict {
  if (entries === undefined) return ACCEPTED
  const distinct = withoutRepeats(entries)
  const columns = distinct.map((errors) => errors[0]?.column)
  if (entries.includes(NO_ERRORS)) return UNREADABLE
  const addUp = distinct.length === 1 || (!columns.includes(undefined) && new Set(columns).size === distinct.length)
  return addUp ? { kind: 'rejected', errors: distinct.flat() } : UNREADABLE
}

/** The verdict on a row in a refusal: nothing of the batch was taken, so that entries about a row simply add up. */
export function refusalOn(entries: readonly UpstreamError[][] | undefined): Verdict {
  return entries === undefined ? NO_WORD : { kind: 'rejected', errors: withoutRepeats(entries).flat() }
}

function withoutRepeats(entries: readonly UpstreamError[][]): UpstreamError[][] {
  return [...new Map(entries.map((errors) => [JSON.stringify(errors), errors])).values()]
}
