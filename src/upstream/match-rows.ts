import type { Batch, UpstreamError, Verdict } from '../ingest/upstream-port.ts'
import type { Resource } from '../resource/define-resource.ts'
import { type WireOptions, wireName } from '../rows/wire-row.ts'
import { listOf } from '../util/list-of.ts'
import { isGoodStatus } from './answer/texts.ts'
import { isObject, plainName, rowInPath, textAt, valueAt } from './lenient-read.ts'

// How an entry of an answer is matched to a row that was sent. No guess is made, since the wrong row would be told of a no:
//
//  1. An index counts where it is a whole number, maybe written as text, that is a place in the batch, counted from
//     `rowIndexBase`; an entry with any other index matches no row. An index of null is none. Without one, a path into the
//     list `data` of the request names a row as well, always counted from 0.
//  2. An echo of the row, or of its key, counts where its primary key is that of a row sent, cells compared as text; an entry may be
//     one itself. Rows of one batch differ in their keys, so that it is one row at most. Echoes of different rows match none.
//  3. An entry with both counts where both say the same row, or the echo is of no row that was sent.
//  4. One entry that matches no row may speak of any: nothing is matched then.
//  5. Several entries about one row of an answer reject it where all are alike or each is about another column; else it is open.
//     In a refusal nothing of the batch was taken, so that they only add up.
//  6. An entry of an answer that says of itself that its row was taken, or may yet be, contradicts its list: the row is open. In a
//     refusal, one that says that its row was taken names no row.

/** How to read what the upstream leaves open. */
export interface AnswerReading {
  /** What the upstream counts its first row as. */
  readonly rowIndexBase: number
  readonly keyCase: WireOptions['keyCase']
}

/** Names under which an entry says which row it is about. */
export const INDEX_NAMES = ['index', 'rowindex', 'rownumber']

/** Names under which an entry repeats the row it is about, or its key. */
const ECHO_NAMES = ['row', 'record', 'data', 'key', 'keys', 'primaryKey']

const ACCEPTED: Verdict = Object.freeze({ kind: 'accepted' })
const NO_WORD: Verdict = Object.freeze({ kind: 'none', reason: 'NO_VERDICT' })

/** The verdict on a row that the answer leaves open. */
export const UNREADABLE: Verdict = Object.freeze({ kind: 'none', reason: 'UNREADABLE_ANSWER' })

/** What an entry has that says that its row was taken, or may yet be. */
const NO_ERRORS: UpstreamError[] = []

/** The errors of entries, by the place of the row that they are about; none of an entry that says that its row was taken, or may yet be. */
export type Matched = ReadonlyMap<number, readonly UpstreamError[][]>

/** Entries by the row they speak of; undefined when one cannot be matched, because it may speak of any row. */
export function matchEntries(entries: readonly object[], batch: Batch, reading: AnswerReading): Matched | undefined {
  const matched = new Map<number, UpstreamError[][]>()
  const placeOf = createMatch(batch, reading)
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

/** Whether an entry says in a form that is known which row it is about. */
export function namesARow(entry: object, { destination }: Batch): boolean {
  return indexIn(entry) !== undefined || rowInPath(entry) !== undefined || echoesIn(entry, destination.resource.keyColumns).length > 0
}

/** Whether an entry has errors, or says by its index what is wrong with a row. */
export function complains(entry: object): boolean {
  const errors = valueAt(entry, ['errors', 'error'])
  if (typeof errors === 'string' || Array.isArray(errors) || isObject(errors)) return Object.keys(errors).length > 0
  return (indexIn(entry) ?? rowInPath(entry)) !== undefined && Object.keys(readError(entry)).length > 0
}

/** What repeats the row in an entry, or its key; the entry itself where it has the whole key and nothing else does. */
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

/** The place of the row that an entry speaks of; undefined where it names none for certain. */
export type Match = (entry: object) => number | undefined

/** Matches entries to the rows of a batch. */
export function createMatch(batch: Batch, reading: AnswerReading): Match {
  const rowsEchoed = echoFinder(batch, reading)
  const sent = batch.rows.length
  return (entry) => {
    const index = indexIn(entry)
    const [echoed, another] = rowsEchoed(entry)
    if (another !== undefined) return undefined
    const at = index === undefined ? rowInPath(entry)?.row : (wholeNumber(index) ?? Number.NaN) - reading.rowIndexBase
    if (at === undefined) return echoed
    // An index and an echo that name different rows: one of them is wrong, and nothing says which.
    return at >= 0 && at < sent && (echoed === undefined || echoed === at) ? at : undefined
  }
}

/** The index in an entry; undefined where it has none, and no number where it has several that are not one. */
function indexIn(entry: object): unknown {
  const found = INDEX_NAMES.map((name) =>
    Object.entries(entry).flatMap(([key, value]) => (plainName(key) === name && value !== null ? [value] : [])),
  )
  const [first, ...others] = found.flat()
  const [rowNumber] = found[INDEX_NAMES.length - 1] ?? []
  // Beside an index, a number of the row may count from one.
  const isNext = (value: unknown) => value === rowNumber && wholeNumber(value) === (wholeNumber(first) ?? Number.NaN) + 1
  return others.every((value) => wholeNumber(value) === wholeNumber(first) || isNext(value)) ? first : 'several'
}

/** A whole number, also one written as text. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

/** Finds the sent rows that have the primary key of what an entry echoes, each once; the keys are read when the first echo is looked up. */
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

/** The verdict of an answer on a row, by the entries about it: repeats collapse, different columns add up, anything else contradicts itself. */
export function verdictOn(entries: readonly UpstreamError[][] | undefined): Verdict {
  if (entries === undefined) return ACCEPTED
  const distinct = withoutRepeats(entries)
  const columns = distinct.map((errors) => errors[0]?.column)
  if (entries.includes(NO_ERRORS)) return UNREADABLE
  const addUp = distinct.length === 1 || (!columns.includes(undefined) && new Set(columns).size === distinct.length)
  return addUp ? { kind: 'rejected', errors: distinct.flat() } : UNREADABLE
}

/** The verdict of a refusal on a row: nothing of the batch was taken, so that entries about one row only add up. */
export function refusalOn(entries: readonly UpstreamError[][] | undefined): Verdict {
  return entries === undefined ? NO_WORD : { kind: 'rejected', errors: withoutRepeats(entries).flat() }
}

function withoutRepeats(entries: readonly UpstreamError[][]): UpstreamError[][] {
  return [...new Map(entries.map((errors) => [JSON.stringify(errors), errors])).values()]
}
