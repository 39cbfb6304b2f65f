import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { GatewayError } from './errors.ts'
import { type Secret, secret } from './util/secret.ts'

/** On whose behalf a request acts: limits, the order of keys and what is remembered hang on its id. */
export interface Tenant {
  /** Fit for logs and as a key: it may have spaces, and no line feed. It tells nothing of the credential. */
  readonly id: string
  /** What the upstream is shown. */
  readonly credential: Secret
}

/** What a call needs: to read what the upstream and the gateway know, to hear of rows that were sent, to change tables, or to send rows of a resource; in lower case. */
export type Right = 'read' | 'outcomes' | 'lifecycle' | `ingest:${string}:${'upsert' | 'append'}`

/** What may come of a tenant in a window; undefined where nothing bounds it. */
export interface InboundQuotas {
  readonly requests?: number | undefined
  readonly rows?: number | undefined
}

/** The documents that may be sent: any, or those of the manifest only. */
export type DocumentsAllowed = 'any' | 'trusted'

/** What a caller may do here. */
export interface Grant {
  /** Those that are known here, in lower case. */
  readonly roles: readonly string[]
  may(right: Right): boolean
  /** The solutions that may be spoken of; undefined where all may. */
  readonly solutions: ReadonlySet<string> | undefined
  /** Those that go before what holds for all. */
  readonly limits: InboundQuotas
  /** Undefined: those that hold for all. */
  readonly documents: DocumentsAllowed | undefined
}

/** Who calls; without a grant, what may be done is for the upstream to say. */
export interface KnownCaller {
  readonly tenant: Tenant
  readonly grant?: Grant
}

/** Who calls, or why that is not known: there are queries that anybody may ask. */
export type Caller = KnownCaller | { readonly refusal: GatewayError }

/** Finds out who calls, once for each request; a caller who cannot be known has a refusal, mostly with `UNAUTHENTICATED`. */
export type Authenticate = (headers: { readonly authorization?: string | undefined }) => Promise<Caller>

/** Callers who bring the upstream's own token, or borrow the fallback where they bring none: one tenant for each token. */
export function authenticateByToken(fallback: Secret | undefined): Authenticate {
  const known = createByHeader<KnownCaller>()
  return orRefusal(async (authorization) => {
    const kept = known.get(authorization)
    if (kept !== undefined) return kept
    const caller = { tenant: readTenant(authorization, fallback) }
    known.set(authorization, caller)
    return caller
  })
}

/** Authenticates by `find`; a `GatewayError` that it throws is the caller's refusal. */
export function orRefusal(find: (authorization: string | undefined) => Promise<KnownCaller>): Authenticate {
  return async ({ authorization }) => {
    try {
      return await find(authorization)
    } catch (error) {
      if (error instanceof GatewayError) return { refusal: error }
      throw error
    }
  }
}

/**
 * A cache of what an Authorization header says: reading one for every request would cost time. The header that was not seen for
 * longest is forgotten first; made-up tokens can push out others here, which costs time and nothing else.
 */
export function createByHeader<Known extends object>() {
  const known = new LRUCache<string, Known>({
    max: MAX_KNOWN,
    maxSize: MAX_KNOWN_LETTERS,
    sizeCalculation: (_, { length }) => length + 1,
  })
  return {
    get: (authorization: string | undefined): Known | undefined => (authorization === undefined ? undefined : known.get(authorization)),
    set: (authorization: string | undefined, found: Known): void => void (authorization !== undefined && known.set(authorization, found)),
  }
}

const MAX_KNOWN = 10_000
const MAX_KNOWN_LETTERS = 4_000_000
const USABLE_TOKEN = /^[\x21-\x7e]{1,8192}$/

/** The tenant of the token in the header (raw or Bearer) or, without a header, of the fallback; its id is the SHA-256 of that token. Throws `UNAUTHENTICATED` where it is missing or not usable. */
export function readTenant(authorization: string | null | undefined, fallback: Secret | undefined): Tenant {
  const token = readToken(authorization, fallback)
  return { id: hash('sha256', token), credential: secret(token) }
}

/** The token in the header, raw or Bearer, or without a header the fallback; throws `UNAUTHENTICATED` where it is missing or not usable. */
export function readToken(authorization: string | null | undefined, fallback?: Secret): string {
  const given = authorization?.trim().replace(/^bearer(?: +|$)/i, '') ?? ''
  const token = authorization == null ? (fallback?.reveal() ?? '') : given
  if (token === '') throw new GatewayError('UNAUTHENTICATED', 'Send your token in the Authorization header, raw or as Bearer.')
  if (!USABLE_TOKEN.test(token))
    throw new GatewayError(
      'UNAUTHENTICATED',
      'The token must be printable ASCII without spaces, 8192 characters at most, raw or after Bearer.',
    )
  return token
}
