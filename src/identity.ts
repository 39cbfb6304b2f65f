import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { GatewayError } from './errors.ts'
import { type Secret, secret } from './util/secret.ts'

/** On whose behalf a request acts; limits, key order and stored state are kept per tenant id. */
export interface Tenant {
  /** Safe to log, and free of line feeds, which separate it from other parts of keys. It reveals nothing of the credential. */
  readonly id: string
  /** What is sent to the upstream as authorization. */
  readonly credential: Secret
}

/** A right that a call needs: to read schemas and limits, to see outcomes, to change tables, or to send rows of a resource; in lower case. */
export type Right = 'read' | 'outcomes' | 'lifecycle' | `ingest:${string}:${'upsert' | 'append'}`

/** How much a tenant may send in a window; undefined means unlimited. */
export interface InboundQuotas {
  readonly requests?: number | undefined
  readonly rows?: number | undefined
}

/** Which GraphQL documents may be sent: any, or only those of the manifest. */
export type DocumentsAllowed = 'any' | 'trusted'

/** What a caller may do here. */
export interface Grant {
  /** The caller's roles, as far as they are known here, in lower case. */
  readonly roles: readonly string[]
  may(right: Right): boolean
  /** The solutions that may be used; undefined means all. */
  readonly solutions: ReadonlySet<string> | undefined
  /** Quotas of this tenant, which take precedence over the general ones. */
  readonly limits: InboundQuotas
  /** Undefined means the general setting. */
  readonly documents: DocumentsAllowed | undefined
}

/** An authenticated caller; without a grant, authorization is left to the upstream. */
export interface KnownCaller {
  readonly tenant: Tenant
  readonly grant?: Grant
}

/** An authenticated caller, or why authentication failed: some queries need none. */
export type Caller = KnownCaller | { readonly refusal: GatewayError }

/**
 * Authenticates a request, once; a failure is returned as a refusal, mostly `UNAUTHENTICATED`. Synchronous for callers that are known,
 * since promises are most of what it costs.
 */
export type Authenticate = (headers: { readonly authorization?: string | undefined }) => Caller | Promise<Caller>

/** Authenticates by the upstream's own token, or the fallback token where none is sent: each token is a tenant. */
export function authenticateByToken(fallback: Secret | undefined): Authenticate {
  const known = createByHeader<KnownCaller>()
  return orRefusal((authorization) => {
    const kept = known.get(authorization)
    if (kept !== undefined) return kept
    const caller = { tenant: readTenant(authorization, fallback) }
    known.set(authorization, caller)
    return caller
  })
}

/** Authenticates by `find`; a `GatewayError` that it throws is the caller's refusal. */
export function orRefusal(find: (authorization: string | undefined) => KnownCaller | Promise<KnownCaller>): Authenticate {
  return ({ authorization }) => {
    try {
      const found = find(authorization)
      return found instanceof Promise ? found.catch(refusalOf) : found
    } catch (error) {
      return refusalOf(error)
    }
  }
}

function refusalOf(error: unknown): Caller {
  if (error instanceof GatewayError) return { refusal: error }
  throw error
}

/**
 * An LRU cache by Authorization header, which saves parsing it for every request. Made-up tokens can evict others, which costs
 * time and nothing else.
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
