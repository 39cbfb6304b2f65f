/**
 * A 53-bit hash of a file's content for idempotency keys. A collision does no harm, since the gateway compares the rows. Not SHA-256,
 * which browsers do not offer to pages without TLS.
 */
export function createContentHash() {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  let length = 0
  return {
    add(bytes: Uint8Array): void {
      for (const byte of bytes) {
        a = Math.imul(a ^ byte, 2654435761)
        b = Math.imul(b ^ byte, 1597334677)
      }
      length += bytes.length
    },
    /** Fourteen hexadecimal digits. */
    text(): string {
      const x = Math.imul(a ^ (a >>> 16) ^ length, 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
      const y = Math.imul(b ^ (b >>> 16) ^ length, 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
      return (4294967296 * (2097151 & y) + (x >>> 0)).toString(16).padStart(14, '0')
    },
  }
}

/** The hash of a text. */
export function hashText(text: string): string {
  const hash = createContentHash()
  hash.add(new TextEncoder().encode(text))
  return hash.text()
}
