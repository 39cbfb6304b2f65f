import { z } from 'zod'
import type { InboundQuotas } from '../identity.ts'
import { anyHttpUrl, duration, fileName, wholeNumberFrom } from '../util/env-values.ts'
import { type Secret, secret } from '../util/secret.ts'

/** How callers authenticate: with the upstream's own token, or with a JWT. */
export type IdentityConfig = {
  /** Used for callers without a token where tokens are used, and by the drift check at start. */
  readonly fallbackToken: Secret | undefined
} & ({ readonly kind: 'token' } | ({ readonly kind: 'jwt' } & JwtConfig))

/** Which JWTs are accepted, and where the tenants' credentials for the upstream are. */
export interface JwtConfig {
  /** Where the issuer's public keys are. */
  readonly keys: { readonly url: URL } | { readonly file: string }
  readonly issuer: string
  readonly audience: string
  readonly algorithms: readonly string[]
  readonly clockSkewMs: number
  readonly tenantClaim: string
  readonly rolesClaim: string
  readonly credentialsFile: string
  /** Whether there is a manifest of documents, to which a tenant can be restricted. */
  readonly hasManifest: boolean
}

/** Asymmetric algorithms only: with a shared secret, whoever can verify a JWT can also make one. */
const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const words = (most: number) =>
  z.string().regex(new RegExp(`^[\\x21-\\x7e]{1,${most}}$`), `must be at most ${most} characters of printable ASCII without spaces`)

const keysUrl = anyHttpUrl.refine(
  (url) => url.username === '' && url.password === '' && url.hash === '',
  'must not carry credentials or a fragment',
)

const algorithms = z
  .string()
  .default(ASYMMETRIC.join(','))
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine(
    (list) => list.every((name) => ASYMMETRIC.includes(name)),
    `must be names from this list, separated by commas: ${ASYMMETRIC.join(', ')}`,
  )

/** The settings of authentication, quotas and trusted documents. */
export const identitySettings = {
  INGESTION_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{1,8192}$/, 'must be printable ASCII without spaces, 8192 characters at most')
    .optional(),
  IDENTITY: z.enum(['token', 'jwt'], 'must be token or jwt').default('token'),
  JWKS_URL: keysUrl.optional(),
  JWKS_FILE: fileName.optional(),
  JWT_ISSUER: words(1_000).optional(),
  JWT_AUDIENCE: words(1_000).optional(),
  JWT_ALGORITHMS: algorithms,
  JWT_CLOCK_SKEW: duration('30s').pipe(z.number().max(300_000, 'must be at most 300s')),
  JWT_TENANT_CLAIM: words(200).default('sub'),
  JWT_ROLES_CLAIM: words(200).default('roles'),
  CREDENTIALS_FILE: fileName.optional(),
  RATE_LIMIT_REQUESTS: wholeNumberFrom(1, 1_000_000_000).optional(),
  RATE_LIMIT_ROWS: wholeNumberFrom(1, 1_000_000_000).optional(),
  RATE_LIMIT_WINDOW: duration('1m').pipe(z.number().max(86_400_000, 'must be at most 1d')),
  DOCUMENTS: z.enum(['any', 'trusted'], 'must be any or trusted').default('any'),
  DOCUMENTS_MANIFEST: fileName.optional(),
}

type IdentitySettings = z.infer<z.ZodObject<typeof identitySettings>>

const ONLY_FOR_JWT = ['JWKS_URL', 'JWKS_FILE', 'JWT_ISSUER', 'JWT_AUDIENCE', 'CREDENTIALS_FILE']

/** Complaints about settings that do not go together. Settings for JWTs without `IDENTITY=jwt` are refused: tokens would be passed on unchecked. */
export function missingIdentity(given: Readonly<Record<string, string | undefined>>): string[] {
  const isSet = (name: string) => given[name] !== undefined
  const needsManifest = given.DOCUMENTS === 'trusted' && !isSet('DOCUMENTS_MANIFEST')
  const missing = needsManifest ? ['DOCUMENTS_MANIFEST: must be set when DOCUMENTS is trusted'] : []
  return [...missing, ...(given.IDENTITY === 'jwt' ? missingForJwt(isSet) : unusedForTokens(isSet))]
}

function unusedForTokens(isSet: (name: string) => boolean): string[] {
  return ONLY_FOR_JWT.filter(isSet).map((name) => `${name}: is only used when IDENTITY is jwt`)
}

function missingForJwt(isSet: (name: string) => boolean): string[] {
  const needed = ['JWT_ISSUER', 'JWT_AUDIENCE', 'CREDENTIALS_FILE'].filter((name) => !isSet(name))
  const isClear = isSet('JWKS_URL') !== isSet('JWKS_FILE')
  return [
    ...needed.map((name) => `${name}: must be set when IDENTITY is jwt`),
    ...(isClear ? [] : ['JWKS_URL: either this or JWKS_FILE must be set when IDENTITY is jwt']),
  ]
}

/** The configuration of authentication. */
export function readIdentity(s: IdentitySettings): IdentityConfig {
  const fallbackToken = s.INGESTION_TOKEN === undefined ? undefined : secret(s.INGESTION_TOKEN)
  if (s.IDENTITY === 'token') return { kind: 'token', fallbackToken }
  return {
    kind: 'jwt',
    fallbackToken,
    keys: s.JWKS_URL === undefined ? { file: s.JWKS_FILE ?? '' } : { url: s.JWKS_URL },
    issuer: s.JWT_ISSUER ?? '',
    audience: s.JWT_AUDIENCE ?? '',
    algorithms: s.JWT_ALGORITHMS,
    clockSkewMs: s.JWT_CLOCK_SKEW,
    tenantClaim: s.JWT_TENANT_CLAIM,
    rolesClaim: s.JWT_ROLES_CLAIM,
    credentialsFile: s.CREDENTIALS_FILE ?? '',
    hasManifest: s.DOCUMENTS_MANIFEST !== undefined,
  }
}

/** The default quotas of a tenant. */
export function readInbound(s: IdentitySettings): InboundQuotas & { readonly windowMs: number } {
  return { requests: s.RATE_LIMIT_REQUESTS, rows: s.RATE_LIMIT_ROWS, windowMs: s.RATE_LIMIT_WINDOW }
}
