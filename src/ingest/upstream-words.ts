import type { Resource } from '../resource/define-resource.ts'
import { listOf } from '../util/list-of.ts'
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
const MAX_CELLS = 200_000

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
  const { resource } = batch.destination
  const isShared = batch.origins.some((origin) => origin !== batch.origins[0])
  const names = namesOf(resource)
  const judged = new Map<string, boolean>()
  let cells: Cells | undefined
  const allCells = () => {
    cells ??= collectCells(batch)
    return cells
  }

  function passes(message: string, code: string | undefined): boolean {
    const words = wordsOf(message, names, code, batch.rows.length)
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
function wordsOf(message: string, names: ReadonlySet<string>, code: string | undefined, rows: number) {
  const text = message.replace(/ …$/, '')
  if (!PUNCTUATION.test(text)) return undefined
  const words = text
    .replace(/(\p{L})['’](?:s|t|re|ve|ll)\b/gu, '$1')
    .split(/[^\p{L}\p{Nd}_]+/u)
    .filter((word) => word !== '')
  const unknown = words.filter((word) => word !== code && !names.has(word.toLowerCase()))
  const numbers = unknown.filter((word) => /^\d+$/.test(word))
  const isRow = (word: string, at: number) => BEFORE_ROW_NUMBER.test(words[at - 1] ?? '') && Number(word) <= rows
  const isGood = words.every((word, at) => (numbers.includes(word) ? isRow(word, at) : !unknown.includes(word) || isWord(word)))
  return isGood ? { free: unknown.filter((word) => !numbers.includes(word)), numbers } : undefined
}

function isWord(word: string): boolean {
  if (word.length < 3) return SHORT_WORD.test(word)
  return WORD.test(word) || (word.length <= 64 && CODE_WORD.test(word))
}

interface Cells {
  /** All of them without punctuation, one after the other. */
  readonly joined: string
  /** Those of three characters or more, with single spaces where they had punctuation. */
  readonly apart: readonly string[]
  /** False where there are more than are looked at. */
  readonly areAll: boolean
}

function holdsQuote(text: string, { joined, apart, areAll }: Cells): boolean {
  if (!areAll) return true
  const spaced = apartOf(text)
  const isWithinCell =
    spaced.split(' ').some((word) => word.length >= 3 && joined.includes(word)) ||
    (spaced.length >= 3 && joined.includes(spaced.replaceAll(' ', '')))
  return isWithinCell || apart.some((cell) => spaced.includes(cell))
}

/** Whether a code has a cell in it, or a number that occurs in one. */
function holdsCell(code: string, { joined, apart, areAll }: Cells): boolean {
  const bare = apartOf(code).replaceAll(' ', '')
  const [number = ''] = /\d{3,}$/.exec(code) ?? []
  return !areAll || apart.some((cell) => bare.includes(cell.replaceAll(' ', ''))) || (number !== '' && joined.includes(number))
}

function collectCells({ rows, destination }: Batch): Cells {
  const found = new Set<string>([destination.tenant.credential.reveal()])
  let left = MAX_CELLS
  const add = (value: unknown): void => {
    if (value === null || value === undefined || typeof value === 'boolean' || --left < 0) return
    if (typeof value !== 'object') found.add(String(value))
    else if (Array.isArray(value)) value.forEach(add)
    else
      for (const [name, inner] of Object.entries(value)) {
        found.add(name)
        add(inner)
      }
  }
  listOf(rows.length, (at) => Object.values(rows.at(at)).forEach(add))
  const apart = [...new Set([...found].flatMap(formsOf))]
  return {
    joined: apart.map((cell) => cell.replaceAll(' ', '')).join('\n'),
    apart: apart.filter((cell) => cell.length >= 3),
    areAll: left >= 0,
  }
}

/** A cell in lower case, as it is and with the escapes undone that JSON and URLs know. */
function formsOf(cell: string): string[] {
  const plain = unescaped(cell)
  return plain === cell ? [apartOf(cell)] : [apartOf(cell), apartOf(plain)]
}

function unescaped(text: string): string {
  if (!/[\\%&]/.test(text)) return text
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\[nrtbf]|&[a-z]+;/g, ' ')
}

/** Lower case, without marks on letters, and one space for whatever is neither letter nor digit. */
function apartOf(text: string): string {
  if (ASCII_WORD.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{Nd}]+/gu, ' ')
    .trim()
}

const ASCII_WORD = /^[A-Za-z0-9]*$/
