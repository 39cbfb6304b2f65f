import { FileFault } from '../../tabular/file-faults.ts'
import type { Bytes } from '../../tabular/read/encoding.ts'
import { expectNoBomb } from '../../tabular/read/gzip-ratio.ts'

/** Listeners for the bytes of a file. */
export interface ByteListeners {
  /** Called with the number of bytes read from the file. */
  readonly onRead: (bytes: number) => void
  /** Called with every piece of the decompressed content. */
  readonly onBytes: (bytes: Uint8Array) => void
}

/** The bytes of a file, decompressed if it is gzip; the file is read only as far as the consumer reads. */
export async function* readBytes(file: Blob, { onRead, onBytes }: ByteListeners): AsyncGenerator<Bytes> {
  const [a, b] = new Uint8Array(await readSafely(() => file.slice(0, 2).arrayBuffer()))
  const isPacked = a === 0x1f && b === 0x8b
  let given = 0
  const reader = (isPacked ? counted(file, onRead).pipeThrough(new DecompressionStream('gzip')) : counted(file, onRead)).getReader()
  const next = () => readSafely(async () => (await reader.read()).value, isPacked)
  try {
    for (let piece = await next(); piece !== undefined; piece = await next()) {
      given += piece.length
      if (isPacked) expectNoBomb(given, file.size)
      onBytes(piece)
      yield piece
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function counted(file: Blob, onRead: (bytes: number) => void): ReadableStream<Bytes> {
  return file.stream().pipeThrough(
    new TransformStream<Bytes, Bytes>({
      transform(chunk, controller) {
        onRead(chunk.length)
        controller.enqueue(chunk)
      },
    }),
  )
}

/** Reading fails if the file was changed, moved or deleted since it was dropped, or if its gzip is damaged. */
export async function readSafely<T>(read: () => Promise<T>, isPacked = false): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (isPacked && error instanceof TypeError)
      throw new FileFault('GZIP_BROKEN', 'The gzip file cannot be unpacked to its end: it is damaged or cut off, or several were joined.')
    throw new FileFault('FILE_CHANGED', 'The file can no longer be read: it was changed, moved or deleted.')
  }
}
