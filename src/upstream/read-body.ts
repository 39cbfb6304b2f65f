import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions, zstdDecompress } from 'node:zlib'

const MAX_ANSWER_BYTES = 8 * 1024 * 1024
const MAX_CODINGS = 4
/** Takes a byte order mark away. */
const UTF8 = new TextDecoder()

type Decode = (body: Buffer, limit: ZlibOptions) => Promise<Buffer>

const DECODERS: Readonly<Record<string, Decode>> = {
  identity: async (body) => body,
  gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
  // RFC 9110 means the zlib format by this name; some servers send the bare stream.
  deflate: (body, limit) => promisify<Buffer, ZlibOptions, Buffer>((body[0] ?? 0) % 16 === 8 ? inflate : inflateRaw)(body, limit),
  br: (body, limit) => promisify(brotliDecompress)(body, limit as object),
  zstd: (body, limit) => promisify(zstdDecompress)(body, limit as object),
}

/**
 * The body as text, its content codings undone and without a byte order mark; undefined when it broke off, cannot be decoded
 * or went over the cap, for then nothing in it can be relied on.
 */
export async function readBody(body: AsyncIterable<Buffer>, codings: string | undefined): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of body) {
      bytes += part.length
      if (bytes > MAX_ANSWER_BYTES) return undefined
      parts.push(part)
    }
    return UTF8.decode(await decoded(Buffer.concat(parts), codings))
  } catch {
    return undefined
  }
}

/** Codings are named in the order in which they were applied. */
async function decoded(body: Buffer, codings = ''): Promise<Buffer> {
  const names = codings.split(',').map((name) => name.trim().toLowerCase())
  if (names.length > MAX_CODINGS) throw new Error('too many content codings')
  let plain = body
  for (const name of names.reverse()) {
    const decode = DECODERS[name === '' ? 'identity' : name]
    if (decode === undefined) throw new Error('an unknown content coding')
    // No answer, or 204, has nothing to decode.
    if (plain.length > 0) plain = await decode(plain, { maxOutputLength: MAX_ANSWER_BYTES })
  }
  return plain
}
