import type { Batch, Destination } from '../ingest/batch.ts'
import type { UpstreamError, Verdict } from '../ingest/upstream-port.ts'
import type { Resource } from '../resource/define-resource.ts'
import { type WireOptions, wireName } from '../rows/wire-row.ts'
import { listOf } from '../util/list-of.ts'
import { readError, readErrors } from './answer/row-errors.ts'
import { indexIn, namesSeveral } from './answer/row-index.ts'
import { isGoodStatus } from './answer/texts.ts'
import { isObject, plainName, rowInPath, valueAt, wholeNumber } from './lenient-read.ts'

// How an entry of an answer is matched to a row that was sent. Nothing is guessed, since the wrong row would be reported as rejected:
//
//  1. An index counts if it is a whole number, possibly written as text, within the batch, counted from `rowIndexBase`; an entry
//     with any other index matches no row. A null index counts as absent. Without an index, a path into the list `data` of the
//     request names a row as well, always counted from 0.
//  2. An echo of the row, or of its key, counts if its primary key is that of a row sent, with cells compared as text; the entry
//     itself may be an echo. Keys are unique in a batch, so that it matches one row at most. Echoes of different rows match none.
//  3. An entry with both counts if both name the same row, or if the echo matches no row that was sent. One that says that it is about
//     further rows (`answer/row-index.ts`) matches none.
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
  return hasKey(entry, keyColumns) ? [entry] : []
}

/** Whether an object has the whole primary key of a row. */
export function hasKey(entry: object, keyColumns: Resource['keyColumns']): boolean {
  return keyColumns.every(({ name }) => valueAt(entry, [name]) != null)
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
  const { columns } = batch.destination.resource
  const rowsEchoed = echoFinder(batch, reading)
  const isColumn = (name: string) => columns.some((column) => plainName(column.name) === name)

  function named(entry: object): number | undefined {
    const index = indexIn(entry)
    const [echoed, another] = rowsEchoed(entry)
    if (another !== undefined) return undefined
    const at = index === undefined ? rowInPath(entry)?.row : (wholeNumber(index) ?? Number.NaN) - reading.rowIndexBase
    if (at === undefined) return echoed
    // An index and an echo that name different rows: one of them is wrong, and nothing says which.
    return at >= 0 && at < batch.rows.length && (echoed === undefined || echoed === at) ? at : undefined
  }

  return (entry) => {
    const at = named(entry)
    return at === undefined || namesSeveral(entry, at + reading.rowIndexBase, isColumn) ? undefined : at
  }
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
