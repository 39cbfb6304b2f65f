import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { readConfig, readSandboxConfig, unknownSettings } from '../src/config.ts'
import { settings } from '../src/settings.ts'
import { ConfigError } from '../src/util/config-error.ts'
import { startGateway } from './support/gateway.ts'

const read = (env: Record<string, string>) => readConfig(env, contract.modules)

test('without any setting the gateway runs on the embedded sandbox with the documented defaults', () => {
  expect(read({})).toMatchObject({
    identity: { fallbackToken: undefined },
    http: { port: 4000, corsOrigins: [], drainTimeoutMs: 25_000 },
    graphql: { maxRowsPerMutation: 20_000, maxAnswerBytes: 67_108_864 },
    batch: { maxBatchRows: 500, maxBatchBytes: 1_000_000 },
    ingest: {
      concurrency: 8,
      requestsPerSecond: 50,
      maxQueuedRows: 4_000,
      windowMs: 0,
      connectTimeoutMs: 3_000,
      attemptTimeoutMs: 10_000,
      attemptsTimeoutMs: 25_000,
      executionTimeoutMs: 30_000,
      retry: { retryableCodes: new Set(), retryAppendOn503: false, bisectAppend: false },
    },
    upstream: { target: { kind: 'sandbox' }, ingestionPath: '/api/v2/objects/{object}', rowIndexBase: 0, keyCase: 'lower' },
    solutions: [
      { name: 'INV_OOTB', modules: ['inventory'], prefix: 'INV_', suffix: '_OOTB' },
      { name: 'QP_OOTB', modules: ['markdown', 'quote'], prefix: 'QP_', suffix: '_OOTB' },
    ],
  })
})

test('every complaint is made at once, by the name of its setting and without its value', () => {
  const wrong = {
    PORT: 'hunter2',
    INGESTION_URL: 'ftp://hunter2',
    INGESTION_PATH: '/no-placeholder',
    INGESTION_TOKEN: 'hunter2 with spaces',
    SOLUTIONS: '[{"name":"hunter2","modules":["nope"],"prefix":"a/../b"}]',
    MAX_BATCH_ROWS: '0',
    DATABASE_URL: 'mysql://hunter2@host/hunter2',
    IDEMPOTENCY_RETENTION: '7 days',
    MAX_ANSWER_BYTES: '64 MB',
    UPSTREAM_CONCURRENCY: '-1',
    REQUESTS_PER_SECOND: '0',
    RETRYABLE_CODES: 'DI_E_10003,hunter2',
    ROW_INDEX_BASE: '2',
    ROW_KEY_CASE: 'camel',
    CORS_ORIGINS: '*',
    GRAPHIQL: 'maybe',
    LOG_LEVEL: 'loud',
  }
  const complaints = (() => {
    try {
      read(wrong)
      return ''
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      return (error as ConfigError).message
    }
  })()
  for (const name of Object.keys(wrong)) expect(complaints).toContain(`${name}:`)
  expect(complaints).toContain('must be one of inventory, markdown, quote')
  expect(complaints).not.toContain('hunter2')
})

test.each(['hunter2/{object}', '/hunter2/{object}?a=1', '/hunter2/{object}#a', '/hunter2/ü/{object}', '/hunter2/日/{object}'])(
  'a path that no request line can hold is refused, and not repeated: %s',
  (INGESTION_PATH) => {
    expect(() => read({ INGESTION_PATH })).toThrow(/^INGESTION_PATH: must (?!.*hunter2)/)
  },
)

test('rows cannot be gathered for as long as they may take at all', () => {
  expect(() => read({ BATCH_WINDOW_MS: '2000', EXECUTION_TIMEOUT_MS: '2000' })).toThrow(
    /^BATCH_WINDOW_MS: must be shorter than EXECUTION_TIMEOUT_MS/,
  )
  expect(read({ BATCH_WINDOW_MS: '1999', EXECUTION_TIMEOUT_MS: '2000' }).ingest.windowMs).toBe(1_999)
})

