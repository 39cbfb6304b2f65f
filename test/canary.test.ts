import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { Arrived, FakeAnswer } from './support/fake-upstream.ts'
import type { Gateway } from './support/gateway.ts'
import { type Issuer, startIssuer } from './support/issuer.ts'
import { createOpened } from './support/keyed-calls.ts'
import { startOtlpReceiver } from './support/otlp-receiver.ts'
import { startPostgres } from './support/postgres.ts'
import { product, resourceNamed } from './support/rows.ts'
import { bytesOfFiles, textOfDatabase, textOfFile } from './support/store-text.ts'

const CANARY = 'c4n4ry-7f3e'
const NUMBER = 918_273_645_546
const STAMP = '1987-06-05 04:03:02'
const SECRETS = [CANARY, String(NUMBER), STAMP.slice(0, 10)]

const postgres = await startPostgres()
const issuer: Issuer = await startIssuer()
afterAll(() => Promise.all([postgres?.remove(), issuer.close()]))
const { upstreamOf, gatewayAt, newFile, close, closeAll, add } = createOpened()
afterEach(closeAll)

/** What the upstream does to a tenant of that name; each quotes what it was sent wherever words may stand. Only its codes are its own: they are shown as they come. */
const MANNERS: Readonly<Record<string, (quote: string, row: object) => FakeAnswer>> = {
  taken: (quote) => ({ status: 200, body: { requestId: quote, message: quote } }),
  partly: (quote, row) => ({
    status: 207,
    body: { failed: [{ index: 0, row, errors: [{ code: 'DI_E_10003', message: `bad: ${quote}`, field: CANARY, value: quote }] }] },
  }),
  declined: (quote, row) => ({
    status: 400,
    body: { message: quote, code: 'DI_E_1', errors: [{ rowIndex: 0, message: quote, data: row }] },
  }),
  unauthorized: (quote) => ({ status: 401, body: { message: `${quote} is no token` } }),
  broken: (quote) => ({ status: 503, headers: { 'retry-after': '0', 'x-quote': CANARY }, body: quote }),
  garbled: (quote) => ({ status: 200, body: `{"status": "${quote}` }),
  unknown: (quote) => ({ status: 200, body: { [CANARY]: quote, [quote]: { [CANARY]: 1 } } }),
  contradicts: (quote) => ({ status: 200, body: { accepted: 99, failed: [{ index: 99, message: quote }], error: quote } }),
  lost: () => (response) => response.destroy(),
}

const COLUMNS = resourceNamed('Products').columns.map(({ name, type }) => ({ columnName: name.toUpperCase(), dataType: type }))
const TABLE = { name: 'INV_PRODUCTS_OOTB', columns: [...COLUMNS, { columnName: 'COLOUR', dataType: 'string', default: CANARY }] }
/** Good for whatever is asked about tables and solutions. */
const SCHEMA = { tables: [TABLE], solutions: [{ solutionName: 'INV_OOTB' }], successfulObjects: [TABLE.name], failedObjects: [] }

function reply({ method, headers: { authorization = '' }, text, body }: Arrived): FakeAnswer {
  const manner = MANNERS[authorization.slice(CANARY.length + 1)] ?? MANNERS.taken
  const isAboutSchemas = method === 'GET' || !('data' in body)
  if (isAboutSchemas && /-(?:taken|partly|unknown)$/.test(authorization)) return { status: 200, body: SCHEMA }
  return manner?.(`${CANARY} ${authorization} ${text.replaceAll('"', "'")}`, body.data?.[0] ?? {}) ?? { status: 500 }
}

const ROWS = [
  product(CANARY, { productName: CANARY, packSize: NUMBER, updatedAt: STAMP, extra: { COLOUR: CANARY } }),
  product('B', { productName: CANARY, updatedAt: STAMP, packSize: NUMBER }),
  product(`${CANARY}-bad`, { packSize: CANARY, updatedAt: CANARY, productName: NUMBER, extra: { SIZE: CANARY, COLOUR: { a: CANARY } } }),
  CANARY,
  NUMBER,
]
const FIELDS = `acceptedCount rejectedCount unconfirmedCount warnings issueSummary { code message field }
  rows { ... on RejectedRow { issues { code message hint field upstreamCode } } ... on UnconfirmedRow { reason } }`
