import { FileFault } from '../file-faults.ts'

/** Bytes as they are read. */
export type Bytes = Uint8Array<ArrayBuffer>

/** How many bytes are enough to tell the encoding by. */
export const ENOUGH = 512

/** The encoding of a text that begins like this, as `decoded` says; what is no text is a fault. */
export function encodingOf(head: Bytes, stated: string | undefined): string {
  if (WORKBOOKS.some((start) => start.every((byte, at) => head[at] === byte))) throw notText()
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return stated ?? nulPattern(head.subarray(0, ENOUGH)) ?? 'utf-8'
}

/** The first bytes of zip archives, such as .xlsx, and of .xls files. */
const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
]

/** Text in UTF-16 is mostly letters whose other byte is NUL. */
function nulPattern(head: Bytes): string | undefined {
  const nuls = [0, 0]
  for (let at = 0; at < head.length; at++) if (head[at] === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = nuls
  const half = head.length / 2
  if (odd > half * 0.7 && even < half * 0.1) return 'utf-16le'
  return even > half * 0.7 && odd < half * 0.1 ? 'utf-16be' : undefined
}

/** Whether bytes that are not UTF-8 are no text in any encoding: one in a hundred, or more, is a control character that no text has. */
export function isBinary(bytes: Bytes): boolean {
  const controls = bytes.reduce((count, byte) => (byte < 0x20 && !IN_TEXTS.includes(byte) ? count + 1 : count), 0)
  return controls * 100 >= bytes.length
}

/** Tab, the ends of lines and pages, DOS's end of a file, and escape. */
const IN_TEXTS = [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1a, 0x1b]

/** The fault of a file that is no text. */
export function notText(): FileFault {
  return new FileFault('NOT_TEXT', 'The file is packed, or in the format of a program such as a workbook (.xlsx, .xls), not text.')
}
