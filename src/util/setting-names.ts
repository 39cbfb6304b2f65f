import { distance } from 'fastest-levenshtein'

/** How names of our settings begin: what begins so and is none was most likely meant to be one. */
const PREFIXES = [
  ...['INGESTION_', 'SANDBOX_', 'MAX_', 'UPSTREAM_', 'REQUESTS_PER_', 'CONNECT_', 'ATTEMPT_', 'ATTEMPTS_', 'EXECUTION_', 'DRAIN_'],
  ...['SHUTDOWN_', 'RETRYABLE_', 'APPEND_', 'BATCH_', 'ROW_', 'ATTRIBUTE_', 'SCHEMA_', 'RECENT_', 'TIMESTAMP_', 'CORS_', 'MEMORY_'],
  ...[
    'IDENTITY',
    'JWT_',
    'JWKS_',
    'CREDENTIALS_',
    'RATE_LIMIT',
    'DOCUMENTS',
    'STORE_',
    'DATABASE_',
    'IDEMPOTENCY_',
    'GRAPHIQL',
    'INTROSPECTION',
    'SOLUTION',
    'LOG_LEVEL',
  ],
]

/** Whether a variable of the environment looks like a setting of ours. */
export function looksLikeOurs(name: string): boolean {
  return PREFIXES.some((prefix) => name.toUpperCase().startsWith(prefix))
}

/** The setting that a misspelt one was probably meant to be; undefined where none is close. */
export function nearestSetting(name: string, known: readonly string[]): string | undefined {
  const upper = name.toUpperCase().slice(0, 64)
  const ranked = known.map((candidate) => ({ candidate, far: distance(upper, candidate) })).sort((a, b) => a.far - b.far)
  const [best] = ranked
  return best !== undefined && best.far <= Math.ceil(name.length / 3) ? best.candidate : undefined
}