const mutation = (name: string) => `mutation ($rows: [ProductsRowInput!]!) { ${name}Products(rows: $rows) { ${FIELDS} } }`
const ROLLOUT = `mutation { rollout(input: { solutionName: "INV_OOTB", appName: "app", appVersion: "1.0.0", targetSchemaName: "STAGE",
  prefix: "INV_", suffix: "_OOTB" }) { complete } }`

/** What is declined before a row is judged. */
const DECLINED: readonly object[] = [
  { query: `mutation { upsertProducts(rows: [{ productId: "${CANARY}", packSize: "${CANARY}" }]) { acceptedCount } }` },
  { query: `{ x(y: "${CANARY}") }` },
  { query: `{ me { tenant } # ${CANARY}` },
  { query: 'query ($a: Boolean!) { resources @include(if: $a) { name } }', variables: { a: CANARY } },
  { query: mutation('upsert'), variables: { rows: CANARY } },
  { query: mutation('append'), variables: { rows: ROWS, [CANARY]: CANARY }, operationName: CANARY },
  { query: mutation('append'), variables: { rows: Array.from({ length: 21 }, () => CANARY) } },
  { documentId: CANARY },
  { extensions: { persistedQuery: { version: 1, sha256Hash: CANARY } } },
  { query: `{ solutionSchema(solution: "${CANARY}") { name } }` },
]

/** What reads what became of rows, and what is asked of the upstream about tables. */
const ASIDE: readonly object[] = [
  { query: '{ dataQuality(solution: "INV_OOTB") { accepted topIssues { code count } } }' },
  { query: '{ recentRejections(resource: "Products") { index by issues { code message } } }' },
  { query: `{ ingestRequest(idempotencyKey: "${CANARY}-upsert") { state acceptedCount } }` },
  { query: '{ solutionSchema(solution: "INV_OOTB") { name } onboarding(solution: "INV_OOTB") { steps { status } } }' },
  { query: '{ solutions { solutionName } schemaDrift(solution: "INV_OOTB") { differences { kind } } }' },
  { query: `mutation { addAttribute(resource: "Products", name: "SHADE", type: STRING, default: "${CANARY}") { name } }` },
  { query: `mutation { saveSchema(appName: "${CANARY}", appVersion: "1.0.0", resources: ["Products"]) { appName } }` },
  { query: ROLLOUT },
]

/** Sends everything that there is to send as one tenant; the texts of all answers. */
async function sendAll(gateway: Gateway, token: string): Promise<string[]> {
  const texts: string[] = []
  const ask = async (body: string, headers: Record<string, string> = {}, path = '/graphql') => {
    const all = { 'content-type': 'application/json', authorization: token, ...headers }
    const init = path === '/graphql' ? { method: 'POST', body } : { path }
    texts.push(await (await gateway.fetch({ ...init, headers: all })).text())
  }
  for (const name of ['append', 'upsert', 'append'])
    for (const key of [undefined, `${CANARY}-${name}`]) {
      const body = JSON.stringify({ query: mutation(name), variables: { rows: ROWS } })
      await ask(body, { 'x-rowgate-debug': 'upstream', ...(key !== undefined && { 'idempotency-key': key }) })
    }
  for (const document of DECLINED) await ask(JSON.stringify(document))
  const before = texts.length
  for (const document of ASIDE) await ask(JSON.stringify(document))
  expect(texts.slice(before).filter((text) => text.includes('GRAPHQL_VALIDATION_FAILED'))).toEqual([])
  for (const body of [CANARY, `{"query": "${CANARY}`, `[${NUMBER}]`, '']) await ask(body)
  await ask('{}', { 'content-type': CANARY })
  await ask('{}', { 'content-encoding': CANARY })
  await ask('{}', { accept: CANARY, origin: `https://${CANARY}.example`, cookie: CANARY, traceparent: CANARY, 'user-agent': CANARY })
  await ask('{}', { 'idempotency-key': `${CANARY} ${CANARY}` })
  await ask('', {}, `/graphql?query={${CANARY}}&variables=${CANARY}`)
  await ask('', {}, `/${CANARY}?${CANARY}`)
  return texts
}

