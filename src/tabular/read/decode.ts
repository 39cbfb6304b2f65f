import { FileFault } from '../file-faults.ts'
import { type Bytes, ENOUGH, encodingOf, isBinary, notText } from './encoding.ts'
import { createLineCounter, type LineCounter } from './line-counter.ts'

/** How to decode bytes. */
interface Decoding {
  readonly encoding?: string | undefined
  /** Called with the encoding in use. */
  readonly onEncoding?: (encoding: string) => void
}

/**
 * Decodes text. The encoding is that of the byte order mark, else the stated one, else UTF-16 if NUL bytes reveal it, else UTF-8. The first
 * invalid byte, or a NUL character, is a fault with its line; if reading fails, the fault has the last line.
 */
export async function* decoded(bytes: AsyncIterable<Bytes>, decoding: Decoding = {}): AsyncIterable<string> {
  const lines = createLineCounter()
  try {
    yield* textsOf(bytes, lines, decoding)
  } catch (error) {
    throw error instanceof FileFault ? error.at(lines.ends + 1) : error
  }
}

async function* textsOf(
  bytes: AsyncIterable<Bytes>,
  lines: LineCounter,
  { encoding: stated, onEncoding }: Decoding,
): AsyncIterable<string> {
  let reader: ChunkReader | undefined
  for await (const chunk of gathered(bytes)) {
    if (reader === undefined) {
      const encoding = encodingOf(chunk, stated)
      onEncoding?.(encoding)
      reader = createChunkReader(encoding, stated !== undefined)
    }
    const text = reader.read(chunk, lines)
    if (text.includes('\0')) throw nulFailure(lines.ends + 1 + endsBefore(text, text.indexOf('\0')))
    lines.count(text)
    if (text !== '') yield text
  }
  const rest = reader?.end(lines.ends) ?? ''
  if (rest !== '') yield rest
}

/** The same bytes, with a first chunk long enough to detect the encoding. */
async function* gathered(bytes: AsyncIterable<Bytes>): AsyncIterable<Bytes> {
  let first: Bytes | undefined = NOTHING
  for await (const chunk of bytes) {
    if (first === undefined) yield chunk
    else {
      first = joined(first, chunk)
      if (first.length < ENOUGH) continue
      yield first
      first = undefined
    }
  }
  if (first !== undefined && first.length > 0) yield first
}

const NOTHING = new Uint8Array()

function joined(one: Bytes, other: Bytes): Bytes {
  if (one.length === 0) return other
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

interface ChunkReader {
  /** The text of a chunk; an invalid one is a fault at the line where its readable part ends. */
  read(chunk: Bytes, lines: LineCounter): string
  end(linesBefore: number): string
}

function createChunkReader(encoding: string, isStated: boolean): ChunkReader {
  const decoder = decoderFor(encoding)
  const cutOff = unfinishedEnd(decoder.encoding)
  let before: Bytes = NOTHING
  return {
    read(chunk, lines) {
      try {
        const text = decoder.decode(chunk, { stream: true })
        // A chunk may be a single byte that continues a character of the one before.
        before = cutOff(joined(before, chunk))
        return text
      } catch {
        lines.count(readablePart(encoding, joined(before, chunk)))
        if (encoding === 'utf-8' && isBinary(chunk)) throw notText()
        throw badByte(encoding, isStated, lines.ends + 1)
      }
    },
    end(linesBefore) {
      try {
        return decoder.decode()
      } catch {
        throw badByte(encoding, isStated, linesBefore + 1)
      }
    },
  }
}

function decoderFor(encoding: string): TextDecoder {
  return new TextDecoder(encoding, { fatal: true })
}

/** The bytes at the end of a chunk that may belong to a character continued in the next. */
function unfinishedEnd(encoding: string): (bytes: Bytes) => Bytes {
  if (encoding === 'utf-8') return cutSequence
  return encoding.startsWith('utf-16') ? (bytes) => cutUnit(bytes, encoding === 'utf-16le' ? 1 : 2) : () => NOTHING
}

function cutSequence(bytes: Bytes): Bytes {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) return bytes.slice(back < lengthOf(byte) ? bytes.length - back : bytes.length)
    if (byte < 0x80) break
  }
  return NOTHING
}

function lengthOf(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
}

/** Half a UTF-16 unit, or the first half of a surrogate pair. */
function cutUnit(bytes: Bytes, highFromEnd: 1 | 2): Bytes {
  const whole = bytes.length - (bytes.length % 2)
  const high = bytes[whole - highFromEnd] ?? 0
  return bytes.slice(high >= 0xd8 && high <= 0xdb ? whole - 2 : whole)
}

/** The text before the first invalid byte. */
function readablePart(encoding: string, bytes: Bytes): string {
  let [text, good, bad] = ['', 0, bytes.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    try {
      text = decoderFor(encoding).decode(bytes.subarray(0, middle), { stream: true })
      good = middle
    } catch {
      bad = middle
    }
  }
  return text
}

function endsBefore(text: string, end: number): number {
  const lines = createLineCounter()
  lines.count(text.slice(0, end))
  return lines.ends
}

function badByte(encoding: string, isStated: boolean, line: number): FileFault {
  const looksLike = encoding === 'utf-8' && !isStated ? ' It looks like windows-1252, which older programs write.' : ''
  return new FileFault('INVALID_ENCODING', `The file is not ${encoding}: a byte here is not valid in it.${looksLike}`, line)
}

function nulFailure(line: number): FileFault {
  return new FileFault('NUL_CHARACTER', 'The file has a NUL character, which no table can store.', line)
}
