/** Memory of bodies that were read, for those to come. */
export interface SpareMemory {
  /** So many bytes, with anything in them. */
  take(bytes: number): Buffer
  /** Takes memory back of which nobody holds any part. */
  giveBack(memory: Uint8Array): void
}

const UNIT = 1024 * 1024
const MAX_SPARES = 4

/**
 * Without memory yet. Each new body of some megabytes brings the next collection of the whole heap nearer, which costs more
 * than reading the body; the spares are held weakly, so such a collection frees them.
 */
export function createSpareMemory(): SpareMemory {
  let spares: WeakRef<ArrayBufferLike>[] = []
  return {
    take(bytes) {
      const fits = spares.find((spare) => (spare.deref()?.byteLength ?? 0) >= bytes)
      spares = spares.filter((spare) => spare !== fits && spare.deref() !== undefined)
      return Buffer.from(fits?.deref() ?? new ArrayBuffer(Math.ceil(bytes / UNIT) * UNIT), 0, bytes)
    },
    giveBack({ buffer }) {
      if (spares.length < MAX_SPARES) spares.push(new WeakRef(buffer))
    },
  }
}
