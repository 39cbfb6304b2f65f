import type { TimestampFormat } from '../resource/module.ts'

/**
 * All choices of the sandbox where the upstream's public description is silent. Row indexes count from 0; every failure echoes its row; all
 * rows failing is still a 207; an unknown key of a row is kept as a custom attribute; a missing foreign key is no failure; an APPEND of an
 * existing key inserts a second row. A rollout only adds to a solution; a table that exists with another key is a failed object. Only the
 * solutions that a tenant starts with hold the rows of two modules in one table, each row checked against the one that fits best.
 */

/** The token that the embedded sandbox advertises. Any other token works, too, and is a tenant of its own. */
export const SANDBOX_TOKEN = 'sandbox-token'

/** The token that is answered 401. */
export const REFUSED_TOKEN = 'refused-token'

/** The token that is answered 403: it is known but has no access to any solution. */
export const FORBIDDEN_TOKEN = 'forbidden-token'

/** A token with this prefix is a tenant without any rollout; others start with the example solutions. */
export const NEW_TENANT = 'new-'

/** The version of the applications that tenants with rolled-out solutions start with; each application has the name of a module. */
export const FIRST_VERSION = '1.0.0'

/** The patterns in which timestamps may be declared, with the form of their rows. */
export const TIMESTAMP_FORMATS: Readonly<Record<string, TimestampFormat>> = {
  'YYYY-MM-DD HH:MM:SS': 'YYYY-MM-DD HH:MM:SS',
  'YYYY-MM-DDTHH:MM:SSZ': 'ISO-8601 UTC',
}

/** Paths to which rows may be posted; the editions of the guide print all three. */
export const INGEST_PATH = /^\/api\/v2\/(?:objects|ingest\/object|object)\/([A-Za-z0-9_]+)$/

/** The limits of one request, and a tenant's requests per second. */
export const LIMITS = { rows: 500, bytes: 1_000_000, requestsPerSecond: 50 } as const

/** The longest text of a column, in characters. */
export const TEXT_LIMIT = 65_535

/** The codes of failed rows. */
export const FAILURES = {
  missing: { code: 'DI_E_10001', category: 'MISSING_VALUE' },
  absentKey: { code: 'DI_E_10002', category: 'MISSING_KEY' },
  dataType: { code: 'DI_E_10003', category: 'DATA_TYPE' },
  range: { code: 'DI_E_10004', category: 'OUT_OF_RANGE' },
  notAllowed: { code: 'DI_E_10005', category: 'NOT_ALLOWED' },
  format: { code: 'DI_E_10006', category: 'FORMAT' },
  duplicate: { code: 'DI_E_10007', category: 'DUPLICATE_KEY' },
  tooLong: { code: 'DI_E_10008', category: 'TOO_LONG' },
  tooShort: { code: 'DI_E_10010', category: 'TOO_SHORT' },
  notAnObject: { code: 'DI_E_10009', category: 'MALFORMED_ROW' },
} as const

/** One error of a failed row, as answered. */
export interface Failure {
  readonly code: string
  readonly category: string
  readonly column?: string
  readonly message: string
}
