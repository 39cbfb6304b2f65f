import { getHeapStatistics } from 'node:v8'
import { readIdentity, readInbound } from './identity/settings.ts'
import { readObservability } from './observability/settings.ts'
import type { Contract } from './resource/contract.ts'
import type { Solution } from './resource/module.ts'
import { missingSettings, nestTimeouts, readProxies, SANDBOX, settings, withProxies } from './settings.ts'
import { ConfigError } from './util/config-error.ts'
import { secret } from './util/secret.ts'
import { misspeltSettings } from './util/setting-names.ts'

/** Every setting, checked, grouped by the folder of `src` that uses it. */
export type Config = ReturnType<typeof readConfig>

/** Reads and checks the settings; throws one `ConfigError` that lists everything wrong with them. */
export function readConfig(env: Record<string, string | undefined>, modules: Contract['modules']) {
  const s = readSettings(env, modules)
  const timeouts = nestTimeouts(s)
  if (Array.isArray(timeouts)) throw new ConfigError(timeouts.join('\n'))
  return {
    solutions: s.SOLUTIONS,
    ...readObservability(s),
    identity: readIdentity(s),
    http: {
      port: s.PORT,
      host: s.HOST,
      ...{ graphiql: s.GRAPHIQL, console: s.CONSOLE },
      corsOrigins: s.CORS_ORIGINS,
      maxBodyBytes: s.MAX_BODY_BYTES,
      maxConnections: s.MAX_CONNECTIONS,
      memoryBudgetBytes: s.MEMORY_BUDGET_BYTES ?? defaultMemoryBudget(),
      shutdownDelayMs: s.SHUTDOWN_DELAY_MS,
      drainTimeoutMs: s.DRAIN_TIMEOUT_MS,
    },
    graphql: {
      introspection: s.INTROSPECTION,
      // Room for the widest rows, with attributes of their own.
      maxJsonValues: s.MAX_JSON_VALUES ?? Math.max(500_000, 25 * s.MAX_ROWS_PER_MUTATION),
      maxRowsPerMutation: s.MAX_ROWS_PER_MUTATION,
      maxAnswerBytes: s.MAX_ANSWER_BYTES,
      documents: s.DOCUMENTS,
      documentsManifest: s.DOCUMENTS_MANIFEST,
    },
    inbound: readInbound(s),
    batch: { maxBatchRows: s.MAX_BATCH_ROWS, maxBatchBytes: s.MAX_BATCH_BYTES },
    ingest: {
      ...timeouts,
      concurrency: s.UPSTREAM_CONCURRENCY,
      requestsPerSecond: s.REQUESTS_PER_SECOND,
      // One round of requests: a row then waits about as long as one request takes.
      maxQueuedRows: s.MAX_QUEUED_ROWS ?? s.UPSTREAM_CONCURRENCY * s.MAX_BATCH_ROWS,
      windowMs: s.BATCH_WINDOW_MS,
      retry: { retryableCodes: new Set(s.RETRYABLE_CODES), retryAppendOn503: s.APPEND_RETRY_ON_503, bisectAppend: s.APPEND_BISECT },
    },
    upstream: {
      ...timeouts,
      target: targetOf(s.INGESTION_URL, s.SANDBOX_FILE),
      proxies: readProxies(s),
      ingestionPath: s.INGESTION_PATH,
      rowIndexBase: (s.ROW_INDEX_BASE === 1 ? 1 : 0) as 0 | 1,
      keyCase: s.ROW_KEY_CASE,
      attributeNameKey: s.ATTRIBUTE_NAME_KEY,
      timestampType: s.TIMESTAMP_TYPE,
    },
    idempotency: {
      databaseUrl: s.DATABASE_URL === undefined ? undefined : secret(s.DATABASE_URL),
      file: s.STORE_FILE,
      retentionMs: s.IDEMPOTENCY_RETENTION,
    },
    replicas: { schemaMaxAgeMs: s.SCHEMA_MAX_AGE_MS, recentRejections: s.RECENT_REJECTIONS },
  }
}

/** Where rows go: to a remote upstream or to the embedded sandbox. */
function targetOf(url: URL | typeof SANDBOX | undefined, file: string) {
  return url instanceof URL ? ({ kind: 'remote', url } as const) : ({ kind: 'sandbox', file } as const)
}

function readSettings(env: Record<string, string | undefined>, modules: Contract['modules']) {
  // Env files with Windows line ends, and secrets read from files, carry a trailing line break.
  const trimmed = Object.entries(env).map(([name, value]) => [name, value?.trim()] as const)
  const given = withProxies(Object.fromEntries(trimmed.filter(([, value]) => value !== undefined && value !== '')))
  const parsed = settings(modules).safeParse(given)
  const complaints = [...(parsed.error?.issues ?? []).map(complaintOf), ...missingSettings(given)]
  if (parsed.success && complaints.length === 0) return parsed.data
  throw new ConfigError([...complaints, ...unknownSettings(env, modules)].join('\n'))
}

/** The settings of a stand-alone sandbox; it listens on port 4100 unless PORT says otherwise. */
export function readSandboxConfig(
  env: Record<string, string | undefined>,
  modules: Contract['modules'],
): { port: number; file: string; solutions: readonly Solution[] } {
  const { http, upstream, solutions } = readConfig({ PORT: '4100', ...env, INGESTION_URL: SANDBOX }, modules)
  return { port: http.port, solutions, file: upstream.target.kind === 'sandbox' ? upstream.target.file : ':memory:' }
}

/** Half of the heap limit, and at most 512 MB, which is enough for hundreds of large requests at once. */
function defaultMemoryBudget(): number {
  return Math.min(512 * 1024 * 1024, Math.floor(getHeapStatistics().heap_size_limit / 2))
}

/**
 * A line for every environment variable that looks like a setting but is not one, with the nearest known name: a misspelt
 * setting would otherwise go unnoticed. Values are not looked at.
 */
export function unknownSettings(env: Record<string, string | undefined>, modules: Contract['modules']): string[] {
  const known = Object.keys(settings(modules).shape)
  // Somebody who sets PGHOST expects a database, and without DATABASE_URL none is used.
  const isDatabaseMeant = env.PGHOST !== undefined && env.DATABASE_URL === undefined
  const unread = isDatabaseMeant ? ['PGHOST: is not read; set DATABASE_URL to choose a PostgreSQL database'] : []
  return [...misspeltSettings(env, known), ...unread]
}

function complaintOf({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  return `${String(path[0] ?? 'settings')}: ${where(path)}${message}`
}

function where(path: readonly PropertyKey[]): string {
  return path.length > 1 ? `${path.slice(1).map(String).join('.')}: ` : ''
}
