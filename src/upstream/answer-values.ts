import type { Destination } from '../ingest/upstream-port.ts'
import { objectName } from '../resource/solutions.ts'
import { canMeanNo, isGoodStatus, isPartStatus, saysYes, type Topic, warnsOfNo } from './answer-words.ts'
import { plainName } from './lenient-read.ts'
import { wholeNumber } from './match-rows.ts'

/** What the batch was that an answer is about. */
export interface Asked extends Pick<Destination, 'solution' | 'resource' | 'operation' | 'dryRun'> {
  readonly sent: number
  /** Rows that the answer's own list names as failed. */
  readonly failed: number
}

/** What there is in an answer beside the list of failures. */
export interface Doubts {
  /** Something in it can mean a no. */
  canMeanNo: boolean
  /** A count in it does not fit what was sent and what is listed. */
  miscounts: boolean
  /** A word or a number in it is known to mean yes. */
  saysYes: boolean
  /** It counts the accepted rows itself. */
  countsAccepted: boolean
}

// A switch that is off says nothing of the rows.
const NEUTRAL_SWITCH = /async|more|next|cach|test|debug|deprecat|compress|replay|schedul|beta|stream|idempot|bulk|order|strict/i
const WHOLE = /^(?:1|1\.0+|100|100\.0+)\s*%?$/

/** Reads single values of an answer by what their names speak of, and notes in `found` what they say. */
export function createValueReader(asked: Asked, found: Doubts) {
  const { sent, failed } = asked

  function readSwitch(name: string, topic: Topic, isOn: boolean): void {
    if (topic === 'dry') found.canMeanNo ||= isOn !== asked.dryRun
    else if (topic === 'no') found.canMeanNo ||= isOn && (failed === 0 || !/^(?:has|is_?partial|partial)/i.test(name))
    else if (isOn) found.saysYes ||= topic === 'accepted' || topic === 'status'
    else found.canMeanNo ||= !NEUTRAL_SWITCH.test(name)
  }

  function readNo(name: string, value: string | number): void {
    const number = wholeNumber(value)
    if (isNothing(value)) return
    if (number === undefined) found.canMeanNo ||= !(typeof value === 'string' && isGoodStatus(value))
    else if (/fail|reject|invalid/i.test(name) && !/code|status/i.test(name)) count(number, [failed])
    else found.canMeanNo ||= failed === 0 || number !== failed
  }

  function readStatus(name: string, value: string | number): void {
    const isGood = saysGood(name, value, asked)
    found.saysYes ||= isGood
    if (isGood || (/^result$/i.test(name) && wholeNumber(value) === sent)) return
    found.canMeanNo ||= failed === 0 || !(isPartStatus(String(value)) || String(value) === '207')
  }

  function count(number: number | undefined, right: readonly number[], isOfAccepted = false): void {
    if (number === undefined || !right.includes(number)) found.miscounts = true
    found.saysYes = true
    found.countsAccepted ||= isOfAccepted
  }

  function read(name: string, topic: Topic, value: string | number | boolean): void {
    const isOn = booleanOf(value) ?? (topic === 'dry' ? bitOf(value, asked.dryRun) : undefined)
    const plain = value as string | number
    if (isOn !== undefined) readSwitch(name, topic, isOn)
    else if (topic === 'no') readNo(name, plain)
    else if (topic === 'status' || topic === 'results') readStatus(name, plain)
    else if (topic === 'dry' && wholeNumber(value) !== undefined) count(wholeNumber(value), [sent - failed])
    else if (topic === 'rate') found.canMeanNo ||= failed === 0 && !WHOLE.test(String(value).trim())
    else if (isTimestamp(plain)) return
    else if (isCount(topic, plain)) count(wholeNumber(plain), allowed(name, topic, asked), topic === 'accepted')
    else if (isOfCounts(topic) && /\d/.test(String(plain))) found.canMeanNo = true
    else if (typeof plain === 'string') {
      found.canMeanNo ||= canMeanNo(plain, asked)
      found.saysYes ||= saysYes(plain)
    }
  }

  return {
    count,
    value(name: string, topic: Topic, value: string | number | boolean): void {
      const plain = plainName(name)
      const isOurs = namesOf(plain, asked).some((own) => own.toLowerCase() === String(value).toLowerCase())
      if (isOurs) return
      if (namesAnother(plain, String(value), asked)) found.canMeanNo = true
      else if (topic === 'warning') found.canMeanNo ||= typeof value === 'string' && warnsOfNo(value)
      else if (topic !== 'opaque' && topic !== 'quota') read(name, topic, value)
    },
  }
}

