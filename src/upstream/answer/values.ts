import type { Destination } from '../../ingest/batch.ts'
import { plainName } from '../lenient-read.ts'
import { type AnswerReading, type Match, type Matched, wholeNumber } from '../match-rows.ts'
import { namesAnother, namesOf, saysHit, type Topic } from './names.ts'
import { NO } from './no-words.ts'
import { canMeanNo, isGoodStatus, isPartStatus, isUnderstood, saysYes, warnsOfNo, wordsOf } from './texts.ts'

/** The request that an answer is about. */
export interface Asked {
  readonly destination: Destination
  readonly dryRun: boolean
  /** How many rows. */
  readonly sent: number
  /** The place of the row that an entry is about. */
  readonly placeOf: Match
  readonly rowIndexBase: AnswerReading['rowIndexBase']
  /** The rows that the answer's own list names as failed, and their number. */
  readonly matched: Matched
  readonly failed: number
}

/** What was found in an answer apart from its list of failures. */
export interface Doubts {
  /** Something in it can mean a no. */
  canMeanNo: boolean
  /** A count in it does not fit what was sent and what is listed. */
  miscounts: boolean
  /** A status, a switch or a count in it is known to mean yes. */
  saysYes: boolean
  /** A word in one of its texts is known to mean yes. */
  saysYesInText: boolean
  /** A message has unknown words, or an unknown name has a sentence, or something that may count or list some of the rows. */
  isUnclear: boolean
  /** It counts the accepted rows itself. */
  countsAccepted: boolean
}

// Switches that say nothing about the rows when they are off.
const NEUTRAL_SWITCH = /async|more|next|cach|test|debug|deprecat|compress|replay|schedul|beta|stream|idempot|bulk|order|strict/i
const WHOLE = /^(?:1(?:\.0+)?|100(?:\.0+)?\s*%?)$/
/** Names of a row's index, where 0 is the first row and not the absence of one. */
const PLACE = /(?<!by_?)(?:index|row|line|record|position)$/i
const WHOLE_PERCENT = /^100(?:\.0+)?\s*%?$/
/** One to six plain words, unlike a name or an id. */
const PLAIN_WORDS = /^\p{L}+(?: \p{L}+){0,5}$/u

/** Reads single values of an answer by topic, and records the findings in `found`. */
export function createValueReader(asked: Asked, found: Doubts) {
  const { sent, failed } = asked

  function readNo(name: string, value: string | number): void {
    const number = wholeNumber(value)
    if (number !== undefined && number >= 0 && PLACE.test(name)) found.canMeanNo ||= failed === 0
    else if (isNothing(value)) return
    else if (number === undefined) found.canMeanNo ||= !(typeof value === 'string' && isGoodStatus(value))
    else if (/fail|reject|invalid/i.test(name) && !/code|status/i.test(name)) countRows(number, [failed])
    else found.canMeanNo ||= failed === 0 || number !== failed
  }

  function readStatus(name: string, value: string | number): void {
    const isGood = saysGood(name, value, asked)
    found.saysYes ||= isGood
    if (isGood || (/^result$/i.test(name) && wholeNumber(value) === sent)) return
    found.canMeanNo ||= failed === 0 || !isPartStatus(String(value))
  }

  function countRows(number: number | undefined, right: readonly number[], isOfAccepted = false): void {
    if (number === undefined || !right.includes(number)) found.miscounts = true
    found.saysYes = true
    found.countsAccepted ||= isOfAccepted
  }

  function read(name: string, topic: Topic, value: string | number | boolean): void {
    const isOn = booleanOf(value) ?? (topic === 'dry' ? bitOf(value, asked.dryRun) : undefined)
    const plain = value as string | number
    found.isUnclear ||= isUnclear(topic, value, asked)
    if (isOn !== undefined) {
      found.canMeanNo ||= switchMeansNo(name, topic, isOn, asked)
      found.saysYes ||= isOn && (topic === 'accepted' || topic === 'status')
    } else if (topic === 'no') readNo(name, plain)
    else if (topic === 'status' || topic === 'results') readStatus(name, plain)
    else if (topic === 'dry' && wholeNumber(plain) !== undefined) countRows(wholeNumber(plain), [sent - failed])
    else if (topic === 'dry') found.canMeanNo ||= !asked.dryRun && !isNothing(plain)
    else if (topic === 'rate') found.canMeanNo ||= failed === 0 && !isWhole(name, value)
    else if (isTimestamp(plain)) return
    else if (isCount(topic, plain)) countRows(wholeNumber(plain), allowed(name, topic, asked), topic === 'accepted')
    else if (isOfCounts(topic) && (/\d/.test(String(plain)) || isNothing(plain))) found.canMeanNo = true
    else if (typeof plain === 'string') {
      found.canMeanNo ||= canMeanNo(plain, asked, topic === 'message')
      found.saysYesInText ||= saysYes(plain)
    }
  }

  return {
    count: countRows,
    value(name: string, topic: Topic, value: string | number | boolean): void {
      const plain = plainName(name)
      const isOurs = namesOf(plain, asked.destination).some((own) => own.toLowerCase() === String(value).toLowerCase())
      if (isOurs) return
      if (namesAnother(plain, String(value), asked.dryRun)) found.canMeanNo = true
      else if (topic === 'more') found.canMeanNo ||= saysMore(value)
      else if (topic === 'warning') found.canMeanNo ||= typeof value === 'string' && warnsOfNo(value)
      else if (topic === 'opaque' || topic === 'quota') found.canMeanNo ||= opaqueMeansNo(name, value)
      else read(name, topic, value)
    },
  }
}

