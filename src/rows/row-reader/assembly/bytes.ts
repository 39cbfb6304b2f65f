/** Copies bytes sixteen at a time: up to fifteen more are written. */
export function copy(to: usize, from: usize, length: i32): void {
  for (let at: usize = 0; at < <usize>length; at += 16) v128.store(to + at, v128.load(from + at))
}

/** The first place from `at` on that is no white space. */
export function skipSpace(at: usize): usize {
  let place = at
  while (isSpace(load<u8>(place))) place++
  return place
}

function isSpace(byte: u8): bool {
  return byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)
}

/** The digit at a place; more than nine if there is none. */
export function digitAt(at: usize): u32 {
  return <u32>load<u8>(at) - 0x30
}
