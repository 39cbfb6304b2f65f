import { digitAt } from './bytes'

const MINUS: u8 = 0x2d
const POINT: u8 = 0x2e
/** Numbers of so many digits are doubles as written, and so is the power of ten that divides them. */
const EXACT_DIGITS: i32 = 15
/** JavaScript prints larger numbers with an exponent. */
const MAX_WHOLE: i32 = 20
const MAX_DIGITS: i32 = 40
/** JavaScript prints numbers with more zeros after the point with an exponent. */
const MAX_ZEROS: i32 = 5

/** Where the number last read ends without the zeros that end its fraction. */
export let shortEnd: usize = 0

/** Reads a whole number of at most fifteen digits within some bounds; returns where it ends, or 0. */
export function readInteger(start: usize, min: f64, max: f64): usize {
  const isNegative = load<u8>(start) === MINUS
  const first = start + <usize>isNegative
  let value: i64 = 0
  let at = first
  for (let digit = digitAt(at); digit < 10; digit = digitAt(++at)) {
    if (at - first === EXACT_DIGITS) return 0
    value = value * 10 + digit
  }
  // Zero has a sign, and other numbers do not begin with one.
  if (at === first || (digitAt(first) === 0 && (at - first > 1 || isNegative))) return 0
  shortEnd = at
  return isWithin(isNegative ? -(<f64>value) : <f64>value, min, max) ? at : 0
}

function isWithin(value: f64, min: f64, max: f64): bool {
  return value >= min && value <= max
}

/**
 * Reads a number within some bounds that JavaScript would print with the same digits, zeros at the end of a fraction aside; returns where
 * it ends, or 0. Infinite bounds are none.
 */
export function readFloat(start: usize, min: f64, max: f64): usize {
  const isNegative = load<u8>(start) === MINUS
  const first = start + <usize>isNegative
  let digits: i64 = 0
  let at = first
  for (let digit = digitAt(at); digit < 10; digit = digitAt(++at)) digits = digits * 10 + digit
  const whole = <i32>(at - first)
  if (whole === 0 || whole > MAX_WHOLE || (digitAt(first) === 0 && whole > 1)) return 0
  const end = load<u8>(at) === POINT ? endOfFraction(at + 1, digits) : at
  if (end === 0) return 0
  if (end === at) shortEnd = at
  else digits = allDigits
  const count = whole + (end === at ? 0 : <i32>(end - at) - 1)
  // Zeros at the end of a number that a double does not hold are kept.
  if (count > EXACT_DIGITS)
    return count <= MAX_DIGITS && shortEnd === end && isWithinSign(isNegative, min, max) && !isTiny(first, at, end) ? end : 0
  if (digits === 0 ? isNegative : isTiny(first, at, end)) return 0
  const value = <f64>digits / powerOfTen(count - whole)
  return isWithin(isNegative ? -value : value, min, max) ? end : 0
}

let allDigits: i64 = 0

/** Reads the digits of a fraction, of which there must be some, and appends them to those before the point; returns where they end, or 0. */
function endOfFraction(start: usize, whole: i64): usize {
  let at = start
  let last = start - 1
  let digits = whole
  for (let digit = digitAt(at); digit < 10; digit = digitAt(at)) {
    digits = digits * 10 + digit
    at++
    if (digit !== 0) last = at
  }
  allDigits = digits
  shortEnd = last
  return at === start ? 0 : at
}

/** Whether a number that is not zero is below a millionth. */
function isTiny(first: usize, point: usize, end: usize): bool {
  if (load<u8>(first) !== 0x30 || point === end) return false
  let at = point + 1
  while (at < end && load<u8>(at) === 0x30) at++
  return <i32>(at - point) - 1 > MAX_ZEROS
}

/** Whether the sign alone shows that a number is within the bounds. */
function isWithinSign(isNegative: bool, min: f64, max: f64): bool {
  const isMinGood = min === -Infinity || (min === 0 && !isNegative)
  return isMinGood && max === Infinity
}

function powerOfTen(exponent: i32): f64 {
  let power: f64 = 1
  for (let left = exponent; left > 0; left--) power *= 10
  return power
}
