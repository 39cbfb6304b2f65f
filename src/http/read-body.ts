import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { GatewayError } from '../errors.ts'
import { createBufferPool } from '../util/buffer-pool.ts'
import type { MemoryAccount } from '../util/memory-budget.ts'
import { nextSlice, sliceIfBusy } from '../util/time-slices.ts'
import { createBodyParts } from './body-parts.ts'
import { countRead } from './reading-turns.ts'

/** Shorter bodies are parsed in too little time to wait for a turn of the event loop. */
const WORTH_A_SLICE = 1_500
/** Of shorter bodies all that comes is read at once: whoever sends little does not wait behind those who send much. */
const WORTH_A_TURN = 64 * 1024

/** A body, decoded. A small one may stand in memory that the next body overwrites: it is parsed before anything else happens. */
export interface Body {
  readonly bytes: Uint8Array
  /** A large body has memory of its own until it is released, and may be read bit by bit. */
  readonly isLarge: boolean
  /** Gives the memory of a large body back, for the next; nobody reads it any more. */
  release(): void
}

/** How much of a body is read, and what it says then. */
export interface BodyReading<Parsed> {
  readonly maxBytes: number
  /** The error for a body of more bytes. */
  readonly tooLarge: (bytes: number | undefined) => GatewayError
  readonly memory: MemoryAccount
  readonly parse: (body: Body) => Parsed
}

/** What `parse` makes of the body of a request, plain or gzip; rejects with a `GatewayError` where it is not read. */
export async function readBody<Parsed>(request: IncomingMessage, reading: BodyReading<Parsed>): Promise<Parsed> {
  const isPlain = codingOf(request) === 'identity'
  const announced = isPlain ? Number(request.headers['content-length'] ?? 0) : 0
  if (announced > reading.maxBytes) throw reading.tooLarge(announced)
  return await gatherFrom(request, isPlain ? request : gunzipped(request), announced, reading)
}

function codingOf({ headers }: IncomingMessage): 'identity' | 'gzip' {
  if ((headers['transfer-encoding'] ?? 'chunked').trim().toLowerCase() !== 'chunked')
    throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'The body may be of the transfer coding chunked; no other is read.')
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity' || coding === '') return 'identity'
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip'
  throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'The body may be plain or of the content coding gzip; no other is read.')
}

function gunzipped(request: IncomingMessage): Readable {
  const gunzip = createGunzip()
  request.once('error', (error) => gunzip.destroy(error))
  return request.pipe(gunzip)
}

/** By events: an async iterator over the same stream costs more than all else that is done to a small body. */
function gatherFrom<Parsed>(request: IncomingMessage, source: Readable, announced: number, reading: BodyReading<Parsed>): Promise<Parsed> {
  return new Promise((resolve, reject) => {
    const gathered = gather(announced, reading)
    const giveUp = (error: GatewayError) => {
      source.removeAllListeners('data').pause()
      // Going on, it would decode the rest for nobody.
      if (source !== request) source.destroy()
      gathered.forget()
      reject(error)
    }
    // What is copied for it is the work of a turn.
    const widen = () => {
      source.pause()
      void nextSlice().then(() => (gathered.widen() ? source.resume() : giveUp(noMemory())))
    }
    request.once('timeout', () => giveUp(new GatewayError('REQUEST_TIMEOUT', 'No more of the body came for too long. Nothing was sent.')))
    source.on('data', (part: Buffer) => {
      const refusal = gathered.add(part)
      if (refusal) return giveUp(refusal)
      if (gathered.isFull()) widen()
      else if (gathered.bytes() > WORTH_A_TURN) countRead(source, part.byteLength)
    })
    const parse = () => {
      try {
        resolve(reading.parse(gathered.whole()))
      } catch (error) {
        reject(error)
      }
    }
    source.once('end', () => {
      const slice = gathered.bytes() > WORTH_A_SLICE ? sliceIfBusy() : undefined
      if (slice === undefined) parse()
      else void slice.then(parse)
    })
    source.once('error', () =>
      giveUp(new GatewayError('BAD_REQUEST', 'The body broke off, or is not of the content coding that it names.')),
    )
  })
}

/** Parts of a body; `add` says why it takes no more of them. */
function gather(announced: number, { maxBytes, tooLarge, memory }: BodyReading<unknown>) {
  const parts = createBodyParts()
  let bytes = 0
  let large: Buffer | undefined

  /** Makes room for as much again, and for all of a body that said how long it is. */
  function widen(filled: number): Buffer | undefined {
    const room = Math.max(announced, Math.min(2 * bytes, maxBytes))
    if (!memory.take(room - (large?.byteLength ?? 0))) return undefined
    const wider = buffers.take(room)
    putTogether(large === undefined ? parts.takeAll() : [large.subarray(0, filled)], wider)
    if (large !== undefined) buffers.giveBack(large)
    large = wider
    return wider
  }

  /** Parts of a large body are copied out as they come: kept to the end, they would double it. */
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
      parts.add(part)
      return memory.take(part.byteLength) ? undefined : noMemory()
    },
    bytes: () => bytes,
    /** Whether another part may find no room in the memory of a large body. */
    isFull: () => large !== undefined && announced === 0 && large.byteLength < Math.min(bytes + WORTH_A_TURN, maxBytes),
    /** Makes room for more, if anybody still reads it; false where there is no memory. */
    widen: () => large === undefined || widen(bytes) !== undefined,
    /** All of it; handed out once, since the listeners of the request live on and must not keep it alive. */
    whole(): Body {
      const mine = large
      const rest = parts.takeAll()
      const whole = mine?.subarray(0, bytes) ?? (rest.length === 1 ? rest[0] : undefined) ?? putTogether(rest, shared)
      large = undefined
      return { bytes: whole, isLarge: mine !== undefined, release: () => mine && buffers.giveBack(mine) }
    },
    forget() {
      if (large !== undefined) buffers.giveBack(large)
      large = undefined
      parts.takeAll()
    },
  }
}

function noMemory(): GatewayError {
  return new GatewayError('OVERLOADED', 'Overloaded: the requests under way hold the memory that this body needs. Nothing was sent.')
}

// One for all bodies, each read before the next is put in it: a buffer for each would have the garbage collector walk the
// whole heap several times as often.
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
