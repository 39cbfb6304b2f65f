import { contract } from '../../../schema/index.ts'
import { readConfig, unknownSettings } from '../../../src/config.ts'
import { settings as allSettings } from '../../../src/settings.ts'
import type { Table } from './table.ts'

type Env = Readonly<Record<string, string>>

const URL_SET = { INGESTION_URL: 'https://ingestion.example/base' }
const SOLUTION = { name: 'A', modules: ['inventory'] }
const JWT = { IDENTITY: 'jwt', JWKS_FILE: 'keys', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a', CREDENTIALS_FILE: 'c' }
const each = (name: string, values: readonly string[]): Env[] => values.map((value) => ({ [name]: value }))

const ENVS: readonly Env[] = [
  ...[
    {},
    URL_SET,
    { NODE_ENV: 'production' },
    { NODE_ENV: ' Production ', ...URL_SET },
    { INGESTION_URL: 'sandbox', NODE_ENV: 'production' },
    { PORT: '  ' },
  ],
  ...each('INGESTION_URL', ['ftp://x', 'https://a:b@x', 'x', 'https://x/?q', 'https://x/#f']),
  ...each('PORT', ['0', '65535', '65536', '-1', '1.5', '1e3', ' 80 ', '0x10', '']),
  ...each('MAX_BATCH_ROWS', ['0', '1', '100000', '100001', '1_000']),
  ...each('IDEMPOTENCY_RETENTION', ['1s', '90m', '36h', '0s', '7', '1.5d', '400d', '1d', '10000d', '1w']),
  ...each('RATE_LIMIT_WINDOW', ['1s', '1d', '25h', '0m']),
  ...each('JWT_CLOCK_SKEW', ['0s', '300s', '301s']),
  ...each('GRAPHIQL', ['on', 'off', 'true', 'ON', '1']),
  ...each('RETRYABLE_CODES', ['DI_E_10003', 'DI_E_1, DI_E_22', 'x', ',', 'DI_E_10003,']),
  ...each('CORS_ORIGINS', ['https://a', 'https://a/', 'https://a,http://b:1', '*', 'https://a/x', 'null', 'HTTPS://A']),
  ...each('INGESTION_PATH', ['/x/{object}', 'x/{object}', '/x', '/{object}/{object}', '/x?{object}']),
  ...each('DATABASE_URL', ['postgres://a/b', 'postgresql://u:p@h:1/d', 'mysql://a', 'x']),
  ...each('STORE_FILE', ['a\0b', 'x']),
  ...each('LOG_LEVEL', ['debug', 'loud']),
  ...each('REPLICA_ID', ['a b', 'x'.repeat(255), 'x'.repeat(256)]),
  ...each('NO_PROXY', ['a,b', 'é']),
  ...each('SOLUTIONS', [
    '[]',
    '{}',
    '[',
    JSON.stringify([SOLUTION]),
    JSON.stringify([SOLUTION, SOLUTION]),
    JSON.stringify([{ ...SOLUTION, modules: ['x'] }]),
    JSON.stringify([{ ...SOLUTION, prefix: 'a-b' }]),
    JSON.stringify([{ ...SOLUTION, more: 1 }]),
    JSON.stringify([{ name: '', modules: [] }]),
  ]),
  ...[
    { ATTEMPT_TIMEOUT_MS: '5' },
    { EXECUTION_TIMEOUT_MS: '500' },
    { EXECUTION_TIMEOUT_MS: '500', ATTEMPTS_TIMEOUT_MS: '501' },
    { ATTEMPT_TIMEOUT_MS: '30000' },
    { CONNECT_TIMEOUT_MS: '10000', ATTEMPT_TIMEOUT_MS: '10000' },
    { BATCH_WINDOW_MS: '500', EXECUTION_TIMEOUT_MS: '500' },
    { UPSTREAM_CONCURRENCY: '2', MAX_BATCH_ROWS: '3' },
    { MAX_ROWS_PER_MUTATION: '30000' },
  ],
  ...[
    { HTTP_PROXY: 'http://p:1' },
    { HTTP_PROXY: 'http://p:1', ...URL_SET },
    { https_proxy: 'http://q:1', HTTPS_PROXY: 'http://p:1', no_proxy: 'x', ...URL_SET },
    { HTTP_PROXY: 'socks://p', ...URL_SET },
  ],
  ...[
    JWT,
    { ...JWT, JWKS_URL: 'https://x' },
    { ...JWT, JWKS_FILE: '' },
    { JWKS_FILE: 'x', JWT_ISSUER: 'i' },
    { ...JWT, JWT_ALGORITHMS: 'ES256, RS256' },
    { ...JWT, JWT_ALGORITHMS: 'HS256' },
    { ...JWT, JWT_ISSUER: 'a b' },
    { IDENTITY: 'other' },
    { ...JWT, JWKS_FILE: '', JWKS_URL: 'https://a:b@x/#f' },
  ],
  ...[
    { DOCUMENTS: 'any' },
    { DOCUMENTS: 'trusted' },
    { DOCUMENTS: 'trusted', DOCUMENTS_MANIFEST: 'm' },
    { INGESTION_TOKEN: 'a b' },
    { INGESTION_TOKEN: 'secret' },
  ],
]

const TOGETHER: readonly Env[] = [
  {
    ...{ EXECUTION_TIMEOUT_MS: '1000', ATTEMPTS_TIMEOUT_MS: '1001', ATTEMPT_TIMEOUT_MS: '1002', CONNECT_TIMEOUT_MS: '1003' },
    ...{ BATCH_WINDOW_MS: '1000', DOCUMENTS: 'trusted', JWKS_URL: 'https://x', JWKS_FILE: 'x', CREDENTIALS_FILE: 'x' },
  },
  {
    EXECUTION_TIMEOUT_MS: '1000',
    ATTEMPTS_TIMEOUT_MS: '1000',
    ATTEMPT_TIMEOUT_MS: '1000',
    CONNECT_TIMEOUT_MS: '1000',
    BATCH_WINDOW_MS: '999',
  },
  { EXECUTION_TIMEOUT_MS: '2000' },
  { IDENTITY: 'jwt', DOCUMENTS: 'trusted', PORT: 'x', LOG_LEVEL: 'x', MAX_BATCH_ROWS: '0' },
]

const MISSPELT: readonly Env[] = [
  ...[
    { INGESTON_URL: 'x' },
    { MAX_BATCH_ROW: '1' },
    { MAXBATCHROWS: '1' },
    { RATE_LIMIT_REQUEST: '1' },
    { JWT_ISUER: 'x' },
    { LOGLEVEL: 'x' },
    { ROWGATE_PORT: '1' },
    { LOG_LEVELS: 'x' },
  ],
  ...[
    { HOME: 'x', PATH: 'x', LANG: 'x' },
    { PGHOST: 'x' },
    { PGHOST: 'x', DATABASE_URL: 'postgres://x' },
    { SOLUTION: 'x' },
    { port: '1' },
    { HOSTS: 'x' },
    { GRAPHIQ: 'on' },
    { BATCH_WINDOW: '1' },
    { OTEL_EXPORTER_OTLP_ENDPOIN: 'x' },
    { UPSTREAM_CONCURENCY: '1', REQUEST_PER_SECOND: '1' },
  ],
]

/** What an operator may set. */
export const settings: Table = {
  name: 'settings',
  title: 'Settings: what each comes to where it differs from what holds otherwise, and what is said of those that cannot be.',
  about: `
Each line is an environment and, behind the arrow, what differs in the configuration from that of an empty one, or the complaints.`,
  lines() {
    const usual = flat({})
    return [
      `{} -> ${JSON.stringify(usual)}`,
      ...ENVS.map((env) => `${JSON.stringify(env)} -> ${JSON.stringify(difference(env, usual))}`),
      ...['é', 'é7', '7é', 'a b', '0', '999999999999999', ' '].flatMap((value) => [
        `each ${JSON.stringify(value)}:`,
        ...complaintsWhereAllAre(value),
      ]),
      'each of them alone, where it makes a difference:',
      ...Object.keys(allSettings(contract.modules).shape).flatMap((name) => aloneLine(name, usual)),
      'all at once that do not go together:',
      ...TOGETHER.map((env) => `${JSON.stringify(env)} -> ${JSON.stringify(difference(env, usual))}`),
      'names that nearly are settings:',
      ...Object.keys(allSettings(contract.modules).shape).map((name) => nearly(name)),
      ...MISSPELT.map((env) => `${JSON.stringify(env)} -> ${JSON.stringify(unknownSettings(env, contract.modules))}`),
    ]
  },
}

/** What is said of names that begin or end otherwise, or are spelt in small letters. */
function nearly(name: string): string {
  const [first = ''] = name.split('_')
  const others = [`${name}X`, `${name}_MORE`, `${first}_ODD`, `X${name}`, `${name.slice(0, -2)}YY`, name.toLowerCase()]
  return `  ${others.flatMap((one) => unknownSettings({ [one]: '1' }, contract.modules)).join('; ')}`
}

/** One of these is good for nearly every setting, and is what hardly any is by itself. */
const UNUSUAL = [
  '7',
  '700',
  '7000',
  '70000',
  '7000000',
  '17s',
  '17m',
  '17h',
  'off',
  'on',
  'warn',
  'https://seven.example',
  '/seven/{object}',
  'seven',
]

function aloneLine(name: string, usual: Record<string, unknown>): readonly string[] {
  for (const value of UNUSUAL) {
    const told = difference({ [name]: value }, usual)
    if (!Array.isArray(told) && Object.keys(told as object).length > 0) return [`  ${name}=${value} -> ${JSON.stringify(told)}`]
  }
  return []
}

/** Complaints say how much is allowed. */
function complaintsWhereAllAre(value: string): readonly string[] {
  const names = Object.keys(allSettings(contract.modules).shape)
  return names.flatMap((name) => {
    const found = difference({ [name]: value }, {})
    return Array.isArray(found) ? found.map((line) => `  ${line}`) : []
  })
}

function difference(env: Env, usual: Record<string, unknown>): unknown {
  try {
    return Object.fromEntries(Object.entries(flat(env)).filter(([name, value]) => JSON.stringify(usual[name]) !== JSON.stringify(value)))
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : 'thrown'
  }
}

/** The configuration with a name for each value; the memory is the machine's. */
function flat(env: Env): Record<string, unknown> {
  const config = readConfig({ MEMORY_BUDGET_BYTES: '1000000', REPLICA_ID: 'here', ...env }, contract.modules)
  const found: Record<string, unknown> = {}
  const visit = (name: string, value: unknown): void => {
    if (value instanceof Set) found[name] = [...value]
    else if (value instanceof URL) found[name] = value.href
    else if (typeof value === 'object' && value !== null && !Array.isArray(value) && !('reveal' in value))
      for (const [inner, one] of Object.entries(value)) visit(name === '' ? inner : `${name}.${inner}`, one)
    else found[name] = value
  }
  visit('', config)
  return found
}
