import { digitAt } from './bytes'

const QUOTE: u8 = 0x22
const T: u8 = 0x54
const Z: u8 = 0x5a
const SPACE: u8 = 0x20
const POINT: u8 = 0x2e
const ZERO: u8 = 0x30

/** Reads a string that is a calendar day, `YYYY-MM-DD`; returns where it ends, or 0. */
export function readDate(start: usize): usize {
  return load<u8>(start) === QUOTE && isDay(start + 1) && load<u8>(start + 11) === QUOTE ? start + 12 : 0
}

/**
 * Reads a string that is a timestamp in UTC, with `T` and `Z`, or with a space and perhaps `Z`, and with no fraction but zeros; returns
 * where it ends, or 0.
 */
export function readTimestamp(start: usize): usize {
  const text = start + 1
  const separator = load<u8>(text + 10)
  if (load<u8>(start) !== QUOTE || (separator !== T && separator !== SPACE) || !isTime(text + 11) || !isDay(text)) return 0
  let at = text + 19
  if (load<u8>(at) === POINT) {
    at++
    if (load<u8>(at) !== ZERO) return 0
    while (load<u8>(at) === ZERO) at++
  }
  if (load<u8>(at) === Z) at++
  else if (separator === T) return 0
  return load<u8>(at) === QUOTE ? at + 1 : 0
}

function isTime(at: usize): bool {
  return load<u8>(at + 2) === 0x3a && load<u8>(at + 5) === 0x3a && twoDigits(at) <= 23 && twoDigits(at + 3) <= 59 && twoDigits(at + 6) <= 59
}

function isDay(at: usize): bool {
  if (load<u8>(at + 4) !== 0x2d || load<u8>(at + 7) !== 0x2d) return false
  const century = twoDigits(at)
  const year = twoDigits(at + 2)
  const month = twoDigits(at + 5)
  const day = twoDigits(at + 8)
  if (century > 99 || year > 99 || month < 1 || month > 12 || day < 1) return false
  return day <= daysIn(month, year === 0 ? century : year)
}

/** The days of a month; of the year only what decides whether it is a leap year: its last two digits, or the first two where those are zero. */
function daysIn(month: u32, year: u32): u32 {
  if (month === 2) return year % 4 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** The number that two digits form; at least 100 if one is no digit. */
function twoDigits(at: usize): u32 {
  const tens = digitAt(at)
  const ones = digitAt(at + 1)
  return tens < 10 && ones < 10 ? 10 * tens + ones : 100
}
