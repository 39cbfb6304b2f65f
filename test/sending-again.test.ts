import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, test } from 'vitest'
import type { FakeAnswer } from './support/fake-upstream.ts'
import { ROW_FIELDS, startGateway } from './support/gateway.ts'
import { createOpened, idsOf, keyed, post, tryKeyed } from './support/keyed-calls.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { startPostgres } from './support/postgres.ts'
import { product } from './support/rows.ts'
import { START_FLAGS } from './support/start-flags.ts'

usePatientClock()

const postgres = await startPostgres()
afterAll(() => postgres?.remove())

const opened = createOpened()
const { upstreamOf, gatewayAt, close: closed } = opened
afterAll(opened.closeAll)

const yes: FakeAnswer = { status: 202 }
const broken: FakeAnswer = (response) => void response.destroy()

/** A gateway in a process of its own, which may be killed. */
async function spawnGateway(settings: Record<string, string>): Promise<{ child: ChildProcess; url: URL }> {
  const env = {
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    PORT: '0',
    LOG_LEVEL: 'silent',
    ...settings,
  }
  const cwd = new URL('..', import.meta.url).pathname
  const child = spawn(process.execPath, [...START_FLAGS, 'src/main.ts'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  opened.add({ close: async () => void child.kill('SIGKILL') })
  const [line] = await once(child.stdout, 'data')
  return { child, url: new URL(/http:\S+/.exec(String(line))?.[0] ?? '') }
}

let databases = 0
const newFile = async () => ({ STORE_FILE: await opened.newFile() })

const STORES: readonly (readonly [string, () => Promise<Record<string, string>>])[] = [
  ['an SQLite file', newFile],
  ...(postgres === undefined ? [] : [['PostgreSQL', async () => ({ DATABASE_URL: await postgres.create(`keys${++databases}`) })] as const]),
]

// Each has a store of its own, and mostly waits.
describe.concurrent.each(STORES)('a key that comes again, kept in %s,', (_, newStore) => {
  test('is answered with what was told, and nothing is sent, also after a restart', async () => {
    const upstream = await upstreamOf(() => yes)
    const store = await newStore()
    const first = await gatewayAt(upstream, store)
    const rows = [product('A'), { ...product('B'), packSize: 0 }, product('A')]
    const told = await keyed(first, rows, { key: 'one' })
    expect(told).toMatchObject({
      acceptedCount: 1,
      rejectedCount: 2,
      replayedCount: 0,
      retryableCount: 0,
      retryAfterMs: null,
      warnings: [],
    })
    const again = { ...told, replayedCount: 3 }
    expect(await keyed(first, rows, { key: 'one' })).toEqual(again)
    await closed(first)

    const second = await gatewayAt(upstream, store)
    expect(await keyed(second, rows, { key: 'one' })).toEqual(again)
    expect(idsOf(upstream)).toEqual([['A']])
  })

  test('leaves rows of an APPEND unconfirmed whose connection was lost, and never sends them again', async () => {
    const upstream = await upstreamOf(() => broken)
    const store = await newStore()
    const first = await gatewayAt(upstream, store)
    expect(await keyed(first, [product('A')], { key: 'lost' })).toMatchObject({ unconfirmedCount: 1, retryableCount: 0 })
    await closed(first)
    const second = await gatewayAt(upstream, store)
    expect(await keyed(second, [product('A')], { key: 'lost' })).toMatchObject({ unconfirmedCount: 1, replayedCount: 1, retryableCount: 0 })
    expect(idsOf(upstream)).toEqual([['A']])
  })

  test('sends rows of an UPSERT again that may have been written, and those alone', async () => {
    let isUp = false
    const upstream = await upstreamOf(() => (isUp ? yes : broken))
    const store = await newStore()
    const first = await gatewayAt(upstream, { ATTEMPTS_TIMEOUT_MS: '300', ...store })
    const rows = [{ ...product('A'), packSize: 0 }, product('B')]
    const call = { key: 'again', mutation: 'upsertProducts' }
    expect(await keyed(first, rows, call)).toMatchObject({ rejectedCount: 1, unconfirmedCount: 1, retryableCount: 1, retryAfterMs: 1_000 })
    await closed(first)
    isUp = true
    const second = await gatewayAt(upstream, store)
    expect(await keyed(second, rows, call)).toMatchObject({ rejectedCount: 1, acceptedCount: 1, replayedCount: 1, retryableCount: 0 })
    expect(idsOf(upstream).at(-1)).toEqual(['B'])
  })

  test('sends what was refused for the moment', async () => {
    let status = 429
    const upstream = await upstreamOf(() => ({ status, headers: { 'retry-after': '0' } }))
    const gateway = await gatewayAt(upstream, { REQUESTS_PER_SECOND: '100000', ...(await newStore()) })
    expect(await keyed(gateway, [product('A')], { key: 'busy' })).toMatchObject({ rejectedCount: 1, retryableCount: 1 })
    status = 202
    expect(await keyed(gateway, [product('A')], { key: 'busy' })).toMatchObject({ acceptedCount: 1, replayedCount: 0, retryableCount: 0 })
    expect(await keyed(gateway, [product('A')], { key: 'busy' })).toMatchObject({ acceptedCount: 1, replayedCount: 1 })
  })

  test('leaves rows of an APPEND unconfirmed that were still on their way when their time was up', async () => {
    const going = Promise.withResolvers<void>()
    const upstream = await upstreamOf(async () => {
      await going.promise
      return yes
    })
    const gateway = await gatewayAt(upstream, { EXECUTION_TIMEOUT_MS: '2000', ATTEMPTS_TIMEOUT_MS: '2000', ...(await newStore()) })
    const first = await keyed(gateway, [product('A')], { key: 'late' })
    expect(first).toMatchObject({ unconfirmedCount: 1, retryableCount: 0 })
    expect(await keyed(gateway, [product('A')], { key: 'late' })).toMatchObject({ unconfirmedCount: 1, replayedCount: 1 })
    going.resolve()
    expect(idsOf(upstream)).toEqual([['A']])
  })

  test('outlives a process that is killed: what was answered is told, what had left stays unconfirmed, the rest is sent', async ({
    expect,
  }) => {
    const arrived = Promise.withResolvers<void>()
    const going = Promise.withResolvers<void>()
    const upstream = await upstreamOf(async (_, nth) => {
      if (nth !== 1) return yes
      arrived.resolve()
      await going.promise
      return broken
    })
    const settings = { MAX_BATCH_ROWS: '1', UPSTREAM_CONCURRENCY: '1', ...(await newStore()) }
    const rows = ['A', 'B', 'C'].map((id) => product(id))
    const { child, url } = await spawnGateway({ INGESTION_URL: upstream.url, ...settings })
    const query = 'mutation ($rows: [ProductsRowInput!]!) { appendProducts(rows: $rows, idempotencyKey: "killed") { acceptedCount } }'
    const headers = { 'content-type': 'application/json', authorization: 'token' }
    const sent = fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables: { rows } }) }).catch(() => 'broken')
    await arrived.promise
    child.kill('SIGKILL')
    expect(await sent).toBe('broken')
    going.resolve()

    const second = await gatewayAt(upstream, settings)
    // A lease of a process that is gone runs out after ten seconds.
    const again = () => tryKeyed(second, rows, { key: 'killed' })
    await expect.poll(async () => (await again()).code, { timeout: 20_000, interval: 500 }).toBeUndefined()
    expect((await again()).data.payload).toMatchObject({ acceptedCount: 2, unconfirmedCount: 1, replayedCount: 3, retryableCount: 0 })
    expect(idsOf(upstream)).toEqual([['A'], ['B'], ['C']])
  }, 40_000)

  test('joins while it runs here: one request, one answer', async () => {
    const arrived = Promise.withResolvers<void>()
    const going = Promise.withResolvers<void>()
    const upstream = await upstreamOf(async () => {
      arrived.resolve()
      await going.promise
      return yes
    })
    const gateway = await gatewayAt(upstream, await newStore())
    const first = keyed(gateway, [product('A')], { key: 'twice' })
    await arrived.promise
    const second = keyed(gateway, [product('A')], { key: 'twice' })
    const other = await tryKeyed(gateway, [product('B')], { key: 'twice' })
    expect(other.code).toBe('IDEMPOTENCY_KEY_REUSED')
    going.resolve()
    expect(await second).toEqual(await first)
    expect(idsOf(upstream)).toEqual([['A']])
  })

  test('with anything else in the request is declined, and with another token is another key', async () => {
    const upstream = await upstreamOf(() => yes)
    const gateway = await gatewayAt(upstream, await newStore())
    const rows = [product('A'), product('B')]
    await keyed(gateway, rows, { key: 'k' })
    const others = [
      tryKeyed(gateway, [product('B'), product('A')], { key: 'k' }),
      tryKeyed(gateway, [product('A'), { ...product('B'), packSize: 13 }], { key: 'k' }),
      tryKeyed(gateway, rows, { key: 'k', mutation: 'upsertProducts' }),
    ]
    for (const { code, status, extensions } of await Promise.all(others))
      expect([code, status, extensions.retryAfterMs]).toEqual(['IDEMPOTENCY_KEY_REUSED', 200, undefined])
    expect(upstream.arrived).toHaveLength(1)
    expect(await keyed(gateway, rows, { key: 'k', token: 'other' })).toMatchObject({ acceptedCount: 2, replayedCount: 0 })
    expect(upstream.arrived).toHaveLength(2)
  })

  test('is told of by a query, by index, to its token', async ({ expect }) => {
    const upstream = await upstreamOf(() => yes)
    const gateway = await gatewayAt(upstream, await newStore())
    await keyed(gateway, [product('A'), { ...product('B'), packSize: 0 }], { key: 'seen' })
    const query = `query ($key: String!) { ingestRequest(idempotencyKey: $key) { state operation rowCount acceptedCount rejectedCount
      unconfirmedCount pendingCount retryableCount createdAt openedAt rows(only: [REJECTED]) { ${ROW_FIELDS} } } }`
    const ask = async (key: string, token?: string) => (await post(gateway, { query, variables: { key } }, token ? { token } : {})).data
    await expect
      .poll(() => ask('seen'))
      .toMatchObject({
        ingestRequest: {
          ...{ state: 'SETTLED', operation: 'APPEND', rowCount: 2, acceptedCount: 1, rejectedCount: 1, unconfirmedCount: 0 },
          ...{ pendingCount: 0, retryableCount: 0, createdAt: expect.stringMatching(/^20.*Z$/), openedAt: expect.stringMatching(/Z$/) },
          rows: [{ __typename: 'RejectedRow', index: 1, key: {}, issues: [{ code: 'BELOW_MINIMUM', field: 'packSize' }] }],
        },
      })
    const figures = await (await gateway.fetch({ path: '/metrics' })).text()
    expect(figures).toMatch(/^rowgate_idempotency_records 1$/m)
    expect(figures).toMatch(/^rowgate_idempotency_oldest_open_seconds 0$/m)
    expect(figures).toMatch(/^rowgate_idempotency_unconfirmed_rows 0$/m)
    expect(figures).toMatch(/^rowgate_store_commit_milliseconds_count [2-9]$/m)
    expect([await ask('nobody'), await ask('seen', 'other')]).toEqual([{ ingestRequest: null }, { ingestRequest: null }])
  })

  test('is free while its request was declined whole, or only tried', async () => {
    const upstream = await upstreamOf(() => yes)
    const gateway = await gatewayAt(upstream, { MAX_ROWS_PER_MUTATION: '2', ...(await newStore()) })
    expect(
      (
        await tryKeyed(
          gateway,
          [1, 2, 3].map((nth) => product(`P${nth}`)),
          { key: 'free' },
        )
      ).code,
    ).toBe('TOO_MANY_ROWS')
    await keyed(gateway, [product('A')], { key: 'free', dryRun: true })
    expect(await keyed(gateway, [product('B')], { key: 'free' })).toMatchObject({ acceptedCount: 1, replayedCount: 0 })
  })
})

