// AssemblyScript (assemblyscript.org), compiled into `../scan.wasm` by `npm run wasm`: the same as `plainMarks` in `../scan-json.ts`, sixteen
// bytes at a time.

/** Where a call leaves four 32-bit integers: the number of places found, of commas, and of opening brackets and braces, and `run`. */
export const RESULT: usize = 0
/** Where the places are, as 32-bit integers: at most one for every six bytes. */
export const PLACES: usize = 0x10
/** Where the bytes begin; the sixteen before and after them are read as well. */
export const TEXT: usize = 0x10020
/** The maximum number of bytes per call. */
export const CAPACITY: i32 = 0x10000

const MIN_DIGITS: i32 = 16
const ALL: i32 = 0xffff

/** Scans `length` bytes, rounded up to a block of sixteen; `run` is how many digits or points immediately precede them. */
export function scan(length: i32, run: i32): void {
  let found: i32 = 0
  let commas: i32 = 0
  let openings: i32 = 0
  for (let at: i32 = 0; at < length; at += 16) {
    const bytes = v128.load(TEXT + at)
    // Setting this bit makes a bracket a brace and a capital a small letter; no other byte becomes one of those searched for.
    const folded = v128.or(bytes, i8x16.splat(0x20))
    commas += popcnt(i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x2c))))
    openings += popcnt(i8x16.bitmask(i8x16.eq(folded, i8x16.splat(0x7b))))

    const exponents = i8x16.bitmask(v128.and(i8x16.eq(folded, i8x16.splat(0x65)), i8x16.eq(v128.load(TEXT + at, 1), i8x16.splat(0x2d))))
    if (exponents !== 0) found = addSmallExponents(exponents, at, found)

    const isDigit = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10))
    const others = i8x16.bitmask(v128.or(isDigit, i8x16.eq(bytes, i8x16.splat(0x2e)))) ^ ALL
    if (others === 0) run += 16
    else {
      if (run + ctz(others) >= MIN_DIGITS) found = add(at + ctz(others), found)
      run = clz(others) - 16
    }
  }
  store<i32>(RESULT, found, 0)
  store<i32>(RESULT, commas, 4)
  store<i32>(RESULT, openings, 8)
  store<i32>(RESULT, run, 12)
}

function addSmallExponents(bits: i32, at: i32, found: i32): i32 {
  for (let left = bits; left !== 0; left &= left - 1) {
    const sign = at + ctz(left) + 1
    if (isDigitAt(sign - 2) && isDigitAt(sign + 1) && isDigitAt(sign + 2) && isDigitAt(sign + 3)) found = add(sign, found)
  }
  return found
}

function isDigitAt(at: i32): bool {
  return <u32>load<u8>(TEXT + at) - 0x30 < 10
}

function add(at: i32, found: i32): i32 {
  store<i32>(PLACES + (found << 2), at)
  return found + 1
}
