import { z } from 'zod'
import { identitySettings, missingIdentity } from './identity/settings.ts'
import { observabilitySettings } from './observability/settings.ts'
import type { Contract } from './resource/contract.ts'
import { exampleSolutions } from './resource/module.ts'
import {
  codes,
  databaseUrl,
  duration,
  fileName,
  httpUrl,
  json,
  onOff,
  origins,
  pathWith,
  proxyUrl,
  wholeNumber,
  wholeNumberFrom,
} from './util/env-values.ts'

/** The value of `INGESTION_URL` that asks for the embedded sandbox. */
export const SANDBOX = 'sandbox'

/** Every setting by its name: how it is parsed, and its default. */
export function settings(modules: Contract['modules']) {
  return z.object({
    PORT: wholeNumber(4000, 0, 65_535),
    HOST: z.string().default('127.0.0.1'),
    INGESTION_URL: z.union([z.literal(SANDBOX), httpUrl], `must be an http or https URL, or ${SANDBOX}`).optional(),
    NODE_ENV: z.string().optional(),
    HTTP_PROXY: proxyUrl.optional(),
    HTTPS_PROXY: proxyUrl.optional(),
    NO_PROXY: z
      .string()
      .regex(/^[\x20-\x7e]*$/, 'must be host names separated by commas')
      .optional(),
    INGESTION_PATH: pathWith('{object}').default('/api/v2/objects/{object}'),
    ...identitySettings,
    SANDBOX_FILE: z.string().default('.data/sandbox.sqlite'),
    STORE_FILE: fileName.default('.data/store.sqlite'),
    DATABASE_URL: databaseUrl.optional(),
    IDEMPOTENCY_RETENTION: duration('7d'),
    SOLUTIONS: solutionList(modules),
    MAX_BATCH_ROWS: wholeNumber(500, 1, 100_000),
    MAX_BATCH_BYTES: wholeNumber(1_000_000, 1_000, 100_000_000),
    MAX_ROWS_PER_MUTATION: wholeNumber(20_000, 1, 1_000_000),
    UPSTREAM_CONCURRENCY: wholeNumber(8, 1, 1_000),
    REQUESTS_PER_SECOND: wholeNumber(50, 1, 1_000_000),
    MAX_QUEUED_ROWS: wholeNumberFrom(1, 100_000_000).optional(),
    CONNECT_TIMEOUT_MS: wholeNumberFrom(1, 600_000).optional(),
    ATTEMPT_TIMEOUT_MS: wholeNumberFrom(1, 600_000).optional(),
    ATTEMPTS_TIMEOUT_MS: wholeNumberFrom(1, 600_000).optional(),
    EXECUTION_TIMEOUT_MS: wholeNumber(30_000, 1, 600_000),
    DRAIN_TIMEOUT_MS: wholeNumber(25_000, 1, 600_000),
    RETRYABLE_CODES: codes,
    APPEND_RETRY_ON_503: onOff('off'),
    APPEND_BISECT: onOff('off'),
    BATCH_WINDOW_MS: wholeNumber(0, 0, 60_000),
    ROW_INDEX_BASE: wholeNumber(0, 0, 1),
    ATTRIBUTE_NAME_KEY: z.enum(['columnName', 'attributeName'], 'must be columnName or attributeName').default('columnName'),
    SCHEMA_MAX_AGE_MS: wholeNumber(300_000, 0, 86_400_000),
    RECENT_REJECTIONS: wholeNumber(0, 0, 10_000),
    TIMESTAMP_TYPE: z.enum(['timestamp', 'datetime'], 'must be timestamp or datetime').default('timestamp'),
    ROW_KEY_CASE: z.enum(['lower', 'upper'], 'must be lower or upper').default('lower'),
    MAX_BODY_BYTES: wholeNumber(33_554_432, 1_000, 1_000_000_000),
    MAX_ANSWER_BYTES: wholeNumber(67_108_864, 1_000, 1_000_000_000),
    MAX_JSON_VALUES: wholeNumberFrom(1_000, 1_000_000_000).optional(),
    MAX_CONNECTIONS: wholeNumber(5_000, 1, 1_000_000),
    MEMORY_BUDGET_BYTES: wholeNumberFrom(1_000_000, 1_000_000_000_000).optional(),
    SHUTDOWN_DELAY_MS: wholeNumber(0, 0, 600_000),
    CORS_ORIGINS: origins,
    GRAPHIQL: onOff('on'),
    CONSOLE: onOff('on'),
    INTROSPECTION: onOff('on'),
    ...observabilitySettings,
  })
}