test.runIf(postgres !== undefined)('a request that runs on another gateway is told to come again', async () => {
  const going = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  const upstream = await upstreamOf(async () => {
    arrived.resolve()
    await going.promise
    return yes
  })
  const store = { DATABASE_URL: (await postgres?.create('shared')) ?? '' }
  const [one, other] = [await gatewayAt(upstream, store), await gatewayAt(upstream, store)]
  const first = keyed(one, [product('A')], { key: 'shared' })
  await arrived.promise
  expect(await tryKeyed(other, [product('A')], { key: 'shared' })).toMatchObject({
    code: 'IDEMPOTENCY_IN_PROGRESS',
    extensions: { retryAfterMs: 1_000 },
  })
  going.resolve()
  expect(await first).toMatchObject({ acceptedCount: 1 })
  await expect
    .poll(() => tryKeyed(other, [product('A')], { key: 'shared' }))
    .toMatchObject({ data: { payload: { acceptedCount: 1, replayedCount: 1 } } })
  expect(upstream.arrived).toHaveLength(1)
})

test.runIf(postgres !== undefined)(
  'a database that is lost and comes back declines requests with a key meanwhile, and no others',
  async () => {
    const upstream = await upstreamOf(() => yes)
    const gateway = await gatewayAt(upstream, { DATABASE_URL: (await postgres?.create('lost')) ?? '' })
    await keyed(gateway, [product('A')], { key: 'before' })
    await postgres?.stop()
    const declined = await tryKeyed(gateway, [product('B')], { key: 'during' })
    expect([declined.code, declined.extensions.retryAfterMs]).toEqual(['STORE_UNAVAILABLE', 1_000])
    expect(await keyed(gateway, [product('C')], {})).toMatchObject({ acceptedCount: 1 })
    await postgres?.start()
    expect(await keyed(gateway, [product('B')], { key: 'during' })).toMatchObject({ acceptedCount: 1, replayedCount: 0 })
    expect(await keyed(gateway, [product('A')], { key: 'before' })).toMatchObject({ acceptedCount: 1, replayedCount: 1 })
    expect(idsOf(upstream)).toEqual([['A'], ['C'], ['B']])
  },
)

