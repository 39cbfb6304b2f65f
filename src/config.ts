import { z } from 'zod'
import type { RetryChoices } from './ingest/retry-rules.ts'
import { LOG_LEVELS } from './log.ts'
import type { Contract } from './resource/contract.ts'
import { exampleSolutions, type Solution } from './resource/module.ts'
import { codes, httpUrl, json, onOff, origins, wholeNumber, wholeNumberFrom } from './settings.ts'
import { type Secret, secret } from './tenant.ts'

/** How long things may take, in milliseconds; each is part of the next. */
interface Timeouts {
  readonly connectTimeoutMs: number
  readonly attemptTimeoutMs: number
  /** All attempts at a batch together, pauses included. */
  readonly attemptsTimeoutMs: number
  /** From the arrival of rows to their outcomes. */
  readonly executionTimeoutMs: number
}

/** Everything an operator can set, checked. */
export interface Config extends Timeouts {
  readonly port: number
  readonly host: string
  /** Where rows go: an upstream of yours, or the embedded sandbox. */
  readonly upstream: { readonly kind: 'remote'; readonly url: URL } | { readonly kind: 'sandbox'; readonly file: string }
  readonly ingestionPath: string
  readonly fallbackToken: Secret | undefined
  readonly solutions: readonly Solution[]
  readonly maxBatchRows: number
  readonly maxBatchBytes: number
  readonly maxRowsPerMutation: number
  readonly upstreamConcurrency: number
  readonly requestsPerSecond: number
  readonly maxQueuedRows: number
  readonly drainTimeoutMs: number
  readonly retry: RetryChoices
  readonly batchWindowMs: number
  readonly rowIndexBase: 0 | 1
  readonly attributeNameKey: 'columnName' | 'attributeName'
  /** How long a tenant's schema may be used after it was read, in milliseconds. */
  readonly schemaMaxAgeMs: number
  /** Rejected rows remembered per tenant; 0 remembers none. */
  readonly recentRejections: number
  /** The upstream's word for the type of a moment. */
  readonly timestampType: 'timestamp' | 'datetime'
  readonly rowKeyCase: 'lower' | 'upper'
  readonly maxBodyBytes: number
  readonly maxAnswerBytes: number
  readonly corsOrigins: readonly string[]
  readonly graphiql: boolean
  readonly introspection: boolean
  readonly logLevel: (typeof LOG_LEVELS)[number]
}

/** Settings that cannot be used; the message lists every complaint, one a line, and echoes no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Reads and checks the settings; throws one `ConfigError` with all complaints. */
export function readConfig(env: Record<string, string | undefined>, modules: Contract['modules']): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))
  const parsed = settings(modules).safeParse(given)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(({ path, message }) => complaint(path, message)).join('\n'))

  const s = parsed.data
  const timeouts = nestTimeouts(s)
  return {
    port: s.PORT,
    host: s.HOST,
    upstream: s.INGESTION_URL === undefined ? { kind: 'sandbox', file: s.SANDBOX_FILE } : { kind: 'remote', url: s.INGESTION_URL },
    ingestionPath: s.INGESTION_PATH,
    fallbackToken: s.INGESTION_TOKEN === undefined ? undefined : secret(s.INGESTION_TOKEN),
    solutions: s.SOLUTIONS,
    maxBatchRows: s.MAX_BATCH_ROWS,
    maxBatchBytes: s.MAX_BATCH_BYTES,
    maxRowsPerMutation: s.MAX_ROWS_PER_MUTATION,
    upstreamConcurrency: s.UPSTREAM_CONCURRENCY,
    requestsPerSecond: s.REQUESTS_PER_SECOND,
    // One round of requests: whoever waits then waits about as long as a request takes.
    maxQueuedRows: s.MAX_QUEUED_ROWS ?? s.UPSTREAM_CONCURRENCY * s.MAX_BATCH_ROWS,
    ...timeouts,
    drainTimeoutMs: s.DRAIN_TIMEOUT_MS,
    retry: { retryableCodes: new Set(s.RETRYABLE_CODES), retryAppendOn503: s.APPEND_RETRY_ON_503, bisectAppend: s.APPEND_BISECT },
    batchWindowMs: s.BATCH_WINDOW_MS,
    rowIndexBase: s.ROW_INDEX_BASE === 1 ? 1 : 0,
    attributeNameKey: s.ATTRIBUTE_NAME_KEY,
    schemaMaxAgeMs: s.SCHEMA_MAX_AGE_MS,
    recentRejections: s.RECENT_REJECTIONS,
    timestampType: s.TIMESTAMP_TYPE,
    rowKeyCase: s.ROW_KEY_CASE,
    maxBodyBytes: s.MAX_BODY_BYTES,
    maxAnswerBytes: s.MAX_ANSWER_BYTES,
    corsOrigins: s.CORS_ORIGINS,
    graphiql: s.GRAPHIQL,
    introspection: s.INTROSPECTION,
    logLevel: s.LOG_LEVEL,
  }
}

