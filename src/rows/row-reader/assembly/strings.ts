const QUOTE: u8 = 0x22

/** Whether the string last read has characters beyond ASCII. */
export let isBeyondAscii: bool = false

/** Reads a string that has neither escapes nor control characters; returns where it ends, after its quote, or 0. */
export function readString(start: usize): usize {
  if (load<u8>(start) !== QUOTE) return 0
  let high: i32 = 0
  for (let at = start + 1; ; at += 16) {
    const bytes = v128.load(at)
    const quotes = i8x16.eq(bytes, i8x16.splat(0x22))
    const escapes = v128.or(i8x16.eq(bytes, i8x16.splat(0x5c)), i8x16.lt_u(bytes, i8x16.splat(0x20)))
    const ends = i8x16.bitmask(v128.or(quotes, escapes))
    const beyond = i8x16.bitmask(bytes)
    if (ends === 0) {
      high |= beyond
      continue
    }
    const end = ctz(ends)
    isBeyondAscii = (high | (beyond & ((1 << end) - 1))) !== 0
    return load<u8>(at + end) === QUOTE ? at + end + 1 : 0
  }
}
