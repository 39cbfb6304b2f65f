import { wholeNumber } from '../lenient-read.ts'
import type { Asked, Doubts } from './asked.ts'
import { isNothing } from './plain-values.ts'
import { isGoodStatus } from './texts.ts'

// Values under names that mean a no, and numbers that must fit what was sent and listed as failed.

/** Notes a count that must be one of the right values. */
export function createCounter(found: Doubts) {
  return (number: number | undefined, right: readonly number[], isOfAccepted = false): void => {
    if (number === undefined || !right.includes(number)) found.miscounts = true
    // How many rows arrived says nothing of what became of them.
    found.saysYes ||= isOfAccepted
    found.countsAccepted ||= isOfAccepted
  }
}

/** Names of a row's index, where 0 is the first row and not the absence of one. */
const PLACE = /(?<!by_?)(?:index|row|line|record|position)$/i
/** Says that the request ended before its end, or that all of it was undone. */
const STOPPED = /stop|abort|cancel|halt|terminat|roll(?:ed)?[_ -]?back/i
const WHERE = /(?:at|after|index|row)$/i
const OF_A_SHARE = /rate|percent|pct|ratio/i
/** What may be said of rows that did not fail. */
const OTHER_FATE = /skip|ignor|omit|un_?process|not_?process|drop|discard|exclud|filter|pending|defer|postpon|remain|undeliver/i

/** Reads numbers and texts under names that mean a no. */
export function createNoReader(asked: Asked, found: Doubts, countRows: ReturnType<typeof createCounter>) {
  const { failed } = asked

  function readNumber(name: string, number: number): void {
    if (/fail|reject|invalid/i.test(name) && !/code|status/i.test(name)) countRows(number, [failed])
    else found.canMeanNo ||= failed === 0 || number !== failed
    found.mayLeaveOut ||= OTHER_FATE.test(name)
  }

  return (name: string, value: string | number): void => {
    const number = wholeNumber(value)
    if (STOPPED.test(name) && WHERE.test(name)) found.canMeanNo = true
    else if (number !== undefined && number >= 0 && PLACE.test(name)) found.canMeanNo ||= failed === 0
    else if (isNothing(value)) return
    else if (STOPPED.test(name)) found.canMeanNo = true
    else if (failed > 0 && OF_A_SHARE.test(name)) found.canMeanNo ||= !shareFits(name, value, asked)
    else if (number !== undefined) readNumber(name, number)
    else found.canMeanNo ||= !(typeof value === 'string' && isGoodStatus(value))
  }
}

/** As a share is rounded. */
const TOLERANCE = 0.01

/** Whether a share of rows fits the list of those that failed. */
export function shareFits(name: string, value: string | number, { sent, failed }: Asked): boolean {
  const text = String(value).trim()
  const number = Number.parseFloat(text.replace(',', '.'))
  const share = text.endsWith('%') || /pct|percent/i.test(name) || number > 1 ? number / 100 : number
  const [ofFailed, ofOthers] = [failed / sent, (sent - failed) / sent]
  const right = /fail|err|reject|invalid/i.test(name)
    ? [ofFailed]
    : /succ|pass|accept|valid/i.test(name)
      ? [ofOthers]
      : [ofFailed, ofOthers, 1]
  return right.some((one) => Math.abs(one - share) <= TOLERANCE)
}
