import type { Column } from '../resource/column.ts'
import { decimalOf, digitCounts, type ExactNumber, isExactNumber, isLess, isNumberText } from '../util/exact-number.ts'
import { aboutText, always, type Fault, faultsOfText, NONE } from './fault.ts'

// All rules for numbers are here: they arrive as doubles, or as the text of a number that a double cannot hold.

const NO_WHOLE = always('WRONG_TYPE', 'must be a whole number')
const TEXT_FOR_WHOLE = aboutText('WRONG_TYPE', 'must be a whole number', 'send it without quotes')
const UNSAFE_WHOLE = always('OUT_OF_RANGE', 'must be between -9007199254740991 and 9007199254740991')
const NO_NUMBER = always('WRONG_TYPE', 'must be a number')
const TEXT_FOR_NUMBER = aboutText(
  'WRONG_TYPE',
  'must be a number',
  'send it without quotes: every digit of a JSON number is passed on unchanged',
)
const TEXT_FOR_DECIMAL = aboutText(
  'WRONG_TYPE',
  'must be a number',
  'send a JSON number, or the same in quotes, such as "1234567890123456.7891": every digit is passed on unchanged',
)
const NOT_FINITE = always('NOT_FINITE', 'must be a finite number')
const TOO_SMALL = always('NOT_FINITE', 'must not be so small that it reads as zero')

/** Everything wrong with a value of an integer column. */
export function checkInteger(value: unknown, column: Column): readonly Fault[] {
  if (isExactNumber(value)) return readsAsZero(value) ? TOO_SMALL : isWhole(value) ? UNSAFE_WHOLE : NO_WHOLE
  if (typeof value !== 'number') return typeof value === 'string' ? faultsOfText(value, column.presence, TEXT_FOR_WHOLE) : NO_WHOLE
  if (!Number.isFinite(value)) return NOT_FINITE
  if (!Number.isInteger(value)) return NO_WHOLE
  if (!Number.isSafeInteger(value)) return UNSAFE_WHOLE
  return checkBounds(value, column)
}

/** Everything wrong with a value of a float column; decimals of any length are good. */
export function checkFloat(value: unknown, column: Column): readonly Fault[] {
  if (isExactNumber(value)) return readsAsZero(value) ? TOO_SMALL : checkExactBounds(value, column)
  if (typeof value !== 'number') return typeof value === 'string' ? faultsOfText(value, column.presence, TEXT_FOR_NUMBER) : NO_NUMBER
  return Number.isFinite(value) ? checkBounds(value, column) : NOT_FINITE
}

/** The digits that a decimal may have; without a scale, they may be on either side of the point. */
export interface DecimalDigits {
  readonly precision: number
  readonly scale?: number
}

/** Everything wrong with a decimal of limited digits, which may be sent as text. */
export function checkDecimal(value: unknown, digits: DecimalDigits, { presence }: Pick<Column, 'presence'>): readonly Fault[] {
  if (typeof value === 'number' && !Number.isFinite(value)) return NOT_FINITE
  if (typeof value === 'string' && !isNumberText(value)) return faultsOfText(value, presence, TEXT_FOR_DECIMAL)
  if (typeof value !== 'number' && typeof value !== 'string' && !isExactNumber(value)) return NO_NUMBER
  return fits(isExactNumber(value) ? value.rawJSON : String(value), digits) ? NONE : [tooManyDigits(digits)]
}

function fits(text: string, { precision, scale }: DecimalDigits): boolean {
  const { whole, fraction } = digitCounts(decimalOf(text))
  return scale === undefined ? whole + fraction <= precision : whole <= precision - scale && fraction <= scale
}

function tooManyDigits({ precision, scale }: DecimalDigits): Fault {
  const says =
    scale === undefined
      ? `must have at most ${precision} digits`
      : `must have at most ${precision - scale} digits before the point and ${scale} after it`
  return { code: 'TOO_MANY_DIGITS', says, hint: 'round it: nothing is rounded on the way' }
}

/** Whether a non-zero number reads as zero, and so cannot be carried. */
export function readsAsZero({ rawJSON }: ExactNumber): boolean {
  return Number(rawJSON) === 0
}

/** Whether a number that a double cannot hold is good for a float column. */
export function isGoodExact(value: unknown, column: Column): boolean {
  return isExactNumber(value) && checkFloat(value, column).length === 0
}

function isWhole({ rawJSON }: ExactNumber): boolean {
  return digitCounts(decimalOf(rawJSON)).fraction === 0
}

function checkBounds(value: number, { min, max }: Column): readonly Fault[] {
  if (min !== undefined && value < min) return [belowMinimum(min)]
  if (max !== undefined && value > max) return [aboveMaximum(max)]
  return NONE
}

function checkExactBounds({ rawJSON }: ExactNumber, { min, max }: Column): readonly Fault[] {
  const value = decimalOf(rawJSON)
  if (min !== undefined && isLess(value, decimalOf(String(min)))) return [belowMinimum(min)]
  if (max !== undefined && isLess(decimalOf(String(max)), value)) return [aboveMaximum(max)]
  return NONE
}

function belowMinimum(min: number): Fault {
  return { code: 'BELOW_MINIMUM', says: `must be at least ${min}` }
}

function aboveMaximum(max: number): Fault {
  return { code: 'ABOVE_MAXIMUM', says: `must be at most ${max}` }
}
