import { countsFit, sharesAreWhole, wordsIn } from './counts.ts'
import { DENIED_NO, LEFT_OUT_OR_CHANGED, NO, NO_IN_SENTENCE, OF_DRY_RUNS } from './no-words.ts'
import { FILLER, PLAIN_TALK, YES, YES_IN_SENTENCE, YES_OF_DRY_RUNS } from './yes-words.ts'

// What a text in an answer says. Nobody knows in which words an upstream says no, so a text is believed only where it is understood:
//
//  1. A word of `NO`, or of `NO_IN_SENTENCE` in a text, can mean a no. So can a text too long to be read as a whole, and one that
//     begins like markup or an object.
//  2. A message must have a word that is known to mean yes, whatever its language, and where nothing else in the answer says yes, all
//     of its words must be known. Of texts under other names only a no counts.
//  3. Numbers must be in digits that are known, and those that count rows must fit what was sent: those beside "rows", or beside a word for what was done with them. Any number below
//     that of the rows sent may count some of them, unless a word before it or a unit behind it says what else it is.
//  4. Beside a list of failures a text may speak of these, and count them or the others.

const MAX_TEXT = 2_000
/** Numbers that are not read: full-width or Arabic digits, circled ones, fractions. */
const OTHER_DIGITS = /[^\P{N}\d]/u

const OF_ALL =
  /\b(?:all|every\p{L}*|nothing|none|no|whole|first|roll(?:ed)? ?back|abort\p{L}*|stopp\p{L}*|halt\p{L}*|cancel\p{L}*|terminat\p{L}*)\b/u

/** What was sent, as far as texts of an answer are measured by it. */
interface Sent {
  readonly sent: number
  /** Rows that the answer's own list names as failed. */
  readonly failed: number
  readonly dryRun: boolean
}

/** Whether a text can mean a no; a message does unless it says yes. */
export function canMeanNo(text: string, { sent, failed, dryRun }: Sent, isMessage: boolean): boolean {
  if (text.length > MAX_TEXT || /^\s*[{<]/.test(text) || OTHER_DIGITS.test(text)) return true
  const lower = withoutDenials(text, dryRun)
  if (!countsFit(lower, sent, failed) || (failed === 0 && !sharesAreWhole(lower))) return true
  // Words may be joined by hyphens, as in dead-letter.
  const isNo = NO.test(lower) || NO_IN_SENTENCE.test(lower) || NO.test(lower.replace(/(?<=\p{L})-(?=\p{L})/gu, ' '))
  if (isMessage && !isNo && text.toLowerCase().search(DENIED_NO) < 0 && !isYes(lower, dryRun)) return true
  // Beside a list of failures a no speaks of these, unless the text speaks of all rows, or of an early end.
  return isNo && (failed === 0 || OF_ALL.test(lower))
}

function isYes(lower: string, dryRun: boolean): boolean {
  return YES.test(lower) || YES_IN_SENTENCE.test(lower) || (dryRun && (YES_OF_DRY_RUNS.test(lower) || lower.trim() === ''))
}

/** Whether a text has a word that can mean a no, and does not deny it. */
export function saysNo(text: string): boolean {
  return text.length > MAX_TEXT || NO.test(withoutDenials(text, false))
}

/** Whether a message says yes in a word that is known, and has none that can mean a no. */
export function meansYes(text: string): boolean {
  return !saysNo(text) && isYes(text.toLowerCase(), true)
}

/** Whether a warning says that rows were left out or changed. */
export function warnsOfNo(text: string): boolean {
  return text.length > MAX_TEXT || LEFT_OUT_OR_CHANGED.test(withoutDenials(text, false))
}

/** Whether each word of a message is known: as a yes, as one of these names, or as one that says nothing of what became of rows. */
export function isUnderstood(text: string, dryRun: boolean, names: readonly string[]): boolean {
  return wordsIn(withoutDenials(text, dryRun)).every(
    (word) => /[\d_]/.test(word) || isYes(word, dryRun) || names.includes(word) || FILLER.has(word) || PLAIN_TALK.has(word),
  )
}

/** A text in lower case without a no that is denied, and on a dry run without what may be said of any dry run. */
function withoutDenials(text: string, dryRun: boolean): string {
  const lower = text.toLowerCase().replace(DENIED_NO, '')
  return dryRun ? lower.replace(OF_DRY_RUNS, '') : lower
}

/** Whether a text has a word that means yes, whatever else it says. */
export function saysYes(text: string): boolean {
  return YES.test(text.slice(0, MAX_TEXT).toLowerCase())
}

/** Whether a status is known to be good: each of its words means yes or is a filler. */
export function isGoodStatus(status: string): boolean {
  const words = wordsOf(status)
  if (!YES.test(words) || NO.test(words) || NO_IN_SENTENCE.test(words)) return /^(?:0|20[0124])$/.test(words)
  return words.split(' ').every((word) => FILLER.has(word) || /^20[0124]$/.test(word) || YES.test(word))
}

/** Whether a status beside a list of failures says no more than that there is one. */
export function isPartStatus(status: string): boolean {
  return /^(?:http )?(?:207|(?:207 )?(?:partial(?:ly)?|multi))(?: (?:success\w*|succeeded|accepted|completed?|processed|ok|status))*$|^(?:success\w*|succeeded|completed?|processed|finished|done) with (?:some )?(?:errors?|failures?|issues|warnings?)$/.test(
    wordsOf(status),
  )
}

/** The words of a name, in lower case with a space between them, however the name joins them. */
export function wordsOf(name: string): string {
  const apart = name.slice(0, 200).replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
  return apart
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, ' ')
    .trim()
}
