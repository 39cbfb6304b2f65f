type Text = string | Uint8Array

/** A block of memory that holds several bodies, one after the other. */
interface Block {
  readonly memory: ArrayBuffer
  used: number
  /** Bodies in it that have not been given back. */
  bodies: number
}

const BLOCK_BYTES = 1024 * 1024
const MAX_FREE_BLOCKS = 32
// Smaller bodies come from Node's own pool.
const SMALL = 4 * 1024
const MAX_FREE_LARGE = 4
/** How many UTF-16 units certainly fit into a block: each takes at most three bytes of UTF-8. */
export const CERTAIN_TO_FIT = Math.floor(BLOCK_BYTES / 3)

/**
 * A memory pool for the bodies of requests and answers. A new buffer for each would trigger full garbage collections so often that they
 * cost a fifth of all work.
 */
export function createBufferPool() {
  const { blockFor, leave } = createBlocks()
  // Keyed by the view that was handed out, so that giving a body back twice cannot free the memory of another; weak, so that one
  // that never comes back is forgotten together with its block.
  const handedOut = new WeakMap<Buffer, Block>()

  /** Takes uninitialised memory. */
  function take(bytes: number): Buffer {
    const block = blockFor(bytes)
    const body = Buffer.from(block.memory, block.used, bytes)
    block.used += bytes
    block.bodies++
    handedOut.set(body, block)
    return body
  }

  return {
    take,
    /** Joins texts into one body in UTF-8; bytes are copied as they are. */
    write(...texts: readonly Text[]): Buffer {
      const bytes = bytesOf(texts)
      if (bytes < SMALL) return join(texts)
      const body = take(bytes)
      writeAll(texts, body)
      return body
    },
    /** Returns a body that is no longer read. */
    giveBack(body: Buffer): void {
      const block = handedOut.get(body)
      handedOut.delete(body)
      if (block) leave(block)
    },
    /** Leaves a body that may still be read to the garbage collector; giving it back does nothing then. */
    abandon: (body: Buffer): void => void handedOut.delete(body),
  }
}

/** The memory of a pool. Blocks are kept; memory for larger bodies is held weakly, so that a collection can free it. */
function createBlocks() {
  const free: ArrayBuffer[] = []
  let freeLarge: WeakRef<ArrayBuffer>[] = []
  let open: Block | undefined

  /** A separate block for a body that is larger than a normal one. */
  function largeBlock(bytes: number): Block {
    const fits = freeLarge.find((memory) => (memory.deref()?.byteLength ?? 0) >= bytes)
    freeLarge = freeLarge.filter((memory) => memory !== fits && memory.deref() !== undefined)
    return { memory: fits?.deref() ?? newMemory(Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES), used: 0, bodies: 0 }
  }

  return {
    /** A block with room for a body of so many bytes. */
    blockFor(bytes: number): Block {
      if (bytes > BLOCK_BYTES) return largeBlock(bytes)
      if (open === undefined || open.used + bytes > BLOCK_BYTES) open = { memory: free.pop() ?? newMemory(BLOCK_BYTES), used: 0, bodies: 0 }
      return open
    },
    /** Ends the use of a block by one body. */
    leave(block: Block): void {
      if (--block.bodies > 0) return
      block.used = 0
      if (block.memory.byteLength === BLOCK_BYTES) {
        if (block !== open && free.length < MAX_FREE_BLOCKS) free.push(block.memory)
      } else if (freeLarge.length < MAX_FREE_LARGE) freeLarge.push(new WeakRef(block.memory))
    },
  }
}

/** Uninitialised: `new ArrayBuffer` fills memory with zeros, which takes 20 ms for 30 MB. */
function newMemory(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer
}

/** The total length of some texts in UTF-16 units. */
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
