import { type Asked, createValueReader, type Doubts, isNothing, isTimestamp } from './answer-values.ts'
import { type Topic, topicOf } from './answer-words.ts'
import { isObject, parseJson, plainName } from './lenient-read.ts'
import { wholeNumber } from './match-rows.ts'

const MAX_DEPTH = 32
/** Names under which there is a word or a count where all went well. */
const NO_NULL = /^(?:success|ok|accepted|ingested|written|stored)(?:rows|records|count)?$/
const MAX_VALUES = 200_000

/** Looks at everything in an answer, at any depth, but the list of failures. */
export function doubtsOf(answer: object, list: unknown, asked: Asked): Doubts {
  const found: Doubts = { canMeanNo: false, miscounts: false, saysYes: false, countsAccepted: false }
  const read = createValueReader(asked, found)
  const rest = asked.sent - asked.failed
  let values = 0

  function visit(name: string, topic: Topic, value: unknown, depth: number): void {
    if (value === list && list !== undefined) return
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) found.canMeanNo = true
    else if (Array.isArray(value)) visitList(name, topic, value, depth)
    else if (typeof value === 'object' && value !== null) visitObject(topic, value, depth)
    else if (typeof value === 'string' && /^\s*[{[]/.test(value)) visitJson(name, topic, value, depth)
    else if (value === null) found.canMeanNo ||= topic === 'results' || NO_NULL.test(plainName(name))
    else if (value !== '') read.value(name, topic, value as string | number | boolean)
  }

  /** Some servers put the answer of another into a text of theirs. */
  function visitJson(name: string, topic: Topic, text: string, depth: number): void {
    const inner = parseJson(text)
    if (inner === undefined) read.value(name, topic, text)
    else visit(name, topic, inner, depth + 1)
  }

  function visitObject(outer: Topic, holder: object, depth: number): void {
    const parts: number[] = []
    for (const [name, value] of Object.entries(holder)) {
      const topic = outer === 'quota' && /^remaining/i.test(name) ? outer : inherited(outer, topicOf(name))
      const part = topic === 'part' && !isTimestamp(value) ? wholeNumber(Array.isArray(value) ? value.length : value) : undefined
      if (part !== undefined) parts.push(part)
      if (part === undefined || Array.isArray(value)) visit(name, topic, value, depth + 1)
    }
    // Rows inserted and rows updated are the accepted ones together.
    if (parts.length > 0)
      read.count(
        parts.reduce((sum, part) => sum + part),
        [rest],
        true,
      )
  }

  function visitList(name: string, topic: Topic, entries: readonly unknown[], depth: number): void {
    const isOfRows = topic === 'results' || (topic !== 'no' && /^(?:rows|records)$/.test(plainName(name)))
    if (topic === 'accepted') read.count(entries.length, [rest], true)
    if (isOfRows && entries.length !== asked.sent && entries.length !== rest) found.canMeanNo = true
    // An empty entry, or a zero, for each of several rows says of none that anything is wrong with it; else a zero can be a place.
    const isOnePerRow = entries.length === asked.sent && asked.sent > 1
    if (topic === 'no' && (entries.some(isSomething) || (!isOnePerRow && entries.some(mayNameRow)))) found.canMeanNo = true
    // What is listed as accepted by id or key is not to be read.
    const open = topic === 'accepted' ? entries.filter((entry) => typeof entry === 'object') : entries
    for (const entry of open) visit(name, isOfRows ? 'results' : topic, entry, depth + 1)
  }

  visitObject('other', answer, 0)
  return found
}

/** A no that stands over an object is a no for all in it; what counts as accepted lends its sense to a bare count in it. */
function inherited(outer: Topic, own: Topic): Topic {
  if (outer === 'no' || outer === 'warning') return outer
  if (outer === 'accepted' && own === 'total') return 'accepted'
  return (outer === 'quota' || outer === 'status') && own === 'other' ? outer : own
}

function mayNameRow(entry: unknown): boolean {
  return isObject(entry) || wholeNumber(entry) !== undefined
}

function isSomething(entry: unknown): boolean {
  if (typeof entry === 'object' && entry !== null) return Object.keys(entry).length > 0
  return !isNothing(entry)
}
