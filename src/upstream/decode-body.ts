import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'

/** What an answer may unpack to. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024
const MAX_CODINGS = 4
/** These take a byte order mark away. */
const UTF8 = new TextDecoder('utf-8', { fatal: true })
const LENIENT_UTF8 = new TextDecoder()

type Decode = (body: Buffer) => Promise<Buffer>

const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['', async (body) => body],
  ['identity', async (body) => body],
  ['gzip', unpacked(gunzip)],
  ['x-gzip', unpacked(gunzip)],
  // RFC 9110 means the zlib format by this name; some servers send the bare stream.
  ['deflate', (body) => unpacked((body[0] ?? 0) % 16 === 8 ? inflate : inflateRaw)(body)],
  ['br', unpacked(brotliDecompress)],
  ['zstd', unpacked(zstdDecompress)],
])

type Unpack = (body: Buffer, options: object, done: (error: Error | null, unpacked: unknown) => void) => void

/** What is packed; rejects where that ends before the body does, for what is behind it is not read. */
function unpacked(unpack: Unpack): Decode {
  return async (body) => {
    const { buffer, engine } = (await promisify(unpack)(body, { maxOutputLength: MAX_ANSWER_BYTES, info: true })) as Unpacked
    if (engine.bytesWritten !== body.length) throw new Error('more than what is packed')
    return buffer
  }
}

interface Unpacked {
  readonly buffer: Buffer
  /** Of this, `bytesWritten` is how much was taken in. */
  readonly engine: { readonly bytesWritten: number }
}

/** The body as text, its content codings undone and without a byte order mark; undefined when it cannot be decoded, for then nothing in it can be relied on. */
export async function decodeBody(body: Buffer, codings: string | undefined, type: string | undefined): Promise<string | undefined> {
  try {
    return textOf(codings === undefined ? body : await decoded(body, codings), type)
  } catch {
    return undefined
  }
}

/** JSON is in UTF-8, whatever some servers say; what is not is in the charset of its content type. */
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

/** Codings are named in the order in which they were applied. */
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
