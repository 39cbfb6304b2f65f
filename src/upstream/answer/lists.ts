import type { Destination } from '../../ingest/batch.ts'
import { isObject, plainName, wholeNumber } from '../lenient-read.ts'
import { hasKey, namesARow, saysYes } from '../match-rows.ts'
import type { Asked } from './asked.ts'
import { isNameOf, type Topic, topicOf } from './names.ts'
import { isNothing } from './plain-values.ts'
import { readError } from './row-errors.ts'
import { indexIn } from './row-index.ts'

// Lists in an answer, and objects whose members stand for rows.

/** Lists of these are counted together with others, or may name any rows. */
const OWN_LENGTH: ReadonlySet<Topic> = new Set(['accepted', 'part', 'warning'])

/** Whether a list can mean a no, whatever its entries say: by its length, by empty entries, or because it complains of something. */
export function listMeansNo(
  name: string,
  topic: Topic,
  entries: readonly unknown[],
  { destination, sent, failed, dryRun }: Asked,
): boolean {
  const isOfRows = isListOfRows(name, topic)
  if ((isOfRows || topic === 'accepted') && someAreEmpty(entries)) return true
  // A result about a column is a complaint.
  if (isOfRows && failed === 0 && entries.some((entry) => isObject(entry) && readError(entry).column !== undefined)) return true
  const { resource } = destination
  const haveKeys = entries.length > 0 && entries.every((entry) => isObject(entry) && hasKey(entry, resource.keyColumns))
  const areOfRows = isOfRows || areRows(name, entries, destination) || (!OWN_LENGTH.has(topic) && (isNameOf(name, resource) || haveKeys))
  if (areOfRows && entries.length !== sent && entries.length !== sent - failed) return true
  return topic === 'no' ? isComplaint(entries, sent) : topic === 'dry' && !dryRun && entries.length > 0
}

/** A text about one row, by its number. */
const ONE_ROW = /\b(?:row|record|item|entry|line)\s*(?:#|no\.?|number|index)?\s*[:=#]?\s*\d/i

/** Whether a text, or an object with the key of a row, speaks of one of several rows alone. */
export function namesOne(topic: Topic, value: unknown, { destination, sent, failed }: Asked): boolean {
  if (sent === 1 || failed > 0 || topic === 'warning' || topic === 'opaque') return false
  return isObject(value) ? hasKey(value, destination.resource.keyColumns) : ONE_ROW.test(String(value))
}

/** Whether a list names columns, such as those of the key, and not rows. */
export function areColumns(entries: readonly unknown[], { destination }: Asked): boolean {
  const { columns } = destination.resource
  return entries.length > 0 && entries.every((entry) => columns.some(({ name }) => name === String(entry).toLowerCase()))
}

/** The entries of a list that are examined: ids and keys of accepted rows may be any text. */
export function examined(topic: Topic, entries: readonly unknown[]): readonly unknown[] {
  return topic === 'accepted' ? entries.filter((entry) => typeof entry === 'object' || typeof entry === 'boolean') : entries
}

/** The results of rows that did not fail: what is said of one that did concerns no other. */
export function withoutFailed(results: readonly unknown[], { destination, matched, placeOf }: Asked): readonly unknown[] {
  return results.filter((entry) => !isObject(entry) || !namesARow(entry, destination) || !matched.has(placeOf(entry) ?? Number.NaN))
}

/** Whether a list of complaints has an entry that complains of a row. */
function isComplaint(entries: readonly unknown[], sent: number): boolean {
  // With one entry per row, empty entries and zeros mean that the row is fine; otherwise a zero can be the index of a bad row.
  const isOnePerRow = entries.length === sent && sent > 1
  return entries.some(isSomething) || (!isOnePerRow && entries.some(mayNameRow))
}

/** Whether a value is an empty object. */
export function isBare(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

/** Whether some entries of a list are empty: null, an empty text, or an empty object among others that are not. */
function someAreEmpty(entries: readonly unknown[]): boolean {
  const bare = entries.filter(isBare)
  return entries.some((entry) => entry === null || entry === '') || (bare.length > 0 && bare.length < entries.length)
}

/** Whether a list under a generic name, such as `items`, is about rows. */
function areRows(name: string, entries: readonly unknown[], destination: Destination): boolean {
  const [first] = entries
  if (!MAY_BE_ROWS.test(plainName(name)) || !isObject(first) || !entries.every(isObject)) return false
  return entries.length > 1 || namesARow(first, destination)
}

const MAY_BE_ROWS = /^(?:items|entries|data|documents|elements|objects)$/

/** Whether a list of this name is about rows. */
export function isListOfRows(name: string, topic: Topic): boolean {
  return topic === 'results' || (topic !== 'no' && /^(?:rows|records)$/.test(plainName(name)))
}

/** Whether the members of an object stand for rows: their names are numbers or unknown words, such as keys of rows. */
export function isByRow(name: string, topic: Topic, holder: object): boolean {
  const members = Object.entries(holder)
  if (members.length > 0 && topic === 'accepted') return members.every(([key]) => /^\d+$/.test(key))
  if (members.length === 0 || !isListOfRows(name, topic)) return false
  return members.every(([key, value]) => /^\d+$/.test(key) || ((typeof value === 'string' || isObject(value)) && topicOf(key) === 'other'))
}

function mayNameRow(entry: unknown): boolean {
  return isObject(entry) || wholeNumber(entry) !== undefined
}

function isSomething(entry: unknown): boolean {
  if (typeof entry === 'object' && entry !== null) return Object.keys(entry).length > 0
  return !isNothing(entry)
}

const OF_INDEXES = /ind(?:ex|ic)|position/i

/**
 * Whether the rows that a list names are plausible: none twice, none that was not sent, and none that failed if the list is of
 * accepted rows, or shorter than what was sent, or says itself that the row was taken.
 */
export function placesFit(name: string, entries: readonly unknown[], areAccepted: boolean, asked: Asked): boolean {
  const { destination, placeOf, rowIndexBase, matched, sent } = asked
  const seen = new Set<number>()
  const mayFail = !areAccepted && entries.length === sent

  /** Notes a place; false where it is not plausible. */
  function note(at: number, entry?: object): boolean {
    const isWrong = matched.has(at) && (!mayFail || (entry !== undefined && saysYes(entry)))
    if (at < 0 || at >= sent || seen.has(at) || isWrong) return false
    seen.add(at)
    return true
  }

  const numbers = entries.flatMap((entry) => wholeNumber(entry) ?? []).map((number) => number - rowIndexBase)
  // Other numbers are ids.
  const areIndexes = areAccepted && numbers.length > 0 && (OF_INDEXES.test(name) || numbers.every((at) => at >= 0 && at < sent))
  if (areIndexes) return numbers.every((at) => note(at))
  return entries.every((entry) => {
    if (!isObject(entry) || !namesARow(entry, destination)) return true
    const at = placeOf(entry)
    // A key that matches no row may only be written in another form.
    return at === undefined ? indexIn(entry) === undefined : note(at, entry)
  })
}
