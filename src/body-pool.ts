type Text = string | Uint8Array

/** Memory for the bodies of requests and answers that serves one after the other. */
export interface BodyPool {
  /** Texts in bytes, one behind the other; what is in UTF-8 already is copied. */
  write(...texts: readonly Text[]): Buffer
  /** Takes a body back that nobody reads any more. */
  giveBack(body: Buffer): void
  /** Leaves a body to the garbage collector, since somebody may still read it; giving it back does nothing then. */
  abandon(body: Buffer): void
}

const SLOT_BYTES = 1024 * 1024
const MAX_FREE_SLOTS = 32
// Texts below this share buffers that Node itself cuts up.
const SMALL = 4 * 1024
/** Units of UTF-16 that are certain to fit into a slot of memory: each takes three bytes of UTF-8 at most. */
export const CERTAIN_TO_FIT = Math.floor(SLOT_BYTES / 3)

/**
 * A pool without memory yet. Buffers outside the heap count against its limits: with a new one for each body the garbage
 * collector walks the whole heap so often that it costs a fifth of all work.
 */
export function createBodyPool(): BodyPool {
  const free: ArrayBuffer[] = []
  // By the very view that was handed out, so that a body given back twice cannot free the memory of the one after it; weakly,
  // so that one which never comes back is forgotten.
  const handedOut = new WeakMap<Buffer, ArrayBuffer>()
  return {
    write(...texts) {
      const length = lengthOf(texts)
      if (length < SMALL || !fits(texts, length)) return join(texts)
      const slot = free.pop() ?? new ArrayBuffer(SLOT_BYTES)
      const body = Buffer.from(slot, 0, writeAll(texts, Buffer.from(slot)))
      handedOut.set(body, slot)
      return body
    },
    giveBack(body) {
      const slot = handedOut.get(body)
      if (slot === undefined) return
      handedOut.delete(body)
      if (free.length < MAX_FREE_SLOTS) free.push(slot)
    },
    abandon: (body) => void handedOut.delete(body),
  }
}

/** How many units some texts have together: of UTF-16, or bytes. */
export function lengthOf(texts: readonly Text[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0)
}

function fits(texts: readonly Text[], length: number): boolean {
  return length <= CERTAIN_TO_FIT || texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) <= SLOT_BYTES
}

function join(texts: readonly Text[]): Buffer {
  if (texts.every((text) => typeof text === 'string')) return Buffer.from(texts.join(''))
  return Buffer.concat(texts.map((text) => (typeof text === 'string' ? Buffer.from(text) : text)))
}

function writeAll(texts: readonly Text[], into: Buffer): number {
  return texts.reduce((at: number, text) => at + (typeof text === 'string' ? into.write(text, at) : copy(text, into, at)), 0)
}

function copy(bytes: Uint8Array, into: Buffer, at: number): number {
  into.set(bytes, at)
  return bytes.byteLength
}
