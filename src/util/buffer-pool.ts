type Text = string | Uint8Array

/** Memory in which bodies stand one behind the other. */
interface Block {
  readonly memory: ArrayBuffer
  used: number
  /** Those that were not given back. */
  bodies: number
}

const BLOCK_BYTES = 1024 * 1024
const MAX_FREE_BLOCKS = 32
// Texts below this share buffers that Node itself cuts up.
const SMALL = 4 * 1024
const MAX_FREE_LARGE = 4
/** Units of UTF-16 that are certain to fit into a block of memory: each takes three bytes of UTF-8 at most. */
export const CERTAIN_TO_FIT = Math.floor(BLOCK_BYTES / 3)

/**
 * Memory for the bodies of requests and answers, used again and again; none yet. Buffers outside the heap count against its limits: with a new one for each body the garbage
 * collector walks the whole heap so often that it costs a fifth of all work. Blocks are kept; the memory of bodies that are
 * larger than one is held weakly, so that a collection frees it.
 */
export function createBufferPool() {
  const free: ArrayBuffer[] = []
  let freeLarge: WeakRef<ArrayBuffer>[] = []
  // By the very view that was handed out, so that a body given back twice cannot free the memory of the one after it; weakly,
  // so that one which never comes back is forgotten, and its block with it.
  const handedOut = new WeakMap<Buffer, Block>()
  let open: Block | undefined

  function blockFor(bytes: number): Block {
    if (open === undefined || open.used + bytes > BLOCK_BYTES) open = { memory: free.pop() ?? newMemory(BLOCK_BYTES), used: 0, bodies: 0 }
    return open
  }

  /** A block of its own for a body that is larger than one. */
  function largeBlock(bytes: number): Block {
    const fits = freeLarge.find((memory) => (memory.deref()?.byteLength ?? 0) >= bytes)
    freeLarge = freeLarge.filter((memory) => memory !== fits && memory.deref() !== undefined)
    return { memory: fits?.deref() ?? newMemory(Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES), used: 0, bodies: 0 }
  }

  function leave(block: Block): void {
    if (--block.bodies > 0) return
    block.used = 0
    if (block.memory.byteLength === BLOCK_BYTES) {
      if (block !== open && free.length < MAX_FREE_BLOCKS) free.push(block.memory)
    } else if (freeLarge.length < MAX_FREE_LARGE) freeLarge.push(new WeakRef(block.memory))
  }

  /** So many bytes, with anything in them. */
  function take(bytes: number): Buffer {
    const block = bytes > BLOCK_BYTES ? largeBlock(bytes) : blockFor(bytes)
    const body = Buffer.from(block.memory, block.used, bytes)
    block.used += bytes
    block.bodies++
    handedOut.set(body, block)
    return body
  }

  return {
    take,
    /** Some texts as one body in UTF-8; what is in UTF-8 already is copied. */
    write(...texts: readonly Text[]): Buffer {
      const bytes = bytesOf(texts)
      if (bytes < SMALL) return join(texts)
      const body = take(bytes)
      writeAll(texts, body)
      return body
    },
    /** Takes a body back that nobody reads any more. */
    giveBack(body: Buffer): void {
      const block = handedOut.get(body)
      handedOut.delete(body)
      if (block) leave(block)
    },
    /** Leaves a body to the garbage collector, since somebody may still read it; giving it back does nothing then. */
    abandon: (body: Buffer): void => void handedOut.delete(body),
  }
}

/** With anything in it: an array buffer of the language's own is filled with zeros, which takes 20 ms for 30 MB. */
function newMemory(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer
}

/** How many units of UTF-16 some texts have together. */
export function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0)
}

function bytesOf(texts: readonly Text[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
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
