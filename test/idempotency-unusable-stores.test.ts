import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import type { FakeAnswer, FakeUpstream } from './support/fake-upstream.ts'
import type { Gateway } from './support/gateway.ts'
import { createOpened, idsOf, keyed, post, tryKeyed } from './support/keyed-calls.ts'
import { startPostgres } from './support/postgres.ts'
import { product } from './support/rows.ts'
import { startStallingProxy } from './support/stalling-proxy.ts'

const postgres = await startPostgres()
afterAll(() => postgres?.remove())

const { upstreamOf, gatewayAt, newFile, add, close, closeAll } = createOpened()
afterEach(() => {
  vi.useRealTimers()
  return closeAll()
})

const warnings = ({ logged }: Gateway) => logged.filter((line) => line.includes('store of idempotency keys'))

/** Requests with a key are declined before anything is sent, of which the log says so once, and all others are as ever. */
async function expectOthersOnly(gateway: Gateway, upstream: FakeUpstream): Promise<void> {
  const before = upstream.arrived.length
  for (const mutation of ['appendProducts', 'upsertProducts']) {
    const declined = await tryKeyed(gateway, [product('A')], { key: 'k', mutation })
    expect([declined.code, declined.extensions.retryAfterMs, declined.data]).toEqual(['STORE_UNAVAILABLE', 1_000, { payload: null }])
  }
  expect((await post(gateway, { query: '{ ingestRequest(idempotencyKey: "k") { state } }' })).code).toBe('STORE_UNAVAILABLE')
  expect(upstream.arrived).toHaveLength(before)

  expect(await keyed(gateway, [product('B')], {})).toMatchObject({ acceptedCount: 1 })
  expect(await keyed(gateway, [product('C')], { key: 'k', dryRun: true })).toMatchObject({ acceptedCount: 1 })
  expect((await gateway.fetch({ path: '/ready' })).status).toBe(200)
  expect(idsOf(upstream).slice(before)).toEqual([['B'], ['C']])
  expect(warnings(gateway)).toHaveLength(1)
  expect(JSON.parse(warnings(gateway).join()).store).toMatch(/^(STORE_FILE \/.+|DATABASE_URL)$/)
}

test('a file that is no database is left as it is, and only requests with a key are declined', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const file = await newFile()
  await mkdir(dirname(file))
  await writeFile(file, 'This is not a database. '.repeat(1_000))
  const gateway = await gatewayAt(upstream, { STORE_FILE: file })
  await expectOthersOnly(gateway, upstream)
  expect(JSON.parse(warnings(gateway).join())).toMatchObject({ store: `STORE_FILE ${file}`, cause: expect.any(String) })
})

test('a file in a folder that cannot be made declines requests with a key at once', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  await expectOthersOnly(await gatewayAt(upstream, { STORE_FILE: '/proc/nowhere/store.sqlite' }), upstream)
})

test('a file that is removed while it is in use declines requests with a key until it is put back, and loses nothing', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const file = await newFile()
  const gateway = await gatewayAt(upstream, { STORE_FILE: file })
  await keyed(gateway, [product('A')], { key: 'before' })
  await rename(file, `${file}.away`)
  expect((await tryKeyed(gateway, [product('A')], { key: 'k' })).code).toBe('STORE_UNAVAILABLE')
  expect(await keyed(gateway, [product('B')], {})).toMatchObject({ acceptedCount: 1 })
  await writeFile(file, '')
  expect((await tryKeyed(gateway, [product('A')], { key: 'before' })).code).toBe('STORE_UNAVAILABLE')
  expect(warnings(gateway).map((line) => JSON.parse(line).cause)).toEqual([expect.stringContaining('the file was removed')])

  await rename(`${file}.away`, file)
  expect(await keyed(gateway, [product('A')], { key: 'before' })).toMatchObject({ replayedCount: 1 })
  expect(idsOf(upstream)).toEqual([['A'], ['B']])
})

test('a store that is lost while rows are sent is a warning beside all others', async () => {
  const file = await newFile()
  const upstream = await upstreamOf(async ({ method }) => {
    if (method === 'GET') return { status: 404 }
    await rename(file, `${file}.away`)
    return { status: 202 }
  })
  const gateway = await gatewayAt(upstream, { STORE_FILE: file })
  expect(await keyed(gateway, [product('A', { extra: { SHELF_LIFE: 3 } })], { key: 'k' })).toMatchObject({
    acceptedCount: 1,
    warnings: [expect.stringContaining('not checked'), expect.stringContaining('store failed')],
  })
})

