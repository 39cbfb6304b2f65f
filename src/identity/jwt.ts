import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyOptions, type JWTVerifyResult, jwtVerify } from 'jose'
import { GatewayError } from '../errors.ts'
import { type Authenticate, createByHeader, type Grant, type KnownCaller, orRefusal, readToken } from '../identity.ts'
import { type Credentials, isTenantId, type TenantEntry } from './credentials.ts'
import type { KeySet } from './key-set.ts'
import { readRoles, rightsOf } from './roles.ts'
import type { JwtConfig } from './settings.ts'

interface JwtParts extends Omit<JwtConfig, 'keys' | 'credentialsFile' | 'hasManifest'> {
  readonly keys: KeySet
  readonly credentials: Credentials
}

/** The content of a verified JWT. */
interface Verified extends Pick<Grant, 'roles' | 'may'> {
  readonly tenantId: string
  /** Between these times (`Date.now`) it need not be verified again; `since` is for clocks that are set back. */
  readonly since: number
  readonly until: number
}

/** How long a verification is remembered, and so how long a withdrawn key still counts at most after its withdrawal was seen. */
const MAX_REMEMBERED_MS = 600_000

/** Authenticates by JWTs of one issuer: tenant and roles come from claims, the tenant's credential from the operator's file. */
export function authenticateByJwt({ credentials, ...parts }: JwtParts): Authenticate {
  const known = createByHeader<Verified>()
  const callerOf = createCallers()

  function callerFor(verified: Verified): KnownCaller | Promise<KnownCaller> {
    const entry = credentials.find(verified.tenantId)
    return entry instanceof Promise ? entry.then((found) => callerOf(verified, found)) : callerOf(verified, entry)
  }

  async function verifyAnew(authorization: string | undefined): Promise<KnownCaller> {
    const verified = await verify(readToken(authorization), parts)
    known.set(authorization, verified)
    return await callerFor(verified)
  }

  return orRefusal((authorization) => {
    const verified = known.get(authorization)
    return verified !== undefined && isFresh(verified) ? callerFor(verified) : verifyAnew(authorization)
  })
}

function isFresh({ since, until }: Verified): boolean {
  const now = Date.now()
  return since <= now && now < until
}

/** Makes callers of verified JWTs, cached as long as the tenant's entry in the credentials file is the same. */
function createCallers() {
  const made = new WeakMap<Verified, { readonly entry: TenantEntry; readonly caller: KnownCaller }>()
  return (verified: Verified, entry: TenantEntry | undefined): KnownCaller => {
    if (entry === undefined)
      throw new GatewayError('FORBIDDEN', 'The tenant of your token is not set up here: the operator has to give it a credential.')
    const before = made.get(verified)
    if (before?.entry === entry) return before.caller
    const { tenant, ...settings } = entry
    const caller = { tenant, grant: { roles: verified.roles, may: verified.may, ...settings } }
    made.set(verified, { entry, caller })
    return caller
  }
}

async function verify(
  token: string,
  { keys, issuer, audience, algorithms, clockSkewMs, tenantClaim, rolesClaim }: Omit<JwtParts, 'credentials'>,
) {
  const now = Date.now()
  const { payload } = await verifySignature(token, keys, {
    ...{ issuer, audience, algorithms: [...algorithms], requiredClaims: ['exp'] },
    clockTolerance: clockSkewMs / 1_000,
    currentDate: new Date(now),
  }).catch((error: unknown) => {
    throw error instanceof GatewayError ? error : new GatewayError('UNAUTHENTICATED', wordsFor(error))
  })
  const tenantId = claimOf(payload, tenantClaim)
  if (!isTenantId(tenantId))
    throw new GatewayError('UNAUTHENTICATED', `The JWT names no tenant: its claim ${tenantClaim} must be a string of 1 to 255 characters.`)
  const roles = readRoles(claimOf(payload, rolesClaim))
  const expiresAt = (payload.exp ?? 0) * 1_000 + clockSkewMs
  return { tenantId, roles, may: rightsOf(roles), since: now, until: Math.min(expiresAt, now + MAX_REMEMBERED_MS) } satisfies Verified
}

/** For a JWT that does not name its key, all matching keys are tried, also ones that were published since the last load. */
async function verifySignature(token: string, keys: KeySet, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  const loadedAt = keys.loadedAt()
  try {
    return await tryKeys(token, keys.find, options)
  } catch (error) {
    if (!isOfAnotherKey(error) || decodeProtectedHeader(token).kid !== undefined) throw error
    await keys.renew()
    if (keys.loadedAt() === loadedAt) throw error
    return await tryKeys(token, keys.find, options)
  }
}

async function tryKeys(token: string, find: KeySet['find'], options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, find, options)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch(ofAnotherKey)
      if (verified !== undefined) return verified
    }
    throw error
  }
}

function isOfAnotherKey(error: unknown): boolean {
  return failsForKey(error) || error instanceof errors.JWKSMultipleMatchingKeys
}

function ofAnotherKey(error: unknown): undefined {
  if (!failsForKey(error)) throw error
}

/** Whether a JWT may be good by another key: this one has not signed it, or is unfit to verify anything, such as a short one. */
function failsForKey(error: unknown): boolean {
  return error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError
}

function claimOf(payload: JWTPayload, name: string): unknown {
  return Object.hasOwn(payload, name) ? payload[name] : undefined
}

/** The message for the caller: never the content of a claim, and of a signature only that it is not accepted. */
function wordsFor(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The JWT has expired: get a new one.'
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'The token is not a JWT signed with a key and an algorithm trusted here.'
  if (error.claim === 'exp') return 'The JWT must say in the claim exp when it expires.'
  if (error.claim === 'iss' || error.claim === 'aud') return 'The JWT is from another issuer, or for another audience.'
  return error.reason === 'invalid' ? `The claim ${error.claim} of the JWT must be a number.` : 'The JWT is not valid yet.'
}
