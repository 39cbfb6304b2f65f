import { distance } from 'fastest-levenshtein'

/** Prefixes of setting names: a variable that starts with one and is unknown was most likely meant as a setting. */
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
    'CONSOLE',
    'REPLICA_',
    'INTROSPECTION',
    'SOLUTION',
    'LOG_LEVEL',
  ],
]

/** A line for every environment variable that looks like a setting but is not a known one, with the nearest known name. */
export function misspeltSettings(env: Readonly<Record<string, string | undefined>>, known: readonly string[]): string[] {
  return Object.keys(env)
    .filter((name) => env[name] !== undefined && !known.includes(name) && (looksLikeOurs(name) || isNearMiss(name, known)))
    .map((name) => {
      const nearest = nearestSetting(name, known)
      return `${name}: is not a setting of Rowgate${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
    })
}

/** Whether an environment variable looks like a setting of Rowgate. */
function looksLikeOurs(name: string): boolean {
  return PREFIXES.some((prefix) => name.toUpperCase().startsWith(prefix))
}

const OF_OTHERS_TOO = /^(?:NODE|OTEL)_|_PROXY$/

/** Whether a variable differs from a setting by one or two letters: the prefix may be misspelt, too. */
function isNearMiss(name: string, known: readonly string[]): boolean {
  if (name.length < 8 || name.length > 64) return false
  return known.some((one) => !OF_OTHERS_TOO.test(one) && distance(name, one) <= 2)
}

/**
 * The setting that a misspelt one was probably meant to be: the first that starts with it, else the nearest; undefined if none is close.
 */
function nearestSetting(name: string, known: readonly string[]): string | undefined {
  const upper = name.toUpperCase().slice(0, 64)
  const longer = known.find((candidate) => candidate.startsWith(`${upper}_`))
  if (longer !== undefined) return longer
  const ranked = known.map((candidate) => ({ candidate, far: distance(upper, candidate) })).sort((a, b) => a.far - b.far)
  const [best] = ranked
  return best !== undefined && best.far <= Math.ceil(name.length / 3) ? best.candidate : undefined
}
