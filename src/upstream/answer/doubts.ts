import { hasTwinNames, isObject, parseJson, plainName, wholeNumber } from '../lenient-read.ts'
import type { Asked, Doubts } from './asked.ts'
import { areColumns, examined, isBare, isByRow, isListOfRows, listMeansNo, namesOne, placesFit, withoutFailed } from './lists.ts'
import { isNameOf, saysHit, type Topic, topicOf } from './names.ts'
import { isTimestamp } from './plain-values.ts'
import { warnsOfNo, wordsOf } from './texts.ts'
import { createValueReader } from './values.ts'

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
  mayCountSome: false,
  mayLeaveOut: false,
  countsAccepted: false,
}

/** Examines everything in an answer except its list of failures, at any depth. */
export function doubtsOf(answer: object, list: unknown, asked: Asked): Doubts {
  const found = { ...NO_DOUBTS }
  const read = createValueReader(asked, found)
  const rest = asked.sent - asked.failed
  let [values, embedded] = [0, 0]

  function visit(name: string, topic: Topic, value: unknown, depth: number, isOfMany: boolean): void {
    if (value === list && list !== undefined) return
    if (depth > MAX_DEPTH || ++values > MAX_VALUES || embedded > MAX_EMBEDDED) found.canMeanNo = true
    else if (typeof value === 'object' && value !== null && !isBare(value)) visitHolder(name, hitOr(topic, name), value, depth, isOfMany)
    else if (typeof value === 'string' && /^\s*[{[]/.test(value)) visitJson(name, topic, value, depth, isOfMany)
    else if (value === null || value === '' || isBare(value)) found.canMeanNo ||= topic === 'results' || NO_NULL.test(plainName(name))
    else {
      found.canMeanNo ||= !isOfMany && namesOne(topic, value, asked)
      read.value(name, topic, value as string | number | boolean)
    }
  }

  /** Some servers embed the answer of another as JSON text. */
  function visitJson(name: string, topic: Topic, text: string, depth: number, isOfMany: boolean): void {
    embedded += text.length
    const inner = parseJson(text)
    if (inner === undefined) read.value(name, topic, text)
    else if (hasTwinNames(text, inner)) found.canMeanNo = true
    else visit(name, topic, inner, depth + 1, isOfMany)
  }

  function visitHolder(name: string, topic: Topic, holder: object, depth: number, isOfMany: boolean): void {
    if (Array.isArray(holder) || isByRow(name, topic, holder)) visitList(name, topic, Object.values(holder), depth, isOfMany)
    else visitObject(topic, holder, depth, isOfMany)
  }

  function visitObject(outer: Topic, holder: object, depth: number, isOfMany: boolean): void {
    const parts: number[] = []
    found.canMeanNo ||= !isOfMany && namesOne(outer, holder, asked)
    for (const [name, value] of Object.entries(holder)) {
      const topic = topicWithin(outer, name, value, asked)
      const part = topic === 'part' && !isTimestamp(value) ? wholeNumber(Array.isArray(value) ? value.length : value) : undefined
      if (part !== undefined) parts.push(part)
      if (part === undefined || Array.isArray(value)) visit(name, topic, value, depth + 1, isOfMany)
    }
    // Rows inserted and rows updated are the accepted ones together.
    if (parts.length > 0) read.count(sumOf(parts), [rest], true)
  }

  function visitList(name: string, topic: Topic, entries: readonly unknown[], depth: number, isWithin: boolean): void {
    const isOfRows = isListOfRows(name, topic)
    const isOfMany = isWithin || isOfRows || topic === 'accepted' || topic === 'part' || entries.length === asked.sent
    if (topic === 'accepted' && !areColumns(entries, asked)) read.count(entries.length, [rest], true)
    if (topic === 'other' && entries.length > 0 && entries.length !== asked.sent) found.isUnclear = true
    found.canMeanNo ||= listMeansNo(name, topic, entries, asked)
    if ((isOfRows || topic === 'accepted') && !placesFit(name, entries, topic === 'accepted', asked)) found.miscounts = true
    for (const entry of examined(topic, isOfRows ? withoutFailed(entries, asked) : entries))
      visit(name, isOfRows ? (isObject(entry) ? 'other' : 'results') : topic, entry, depth + 1, isOfMany)
  }

  visitObject('other', answer, 0, false)
  return found
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

/** A limit, table or policy whose name says that it was hit or violated is a no. */
function hitOr(topic: Topic, name: string): Topic {
  return (topic === 'quota' || topic === 'opaque') && saysHit(name) ? 'no' : topic
}

/** The topic of a member: its own, or that of the object that it is in. */
function topicWithin(outer: Topic, name: string, value: unknown, { destination }: Asked): Topic {
  // A rate is one of requests where it tells how many are left.
  if ((outer === 'quota' || outer === 'rate') && /^remaining/i.test(name)) return 'quota'
  const own = topicOf(name)
  const isCount = own === 'other' && !Array.isArray(value) && isNameOf(name, destination.resource)
  return inherited(outer, isCount ? 'total' : own, name)
}

/** The topic of a member within another: a no covers everything below it, and a bare count below `accepted` counts accepted rows. */
function inherited(outer: Topic, own: Topic, name: string): Topic {
  if (outer === 'warning') return own === 'no' && warnsOfNo(wordsOf(name)) ? 'no' : outer
  if (outer === 'no' || outer === 'more') return own === 'no' ? own : outer
  if (outer === 'accepted' && own === 'total') return 'accepted'
  if (outer === 'quota' && own === 'total') return outer
  return (outer === 'quota' || outer === 'status') && own === 'other' ? outer : own
}
