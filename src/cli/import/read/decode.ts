import { ImportFailure } from '../failure.ts'
import { createLineCounter, type LineCounter } from './line-counter.ts'

const NEWLINE = 0x0a

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
    const text = reader.read(chunk, lines.ends)
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
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 0x03 && head[3] === 0x04) throw workbookFailure()
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return stated ?? nulPattern(head.subarray(0, ENOUGH)) ?? 'utf-8'
}

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
  read(chunk: Buffer, linesBefore: number): string
  end(linesBefore: number): string
}

function createChunkReader(encoding: string, isStated: boolean): ChunkReader {
  const decoder = decoderFor(encoding)
  let before = Buffer.alloc(0)
  return {
    read(chunk, linesBefore) {
      try {
        const text = decoder.decode(chunk, { stream: true })
        // A chunk may be a byte only, and go on with the character that the one before it began.
        before = cutSequence(Buffer.concat([before, chunk.subarray(-3)]))
        return text
      } catch {
        throw badByte(encoding, isStated, linesBefore + firstBadLine(encoding, before, chunk))
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

/** The bytes at the end of a chunk that begin a character of UTF-8 and do not end it. */
function cutSequence(chunk: Buffer): Buffer<ArrayBuffer> {
  for (let back = 1; back <= 3 && back <= chunk.length; back++) {
    const byte = chunk[chunk.length - back] ?? 0
    if (byte >= 0xc0) return Buffer.from(chunk.subarray(back < lengthOf(byte) ? chunk.length - back : chunk.length))
    if (byte < 0x80) break
  }
  return Buffer.alloc(0)
}

function lengthOf(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
}

/** Which line of a chunk has the first bytes that are none of the encoding; 1 is the one it begins in. */
function firstBadLine(encoding: string, before: Buffer, chunk: Buffer): number {
  if (encoding !== 'utf-8') return 1
  const decoder = decoderFor(encoding)
  decoder.decode(before, { stream: true })
  for (let [from, line] = [0, 1]; ; line++) {
    const end = chunk.indexOf(NEWLINE, from)
    try {
      decoder.decode(chunk.subarray(from, end < 0 ? chunk.length : end + 1), { stream: true })
    } catch {
      return line
    }
    if (end < 0) return line
    from = end + 1
  }
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
    { code: 'NOT_TEXT', message: 'The file is a workbook (.xlsx) or a zip archive, not text.' },
    'Save the sheet as "CSV UTF-8", or unpack the archive; the console at /console also reads workbooks.',
  )
}
