import { FileError } from './file-error.ts'
import type { Encoding } from './source-row.ts'

/** The text of a file in pieces, as it comes; whoever stops reading stops the file from being read. */
export interface OpenText {
  readonly encoding: Encoding
  readonly pieces: AsyncIterable<string>
}

/** Told of every piece of the decoded content. */
export type OnBytes = (bytes: Uint8Array) => void

const GZIP = [0x1f, 0x8b]
const LOOKED_AT = 4_096

/** The bytes of a file, unpacked where it is gzip; `onRead` hears how much of the file itself was read. */
export async function openBytes(file: Blob, onRead: (bytes: number) => void): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const first = new Uint8Array(await readSafely(() => file.slice(0, 2).arrayBuffer()))
  const counted = file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        onRead(chunk.length)
        controller.enqueue(chunk)
      },
    }),
  )
  return GZIP.every((byte, at) => first[at] === byte) ? counted.pipeThrough(new DecompressionStream('gzip')) : counted
}

/** No text of rows is this much longer than its gzip, whatever the size. */
const MAX_RATIO = 400
const ALWAYS_ALLOWED = 16 * 1024 * 1024

/** The same, but that it throws when more comes out of a gzip file of that size than any of rows holds. */
export function unlessBomb(size: number, onBytes: OnBytes): OnBytes {
  let given = 0
  return (bytes) => {
    given += bytes.length
    if (given > ALWAYS_ALLOWED && given > size * MAX_RATIO)
      throw new FileError(
        'GZIP_BOMB',
        `The gzip file unpacks to more than ${MAX_RATIO} times its size: no file of rows does.`,
        'Check where it comes from; if it is what you want to load, unpack it, and drop what comes out.',
      )
    onBytes(bytes)
  }
}

/** The text of bytes: UTF-8, or UTF-16 where its marks or its NULs say so, or what was chosen. */
export async function openText(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  isPacked: boolean,
  chosen: Encoding | undefined,
  onBytes: OnBytes,
): Promise<OpenText> {
  const reader = bytes.getReader()
  const first = await readPiece(reader, isPacked)
  const encoding = chosen ?? findEncoding(first ?? new Uint8Array())
  return { encoding, pieces: decode(reader, first, { encoding, isPacked, onBytes }) }
}

interface Decoding {
  readonly encoding: Encoding
  readonly isPacked: boolean
  readonly onBytes: OnBytes
}

async function* decode(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  first: Uint8Array<ArrayBuffer> | undefined,
  { encoding, isPacked, onBytes }: Decoding,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let lines = 1
  try {
    for (let piece = first; piece !== undefined; piece = await readPiece(reader, isPacked)) {
      onBytes(piece)
      const text = decodePiece(
        () => decoder.decode(piece, { stream: true }),
        () => badEncoding(lines + breaksBeforeFault(piece, encoding), encoding),
      )
      lines += text.split('\n').length - 1
      if (text !== '') yield text
    }
    const rest = decodePiece(
      () => decoder.decode(),
      () => badEncoding(lines, encoding),
    )
    if (rest !== '') yield rest
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** By its mark, else by the NULs that every other byte of western UTF-16 is. */
function findEncoding(bytes: Uint8Array): Encoding {
  const [a, b] = bytes
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  const looked = bytes.subarray(0, LOOKED_AT)
  const nuls = [0, 0]
  looked.forEach((byte, at) => {
    if (byte === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1
  })
  const [even = 0, odd = 0] = nuls
  if (odd > looked.length / 4 && even === 0) return 'utf-16le'
  return even > looked.length / 4 && odd === 0 ? 'utf-16be' : 'utf-8'
}

/** How many line ends stand before the first byte that cannot be read. */
function breaksBeforeFault(piece: Uint8Array<ArrayBuffer>, encoding: Encoding): number {
  const [before = ''] = new TextDecoder(encoding).decode(piece).split('\ufffd', 1)
  return before.split('\n').length - 1
}

function decodePiece(decode: () => string, faultOf: () => FileError): string {
  try {
    return decode()
  } catch {
    throw faultOf()
  }
}

function badEncoding(line: number, encoding: Encoding): FileError {
  const remedy =
    encoding === 'utf-8'
      ? 'It looks like windows-1252, which older programs write: choose that encoding below, or save the file as UTF-8.'
      : 'Choose another encoding below, or save the file as UTF-8.'
  return new FileError('BAD_ENCODING', `In line ${line} there are bytes that are not ${encoding.toUpperCase()}.`, remedy)
}

async function readPiece(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  isPacked: boolean,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return readSafely(async () => (await reader.read()).value, isPacked)
}

/** Reading fails where the file was changed, moved or deleted since it was dropped, or where its packing is broken. */
export async function readSafely<T>(read: () => Promise<T>, isPacked = false): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (isPacked && error instanceof TypeError)
      throw new FileError(
        'BAD_GZIP',
        'The gzip file cannot be unpacked to its end: it was cut off, or several were joined.',
        'Unpack it, and drop what comes out.',
      )
    throw new FileError('CHANGED', 'The file can no longer be read: it was changed, moved or deleted.', 'Drop it again.')
  }
}