/** Whether a status, or what stands below one, is good; words there may be a whole sentence, which must say yes. */
function saysGood(name: string, value: string | number, asked: Asked): boolean {
  // A code of 0 is none; a status or a result of 0 may as well be none.
  if (isGoodStatus(String(value)) && (wholeNumber(value) !== 0 || /code|ret/i.test(name))) return true
  return /message/i.test(name) && typeof value === 'string' && saysYes(value) && !canMeanNo(value, asked)
}

/** What a count may be: rows received or processed are all of them, or those that did not fail. */
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

/** Whether a value is the time of something: a date as text, or seconds or milliseconds since 1970 of this century. */
export function isTimestamp(value: unknown): boolean {
  if (typeof value === 'number') return [value, value / 1_000].some((seconds) => seconds > 1e9 && seconds < CENTURY_END_S)
  return /^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(String(value))
}

/** Whether a value stands for the absence of one. */
export function isNothing(value: unknown): boolean {
  return value === false || value === null || /^(?:|0(?:\.0+)?\s*%?|none|null|nil|n\/a|-|\[\]|\{\})$/i.test(String(value).trim())
}

/** A switch as a number; of a dry run that was asked for, numbers but 0 and 1 are counts. */
function bitOf(value: unknown, dryRun: boolean): boolean | undefined {
  const number = wholeNumber(value)
  return number === undefined || (dryRun && number > 1) ? undefined : number !== 0
}

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  const text = value.trim().toLowerCase()
  if (/^(?:true|yes|y|ja|oui|si|sí)$/.test(text)) return true
  return /^(?:false|no|n|nein|non)$/.test(text) ? false : undefined
}

/** Words by which an answer names what it did, beside the operation itself. */
const SYNONYMS = { UPSERT: 'merge', APPEND: 'insert' } as const
const OPERATIONS = /^(?:upsert|append|insert|merge|update|replace|delete|remove|truncate|validate|read|get|select|none)$/i
const OBJECT = /^[A-Z][A-Z0-9_]*$/
const NOT_MEANT = /dry|valid|test|simul|preview|mock|no-?op/i

/** What of the request an answer may repeat under a plain name. */
function namesOf(name: string, { solution, resource, operation }: Asked): readonly string[] {
  switch (name) {
    case 'solutionname':
      return [solution.name]
    case 'operation':
    case 'operationtype':
      return [operation, SYNONYMS[operation]]
    case 'object':
    case 'objectname':
      return [resource.object, objectName(solution, resource)]
    default:
      return []
  }
}

/**
 * Whether something in an answer, by its plain name, says that it is about another request than the one sent: another solution,
 * object or operation, or a trial. The value is none that the request itself has under the name.
 */
function namesAnother(name: string, value: string, { dryRun }: Asked): boolean {
  switch (name) {
    case 'solutionname':
      return true
    case 'operation':
    case 'operationtype':
      return OPERATIONS.test(value)
    case 'object':
    case 'objectname':
      // Some servers name the kind of thing they answer with like this, in lower case.
      return OBJECT.test(value)
    case 'mode':
      return NOT_MEANT.test(value) && !dryRun
    default:
      return false
  }
}