test('no solutions at all are no list of solutions', () => {
  expect(() => read({ SOLUTIONS: '[]' })).toThrow('SOLUTIONS')
})

test.each(['https://hunter2:x@up.example', 'https://hunter2@up.example', 'https://up.example/?key=hunter2', 'https://up.example/#hunter2'])(
  'an address of the upstream that carries more than an address is refused, and not repeated: %s',
  (INGESTION_URL) => {
    expect(() => read({ INGESTION_URL })).toThrow(/^INGESTION_URL: (?!.*hunter2).*must not carry credentials/)
  },
)

test('a sandbox that runs alone has a port, a file and solutions of its own, whatever upstream a gateway beside it has', () => {
  const alone = (env: Record<string, string>) => readSandboxConfig({ INGESTION_URL: 'https://upstream.example', ...env }, contract.modules)
  expect(alone({})).toMatchObject({ port: 4_100, file: '.data/sandbox.sqlite' })
  const solution = { name: 'ALL', modules: ['inventory'], prefix: 'P_', suffix: '_S' }
  expect(alone({ PORT: '4200', SANDBOX_FILE: '/tmp/rows.sqlite', SOLUTIONS: JSON.stringify([solution]) })).toEqual({
    ...{ port: 4_200, file: '/tmp/rows.sqlite', solutions: [solution] },
  })
})

test('an empty setting counts as unset', () => {
  expect(read({ PORT: '', INGESTION_URL: ' ' })).toMatchObject({ http: { port: 4000 }, upstream: { target: { kind: 'sandbox' } } })
})

test('space around a setting, and an end of line behind it, are no part of it', () => {
  const plain = { HOST: '127.0.0.1', STORE_FILE: 'store.sqlite', INGESTION_TOKEN: 'hunter2', IDEMPOTENCY_RETENTION: '1h', GRAPHIQL: 'off' }
  const { http, idempotency } = read(Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, ` ${value}\r\n`])))
  expect(http).toEqual(read(plain).http)
  expect(idempotency).toEqual(read(plain).idempotency)
})

test.each<[string, Record<string, string>]>([
  ['INGESTION_URL', { INGESTION_URL: 'upstream.example' }],
  ['SANDBOX_FILE', { SANDBOX_FILE: import.meta.filename }],
  ['SANDBOX_FILE', { SANDBOX_FILE: '/proc/nowhere/sandbox.sqlite' }],
  ['HOST and PORT', { HOST: '999.1.1.1', INGESTION_URL: 'http://127.0.0.1:9' }],
])('%s that cannot be used is a reason not to start, which is told in words by its name', async (name, env) => {
  const refused = await startGateway(env).catch((error: Error) => error)
  expect(refused).toBeInstanceOf(ConfigError)
  expect((refused as Error).message).toMatch(new RegExp(`^${name}: (?!Invalid input)\\w`))
})