/** Who calls, as the upstream is shown it: for each manner a token that holds the canary. */
const IDENTITIES: readonly (readonly [string, () => Promise<{ settings: object; tokenOf: (manner: string) => Promise<string> }>])[] = [
  ['tokens', async () => ({ settings: {}, tokenOf: async (manner) => `${CANARY}-${manner}` })],
  [
    'JWTs',
    async () => ({
      settings: await issuer.settings(Object.fromEntries(Object.keys(MANNERS).map((name) => [name, { token: `${CANARY}-${name}` }]))),
      tokenOf: (manner) => issuer.sign({ sub: manner, jti: CANARY, [CANARY]: CANARY }),
    }),
  ],
]

interface Kept {
  readonly settings: Record<string, string>
  /** What is at rest, while the gateway runs and after. */
  readonly read: () => Promise<string>
  readonly readClosed: () => Promise<string>
}

async function fileStore(): Promise<Kept> {
  const file = await newFile()
  return { settings: { STORE_FILE: file }, read: () => bytesOfFiles(file), readClosed: () => textOfFile(file) }
}

async function databaseStore(): Promise<Kept> {
  if (postgres === undefined) throw new Error('no PostgreSQL')
  const name = `canary${Date.now()}`
  const read = () => textOfDatabase(postgres, name)
  return { settings: { DATABASE_URL: await postgres.create(name) }, read, readClosed: read }
}

const STORES = [['SQLite', fileStore] as const, ...(postgres === undefined ? [] : [['PostgreSQL', databaseStore] as const])]

describe.each(STORES)('with a store in %s', (_, newStore) => {
  test.each(IDENTITIES)(
    'and callers who bring %s, no token and no cell is in the log, a metric, a span, the store or a message',
    async (_kind, open) => {
      const { settings: identity, tokenOf } = await open()
      const [receiver, upstream, store] = [await startOtlpReceiver(), await upstreamOf(reply), await newStore()]
      add(receiver)
      const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, LOG_LEVEL: 'trace', RECENT_REJECTIONS: '50' }
      const quick = { ATTEMPTS_TIMEOUT_MS: '1000', REQUESTS_PER_SECOND: '1000000', MAX_ROWS_PER_MUTATION: '20' }
      const gateway = await gatewayAt(upstream, { ...identity, ...tracing, ...quick, ...store.settings })
      const tokens = await Promise.all(Object.keys(MANNERS).map(tokenOf))
      const strangers = [`${CANARY} ${CANARY}`, `Bearer ${CANARY}.${CANARY}.${CANARY}`]
      const texts = (await Promise.all([...tokens, ...strangers].map((token) => sendAll(gateway, token)))).flat()
      const metrics = await (await gateway.fetch({ path: '/metrics' })).text()
      const running = await store.read()
      await close(gateway)

      const places = { log: gateway.logged.join(''), metrics, spans: receiver.texts.join(''), running, store: await store.readClosed() }
      // Each place has something of what happened, so that a canary would have had a way there.
      const shown = Object.entries({ ...places }).map(([place, text]) => [place, SHOWN[place as keyof typeof places].test(text)])
      expect(Object.fromEntries(shown)).toEqual({ log: true, metrics: true, spans: true, running: true, store: true })
      expect(SECRETS.filter((secret) => !upstream.arrived.some(({ text }) => text.includes(secret)))).toEqual([])

      const told = texts.flatMap((text) => [...text.matchAll(/"(?:message|hint)":("(?:[^"\\]|\\.)*")/g)].map(([, words = '']) => words))
      expect(told.length).toBeGreaterThan(100)
      const hidden = [...SECRETS, ...tokens.map((token) => token.slice(-40))]
      const found = Object.entries({ ...places, told: told.join('\n') }).flatMap(([place, text]) =>
        hidden.filter((secret) => text.includes(secret)).map((secret) => `${place}: ${excerpt(text, secret)}`),
      )
      expect(found).toEqual([])
    },
  )
})

/** What is there of a request in each place. */
const SHOWN = {
  log: /a mutation ended/,
  metrics: /outcome="REJECTED"/,
  spans: /send rows/,
  running: /"kind":"settled"/,
  store: /DI_E_10003[\s\S]*(?:minute|topIssues|UPSTREAM_REJECTED)/,
} as const

function excerpt(text: string, secret: string): string {
  const at = text.indexOf(secret)
  return text.slice(Math.max(0, at - 200), at + secret.length + 100)
}
