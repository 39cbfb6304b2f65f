/** A number that a double cannot hold, as written; `JSON.stringify` prints it unchanged. */
export interface ExactNumber {
  readonly rawJSON: string
}

const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON(text: string): ExactNumber
  isRawJSON(value: unknown): value is ExactNumber
}

/** Whether a value is a number that a double cannot hold. */
export function isExactNumber(value: unknown): value is ExactNumber {
  // Most objects are not, and reading the property is cheaper than calling `isRawJSON`.
  return typeof value === 'object' && value !== null && (value as Partial<ExactNumber>).rawJSON !== undefined && isRawJSON(value)
}

/** Whether a value is a JSON object: not null, not a list, and not an `ExactNumber`. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}

/** A shorter number without an exponent has at most fifteen digits, which a double returns unchanged. */
const ALWAYS_HELD = 15

/** Reads a JSON number: as a double if that has the same value or is infinite, otherwise as text. */
export function readNumber(source: string): number | ExactNumber {
  const value = Number(source)
  return isHeld(source, value) ? value : rawJSON(source)
}

/** Whether a double has the same value as the number written in `source`, or is infinite. */
export function isHeld(source: string, value = Number(source)): boolean {
  if (source.length <= ALWAYS_HELD && !/e/i.test(source)) return true
  const printed = String(value)
  return printed === source || !Number.isFinite(value) || isSame(decimalOf(source), decimalOf(printed))
}

/** Whether a text is a number in JSON's syntax. */
export function isNumberText(text: string): boolean {
  return NUMBER.test(text)
}

/** Wraps a text, which must be a number in JSON's syntax. */
export function exactNumber(text: string): ExactNumber {
  return rawJSON(text)
}

const NUMBER = /^-?(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** A number by its digits: 0.`digits` times ten to the power of `point`; equal numbers have equal parts. */
export interface Decimal {
  readonly isNegative: boolean
  /** Without zeros at either end; empty for zero. */
  readonly digits: string
  readonly point: number
}

const ZERO: Decimal = Object.freeze({ isNegative: false, digits: '', point: 0 })

/** The decimal form of a number, which must be in JSON's syntax. */
export function decimalOf(text: string): Decimal {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? []
  const all = whole + fraction
  const start = all.search(/[1-9]/)
  if (start < 0) return ZERO
  return { isNegative: text.startsWith('-'), digits: withoutZeros(all.slice(start)), point: whole.length - start + Number(exponent) }
}

/** By hand: a regular expression for trailing zeros starts anew at every zero. */
function withoutZeros(digits: string): string {
  let end = digits.length
  while (digits.charCodeAt(end - 1) === 0x30) end--
  return digits.slice(0, end)
}

function isSame(one: Decimal, other: Decimal): boolean {
  return one.point === other.point && one.digits === other.digits && one.isNegative === other.isNegative
}

/** Whether one number is less than another, by all of their digits. */
export function isLess(one: Decimal, other: Decimal): boolean {
  const [a, b] = [signOf(one), signOf(other)]
  if (a !== b || a === 0) return a < b
  return a > 0 ? isSmaller(one, other) : isSmaller(other, one)
}

function signOf({ digits, isNegative }: Decimal): number {
  return digits === '' ? 0 : isNegative ? -1 : 1
}

function isSmaller(one: Decimal, other: Decimal): boolean {
  return one.point === other.point ? one.digits < other.digits : one.point < other.point
}

/** The digits of a number before its decimal point and after it. */
export function digitCounts({ digits, point }: Decimal): { readonly whole: number; readonly fraction: number } {
  return { whole: digits === '' ? 0 : Math.max(point, 0), fraction: Math.max(digits.length - point, 0) }
}

/** A value as text, which is the same for equal numbers however they were written. */
export function textOf(value: unknown): string {
  if (!isExactNumber(value)) return String(value)
  const { isNegative, digits, point } = decimalOf(value.rawJSON)
  return `${isNegative ? '-' : ''}0.${digits}e${point}`
}
