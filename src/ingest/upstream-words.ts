import type { Resource } from '../resource/define-resource.ts'
import { listOf } from '../util/list-of.ts'
import { type Cells, cellsOf, holdsCell, holdsQuote } from './submitted-cells.ts'
import type { Batch, UpstreamError } from './upstream-port.ts'

// What of the upstream's words reaches a caller. It is not known which of them quote a value, so:
//
//  1. Its code passes where it is written in characters of codes, its category likewise, both cut. In a batch of several requests,
//     whose callers would read each other's, only where it is of words and one number and no cell stands in it, or it is of the
//     form that the upstream documents.
//  2. A column passes where it is one of the resource, or a plain name that occurs in no cell.
//  3. Its message passes whole, or not at all. It passes where every word of it is a plain word (letters in one case, or with
//     a capital), a column or field of the resource, a code, or the number of a row, and where
//     a. no word, code or number of three characters or more occurs within a cell, case, escapes and punctuation removed;
//     b. no cell of three characters or more occurs in the message, likewise, its columns and its own code aside.
//  4. The cells are those of all rows of the batch, whoever sent them: keys, texts, numbers, and all that is nested in them,
//     with the names there. The token counts as a cell.

/** Decides for the errors of one batch what may be shown. */
export interface UpstreamWords {
  /** What may be shown of an error: nothing in it was submitted. */
  show(error: UpstreamError): UpstreamError
  /** Whether a text is within a cell of the batch, or one within it. */
  isQuote(text: string): boolean
}

const MAX_MESSAGE_LENGTH = 300
/** Different messages of one batch that are looked at; further ones do not pass. */
const MAX_MESSAGES = 50

const CODE = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/
const DOCUMENTED_CODE = /^DI_E_\d{5}$/
const WORDY_CODE = /^(?:[A-Za-z]+(?:[_.:-][A-Za-z]+)*[_.:-]?)?\d{0,6}$/
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/
const PUNCTUATION = /^[\p{L}\p{Nd}_ .,;:'"()[\]/!?=*#’‘“”„–-]*$/u
// Letters of two scripts in one word may be another word to look at.
const WORD = /^(?!.*\p{Script=Latin}.*\P{Script=Latin})(?!.*\P{Script=Latin}.*\p{Script=Latin})(?:\p{Lu}?\p{Ll}+|\p{Lu}+)$/u
const CODE_WORD = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/
// Single letters and pairs could spell a value; these do not.
const SHORT_WORD = /^(?:a|i|an|as|at|be|by|do|go|if|in|is|it|me|my|no|of|ok|on|or|so|to|up|us|we|s|t|id)$/i
const BEFORE_ROW_NUMBER = /^(?:rows?|index|line|record|entry|item|number)$/i

/** The words on one batch; its cells are put together once, when the first error is shown. */
export function createUpstreamWords(batch: Batch): UpstreamWords {
  const { rows, origins, destination } = batch
  return createWordsOn({
    names: namesOf(destination.resource),
    isShared: origins.some((origin) => origin !== origins[0]),
    mayCount: (number, before) => BEFORE_ROW_NUMBER.test(before) && number <= rows.length,
    cells: () => cellsOf(listOf(rows.length, (at) => Object.values(rows.at(at))).flat(), destination.tenant),
  })
}

/** What was sent, as far as the words on it may quote that. */
export interface Submitted {
  /** Of columns, fields and the like, in small letters. */
  readonly names: ReadonlySet<string>
  /** Whether several callers read the words. */
  readonly isShared: boolean
  /** Whether a number behind a word counts something, and is no value. */
  mayCount(number: number, before: string): boolean
  /** All values that were sent. */
  cells(): Cells
}

/** The words on anything that was sent. */
export function createWordsOn({ names, isShared, mayCount, cells: collect }: Submitted): UpstreamWords {
  const judged = new Map<string, boolean>()
  let cells: Cells | undefined
  const allCells = () => {
    cells ??= collect()
    return cells
  }

  function passes(message: string, code: string | undefined): boolean {
    const words = wordsOf(message, names, code, mayCount)
    if (words === undefined) return false
    // Messages that differ in nothing but the row need one look.
    const known = judged.get(words.free.join(' '))
    if (known === undefined && judged.size >= MAX_MESSAGES) return false
    const isFree = known ?? !holdsQuote(words.free.join(' '), allCells())
    judged.set(words.free.join(' '), isFree)
    return isFree && words.numbers.every((digits) => digits.length < 3 || !allCells().joined.includes(digits))
  }

  return {
    isQuote: (text) => holdsQuote(text, allCells()),
    show({ code, category, column, message }) {
      const shownCode = code !== undefined && isFreeCode(code) ? code.slice(0, 64) : undefined
      const text = cut(message ?? '') || undefined
      return {
        ...(shownCode !== undefined && { code: shownCode }),
        ...(category !== undefined && isFreeCode(category) && { category: category.slice(0, 64) }),
        ...(column !== undefined && (names.has(column.toLowerCase()) || isFreeName(column)) && { column }),
        ...(text !== undefined && passes(text, shownCode) && { message: text }),
      }
    },
  }

  function isFreeCode(code: string): boolean {
    if (!CODE.test(code.slice(0, 64))) return false
    return !isShared || DOCUMENTED_CODE.test(code) || (WORDY_CODE.test(code) && !holdsCell(code, allCells()))
  }

  function isFreeName(name: string): boolean {
    return PLAIN_NAME.test(name) && !holdsQuote(name, allCells())
  }
}

function cut(message: string): string {
  const text = message.trim().replace(/\s+/g, ' ')
  return text.length <= MAX_MESSAGE_LENGTH ? text : `${text.slice(0, MAX_MESSAGE_LENGTH).replace(/ [^ ]*$/, '')} …`
}

function namesOf({ columns, object }: Resource): ReadonlySet<string> {
  return new Set([object.toLowerCase(), ...columns.flatMap(({ name, field }) => [name, field.toLowerCase()])])
}

/** The words of a message that are not known to be harmless, and its numbers; undefined where one is of no form that passes. */
function wordsOf(message: string, names: ReadonlySet<string>, code: string | undefined, mayCount: Submitted['mayCount']) {
  const text = message.replace(/ …$/, '')
  if (!PUNCTUATION.test(text)) return undefined
  const words = text
    .replace(/(\p{L})['’](?:s|t|re|ve|ll)\b/gu, '$1')
    .split(/[^\p{L}\p{Nd}_]+/u)
    .filter((word) => word !== '')
  const unknown = words.filter((word) => word !== code && !names.has(word.toLowerCase()))
  const numbers = unknown.filter((word) => /^\d+$/.test(word))
  const isRow = (word: string, at: number) => mayCount(Number(word), words[at - 1] ?? '')
  const isGood = words.every((word, at) => (numbers.includes(word) ? isRow(word, at) : !unknown.includes(word) || isWord(word)))
  return isGood ? { free: unknown.filter((word) => !numbers.includes(word)), numbers } : undefined
}

function isWord(word: string): boolean {
  if (word.length < 3) return SHORT_WORD.test(word)
  return WORD.test(word) || (word.length <= 64 && CODE_WORD.test(word))
}
