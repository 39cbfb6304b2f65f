import type { Destination } from '../../ingest/batch.ts'
import { plainName, wholeNumber } from '../lenient-read.ts'
import type { Asked, Doubts } from './asked.ts'
import { namesAnother, namesOf, saysHit, type Topic } from './names.ts'
import { createCounter, createNoReader, shareFits } from './no-values.ts'
import { NO } from './no-words.ts'
import { bitOf, booleanOf, isNothing, isTimestamp } from './plain-values.ts'
import { canMeanNo, isGoodStatus, isPartStatus, isUnderstood, saysYes, warnsOfNo, wordsOf } from './texts.ts'

// Switches that say nothing about the rows when they are off.
const NEUTRAL_SWITCH = /async|more|next|cach|test|debug|deprecat|compress|replay|schedul|beta|stream|idempot|bulk|order|strict/i
const WHOLE = /^(?:1(?:\.0+)?|100(?:\.0+)?\s*%?)$/
/** Where to ask for a status. */
const LINK = /^(?:https?:\/)?\/[\w.~/:-]+$/
const WHOLE_PERCENT = /^100(?:\.0+)?\s*%?$/
/** Names whose text says what became of the rows, and so must say yes. */
const WHAT_BECAME =
  /^(?:is)?(?:success(?:ful)?|succeeded|ok|accepted|ingested|written|stored|saved|completed?|done|confirmed|acknowledged|processed)$/
/** One to six plain words, unlike a name or an id. */
const PLAIN_WORDS = /^\p{L}+(?: \p{L}+){0,5}$/u

/** Reads single values of an answer by topic, and records the findings in `found`. */
export function createValueReader(asked: Asked, found: Doubts) {
  const { sent, failed } = asked
  const countRows = createCounter(found)
  const readNo = createNoReader(asked, found, countRows)

  function readStatus(name: string, value: string | number): void {
    const isGood = saysGood(name, value, asked)
    found.saysYes ||= isGood
    if (isGood || (/^result$/i.test(name) && wholeNumber(value) === sent)) return
    found.canMeanNo ||= failed === 0 || !isPartStatus(String(value))
  }

  function read(name: string, topic: Topic, value: string | number | boolean): void {
    const isOn = booleanOf(value) ?? (topic === 'dry' ? bitOf(value, asked.dryRun) : undefined)
    const plain = value as string | number
    found.isUnclear ||= isUnclear(topic, value, asked)
    found.mayCountSome ||= topic === 'other' && isOn === undefined && (wholeNumber(value) ?? sent) < sent
    if (isOn !== undefined) {
      found.canMeanNo ||= switchMeansNo(name, topic, isOn, asked)
      found.saysYes ||= isOn && (topic === 'accepted' || topic === 'status')
    } else if (topic === 'no') readNo(name, plain)
    else if ((topic === 'status' || topic === 'results') && !LINK.test(String(plain))) readStatus(name, plain)
    else if (topic === 'dry' && wholeNumber(plain) !== undefined) countRows(wholeNumber(plain), [sent - failed], true)
    else if (topic === 'dry') found.canMeanNo ||= !asked.dryRun && !isNothing(plain)
    else if (topic === 'rate') found.canMeanNo ||= failed === 0 ? !isWhole(name, value) : !shareFits(name, plain, asked)
    else if (isTimestamp(plain)) return
    else if (isCount(topic, plain)) countRows(wholeNumber(plain), allowed(name, topic, asked), topic === 'accepted')
    else if (isOfCounts(topic) && (/\p{N}/u.test(String(plain)) || isNothing(plain))) found.canMeanNo = true
    else if (typeof plain === 'string') {
      found.canMeanNo ||= canMeanNo(plain, asked, topic === 'message' || WHAT_BECAME.test(plainName(name)))
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
export function saysMore(value: string | number | boolean): boolean {
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
