/** Memory for request bodies that serves one after the other. */
export interface BodyPool {
  /** A text in bytes. */
  write(text: string): Buffer
  /** Takes a body back that nobody reads any more. */
  giveBack(body: Buffer): void
  /** Leaves a body to the garbage collector, since somebody may still read it; giving it back does nothing then. */
  abandon(body: Buffer): void
}

const SLOT_BYTES = 1024 * 1024
const MAX_FREE_SLOTS = 32
// Texts below this share buffers that Node itself cuts up.
const SMALL = 4 * 1024
const MAX_BYTES_PER_UNIT = 3

/**
 * A pool without memory yet. Buffers outside the heap count against its limits: with a new one for each body the garbage
 * collector walks the whole heap so often that it costs a fifth of all work.
 */
export function createBodyPool(): BodyPool {
  const free: ArrayBuffer[] = []
  // By the very view that was handed out, so that a body given back twice cannot free the memory of the one after it.
  const handedOut = new Map<Buffer, ArrayBuffer>()
  return {
    write(text) {
      if (text.length < SMALL || !fits(text)) return Buffer.from(text)
      const slot = free.pop() ?? new ArrayBuffer(SLOT_BYTES)
      const body = Buffer.from(slot, 0, Buffer.from(slot).write(text))
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

function fits(text: string): boolean {
  return text.length * MAX_BYTES_PER_UNIT <= SLOT_BYTES || Buffer.byteLength(text) <= SLOT_BYTES
}