test('a file that another gateway holds declines requests with a key until that one stops, and loses nothing', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const settings = { STORE_FILE: await newFile() }
  const first = await gatewayAt(upstream, settings)
  await keyed(first, [product('A')], { key: 'k' })
  const second = await gatewayAt(upstream, settings)
  await expectOthersOnly(second, upstream)
  expect(await keyed(first, [product('A')], { key: 'k' })).toMatchObject({ replayedCount: 1 })
  expect(warnings(first)).toEqual([])

  await close(first)
  expect(await keyed(second, [product('A')], { key: 'k' })).toMatchObject({ acceptedCount: 1, replayedCount: 1 })
  expect(idsOf(upstream)).toEqual([['A'], ['B'], ['C']])
})

test('a DATABASE_URL that names a file that is not there declines requests with a key, and keeps nobody from stopping', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const gateway = await gatewayAt(upstream, { DATABASE_URL: 'postgresql://127.0.0.1:9/db?sslmode=verify-full&sslrootcert=/nowhere' })
  await expectOthersOnly(gateway, upstream)
  await close(gateway)
})

test.runIf(postgres !== undefined)('a PostgreSQL that is read-only declines requests with a key, and no others', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const url = (await postgres?.create('standby')) ?? ''
  await close(await gatewayAt(upstream, { DATABASE_URL: url }))
  await postgres?.query('ALTER DATABASE standby SET default_transaction_read_only = on')
  await expectOthersOnly(await gatewayAt(upstream, { DATABASE_URL: url }), upstream)
})

test.runIf(postgres !== undefined)('a role without rights on the notes alone is told of once, and keys are kept as ever', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const url = (await postgres?.create('rights')) ?? ''
  await close(await gatewayAt(upstream, { DATABASE_URL: url }))
  await postgres?.query('CREATE ROLE keys_only LOGIN IN ROLE pg_read_all_data')
  await postgres?.query('GRANT INSERT, UPDATE, DELETE ON rowgate_record, rowgate_entry, rowgate_process TO keys_only', [], 'rights')
  const gateway = await gatewayAt(upstream, { DATABASE_URL: url.replace('postgres@', 'keys_only@') })
  expect(await keyed(gateway, [product('A')], { key: 'k' })).toMatchObject({ acceptedCount: 1, warnings: [] })
  const told = () => gateway.logged.filter((line) => line.includes('data quality')).map((line) => JSON.parse(line).cause)
  await expect.poll(told, { timeout: 20_000 }).toEqual(['The store failed: permission denied for table rowgate_note'])
  expect(warnings(gateway)).toEqual([])
})

