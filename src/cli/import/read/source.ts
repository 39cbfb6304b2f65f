import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { FileFault } from '../../../tabular/file-faults.ts'
import { decoded } from '../../../tabular/read/decode.ts'
import type { Bytes } from '../../../tabular/read/encoding.ts'
import { expectNoBomb } from '../../../tabular/read/gzip-ratio.ts'
import { type OpenRecords, openRecords } from '../../../tabular/read/open-records.ts'
import { continued } from '../../../tabular/read/records.ts'
import { parseExactly } from '../../../util/exact-json.ts'
import { ImportFailure } from '../failure.ts'

/** Where bytes come from: a file, which can be read again, or a stream, which cannot. */
export interface Source {
  /** What people call it. */
  readonly name: string
  /** Undefined where it is no file. */
  readonly path: string | undefined
  /** All bytes from the beginning; a stream gives them once. */
  bytes(): AsyncIterable<Bytes>
  close(): Promise<void>
}

/** What standard input is called. */
export const STDIN = '-'

/** Opens a file once for all its readings: one that is put in its place meanwhile changes nothing. */
export async function openFile(path: string, name: string): Promise<Source> {
  const handle = await openHandle(path, name)
  const before = await handle.stat()
  if (!before.isFile())
    return { name, path: undefined, bytes: () => handle.createReadStream({ autoClose: false }), close: () => handle.close() }
  return { name, path, bytes: () => unchanged(handle, before), close: () => handle.close() }
}

/** Standard input as a source. */
export function openStream(stream: Readable): Source {
  return { name: 'standard input', path: undefined, bytes: () => stream, close: async () => void stream.destroy() }
}

async function openHandle(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new ImportFailure({ code: 'NO_SUCH_FILE', message: `${name} is not there.` }, 'Check the path.')
    throw new ImportFailure({ code: 'NOT_READABLE', message: `${name} cannot be opened (${code}).` }, 'Check who may read it.')
  }
}

/** The bytes of a file that stays as it was when it was opened. */
async function* unchanged(handle: FileHandle, before: Stats): AsyncIterable<Bytes> {
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false, highWaterMark: READ_BYTES })) {
    await expectUnchanged(handle, before)
    yield chunk
  }
  await expectUnchanged(handle, before)
}

const READ_BYTES = 64 * 1024

async function expectUnchanged(handle: FileHandle, before: Stats): Promise<void> {
  const { size, mtimeMs } = await handle.stat()
  if (size !== before.size || mtimeMs !== before.mtimeMs) throw new FileFault('FILE_CHANGED', 'The file was written to while it was read.')
}

/** The same bytes, decompressed where they are gzip. */
export async function* gunzipped(bytes: AsyncIterable<Bytes>): AsyncIterable<Bytes> {
  const iterator = bytes[Symbol.asyncIterator]()
  const first = await iterator.next()
  const all = continued(first.done === true ? [] : [first.value], iterator)
  if (first.done === true || first.value[0] !== 0x1f || first.value[1] !== 0x8b) yield* all
  else yield* inflate(all)
}

async function* inflate(bytes: AsyncIterable<Bytes>): AsyncIterable<Bytes> {
  let [taken, given] = [0, 0]
  const counted = async function* () {
    for await (const chunk of bytes) {
      taken += chunk.length
      yield chunk
    }
  }
  const input = Readable.from(counted(), { objectMode: false })
  const gunzip = createGunzip({ chunkSize: READ_BYTES })
  input.on('error', (error) => gunzip.destroy(error)).pipe(gunzip)
  try {
    for await (const chunk of gunzip) {
      given += chunk.length
      expectNoBomb(given, taken)
      yield chunk
    }
  } catch (error) {
    throw gzipFailure(error, taken)
  } finally {
    input.destroy()
  }
}

function gzipFailure(error: unknown, taken: number): unknown {
  const bytes = taken.toLocaleString('en')
  const { code } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR')
    return new FileFault('GZIP_CUT', `The gzip file ends too early, after ${bytes} bytes. What is there ends in this line.`)
  if (code?.startsWith('Z_'))
    return new FileFault('GZIP_BROKEN', `The gzip file is damaged within its first ${bytes} bytes. What can be read ends in this line.`)
  return error
}

/** How a source is to be read, where that is stated. */
export interface ReadSettings {
  readonly encoding: string | undefined
  readonly delimiter: string | undefined
  readonly signal: AbortSignal
  readonly isKnown?: (name: string) => boolean
}

/** A source that is open at its first row. */
export interface OpenSource extends OpenRecords {
  /** SHA-256 of the decoded content, once all of it was read. */
  sha256(): string
}

/** Reads as far as is needed to know what a source is. */
export async function openSource(source: Source, { encoding, signal, ...settings }: ReadSettings): Promise<OpenSource> {
  const hash = createHash('sha256')
  const hashed = async function* (texts: AsyncIterable<string>) {
    for await (const text of texts) {
      signal.throwIfAborted()
      hash.update(text)
      yield text
    }
  }
  const texts = hashed(decoded(gunzipped(source.bytes()), { encoding }))
  const opened = await openRecords({ ...settings, name: source.name, texts, parse: (text) => parseExactly(text) })
  return { ...opened, sha256: () => hash.digest('hex') }
}