test('a store that cannot be opened is warned of once; requests with a key are declined, and no others', async () => {
  const upstream = await upstreamOf(() => yes)
  const gateway = await gatewayAt(upstream, { STORE_FILE: tmpdir() })
  expect((await tryKeyed(gateway, [product('A')], { key: 'k' })).code).toBe('STORE_UNAVAILABLE')
  expect((await post(gateway, { query: '{ ingestRequest(idempotencyKey: "k") { state } }' })).code).toBe('STORE_UNAVAILABLE')
  expect(await keyed(gateway, [product('B')], {})).toMatchObject({ acceptedCount: 1, replayedCount: 0, retryableCount: 0 })
  expect(idsOf(upstream)).toEqual([['B']])
  expect(gateway.logged.filter((line) => line.includes('store of idempotency keys'))).toHaveLength(1)
  expect(await (await gateway.fetch({ path: '/metrics' })).text()).not.toMatch(/^rowgate_idempotency_records \d/m)
})

describe('a key', () => {
  const settings = { STORE_FILE: ':memory:' }

  test('is an argument or a header, bare or in quotes, and is the same in each', async () => {
    const upstream = await upstreamOf(() => yes)
    const gateway = await gatewayAt(upstream, settings)
    await keyed(gateway, [product('A')], { key: 'a b' })
    for (const header of ['a b', '"a b"', ' "a b" '])
      expect(await keyed(gateway, [product('A')], { header }), header).toMatchObject({ replayedCount: 1 })
    expect(await keyed(gateway, [product('A')], { header: '"a b"', key: 'a b' })).toMatchObject({ replayedCount: 1 })
    expect(upstream.arrived).toHaveLength(1)
  })

  test('that is none, or not clear, declines the field before anything is sent', async () => {
    const upstream = await upstreamOf(() => yes)
    const gateway = await gatewayAt(upstream, settings)
    const bad = [{ key: '' }, { key: 'x'.repeat(256) }, { key: 'é' }, { key: 'a\nb' }, { header: '"open' }, { key: 'a', header: 'b' }]
    for (const call of bad) {
      const { code, errors } = await tryKeyed(gateway, [product('A')], call)
      expect([call, code]).toEqual([call, 'BAD_USER_INPUT'])
      expect(JSON.stringify(errors)).not.toMatch(/é|xxx|"open/)
    }
    const two = `mutation ($rows: [ProductsRowInput!]!) { ...Both } fragment Both on Mutation { a: upsertProducts(rows: $rows) { acceptedCount } b: upsertProducts(rows: $rows) { acceptedCount } }`
    const { data, errors } = await post(gateway, { query: two, variables: { rows: [product('A')] } }, { header: 'k' })
    expect([data, errors.length, errors[0].extensions.code]).toEqual([{ a: null, b: null }, 2, 'BAD_USER_INPUT'])
    expect((await post(gateway, { query: '{ limits { idempotencyRetentionSeconds } }' }, { header: '"open' })).data).toEqual({
      limits: { idempotencyRetentionSeconds: 604_800 },
    })
    expect((await post(gateway, { query: '{ ingestRequest(idempotencyKey: "") { state } }' })).code).toBe('BAD_USER_INPUT')
    expect(upstream.arrived).toEqual([])
  })

  test('of a header is that of the one field that is executed, whatever else the document could do', async () => {
    const upstream = await upstreamOf(() => yes)
    const gateway = await gatewayAt(upstream, settings)
    const query = `mutation ($rows: [ProductsRowInput!]!, $first: Boolean!, $second: Boolean = false) {
      a: appendProducts(rows: $rows) @include(if: $first) { acceptedCount }
      ... on Mutation @skip(if: $first) { b: appendProducts(rows: $rows) { acceptedCount } }
      c: upsertProducts(rows: $rows) @include(if: $second) { acceptedCount } }`
    const send = async (variables: object, header: string) =>
      (await post(gateway, { query, variables: { rows: [product('A')], ...variables } }, { header })).data
    expect(await send({ first: true }, 'k1')).toEqual({ a: { acceptedCount: 1 } })
    expect(await send({ first: false }, 'k2')).toEqual({ b: { acceptedCount: 1 } })
    expect(upstream.arrived).toHaveLength(2)
    expect(await send({ first: true }, 'k2')).toEqual({ a: { acceptedCount: 1 } })
    expect(await send({ first: false, second: true }, 'k3')).toEqual({ b: null, c: null })
    expect(upstream.arrived).toHaveLength(2)
  })

  test('belongs to its field: two fields with one key are one request, or the second is declined', async () => {
    const upstream = await upstreamOf(() => yes)
    const gateway = await gatewayAt(upstream, settings)
    const query = (second: string) => `mutation ($rows: [ProductsRowInput!]!) {
      a: appendProducts(rows: $rows, idempotencyKey: "k") { acceptedCount replayedCount }
      b: ${second}(rows: $rows, idempotencyKey: "k") { acceptedCount replayedCount } }`
    const variables = { rows: [product('A')] }
    expect((await post(gateway, { query: query('appendProducts'), variables })).data).toEqual({
      a: { acceptedCount: 1, replayedCount: 0 },
      b: { acceptedCount: 1, replayedCount: 0 },
    })
    const { data, code } = await post(gateway, { query: query('upsertProducts'), variables })
    expect([data, code]).toEqual([{ a: { acceptedCount: 1, replayedCount: 1 }, b: null }, 'IDEMPOTENCY_KEY_REUSED'])
    expect(upstream.arrived).toHaveLength(1)
  })

  test('knows the same rows however they are written: in variables, in the document, in pieces, with every digit', async () => {
    const upstream = await upstreamOf(() => yes)
    const store = await newFile()
    const rows = Array.from({ length: 4_500 }, (_, at) => product(`P${at}`))
    const first = await startGateway({ INGESTION_URL: upstream.url, ...store }, { fast: true })
    const one = { ...product('A'), extra: { size: 0.1 } }
    await keyed(first, rows, { key: 'large' })
    await keyed(first, [one], { key: 'small' })
    const literal = JSON.stringify(one).replace(/"(\w+)":/g, '$1:')
    const query = `mutation { payload: appendProducts(rows: ${literal}, idempotencyKey: "small") { replayedCount } }`
    expect((await post(first, { query })).data).toEqual({ payload: { replayedCount: 1 } })
    await first.close()

    const plain = await startGateway({ INGESTION_URL: upstream.url, ...store }, { fast: false })
    opened.add(plain)
    expect(await keyed(plain, rows, { key: 'large' })).toMatchObject({ replayedCount: 4_500 })
    expect(await keyed(plain, [one], { key: 'small' })).toMatchObject({ replayedCount: 1 })
  })
})