test.each([
  ['on', true],
  ['true', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['0', false],
])('a switch that is set to %s is %s, whatever it is by default', (word, isOn) => {
  const { http, graphql, ingest } = read({
    GRAPHIQL: word,
    CONSOLE: word,
    INTROSPECTION: word,
    APPEND_BISECT: word,
    APPEND_RETRY_ON_503: word,
  })
  const { retryAppendOn503, bisectAppend } = ingest.retry
  expect([http.graphiql, http.console, graphql.introspection, retryAppendOn503, bisectAppend]).toEqual(Array(5).fill(isOn))
})

test('the token in a configuration cannot be printed', () => {
  expect(JSON.stringify(read({ INGESTION_TOKEN: 'hunter2' }))).not.toContain('hunter2')
})

test.each([
  ['CONNECT_TIMEOUT_MS', 'ATTEMPT_TIMEOUT_MS'],
  ['ATTEMPT_TIMEOUT_MS', 'ATTEMPTS_TIMEOUT_MS'],
  ['ATTEMPTS_TIMEOUT_MS', 'EXECUTION_TIMEOUT_MS'],
])('%s longer than %s refuses to start and names both', (inner, outer) => {
  expect(() => read({ [inner]: '5000', [outer]: '4000' })).toThrow(`${inner}: must not be longer than ${outer}`)
})

test('a timeout that is not set is never longer than the one it is part of', () => {
  expect(read({ EXECUTION_TIMEOUT_MS: '2000' })).toMatchObject({
    ingest: { attemptsTimeoutMs: 2_000, attemptTimeoutMs: 2_000 },
    upstream: { connectTimeoutMs: 2_000 },
  })
})

test('codes of rows to send again are read as a list', () => {
  expect(read({ RETRYABLE_CODES: 'DI_E_10003, DI_E_90001' }).ingest.retry.retryableCodes).toEqual(new Set(['DI_E_10003', 'DI_E_90001']))
})

test('production without an upstream refuses to start and says what to set; the sandbox is taken there by name', () => {
  expect(() => read({ NODE_ENV: 'production' })).toThrow(/INGESTION_URL: must be set .* sandbox/)
  expect(() => read({ NODE_ENV: 'production', INGESTION_URL: ' ' })).toThrow('INGESTION_URL')
  expect(() => read({ NODE_ENV: 'Production\r' })).toThrow(/INGESTION_URL: must be set/)
  expect(() => read({ INGESTION_URL: 'upstream.example' })).toThrow('INGESTION_URL: must be an http or https URL, or sandbox')
  expect(read({ NODE_ENV: 'production', INGESTION_URL: 'sandbox' })).toMatchObject({ upstream: { target: { kind: 'sandbox' } } })
  expect(read({ NODE_ENV: 'production', INGESTION_URL: 'https://upstream.example' })).toMatchObject({
    upstream: { target: { kind: 'remote' } },
  })
})

test('records are kept in a file for a week, or in a database whose address cannot be printed', () => {
  expect(read({}).idempotency).toEqual({ file: '.data/store.sqlite', databaseUrl: undefined, retentionMs: 7 * 86_400_000 })
  // Only the first of several would be asked for, by a name that is none.
  const several = 'postgres://u:hunter2@one,two/db?target_session_attrs=read-write'
  expect(() => read({ DATABASE_URL: several })).toThrow('DATABASE_URL: must be the URL of a PostgreSQL database on one host')
  // Passed over, the password would go over the network as it is.
  for (const misspelt of ['ssl_mode', 'SSLMODE', 'tls'])
    expect(() => read({ DATABASE_URL: `postgres://host/db?${misspelt}=verify-full` })).toThrow(
      'DATABASE_URL: has an unknown parameter for TLS',
    )
  expect(() => read({ DATABASE_URL: 'postgres://host/db?sslmode=verify-full&sslrootcert=/ca.pem' })).not.toThrow()
  const { databaseUrl, retentionMs } = read({ DATABASE_URL: 'postgres://u:hunter2@host/db', IDEMPOTENCY_RETENTION: '36h' }).idempotency
  expect([databaseUrl?.reveal(), JSON.stringify(databaseUrl), retentionMs]).toEqual([
    'postgres://u:hunter2@host/db',
    '"[secret]"',
    36 * 3_600_000,
  ])
  for (const wrong of ['7', '0d', '99999d', 'd', '1w']) expect(() => read({ IDEMPOTENCY_RETENTION: wrong }), wrong).toThrow('RETENTION')
})

test('a database that is meant by PGHOST alone is warned of', () => {
  expect(unknownSettings({ PGHOST: 'hunter2' }, contract.modules)).toEqual([
    'PGHOST: is not read; set DATABASE_URL to choose a PostgreSQL database',
  ])
  expect(unknownSettings({ PGHOST: 'db', DATABASE_URL: 'postgres://db/rows' }, contract.modules)).toEqual([])
})

test('of every setting a misspelt form is told, but for those whose names others use as well', () => {
  const common = ['PORT', 'HOST', 'NODE_ENV', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'OTEL_EXPORTER_OTLP_ENDPOINT']
  const ours = Object.keys(settings(contract.modules).shape).filter((name) => !common.includes(name))
  const isTold = (name: string) => unknownSettings({ [name]: 'on' }, contract.modules).length === 1
  expect(ours.filter((name) => !isTold(`${name}X`) || !isTold(`${name}_OTHERWISE`))).toEqual([])
})

test('what looks like a setting and is none is named with the nearest one, also among the reasons not to start', () => {
  const others = { PATH: '/bin', HOME: '/', npm_config_x: '1', http_proxy: 'x', FTP_PROXY: 'x', NODE_ENVS: 'x', HOSTNAME: 'x' }
  const unknown = {
    INGESTION_URI: 'hunter2',
    INGESTON_URL: 'hunter2',
    NGESTON_URL: 'x',
    ATABASE_URLS: 'x',
    MAX_BATCH_ROW: '1',
    MAX_BODY: '1',
    SANDBOX_PATH: 'x',
    ...others,
  }
  expect(unknownSettings(unknown, contract.modules)).toEqual([
    'INGESTION_URI: is not a setting of Rowgate; did you mean INGESTION_URL?',
    'INGESTON_URL: is not a setting of Rowgate; did you mean INGESTION_URL?',
    'NGESTON_URL: is not a setting of Rowgate; did you mean INGESTION_URL?',
    'ATABASE_URLS: is not a setting of Rowgate; did you mean DATABASE_URL?',
    'MAX_BATCH_ROW: is not a setting of Rowgate; did you mean MAX_BATCH_ROWS?',
    'MAX_BODY: is not a setting of Rowgate; did you mean MAX_BODY_BYTES?',
    'SANDBOX_PATH: is not a setting of Rowgate; did you mean SANDBOX_FILE?',
  ])
  expect(() => read({ NODE_ENV: 'production', INGESTION_URI: 'hunter2' })).toThrow('did you mean INGESTION_URL?')
})

test('every setting that is read is used', async () => {
  const files = ['config.ts', 'settings.ts', 'identity/settings.ts', 'observability/settings.ts'].map((name) =>
    readFile(new URL(`../src/${name}`, import.meta.url), 'utf8'),
  )
  const text = (await Promise.all(files)).join('')
  const uses = (name: string) => text.match(new RegExp(`\\b${name}\\b(?!: [a-z])`, 'g'))?.length ?? 0
  expect(Object.keys(settings(contract.modules).shape).filter((name) => uses(name) === 0)).toEqual([])
})

test('JWTs need an issuer, an audience, keys and credentials, and are not forgotten to be asked for', () => {
  const jwt = { JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'rowgate', CREDENTIALS_FILE: 'c.json', JWKS_FILE: 'k.json' }
  expect(read({ IDENTITY: 'jwt', ...jwt, JWT_ALGORITHMS: 'ES256, EdDSA', JWT_CLOCK_SKEW: '5s' }).identity).toMatchObject({
    kind: 'jwt',
    keys: { file: 'k.json' },
    algorithms: ['ES256', 'EdDSA'],
    clockSkewMs: 5_000,
    tenantClaim: 'sub',
    rolesClaim: 'roles',
  })
  for (const name of Object.keys(jwt)) {
    expect(() => read({ IDENTITY: 'jwt', ...jwt, [name]: '' })).toThrow(name.replace('FILE', name === 'JWKS_FILE' ? 'URL' : 'FILE'))
    expect(() => read({ [name]: 'hunter2' })).toThrow(`${name}: is only used when IDENTITY is jwt`)
  }
  expect(() => read({ IDENTITY: 'jwt', ...jwt, JWKS_URL: 'https://issuer.example/keys' })).toThrow('either this or JWKS_FILE')
})

test.each(['HS256', 'none', 'ES256,HS512', '', ','])('algorithms by which whoever checks a JWT can make one are refused: %s', (names) => {
  if (names === '') expect(read({ JWT_ALGORITHMS: names }).identity).toEqual(read({}).identity)
  else expect(() => read({ JWT_ALGORITHMS: names })).toThrow('JWT_ALGORITHMS')
})
