import { hash } from 'node:crypto'

const KEY = /^[\x20-\x7e]{1,255}$/
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/

/** What a key must be, for those who gave another. */
export const KEY_RULE = 'must be 1 to 255 printable ASCII characters'

/** Whether a text may be a key. */
export function isIdempotencyKey(text: string): boolean {
  return KEY.test(text)
}

/** The key in an `Idempotency-Key` header, quoted as a structured field or bare; undefined where it holds none that may be. */
export function parseIdempotencyKey(header: string): string | undefined {
  const value = header.trim()
  const key = value.startsWith('"') ? QUOTED.exec(value)?.[1]?.replace(/\\(.)/g, '$1') : value
  return key !== undefined && isIdempotencyKey(key) ? key : undefined
}

/** What the record of a tenant's key is called at rest: SHA-256 of both, so that neither stands there in clear. */
export function recordId(tenantId: string, key: string): string {
  return hash('sha256', JSON.stringify([tenantId, key]))
}