type TimeoutSettings = Partial<Record<(typeof NESTED_TIMEOUTS)[number][0], number | undefined>> & { EXECUTION_TIMEOUT_MS: number }

/** A timeout, the one it is part of, and its length where nothing is said: never longer than that. */
const NESTED_TIMEOUTS = [
  ['ATTEMPTS_TIMEOUT_MS', 'EXECUTION_TIMEOUT_MS', 25_000],
  ['ATTEMPT_TIMEOUT_MS', 'ATTEMPTS_TIMEOUT_MS', 10_000],
  ['CONNECT_TIMEOUT_MS', 'ATTEMPT_TIMEOUT_MS', 3_000],
] as const

/** Fills the timeouts in from the outermost to the innermost; throws where one is longer than the one it is part of. */
function nestTimeouts(given: TimeoutSettings): Timeouts {
  const filled: Record<string, number> = { EXECUTION_TIMEOUT_MS: given.EXECUTION_TIMEOUT_MS }
  const complaints: string[] = []
  for (const [inner, outer, fallback] of NESTED_TIMEOUTS) {
    const limit = filled[outer] as number
    filled[inner] = given[inner] ?? Math.min(fallback, limit)
    if (filled[inner] > limit) complaints.push(`${inner}: must not be longer than ${outer}, which it is part of`)
  }
  if (complaints.length > 0) throw new ConfigError(complaints.join('\n'))
  return {
    connectTimeoutMs: filled.CONNECT_TIMEOUT_MS as number,
    attemptTimeoutMs: filled.ATTEMPT_TIMEOUT_MS as number,
    attemptsTimeoutMs: filled.ATTEMPTS_TIMEOUT_MS as number,
    executionTimeoutMs: given.EXECUTION_TIMEOUT_MS,
  }
}

/** The settings of a sandbox that runs alone; it listens on port 4100 unless PORT says otherwise. */
export function readSandboxConfig(
  env: Record<string, string | undefined>,
  modules: Contract['modules'],
): { port: number; file: string; solutions: readonly Solution[] } {
  const { port, upstream, solutions } = readConfig({ PORT: '4100', ...env, INGESTION_URL: '' }, modules)
  return { port, solutions, file: upstream.kind === 'sandbox' ? upstream.file : ':memory:' }
}

/** A setting, the place in it where there is one, and what is wrong. */
const complaint = ([setting = 'settings', ...place]: readonly PropertyKey[], message: string) =>
  [setting, place.join('.'), message].filter(Boolean).map(String).join(': ')

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

function settings(modules: Contract['modules']) {
  return z.object({
    PORT: wholeNumber(4000, 0, 65_535),
    HOST: z.string().default('127.0.0.1'),
    INGESTION_URL: httpUrl.optional(),
    INGESTION_PATH: z
      .string()
      .regex(/^\/[^?#\s]*$/, 'must be a path that starts with /')
      .refine((path) => path.split('{object}').length === 2, 'must hold {object} exactly once')
      .default('/api/v2/objects/{object}'),
    INGESTION_TOKEN: z
      .string()
      .regex(/^[\x21-\x7e]{1,8192}$/, 'must be printable ASCII without spaces')
      .optional(),
    SANDBOX_FILE: z.string().default('.data/sandbox.sqlite'),
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
    CORS_ORIGINS: origins,
    GRAPHIQL: onOff('on'),
    INTROSPECTION: onOff('on'),
    LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  })
}
