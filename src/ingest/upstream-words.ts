import type { Resource } from '../resource/define-resource.ts'
import { listOf } from '../util/list-of.ts'
import type { Batch } from './batch.ts'
import { type Cells, cellsOf, holdsCell, holdsQuote } from './submitted-cells.ts'
import type { UpstreamError } from './upstream-port.ts'

// How much of the upstream's error texts reaches a caller. Any of them may quote a submitted value, so:
//
//  1. Code and category pass where they have only characters of codes, cut to length. In a batch shared by several callers, who
//     would see each other's values, only where they have the documented form, or consist of words and one number and hold no cell.
//  2. A column passes where the resource has it, or where it is a plain name that occurs in no cell.
//  3. A message passes whole or not at all. It passes where each of its words is a plain word (letters in one case, or
//     capitalised), a column or field of the resource, a code, or the number of a row, and where
//     a. no word, code or number of three characters or more occurs within a cell, case, escapes and punctuation removed;
//     b. no cell of three characters or more occurs in the message, compared in the same way, its columns and own code aside.
//  4. The cells are those of all rows of the batch, whoever sent them: texts, numbers and member names at any depth, and the token.

/** Decides for the errors of one batch what may be shown. */
export interface UpstreamWords {
  /** The parts of an error that quote nothing submitted, and may be shown. */
  show(error: UpstreamError): UpstreamError
  /** Whether a text occurs in a cell, or a cell in the text. */
  isQuote(text: string): boolean
}

const MAX_MESSAGE_LENGTH = 300
/** How many different messages of one batch are examined; further ones do not pass. */
const MAX_MESSAGES = 50

const CODE = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/
const DOCUMENTED_CODE = /^DI_E_\d{5}$/
const WORDY_CODE = /^(?:[A-Za-z]+(?:[_.:-][A-Za-z]+)*[_.:-]?)?\d{0,6}$/
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/
const PUNCTUATION = /^[\p{L}\p{Nd}_ .,;:'"()[\]/!?=*#’‘“”„–-]*$/u
// Not letters of two scripts in one word: homoglyphs could spell a value.
const WORD = /^(?!.*\p{Script=Latin}.*\P{Script=Latin})(?!.*\P{Script=Latin}.*\p{Script=Latin})(?:\p{Lu}?\p{Ll}+|\p{Lu}+)$/u
const CODE_WORD = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/
// Other words of one or two letters could spell a value.
const SHORT_WORD = /^(?:a|i|an|as|at|be|by|do|go|if|in|is|it|me|my|no|of|ok|on|or|so|to|up|us|we|s|t|id)$/i
const BEFORE_ROW_NUMBER = /^(?:rows?|index|line|record|entry|item|number)$/i

/** The filter for one batch; its cells are collected once, when the first error is shown. */
export function createUpstreamWords(batch: Batch): UpstreamWords {
  const { rows, origins, destination } = batch
  return createWordsOn({
    names: namesOf(destination.resource),
    isShared: origins.some((origin) => origin !== origins[0]),
    mayCount: (number, before) => BEFORE_ROW_NUMBER.test(before) && number <= rows.length,
    cells: () => cellsOf(listOf(rows.length, (at) => Object.values(rows.at(at))).flat(), destination.tenant),
  })
}

/** What was submitted, and could be quoted. */
export interface Submitted {
  /** Names of columns, fields and the like, in lower case. */
  readonly names: ReadonlySet<string>
  /** Whether several callers see the texts. */
  readonly isShared: boolean
  /** Whether a number behind this word is a count or an index, not a value. */
  mayCount(number: number, before: string): boolean
  /** All values that were sent. */
  cells(): Cells
}

/** The filter for anything that was submitted. */
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
    // Messages that differ only in the number of the row are examined once.
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

/** The words of a message that are not known to be harmless, and its numbers; undefined where a word has a form that never passes. */
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