test.runIf(postgres !== undefined)('a PostgreSQL that is lost while the gateway runs is said once in the log, with the cause', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const url = (await postgres?.create('lost')) ?? ''
  const gateway = await gatewayAt(upstream, { DATABASE_URL: url })
  await keyed(gateway, [product('A')], { key: 'before' })
  expect(warnings(gateway)).toEqual([])
  await postgres?.query('ALTER DATABASE lost ALLOW_CONNECTIONS false')
  await postgres?.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'lost'`)
  await expectOthersOnly(gateway, upstream)
  expect(warnings(gateway)[0]).toContain('"cause":"The store failed')

  await postgres?.query('ALTER DATABASE lost ALLOW_CONNECTIONS true')
  await expect.poll(() => warnings(gateway).length, { timeout: 20_000 }).toBe(2)
  expect(JSON.parse(warnings(gateway)[1] ?? '')).toMatchObject({
    ...{ store: 'DATABASE_URL', seconds: expect.any(Number) },
    msg: 'the store of idempotency keys works again, and everything it missed has been written',
  })
  expect(await keyed(gateway, [product('A')], { key: 'before' })).toMatchObject({ replayedCount: 1 })
})

test.runIf(postgres !== undefined)('a PostgreSQL that takes all and answers nothing keeps nobody from stopping', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const proxy = await startStallingProxy((await postgres?.create('stuck')) ?? '')
  add(proxy)
  const gateway = await gatewayAt(upstream, { DATABASE_URL: proxy.url })
  await keyed(gateway, [product('A')], { key: 'k' })
  proxy.stall()
  expect(await keyed(gateway, [product('B')], {})).toMatchObject({ acceptedCount: 1 })
  await close(gateway)
})

test.runIf(postgres !== undefined)('a PostgreSQL that hangs while the gateway stops leaves no caller without an answer', async () => {
  const answered = Promise.withResolvers<FakeAnswer>()
  const upstream = await upstreamOf(({ body }) => (body.data[0]?.product_id === 'A' ? answered.promise : { status: 202 }))
  const proxy = await startStallingProxy((await postgres?.create('hanging')) ?? '')
  add(proxy)
  const gateway = await gatewayAt(upstream, { DATABASE_URL: proxy.url })
  const sent = keyed(gateway, [product('A')], { key: 'a' })
  await expect.poll(() => upstream.arrived.length).toBe(1)
  proxy.stall()
  answered.resolve({ status: 202 })
  const opening = tryKeyed(gateway, [product('B')], { key: 'b' })
  const looking = post(gateway, { query: '{ ingestRequest(idempotencyKey: "c") { state } }' })
  await keyed(gateway, [product('C')], {})

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let isClosed = false
  const closed = close(gateway).finally(() => {
    isClosed = true
  })
  vi.advanceTimersByTime(24_250)
  // Commits keep a pause of two milliseconds. Once it is half a second before the end, connections would be cut.
  for (let ms = 0; ms < 249; ms++) {
    vi.advanceTimersByTime(1)
    await nextTurn()
  }
  expect(await sent).toMatchObject({ acceptedCount: 1, warnings: [expect.stringContaining('The store failed')] })
  expect([(await opening).code, (await looking).code]).toEqual(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE'])
  // A store that is not waited for any longer need not be faulty.
  expect(warnings(gateway).join()).not.toContain('The process stops')
  for (; !isClosed; await nextTurn()) vi.advanceTimersByTime(1_000)
  await closed
})

test.runIf(postgres !== undefined)('a PostgreSQL that hangs holds nobody up for long whose rows have their outcomes', async () => {
  const answered = Promise.withResolvers<FakeAnswer>()
  const upstream = await upstreamOf(() => answered.promise)
  const proxy = await startStallingProxy((await postgres?.create('silent')) ?? '')
  add(proxy)
  const gateway = await gatewayAt(upstream, { DATABASE_URL: proxy.url })
  const sent = keyed(gateway, [product('A')], { key: 'a' })
  await expect.poll(() => upstream.arrived.length).toBe(1)
  proxy.stall()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  answered.resolve({ status: 202 })
  let isAnswered = false
  const told = sent.finally(() => {
    isAnswered = true
  })
  // A statement is given up after ten seconds, and each is repeated once.
  for (let ms = 0; ms < 9_000 && !isAnswered; ms += 5) {
    vi.advanceTimersByTime(5)
    await nextTurn()
  }
  expect(isAnswered).toBe(true)
  expect(await told).toMatchObject({ acceptedCount: 1, warnings: [expect.stringContaining('The store failed')] })
  // Until that is written nothing is sent under the key, and nothing else is told.
  expect((await tryKeyed(gateway, [product('A')], { key: 'a' })).code).toBe('STORE_UNAVAILABLE')
  expect(idsOf(upstream)).toEqual([['A']])
  let isClosed = false
  const closed = close(gateway).finally(() => {
    isClosed = true
  })
  for (; !isClosed; await nextTurn()) vi.advanceTimersByTime(1_000)
  await closed
})

test.runIf(postgres !== undefined)(
  'a PostgreSQL whose table is locked declines requests with a key, and is left with no statement that nobody waits for',
  { timeout: 60_000 },
  async () => {
    const upstream = await upstreamOf(() => ({ status: 202 }))
    const url = (await postgres?.create('locked')) ?? ''
    const gateway = await gatewayAt(upstream, { DATABASE_URL: url })
    await keyed(gateway, [product('A')], { key: 'before' })
    const holder = new Client({ connectionString: url })
    await holder.connect()
    add({ close: () => holder.end() })
    await holder.query('BEGIN; LOCK TABLE rowgate_record')
    expect((await tryKeyed(gateway, [product('B')], { key: 'k' })).code).toBe('STORE_UNAVAILABLE')
    expect(await keyed(gateway, [product('C')], {})).toMatchObject({ acceptedCount: 1 })
    const waiting = `SELECT pid, query_start::text AS since FROM pg_stat_activity WHERE wait_event_type = 'Lock'`
    const [first] = (await postgres?.query(waiting)) ?? []
    expect(first).toBeDefined()
    await expect.poll(() => postgres?.query(waiting), { timeout: 30_000 }).not.toContainEqual(first)
    await holder.query('ROLLBACK')
    const again = async () => (await tryKeyed(gateway, [product('B')], { key: 'k' })).data.payload
    await expect.poll(again, { timeout: 20_000 }).toMatchObject({ acceptedCount: 1, replayedCount: 0 })
    expect(idsOf(upstream)).toEqual([['A'], ['C'], ['B']])
  },
)

test.runIf(postgres !== undefined)('a PostgreSQL that is put in place of another while the gateway runs is given its tables', async () => {
  const upstream = await upstreamOf(() => ({ status: 202 }))
  const gateway = await gatewayAt(upstream, { DATABASE_URL: (await postgres?.create('swapped')) ?? '' })
  await keyed(gateway, [product('A')], { key: 'k' })
  await postgres?.query('DROP TABLE rowgate_record, rowgate_entry, rowgate_process, rowgate_note, rowgate_migration', [], 'swapped')
  const again = () => tryKeyed(gateway, [product('B')], { key: 'k' })
  await expect.poll(async () => (await again()).data.payload, { timeout: 20_000 }).toMatchObject({ acceptedCount: 1, replayedCount: 0 })
})

let databases = 0

/** Runs a statement on the store's tables while no gateway has them open. */
type Change = (statement: string) => Promise<unknown>

const STORES: readonly (readonly [string, () => Promise<{ settings: Record<string, string>; change: Change }>])[] = [
  [
    'an SQLite file',
    async () => {
      const file = await newFile()
      const change: Change = async (statement) => {
        const database = new DatabaseSync(file)
        database.exec(statement)
        database.close()
      }
      return { settings: { STORE_FILE: file }, change }
    },
  ],
  ...(postgres === undefined
    ? []
    : [
        [
          'PostgreSQL',
          async () => {
            const name = `newer${++databases}`
            const url = await postgres.create(name)
            return { settings: { DATABASE_URL: url }, change: (statement: string) => postgres.query(statement, [], name) }
          },
        ] as const,
      ]),
]

describe.each(STORES)('what a newer version of Rowgate wrote to %s', (_, newStore) => {
  test.each([
    ['a record', `UPDATE rowgate_record SET version = 99`],
    ['an entry of a settled record', `UPDATE rowgate_entry SET body = replace(body, '"v":1', '"v":99')`],
    ['a code', `UPDATE rowgate_entry SET body = replace(body, 'BELOW_MINIMUM', 'BELOW_EVERYTHING')`],
  ])('%s declines the requests that it is about, and no others', async (_, statement) => {
    const upstream = await upstreamOf(() => ({ status: 202 }))
    const { settings, change } = await newStore()
    const first = await gatewayAt(upstream, settings)
    const rows = [product('A'), product('B', { packSize: 0 })]
    await keyed(first, rows, { key: 'newer' })
    await close(first)
    await change(statement)

    const gateway = await gatewayAt(upstream, settings)
    const declined = await tryKeyed(gateway, rows, { key: 'newer' })
    expect([declined.code, declined.errors[0].message]).toEqual(['STORE_UNAVAILABLE', expect.stringContaining('newer version')])
    expect(idsOf(upstream)).toEqual([['A']])
    expect(await keyed(gateway, rows, { key: 'another' })).toMatchObject({ acceptedCount: 1, rejectedCount: 1 })
    expect(await keyed(gateway, [product('C')], {})).toMatchObject({ acceptedCount: 1 })
    await tryKeyed(gateway, rows, { key: 'newer' })
    await post(gateway, { query: '{ ingestRequest(idempotencyKey: "newer") { state } }' })
    expect(gateway.logged.filter((line) => line.includes('a newer version of Rowgate'))).toHaveLength(1)
    expect(warnings(gateway)).toEqual([])
  })
})
