import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'

/** The most bytes that an answer may decompress to. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024
const MAX_CODINGS = 4
/** Decoders that drop a byte order mark. */
const UTF8 = new TextDecoder('utf-8', { fatal: true })
const LENIENT_UTF8 = new TextDecoder()

type Decode = (body: Buffer) => Promise<Buffer>

const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['', async (body) => body],
  ['identity', async (body) => body],
  // No coding of HTTP, but what some servers write that pack nothing.
  ['none', async (body) => body],
  ['gzip', unpacked(gunzip)],
  ['x-gzip', unpacked(gunzip)],
  // RFC 9110 means the zlib format by this name; some servers send raw deflate.
  ['deflate', (body) => unpacked((body[0] ?? 0) % 16 === 8 ? inflate : inflateRaw)(body)],
  ['br', unpacked(brotliDecompress)],
  ['zstd', unpacked(zstdDecompress)],
])

type Unpack = (body: Buffer, options: object, done: (error: Error | null, unpacked: unknown) => void) => void

/** Decompresses; rejects where the compressed data ends before the body does, since the rest would go unread. */
function unpacked(unpack: Unpack): Decode {
  return async (body) => {
    const { buffer, engine } = (await promisify(unpack)(body, { maxOutputLength: MAX_ANSWER_BYTES, info: true })) as Unpacked
    if (engine.bytesWritten !== body.length) throw new Error('more than what is packed')
    return buffer
  }
}

interface Unpacked {
  readonly buffer: Buffer
  /** `bytesWritten` is how much of the input was consumed. */
  readonly engine: { readonly bytesWritten: number }
}

/** The body as text, decoded and without a byte order mark; undefined where it cannot be decoded, and so is not reliable. */
export async function decodeBody(body: Buffer, codings: string | undefined, type: string | undefined): Promise<string | undefined> {
  try {
    return textOf(codings === undefined ? body : await decoded(body, codings), type)
  } catch {
    return undefined
  }
}

/** JSON is decoded as UTF-8, whatever the content type says; other text by the charset of its content type. */
function textOf(bytes: Buffer, type: string | undefined): string {
  try {
    return UTF8.decode(bytes)
  } catch {
    return decoderOf(type).decode(bytes)
  }
}

function decoderOf(type = ''): TextDecoder {
  const [, charset = 'utf-8'] = /charset="?([^\s";]+)/i.exec(type) ?? []
  try {
    return new TextDecoder(charset)
  } catch {
    return LENIENT_UTF8
  }
}

/** Undoes content codings, which are listed in the order in which they were applied. */
async function decoded(body: Buffer, codings: string): Promise<Buffer> {
  const names = codings.split(',').map((name) => name.trim().toLowerCase())
  if (names.length > MAX_CODINGS) throw new Error('too many content codings')
  let plain = body
  for (const name of names.reverse()) {
    const decode = DECODERS.get(name)
    if (decode === undefined) throw new Error('an unknown content coding')
    // No answer, or 204, has nothing to decode.
    if (plain.length > 0) plain = await decode(plain)
  }
  return plain
}
