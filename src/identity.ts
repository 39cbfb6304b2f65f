import { hash } from 'node:crypto'
import { GatewayError } from './errors.ts'

/** A token that cannot be printed by accident: only `reveal()` gives it out. */
export interface Secret {
  reveal(): string
  toString(): string
  toJSON(): string
}

/** On whose behalf a request acts. Two tenants are the same exactly when their tokens are. */
export interface Tenant {
  /** SHA-256 of the token, hexadecimal: fit for logs and as a key. */
  readonly id: string
  readonly token: Secret
}

const USABLE_TOKEN = /^[\x21-\x7e]{1,8192}$/

/** Wraps a text so that logging or serialising it shows `[secret]`. */
export function secret(text: string): Secret {
  const hidden = () => '[secret]'
  return Object.freeze({ reveal: () => text, toString: hidden, toJSON: hidden })
}

/** Reads the Authorization header (raw or Bearer), else the fallback token; throws `UNAUTHENTICATED` when neither is usable. */
export function readTenant(authorization: string | null | undefined, fallback: Secret | undefined): Tenant {
  const given = authorization?.trim().replace(/^bearer(?: +|$)/i, '') ?? ''
  const token = authorization == null ? (fallback?.reveal() ?? '') : given
  if (token === '') throw new GatewayError('UNAUTHENTICATED', 'Send your token in the Authorization header, raw or as Bearer.')
  if (!USABLE_TOKEN.test(token))
    throw new GatewayError('UNAUTHENTICATED', 'The token must be printable ASCII without spaces, raw or after Bearer.')
  return { id: hash('sha256', token), token: secret(token) }
}