/** The names by which a message may call the rows of a batch, in singular and plural: object, module, solution. */
function namedBy({ resource, solution }: Destination): readonly string[] {
  const words = wordsOf(`${resource.object} ${resource.module} ${solution.name}`).split(' ')
  return words.flatMap((word) => [word, word.replace(/s$/, '')])
}

function switchMeansNo(name: string, topic: Topic, isOn: boolean, { dryRun, failed }: Asked): boolean {
  if (topic === 'dry') return isOn !== dryRun
  if (topic === 'no') return isOn && (failed === 0 || !/^(?:has|is_?partial|partial)/i.test(name))
  return !isOn && (topic === 'accepted' || topic === 'status' || !NEUTRAL_SWITCH.test(name))
}

/** Whether a message has unknown words, or an unknown name has a sentence, or a number that may count some of the rows. */
function isUnclear(topic: Topic, value: string | number | boolean, { destination, sent, dryRun }: Asked): boolean {
  if (topic === 'message') return !isUnderstood(String(value), dryRun, namedBy(destination))
  return topic === 'other' && typeof value !== 'boolean' && (/\S\s+\S+\s+\S/.test(String(value)) || Number(value) < sent)
}

/** Whether a value says that the answer has another page: a switch, a link, a token, or a number of pages. */
function saysMore(value: string | number | boolean): boolean {
  return booleanOf(value) ?? (!isNothing(value) && wholeNumber(value) !== 1)
}

/** Ids, limits and tables may have any value, except a switch that says that one was hit, or a plain word for a no. */
function opaqueMeansNo(name: string, value: string | number | boolean): boolean {
  if (typeof value === 'number') return false
  if (booleanOf(value) === true) return saysHit(name)
  return PLAIN_WORDS.test(String(value)) && NO.test(String(value).toLowerCase())
}

function isWhole(name: string, value: string | number | boolean): boolean {
  return (/pct|percent/i.test(name) ? WHOLE_PERCENT : WHOLE).test(String(value).trim())
}

/** Whether a status, or a message below one, is good; a message must say yes. */
function saysGood(name: string, value: string | number, asked: Asked): boolean {
  // A return code of 0 is good; a status or result of 0 may mean false.
  if (isGoodStatus(String(value)) && (wholeNumber(value) !== 0 || /code|ret|^rc$/i.test(name))) return true
  return /message/i.test(name) && typeof value === 'string' && saysYes(value) && !canMeanNo(value, asked, true)
}

/** The right values of a count: rows received or processed may be all rows, or those that did not fail. */
function allowed(name: string, topic: Topic, { sent, failed }: Asked): number[] {
  return topic === 'total' || /process/i.test(name) ? [sent, sent - failed] : [sent - failed]
}

function isOfCounts(topic: Topic): boolean {
  return topic === 'accepted' || topic === 'part' || topic === 'total'
}

function isCount(topic: Topic, value: string | number): boolean {
  return isOfCounts(topic) && (typeof value === 'number' || wholeNumber(value) !== undefined)
}

const CENTURY_END_S = Date.UTC(2100) / 1_000

/** Whether a value is a time of this century: a date as text, or seconds or milliseconds since 1970. */
export function isTimestamp(value: unknown): boolean {
  if (typeof value === 'number') return [value, value / 1_000].some((seconds) => seconds > 1e9 && seconds < CENTURY_END_S)
  return /^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(String(value))
}

/** Whether a value means nothing: false, null, 0, an empty text or list, or a word such as none. */
export function isNothing(value: unknown): boolean {
  return value === false || value === null || /^(?:|0(?:\.0+)?\s*%?|none|null|nil|n\/a|-|\[\]|\{\})$/i.test(String(value).trim())
}

/** A number as a switch; in the answer to a dry run, numbers above 1 are counts. */
function bitOf(value: unknown, dryRun: boolean): boolean | undefined {
  const number = wholeNumber(value)
  return number === undefined || (dryRun && number > 1) ? undefined : number !== 0
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  const text = value.trim().toLowerCase()
  if (/^(?:true|t|yes|y|on|ja|oui|si|sí)$/.test(text)) return true
  return /^(?:false|f|no|n|off|nein|non)$/.test(text) ? false : undefined
}
