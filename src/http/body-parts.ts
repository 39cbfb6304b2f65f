/** Shorter chunks are copied into shared buffers: each Buffer costs some hundred bytes of its own, however short it is. */
const SHORT = 512
const MIN_SHARED_BYTES = 1_024
const MAX_SHARED_BYTES = 64 * 1024

/** Chunks of a body, in the order received. */
export interface BodyParts {
  add(part: Uint8Array): void
  /** All chunks, which are no longer kept here. */
  takeAll(): Uint8Array[]
}

/** Collects the chunks of a body; there may be as many as it has bytes. */
export function createBodyParts(): BodyParts {
  let parts: Uint8Array[] = []
  let bytes = 0
  let shared: Buffer | undefined
  let filled = 0

  function closeShared(): void {
    if (shared !== undefined) parts.push(shared.subarray(0, filled))
    shared = undefined
  }

  function share(part: Uint8Array): void {
    if (shared === undefined || filled + part.byteLength > shared.byteLength) {
      closeShared()
      shared = Buffer.allocUnsafeSlow(Math.min(Math.max(MIN_SHARED_BYTES, bytes), MAX_SHARED_BYTES))
      filled = 0
    }
    shared.set(part, filled)
    filled += part.byteLength
  }

  return {
    add(part) {
      bytes += part.byteLength
      // A single chunk shares its memory with nothing.
      if (parts.length > 0 && part.byteLength < SHORT) return share(part)
      closeShared()
      parts.push(part)
    },
    takeAll() {
      closeShared()
      const all = parts
      parts = []
      bytes = 0
      return all
    },
  }
}
