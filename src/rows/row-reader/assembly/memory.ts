/** Where a call leaves six 32-bit integers. */
export const RESULT: usize = 0
/** The hash of each row's key, as 32-bit integers. */
export const HASHES: usize = 0x1000
/** Where each row's key ends in `KEYS`, as 32-bit integers. */
export const KEY_ENDS: usize = 0x4000
/** The most rows that a call reads. */
export const MAX_ROWS: i32 = 2048
/** The columns of the rows. */
export const LAYOUT: usize = 0x10000
/** The text to read, followed by zeros. */
export const INPUT: usize = 0x20000
/** The most bytes of a text. */
export const CAPACITY: i32 = 0x40000
/** The rows for the wire, separated by commas. */
export const OUTPUT: usize = 0x70000
/** Where the rows must end. */
export const OUTPUT_END: usize = 0xf0000
/** The keys of the rows as objects, separated by commas. */
export const KEYS: usize = 0x100000
/** Where the keys must end. */
export const KEYS_END: usize = 0x140000