function solutionList(modules: Contract['modules']) {
  const known = Object.keys(modules)
  const affix = z.string().regex(/^[A-Za-z0-9_]{0,64}$/, 'must be letters, digits and underscores')
  const solution = z.strictObject({
    name: z.string().min(1).max(128),
    modules: z.array(z.string().refine((module) => known.includes(module), `must be one of ${known.join(', ')}`)).min(1),
    prefix: affix.default(''),
    suffix: affix.default(''),
  })
  return json
    .pipe(z.array(solution).min(1))
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'two solutions have the same name')
    .default(exampleSolutions(modules) as z.infer<typeof solution>[])
}

/** Timeouts in milliseconds, from the innermost to the outermost: none may be longer than the next. */
export interface Timeouts {
  readonly connectTimeoutMs: number
  readonly attemptTimeoutMs: number
  /** All attempts at a batch together, pauses included. */
  readonly attemptsTimeoutMs: number
  /** From the arrival of rows to their outcomes. */
  readonly executionTimeoutMs: number
}

type TimeoutSettings = Partial<Record<(typeof NESTED_TIMEOUTS)[number][0], number | undefined>> & {
  EXECUTION_TIMEOUT_MS: number
  BATCH_WINDOW_MS: number
}

/** A timeout, the one that encloses it, and its default, which is capped by the enclosing one. */
const NESTED_TIMEOUTS = [
  ['ATTEMPTS_TIMEOUT_MS', 'EXECUTION_TIMEOUT_MS', 25_000],
  ['ATTEMPT_TIMEOUT_MS', 'ATTEMPTS_TIMEOUT_MS', 10_000],
  ['CONNECT_TIMEOUT_MS', 'ATTEMPT_TIMEOUT_MS', 3_000],
] as const

/** The timeouts, with defaults filled in from the outermost inwards; or complaints, where one is longer than the one that encloses it. */
export function nestTimeouts(given: TimeoutSettings): Timeouts | string[] {
  const filled: Record<string, number> = { EXECUTION_TIMEOUT_MS: given.EXECUTION_TIMEOUT_MS }
  const complaints: string[] = []
  for (const [inner, outer, fallback] of NESTED_TIMEOUTS) {
    const limit = filled[outer] as number
    filled[inner] = given[inner] ?? Math.min(fallback, limit)
    if (filled[inner] > limit) complaints.push(`${inner}: must not be longer than ${outer}, which it is part of`)
  }
  if (given.BATCH_WINDOW_MS >= given.EXECUTION_TIMEOUT_MS)
    complaints.push('BATCH_WINDOW_MS: must be shorter than EXECUTION_TIMEOUT_MS, which it is part of')
  if (complaints.length > 0) return complaints
  return {
    connectTimeoutMs: filled.CONNECT_TIMEOUT_MS as number,
    attemptTimeoutMs: filled.ATTEMPT_TIMEOUT_MS as number,
    attemptsTimeoutMs: filled.ATTEMPTS_TIMEOUT_MS as number,
    executionTimeoutMs: given.EXECUTION_TIMEOUT_MS,
  }
}

const PROXY_SETTINGS = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const

/** The environment with proxy settings in upper case; by convention the lower-case spelling takes precedence. */
export function withProxies(given: Record<string, string | undefined>): Record<string, string | undefined> {
  const lower = PROXY_SETTINGS.flatMap((name) => (given[name.toLowerCase()] === undefined ? [] : [[name, given[name.toLowerCase()]]]))
  return { ...given, ...Object.fromEntries(lower) }
}

/**
 * The proxies on the way to a remote upstream; the embedded sandbox is never behind one. As is common, the proxy for http also
 * serves https unless that has its own.
 */
export function readProxies(
  given: { INGESTION_URL?: unknown } & { readonly [Name in (typeof PROXY_SETTINGS)[number]]?: string | undefined },
) {
  const { HTTP_PROXY: http = '', HTTPS_PROXY: https = '', NO_PROXY: except = '' } = given
  return given.INGESTION_URL instanceof URL && http + https !== '' ? { http, https, except } : undefined
}

/** Complaints about settings that others require and that are missing, or that others make useless. */
export function missingSettings(given: Record<string, string | undefined>): string[] {
  return [...missingUpstream(given), ...missingIdentity(given)]
}

/** The sandbox accepts rows that then go nowhere, so in production it must be asked for by name. */
function missingUpstream({ NODE_ENV, INGESTION_URL }: Record<string, string | undefined>): string[] {
  if (NODE_ENV?.toLowerCase() !== 'production' || INGESTION_URL !== undefined) return []
  return [`INGESTION_URL: must be set when NODE_ENV is production: the address of the upstream, or ${SANDBOX} for the embedded sandbox`]
}
