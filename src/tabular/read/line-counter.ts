const NEWLINE = 0x0a
const RETURN = 0x0d

/** Counts line ends (`\n`, `\r\n` and `\r`, each once) in a text read in pieces. */
export interface LineCounter {
  /** Line ends so far. */
  readonly ends: number
  /** Counts those in another text, or in a part of it. */
  count(text: string, from?: number, to?: number): void
}

/** Creates a counter at the beginning of a file. */
export function createLineCounter(): LineCounter {
  let ends = 0
  let isAfterReturn = false
  return {
    get ends() {
      return ends
    },
    count(text, from = 0, to = text.length) {
      for (let at = from; at < to; at++) {
        const code = text.charCodeAt(at)
        if (code === RETURN || (code === NEWLINE && !isAfterReturn)) ends++
        isAfterReturn = code === RETURN
      }
    },
  }
}

/** Finds the line of a UTF-8 offset in a text read in pieces; offsets must not decrease. Keeps only the pieces not counted yet. */
export function createLineFinder() {
  const counter = createLineCounter()
  const pending: string[] = []
  let counted = 0
  let at = 0
  return {
    add: (text: string): void => void pending.push(text),
    lineAt(offset: number): number {
      for (let first = pending[0]; first !== undefined && counted < offset; first = pending[0]) {
        const from = at
        while (at < first.length && counted < offset) counted += bytesOf(first.charCodeAt(at++))
        counter.count(first, from, at)
        if (at === first.length) {
          pending.shift()
          at = 0
        }
      }
      return counter.ends + 1
    },
  }
}

/** A surrogate is half of a character of four bytes. */
function bytesOf(code: number): number {
  if (code < 0x80) return 1
  return code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3
}
