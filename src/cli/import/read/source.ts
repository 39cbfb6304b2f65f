import type { Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ImportFailure } from '../failure.ts'

/** Where bytes come from: a file, which can be read again, or a stream, which cannot. */
export interface Source {
  /** What people call it. */
  readonly name: string
  /** Undefined where it is no file. */
  readonly path: string | undefined
  /** All bytes from the beginning; a stream gives them once. */
  bytes(): AsyncIterable<Buffer>
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
async function* unchanged(handle: FileHandle, before: Stats): AsyncIterable<Buffer> {
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false, highWaterMark: READ_BYTES })) {
    await expectUnchanged(handle, before)
    yield chunk
  }
  await expectUnchanged(handle, before)
}

const READ_BYTES = 64 * 1024

async function expectUnchanged(handle: FileHandle, before: Stats): Promise<void> {
  const { size, mtimeMs } = await handle.stat()
  if (size !== before.size || mtimeMs !== before.mtimeMs)
    throw new ImportFailure(
      { code: 'FILE_CHANGED', message: 'The file was written to while it was read.' },
      'Load a finished file: let whoever writes it write under another name, and rename it when it is complete.',
    )
}

/** The same bytes, decompressed where they are gzip. */
export async function* gunzipped(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const iterator = bytes[Symbol.asyncIterator]()
  const first = await iterator.next()
  const all = chain(first, iterator)
  if (first.done === true || first.value[0] !== 0x1f || first.value[1] !== 0x8b) yield* all
  else yield* inflate(all)
}

async function* chain(first: IteratorResult<Buffer>, rest: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

/** No text of rows is this much longer than its gzip, whatever the size. */
const MAX_RATIO = 400
const ALWAYS_ALLOWED = 16 * 1024 * 1024

async function* inflate(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
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
      if (given > ALWAYS_ALLOWED && given > taken * MAX_RATIO) throw bomb()
      yield chunk
    }
  } catch (error) {
    throw gzipFailure(error, taken)
  } finally {
    input.destroy()
  }
}

function bomb(): ImportFailure {
  return new ImportFailure(
    { code: 'GZIP_BOMB', message: `The gzip file decompresses to more than ${MAX_RATIO} times its size: no file of rows does.` },
    'Check where the file comes from; if it is what you want to load, decompress it first.',
  )
}

function gzipFailure(error: unknown, taken: number): unknown {
  const bytes = taken.toLocaleString('en')
  const { code } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR')
    return new ImportFailure(
      {
        code: 'GZIP_CUT',
        message: `The gzip file ends too early, after ${bytes} bytes: its end is missing. What is there ends in this line.`,
      },
      'Fetch the file again; check its size where it comes from.',
    )
  if (code?.startsWith('Z_'))
    return new ImportFailure(
      { code: 'GZIP_BROKEN', message: `The gzip file is damaged within its first ${bytes} bytes. What can be read ends in this line.` },
      'Fetch the file again; `gzip -t FILE` says whether it is whole.',
    )
  return error
}
