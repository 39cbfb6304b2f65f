import { ImportFailure } from '../failure.ts'
import { createLineCounter, type LineCounter } from './line-counter.ts'

/**
 * The text that bytes say. What they begin with decides: a byte order mark, else the encoding that is stated, else NUL bytes that
 * betray UTF-16, else UTF-8. The first byte that is none of the encoding ends it, with its line; so does a NUL character. Where
 * reading the bytes fails, that is told with the line in which the text ends that there is.
 */
export async function* decoded(bytes: AsyncIterable<Buffer>, stated?: string): AsyncIterable<string> {
  const lines = createLineCounter()
  try {
    yield* textsOf(bytes, lines, stated)
  } catch (error) {
    throw located(error, lines.ends + 1)
  }
}

/** A failure with a line: the one that it names, else this one. */
function located(error: unknown, line: number): unknown {
  if (!(error instanceof ImportFailure)) return error
  return new ImportFailure(
    error.problems.map((problem) => ({ line, ...problem })),
    error.advice,
  )
}

async function* textsOf(bytes: AsyncIterable<Buffer>, lines: LineCounter, stated: string | undefined): AsyncIterable<string> {
  let reader: ChunkReader | undefined
  for await (const chunk of gathered(bytes)) {
    reader ??= createChunkReader(encodingOf(chunk, stated), stated !== undefined)
    const text = reader.read(chunk, lines)
    if (text.includes('\0')) throw nulFailure(lines.ends + 1 + endsBefore(text, text.indexOf('\0')))
    lines.countText(text)
    if (text !== '') yield text
  }
  const rest = reader?.end(lines.ends) ?? ''
  if (rest !== '') yield rest
}

/** The first chunk with enough bytes to tell the encoding from. */
async function* gathered(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let first: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of bytes) {
    if (first === undefined) yield chunk
    else {
      first = Buffer.concat([first, chunk])
      if (first.length < ENOUGH) continue
      yield first
      first = undefined
    }
  }
  if (first !== undefined && first.length > 0) yield first
}

const ENOUGH = 512

function encodingOf(head: Buffer, stated: string | undefined): string {
  if (WORKBOOKS.some((start) => start.every((byte, at) => head[at] === byte))) throw workbookFailure()
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return stated ?? nulPattern(head.subarray(0, ENOUGH)) ?? 'utf-8'
}

/** What a zip archive, as an .xlsx is one, and an .xls begin with. */
const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
]

/** Text in UTF-16 is mostly letters whose other byte is NUL. */
function nulPattern(head: Buffer): string | undefined {
  const nuls = [0, 0]
  for (let at = 0; at < head.length; at++) if (head[at] === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = nuls
  const half = head.length / 2
  if (odd > half * 0.7 && even < half * 0.1) return 'utf-16le'
  return even > half * 0.7 && odd < half * 0.1 ? 'utf-16be' : undefined
}

interface ChunkReader {
  /** Its text; one that cannot be read is told with the line after those counted, to which its readable part is added. */
  read(chunk: Buffer, lines: LineCounter): string
  end(linesBefore: number): string
}

function createChunkReader(encoding: string, isStated: boolean): ChunkReader {
  const decoder = decoderFor(encoding)
  const cutOff = unfinishedEnd(decoder.encoding)
  let before = Buffer.alloc(0)
  return {
    read(chunk, lines) {
      try {
        const text = decoder.decode(chunk, { stream: true })
        // A chunk may be a byte only, and go on with the character that the one before it began.
        before = cutOff(Buffer.concat([before, chunk]))
        return text
      } catch {
        lines.countText(readablePart(encoding, Buffer.concat([before, chunk])))
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
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch {
    throw new ImportFailure(
      { code: 'USAGE', message: 'The encoding that --encoding states is not known.' },
      'Known are the labels of the web: utf-8, windows-1252, iso-8859-15, utf-16le, shift_jis, gb18030, ...',
    )
  }
}

/** The bytes of a chunk's end that may begin a character which the next one goes on with. */
function unfinishedEnd(encoding: string): (bytes: Buffer) => Buffer<ArrayBuffer> {
  if (encoding === 'utf-8') return cutSequence
  return encoding.startsWith('utf-16') ? (bytes) => cutUnit(bytes, encoding === 'utf-16le' ? 1 : 2) : () => Buffer.alloc(0)
}

function cutSequence(bytes: Buffer): Buffer<ArrayBuffer> {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) return Buffer.from(bytes.subarray(back < lengthOf(byte) ? bytes.length - back : bytes.length))
    if (byte < 0x80) break
  }
  return Buffer.alloc(0)
}

function lengthOf(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
}

/** Half a unit of UTF-16, and the first of two that are one character. */
function cutUnit(bytes: Buffer, highFromEnd: 1 | 2): Buffer<ArrayBuffer> {
  const whole = bytes.length - (bytes.length % 2)
  const high = bytes[whole - highFromEnd] ?? 0
  return Buffer.from(bytes.subarray(high >= 0xd8 && high <= 0xdb ? whole - 2 : whole))
}

/** The text before the first bytes that are none of the encoding. */
function readablePart(encoding: string, bytes: Buffer): string {
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
  lines.countText(text.slice(0, end))
  return lines.ends
}

function badByte(encoding: string, isStated: boolean, line: number): ImportFailure {
  const looksLike = encoding === 'utf-8' && !isStated ? ' It looks like windows-1252.' : ''
  return new ImportFailure(
    { code: 'INVALID_ENCODING', line, message: `The file is not ${encoding}: a byte here belongs to no character.${looksLike}` },
    encoding === 'utf-8'
      ? 'Export it as UTF-8, or state what it is: --encoding windows-1252 (Western Europe; or iso-8859-2, windows-1251, shift_jis, ...).'
      : 'State another --encoding, or export the file as UTF-8.',
  )
}

function nulFailure(line: number): ImportFailure {
  return new ImportFailure(
    { code: 'NUL_CHARACTER', line, message: 'The file has a NUL character, which no table can store.' },
    'Remove it where the file is made. If the file is UTF-16 without a byte order mark, state --encoding utf-16le (or utf-16be).',
  )
}

function workbookFailure(): ImportFailure {
  return new ImportFailure(
    { code: 'NOT_TEXT', message: 'The file is a workbook (.xlsx, .xls) or a zip archive, not text.' },
    'Save the sheet as "CSV UTF-8", or unpack the archive; the console at /console also reads workbooks.',
  )
}
