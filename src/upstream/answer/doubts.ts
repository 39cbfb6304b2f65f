import type { Destination } from '../../ingest/batch.ts'
import { hasTwinNames, isObject, parseJson, plainName } from '../lenient-read.ts'
import { namesAnIndex, namesARow, saysYes, wholeNumber } from '../match-rows.ts'
import { saysHit, type Topic, topicOf } from './names.ts'
import { warnsOfNo, wordsOf } from './texts.ts'
import { type Asked, createValueReader, type Doubts, isNothing, isTimestamp } from './values.ts'

const MAX_DEPTH = 32
/** Names whose value is a word or a count where all went well, and never null. */
const NO_NULL = /^(?:success|ok|accepted|ingested|written|stored)(?:rows|records|count)?$/
const MAX_VALUES = 200_000
/** How much JSON in texts of one answer is examined, in UTF-16 units: each text alone has its own limits of names and values. */
const MAX_EMBEDDED = 1_000_000

const NO_DOUBTS: Doubts = {
  canMeanNo: false,
  miscounts: false,
  saysYes: false,
  saysYesInText: false,
  isUnclear: false,
  countsAccepted: false,
}

/** Examines everything in an answer except its list of failures, at any depth. */
export function doubtsOf(answer: object, list: unknown, asked: Asked): Doubts {
  const found = { ...NO_DOUBTS }
  const read = createValueReader(asked, found)
  const rest = asked.sent - asked.failed
  let [values, embedded] = [0, 0]

  function visit(name: string, topic: Topic, value: unknown, depth: number): void {
    if (value === list && list !== undefined) return
    if (depth > MAX_DEPTH || ++values > MAX_VALUES || embedded > MAX_EMBEDDED) found.canMeanNo = true
    else if (typeof value === 'object' && value !== null && !isBare(value)) visitHolder(name, hitOr(topic, name), value, depth)
    else if (typeof value === 'string' && /^\s*[{[]/.test(value)) visitJson(name, topic, value, depth)
    else if (value === null || value === '' || isBare(value)) found.canMeanNo ||= topic === 'results' || NO_NULL.test(plainName(name))
    else read.value(name, topic, value as string | number | boolean)
  }

  /** Some servers embed the answer of another as JSON text. */
  function visitJson(name: string, topic: Topic, text: string, depth: number): void {
    embedded += text.length
    const inner = parseJson(text)
    if (inner === undefined) read.value(name, topic, text)
    else if (hasTwinNames(text, inner)) found.canMeanNo = true
    else visit(name, topic, inner, depth + 1)
  }

  function visitHolder(name: string, topic: Topic, holder: object, depth: number): void {
    if (Array.isArray(holder) || isByRow(name, topic, holder)) visitList(name, topic, Object.values(holder), depth)
    else visitObject(topic, holder, depth)
  }

  function visitObject(outer: Topic, holder: object, depth: number): void {
    const parts: number[] = []
    for (const [name, value] of Object.entries(holder)) {
      const topic = outer === 'quota' && /^remaining/i.test(name) ? outer : inherited(outer, topicOf(name), name)
      const part = topic === 'part' && !isTimestamp(value) ? wholeNumber(Array.isArray(value) ? value.length : value) : undefined
      if (part !== undefined) parts.push(part)
      if (part === undefined || Array.isArray(value)) visit(name, topic, value, depth + 1)
    }
    // Rows inserted and rows updated are the accepted ones together.
    if (parts.length > 0) read.count(sumOf(parts), [rest], true)
  }

  function visitList(name: string, topic: Topic, entries: readonly unknown[], depth: number): void {
    const isOfRows = isListOfRows(name, topic)
    if (topic === 'accepted') read.count(entries.length, [rest], true)
    if (topic === 'other' && entries.length > 0 && entries.length !== asked.sent) found.isUnclear = true
    if ((isOfRows || topic === 'accepted') && someAreEmpty(entries)) found.canMeanNo = true
    if ((isOfRows || areRows(name, entries, asked.destination)) && entries.length !== asked.sent && entries.length !== rest)
      found.canMeanNo = true
    if ((isOfRows || topic === 'accepted') && !placesFit(name, entries, topic === 'accepted', asked)) found.miscounts = true
    if (topic === 'no' && isComplaint(entries, asked.sent)) found.canMeanNo = true
    if (topic === 'dry' && !asked.dryRun && entries.length > 0) found.canMeanNo = true
    for (const entry of examined(topic, isOfRows ? withoutFailed(entries, asked) : entries))
      visit(name, isOfRows ? (isObject(entry) ? 'other' : 'results') : topic, entry, depth + 1)
  }

  visitObject('other', answer, 0)
  return found
}

/** The entries of a list that are examined: ids and keys of accepted rows may be any text. */
function examined(topic: Topic, entries: readonly unknown[]): readonly unknown[] {
  return topic === 'accepted' ? entries.filter((entry) => typeof entry === 'object' || typeof entry === 'boolean') : entries
}

/** The results of rows that did not fail: what is said of one that did concerns no other. */
function withoutFailed(results: readonly unknown[], { destination, matched, placeOf }: Asked): readonly unknown[] {
  return results.filter((entry) => !isObject(entry) || !namesARow(entry, destination) || !matched.has(placeOf(entry) ?? Number.NaN))
}

/** Whether a list of complaints has an entry that complains of a row. */
function isComplaint(entries: readonly unknown[], sent: number): boolean {
  // With one entry per row, empty entries and zeros mean that the row is fine; otherwise a zero can be the index of a bad row.
  const isOnePerRow = entries.length === sent && sent > 1
  return entries.some(isSomething) || (!isOnePerRow && entries.some(mayNameRow))
}

/** Whether a value is an empty object. */
function isBare(value: unknown): boolean {
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

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

function isListOfRows(name: string, topic: Topic): boolean {
  return topic === 'results' || (topic !== 'no' && /^(?:rows|records)$/.test(plainName(name)))
}

/** Whether the members of an object stand for rows: their names are numbers or unknown words, such as keys of rows. */
function isByRow(name: string, topic: Topic, holder: object): boolean {
  const members = Object.entries(holder)
  if (members.length === 0 || !isListOfRows(name, topic)) return false
  return members.every(([key, value]) => /^\d+$/.test(key) || ((typeof value === 'string' || isObject(value)) && topicOf(key) === 'other'))
}

/** A limit, table or policy whose name says that it was hit or violated is a no. */
function hitOr(topic: Topic, name: string): Topic {
  return (topic === 'quota' || topic === 'opaque') && saysHit(name) ? 'no' : topic
}

/** The topic of a member within another: a no covers everything below it, and a bare count below `accepted` counts accepted rows. */
function inherited(outer: Topic, own: Topic, name: string): Topic {
  if (outer === 'warning') return own === 'no' && warnsOfNo(wordsOf(name)) ? 'no' : outer
  if (outer === 'no' || outer === 'more') return own === 'no' ? own : outer
  if (outer === 'accepted' && own === 'total') return 'accepted'
  if (outer === 'quota' && own === 'total') return outer
  return (outer === 'quota' || outer === 'status') && own === 'other' ? outer : own
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
function placesFit(name: string, entries: readonly unknown[], areAccepted: boolean, asked: Asked): boolean {
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
    return at === undefined ? !namesAnIndex(entry) : note(at, entry)
  })
}
