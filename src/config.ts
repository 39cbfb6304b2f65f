import { z } from 'zod'
import { LOG_LEVELS } from './log.ts'
import type { Contract } from './resource/contract.ts'
import { exampleSolutions, type Solution } from './resource/module.ts'
import { type Secret, secret } from './tenant.ts'

/** Everything an operator can set, checked. */
export interface Config {
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
  readonly attemptTimeoutMs: number
  readonly batchWindowMs: number
  readonly rowIndexBase: 0 | 1
  readonly rowKeyCase: 'lower' | 'upper'
  readonly maxBodyBytes: number
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
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${String(issue.path[0] ?? 'settings')}: ${where(issue.path)}${issue.message}`).join('\n'),
    )

  const s = parsed.data
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
    attemptTimeoutMs: s.ATTEMPT_TIMEOUT_MS,
    batchWindowMs: s.BATCH_WINDOW_MS,
    rowIndexBase: s.ROW_INDEX_BASE === 1 ? 1 : 0,
    rowKeyCase: s.ROW_KEY_CASE,
    maxBodyBytes: s.MAX_BODY_BYTES,
    corsOrigins: s.CORS_ORIGINS,
    graphiql: s.GRAPHIQL,
    introspection: s.INTROSPECTION,
    logLevel: s.LOG_LEVEL,
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

function where(path: readonly PropertyKey[]): string {
  return path.length > 1 ? `${path.slice(1).map(String).join('.')}: ` : ''
}

const wholeNumber = (fallback: number, min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\s*\d{1,15}\s*$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
    .default(fallback)
}

const onOff = (fallback: 'on' | 'off') =>
  z
    .enum(['on', 'off', 'true', 'false', '1', '0'], 'must be on or off')
    .default(fallback)
    .transform((word) => ['on', 'true', '1'].includes(word))

const httpUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be an http or https URL')
  .transform((text) => new URL(text))
  .refine(
    (url) => url.search === '' && url.hash === '' && url.username === '' && url.password === '',
    'must not carry credentials, a query or a fragment',
  )

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    'must be origins separated by commas, such as https://app.example.com',
  )
  .default([])

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' })
    return z.NEVER
  }
})

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
    ATTEMPT_TIMEOUT_MS: wholeNumber(10_000, 1, 600_000),
    BATCH_WINDOW_MS: wholeNumber(0, 0, 60_000),
    ROW_INDEX_BASE: wholeNumber(0, 0, 1),
    ROW_KEY_CASE: z.enum(['lower', 'upper'], 'must be lower or upper').default('lower'),
    MAX_BODY_BYTES: wholeNumber(33_554_432, 1_000, 1_000_000_000),
    CORS_ORIGINS: origins,
    GRAPHIQL: onOff('on'),
    INTROSPECTION: onOff('on'),
    LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  })
}
