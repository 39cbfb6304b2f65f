import { getHeapStatistics } from 'node:v8'
import { type Secret, secret } from './identity.ts'
import type { RetryChoices } from './ingest/retry-policy.ts'
import type { LOG_LEVELS } from './observability/log.ts'
import type { Contract } from './resource/contract.ts'
import type { Solution } from './resource/module.ts'
import { SANDBOX, settings } from './settings.ts'
import { looksLikeOurs, nearestSetting } from './util/setting-names.ts'

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
  /** Proxies between here and a remote upstream. */
  readonly proxies: { readonly http: string; readonly https: string; readonly except: string } | undefined
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
  /** JSON values a body may have. */
  readonly maxJsonValues: number
  /** Connections at once; further ones are dropped. */
  readonly maxConnections: number
  /** Bytes that the bodies and answers of all requests may take up together. */
  readonly memoryBudgetBytes: number
  /** How long the process still listens, and says that it is not ready, before it begins to stop. */
  readonly shutdownDelayMs: number
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
  const given = withProxies(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== '')))
  const parsed = settings(modules).safeParse(given)
  const complaints = [...(parsed.error?.issues ?? []).map(complaintOf), ...missingUpstream(given)]
  if (!parsed.success || complaints.length > 0) throw new ConfigError([...complaints, ...unknownSettings(env, modules)].join('\n'))

  const s = parsed.data
  const timeouts = nestTimeouts(s)
  return {
    port: s.PORT,
    host: s.HOST,
    upstream: s.INGESTION_URL instanceof URL ? { kind: 'remote', url: s.INGESTION_URL } : { kind: 'sandbox', file: s.SANDBOX_FILE },
    proxies: readProxies(s),
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
    // Room for the widest rows, with attributes of their own.
    maxJsonValues: s.MAX_JSON_VALUES ?? Math.max(500_000, 25 * s.MAX_ROWS_PER_MUTATION),
    maxConnections: s.MAX_CONNECTIONS,
    memoryBudgetBytes: s.MEMORY_BUDGET_BYTES ?? defaultMemoryBudget(),
    shutdownDelayMs: s.SHUTDOWN_DELAY_MS,
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
  const { port, upstream, solutions } = readConfig({ PORT: '4100', ...env, INGESTION_URL: SANDBOX }, modules)
  return { port, solutions, file: upstream.kind === 'sandbox' ? upstream.file : ':memory:' }
}

/** Half of the heap that the process may have, and no more than what serves hundreds of large requests at once. */
function defaultMemoryBudget(): number {
  return Math.min(512 * 1024 * 1024, Math.floor(getHeapStatistics().heap_size_limit / 2))
}

/**
 * A line for every variable of the environment that looks like a setting of ours and is none, with the nearest that is one:
 * a misspelt setting would go unseen. Values are not looked at.
 */
export function unknownSettings(env: Record<string, string | undefined>, modules: Contract['modules']): string[] {
  const known = Object.keys(settings(modules).shape)
  return Object.keys(env)
    .filter((name) => env[name] !== undefined && looksLikeOurs(name) && !known.includes(name))
    .map((name) => {
      const nearest = nearestSetting(name, known)
      return `${name}: is no setting of Rowgate${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
    })
}

/** The sandbox says yes to rows that nobody keeps, so in production it is taken only by name. */
function missingUpstream({ NODE_ENV, INGESTION_URL }: Record<string, string | undefined>): string[] {
  if (NODE_ENV !== 'production' || INGESTION_URL !== undefined) return []
  return [`INGESTION_URL: must be set where NODE_ENV is production: the address of the upstream, or ${SANDBOX} for the embedded sandbox`]
}

const PROXY_SETTINGS = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'] as const

/** By custom these are written in lower case as well, which then counts. */
function withProxies(given: Record<string, string | undefined>): Record<string, string | undefined> {
  const lower = PROXY_SETTINGS.flatMap((name) => (given[name.toLowerCase()] === undefined ? [] : [[name, given[name.toLowerCase()]]]))
  return { ...given, ...Object.fromEntries(lower) }
}

/** The embedded sandbox is never behind a proxy. As others do it, a proxy for http serves https where none is named for that. */
function readProxies(given: { INGESTION_URL?: unknown } & { readonly [Name in (typeof PROXY_SETTINGS)[number]]?: string | undefined }) {
  const { HTTP_PROXY: http = '', HTTPS_PROXY: https = '', NO_PROXY: except = '' } = given
  return given.INGESTION_URL instanceof URL && http + https !== '' ? { http, https, except } : undefined
}

function complaintOf({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  return `${String(path[0] ?? 'settings')}: ${where(path)}${message}`
}

function where(path: readonly PropertyKey[]): string {
  return path.length > 1 ? `${path.slice(1).map(String).join('.')}: ` : ''
}
