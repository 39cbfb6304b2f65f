const NEWLINE = 0x0a
const RETURN = 0x0d

/** Counts line ends (`\n`, `\r\n` and `\r`, each once) in bytes that come bit by bit. */
export interface LineCounter {
  /** Line ends so far. */
  readonly ends: number
  /** Counts those of further bytes. */
  count(bytes: Uint8Array, from?: number, to?: number): void
  /** Counts those of a further text. */
  countText(text: string): void
}

/** Makes a counter that stands at the beginning of a file. */
export function createLineCounter(): LineCounter {
  let ends = 0
  let isAfterReturn = false
  const see = (code: number | undefined) => {
    if (code === RETURN || (code === NEWLINE && !isAfterReturn)) ends++
    isAfterReturn = code === RETURN
  }
  return {
    get ends() {
      return ends
    },
    count(bytes, from = 0, to = bytes.length) {
      for (let at = from; at < to; at++) see(bytes[at])
    },
    countText(text) {
      for (let at = 0; at < text.length; at++) see(text.charCodeAt(at))
    },
  }
}

/** Tells on which line an offset stands, of bytes that are added as they come; offsets must not go back. Keeps only the bytes that it has not counted yet. */
export function createLineFinder() {
  const counter = createLineCounter()
  const pending: Uint8Array[] = []
  let counted = 0
  let at = 0
  return {
    add: (bytes: Uint8Array): void => void pending.push(bytes),
    lineAt(offset: number): number {
      for (let first = pending[0]; first !== undefined && counted < offset; first = pending[0]) {
        const to = Math.min(first.length, at + offset - counted)
        counter.count(first, at, to)
        counted += to - at
        at = to
        if (at === first.length) {
          pending.shift()
          at = 0
        }
      }
      return counter.ends + 1
    },
  }
}
