import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { GatewayError } from '../errors.ts'
import { createBufferPool } from '../util/buffer-pool.ts'
import type { MemoryAccount } from '../util/memory-budget.ts'
import { nextSlice, sliceIfBusy } from '../util/time-slices.ts'
import { type BodyParts, createBodyParts } from './body-parts.ts'
import { countRead } from './reading-turns.ts'

/** Shorter bodies parse too quickly to be worth waiting for a time slice. */
const WORTH_A_SLICE = 1_500
/** Bodies up to this length are read without pausing, so that small requests do not wait behind large ones. */
const WORTH_A_TURN = 64 * 1024

/** A decoded body. A small one may lie in a buffer that the next body overwrites: it must be parsed synchronously. */
export interface Body {
  readonly bytes: Uint8Array
  /** A large body has memory of its own until it is released, and may be read piece by piece. */
  readonly isLarge: boolean
  /** Returns memory that the body has of its own to the pool; it must not be read afterwards. Undefined if it has none. */
  readonly release: (() => void) | undefined
}

/** Who waits for a body; only the first call counts. */
export interface BodyReader {
  /** Takes the body over. */
  readonly take: (body: Body) => void
  /** Gets the `GatewayError` of a body that cannot be read, or what `take` throws. */
  readonly fail: (error: unknown) => void
}

/** The limits on a body. */
interface BodyLimits {
  readonly maxBytes: number
  /** The error for a body over the limit. */
  readonly tooLarge: (bytes: number | undefined) => GatewayError
  readonly memory: MemoryAccount
}

/** Reads the body of a request, plain or gzip, and hands it to the reader. */
export function readBody(request: IncomingMessage, limits: BodyLimits, reader: BodyReader): void {
  try {
    const isPlain = codingOf(request) === 'identity'
    const announced = isPlain ? Number(request.headers['content-length'] ?? 0) : 0
    if (announced > limits.maxBytes) throw limits.tooLarge(announced)
    gatherFrom(request, isPlain ? request : gunzipped(request), gather(announced, limits), reader)
  } catch (error) {
    reader.fail(error)
  }
}

function codingOf({ headers }: IncomingMessage): 'identity' | 'gzip' {
  if ((headers['transfer-encoding'] ?? 'chunked').trim().toLowerCase() !== 'chunked')
    throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'The only transfer encoding supported for bodies is chunked.')
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity' || coding === '') return 'identity'
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip'
  throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'The body must be plain or have the content encoding gzip.')
}

function gunzipped(request: IncomingMessage): Readable {
  const gunzip = createGunzip()
  request.once('error', (error) => gunzip.destroy(error))
  return request.pipe(gunzip)
}

/** By events: an async iterator over the stream costs more than everything else done to a small body. */
function gatherFrom(request: IncomingMessage, source: Readable, gathered: ReturnType<typeof gather>, { take, fail }: BodyReader): void {
  const giveUp = (error: GatewayError) => {
    source.removeAllListeners('data').pause()
    // Otherwise it would go on decompressing for nobody.
    if (source !== request) source.destroy()
    gathered.forget()
    fail(error)
  }
  // Copying is the work of a time slice.
  const widen = () => {
    source.pause()
    void nextSlice().then(() => (gathered.widen() ? source.resume() : giveUp(noMemory())))
  }
  request.once('timeout', () => giveUp(new GatewayError('REQUEST_TIMEOUT', 'The body stopped arriving. Nothing was sent.')))
  source.on('data', (part: Buffer) => {
    const refusal = gathered.add(part)
    if (refusal) return giveUp(refusal)
    if (gathered.isFull()) widen()
    else if (gathered.bytes() > WORTH_A_TURN) countRead(source, part.byteLength)
  })
  const handOver = () => {
    try {
      take(gathered.whole())
    } catch (error) {
      fail(error)
    }
  }
  source.once('end', () => {
    const slice = gathered.bytes() > WORTH_A_SLICE ? sliceIfBusy() : undefined
    if (slice === undefined) handOver()
    else void slice.then(handOver)
  })
  source.once('error', () =>
    giveUp(new GatewayError('BAD_REQUEST', 'The body broke off, or does not have the content encoding that it names.')),
  )
}

/** Collects the chunks of a body, most often a single one; `add` returns the error if it cannot take more. */
function gather(announced: number, { maxBytes, tooLarge, memory }: BodyLimits) {
  let first: Uint8Array | undefined
  let others: BodyParts | undefined
  let bytes = 0
  let large: Buffer | undefined

  function takeAll(): Uint8Array[] {
    const all = first === undefined ? [] : [first, ...(others?.takeAll() ?? [])]
    first = undefined
    return all
  }

  /** Doubles the room, or makes room for the whole body if its length was announced. */
  function widen(filled: number): Buffer | undefined {
    const room = Math.max(announced, Math.min(2 * bytes, maxBytes))
    if (!memory.take(room - (large?.byteLength ?? 0))) return undefined
    const wider = buffers.take(room)
    putTogether(large === undefined ? takeAll() : [large.subarray(0, filled)], wider)
    if (large !== undefined) buffers.giveBack(large)
    large = wider
    return wider
  }

  /** Chunks of a large body are copied as they come: kept to the end, they would double its memory. */
  function copyOut(part: Uint8Array, from: number): boolean {
    const into = large === undefined || large.byteLength < bytes ? widen(from) : large
    into?.set(part, from)
    return into !== undefined
  }

  return {
    add(part: Uint8Array): GatewayError | undefined {
      const from = bytes
      bytes += part.byteLength
      if (bytes > maxBytes) return tooLarge(undefined)
      if (bytes > shared.byteLength) return copyOut(part, from) ? undefined : noMemory()
      others = first && (others ?? createBodyParts())
      others?.add(part)
      first ??= part
      return memory.take(part.byteLength) ? undefined : noMemory()
    },
    bytes: () => bytes,
    /** Whether the next chunk may not fit in the memory of a large body. */
    isFull: () => large !== undefined && announced === 0 && large.byteLength < Math.min(bytes + WORTH_A_TURN, maxBytes),
    /** Makes room for more, if the body is still being read; false if there is no memory. */
    widen: () => large === undefined || widen(bytes) !== undefined,
    /** The whole body; handed out once, since the request's listeners live on and must not keep it alive. */
    whole(): Body {
      const [mine, rest] = [large, takeAll()]
      const whole = mine?.subarray(0, bytes) ?? (rest.length === 1 ? rest[0] : undefined) ?? putTogether(rest, shared)
      large = undefined
      return { bytes: whole, isLarge: mine !== undefined, release: mine && (() => buffers.giveBack(mine)) }
    },
    forget() {
      if (large !== undefined) buffers.giveBack(large)
      large = undefined
      takeAll()
    },
  }
}

function noMemory(): GatewayError {
  return new GatewayError('OVERLOADED', 'Overloaded: requests in progress hold the memory that this body needs. Nothing was sent.')
}

// Shared by all bodies, each parsed before the next is copied in: a buffer for each would have the garbage collector walk the whole heap
// several times as often.
const shared = Buffer.allocUnsafeSlow(1024 * 1024)
const buffers = createBufferPool()

function putTogether(parts: readonly Uint8Array[], into: Buffer): Uint8Array {
  let bytes = 0
  for (const part of parts) {
    into.set(part, bytes)
    bytes += part.byteLength
  }
  return into.subarray(0, bytes)
}
