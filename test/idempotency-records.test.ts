import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createIdempotency, type Idempotency } from '../src/idempotency/create-idempotency.ts'
import { StoreError } from '../src/idempotency/store-error.ts'
import type { Journaled } from '../src/ingest/ingest.ts'
import { ACCEPTED, type Operation, rejectedHere } from '../src/ingest/outcome.ts'
import { createSqliteStore } from '../src/store/sqlite.ts'
import { createMemoryDatabase } from './support/memory-store.ts'
import { openRequest } from './support/store-requests.ts'
import { takeClock } from './support/virtual-clock.ts'

const folder = await mkdtemp(join(tmpdir(), 'rowgate-store-'))
afterAll(() => rm(folder, { recursive: true }))

const unwatched = { onUnavailable: () => {}, onAvailable: () => {}, onNewerVersion: () => {}, onCommit: () => {} }

const BUSY = rejectedHere([{ code: 'OVERLOADED', message: 'Later.' }], true)

/** What is told of a request by two processes on one store, whose clock is the test's. */
function setUp() {
  const clock = { now: 0 }
  const database = createMemoryDatabase(() => clock.now)
  const start = (): Idempotency => createIdempotency({ store: database.store(), retentionMs: 1_000, ...unwatched })
  const request = (operation: Operation) => ({ tenantId: 'tenant', key: 'key', fingerprint: 'print', operation, rowCount: 1 })
  return { clock, start, request }
}

test('an UPSERT that is sent again is not called rejected because it was refused for the moment before', async () => {
  const { clock, start, request } = setUp()
  const [one, other] = [start(), start()]
  await one.run(request('UPSERT'), async ({ journal }) => {
    await journal.tell([0], [BUSY])
    return [BUSY]
  })
  expect(await other.find('tenant', 'key')).toMatchObject({ state: 'INTERRUPTED', outcomes: [BUSY], retryableCount: 1 })

  clock.now += 7
  const going = Promise.withResolvers<void>()
  const sent = Promise.withResolvers<void>()
  const again = one.run(request('UPSERT'), async ({ journal }) => {
    await journal.intend([0])
    sent.resolve()
    await going.promise
    await journal.tell([0], [ACCEPTED])
    return [ACCEPTED]
  })
  await sent.promise
  expect(await other.find('tenant', 'key')).toMatchObject({ outcomes: [undefined], retryableCount: 1, createdAt: 0, openedAt: 7 })
  going.resolve()
  await again
  expect(await other.find('tenant', 'key')).toMatchObject({ outcomes: [ACCEPTED], retryableCount: 0 })
})

test('records are swept once they are old enough, in small steps, those that somebody is at work on not among them', async () => {
  const clock = takeClock()
  try {
    const database = createMemoryDatabase(() => performance.now())
    const steps: number[] = []
    const store = database.store()
    const sweep: typeof store.sweep = async (...asked) => {
      const count = await store.sweep(...asked)
      steps.push(count)
      return count
    }
    const idempotency = createIdempotency({ store: { ...store, sweep }, retentionMs: 90_000, ...unwatched })
    idempotency.start()
    const about = { tenantId: 'tenant', fingerprint: 'print', operation: 'UPSERT', rowCount: 1 } as const
    const keys = Array.from({ length: 1_200 }, (_, nth) => `key ${nth}`)
    const run = (key: string) => idempotency.run({ ...about, key }, accept)
    const all = Promise.all(keys.map(run))
    const { promise: never } = Promise.withResolvers<readonly []>()
    void idempotency.run({ ...about, key: 'at work' }, () => never)
    await clock.pass(80_000)
    await all
    await Promise.all([run('young'), clock.pass(100)])
    expect(steps).toEqual([0])

    await clock.pass(41_000)
    expect(steps).toEqual([0, 500, 500, 200])
    const finding = Promise.all([...keys, 'young', 'at work'].map((key) => idempotency.find('tenant', key)))
    await clock.pass(100)
    const found = await finding
    expect(found.slice(-2)).toMatchObject([{ state: 'SETTLED' }, { state: 'RUNNING' }])
    expect(found.slice(0, -2).filter((one) => one !== undefined)).toEqual([])
  } finally {
    clock.restore()
  }
})

test('a store that fails while nobody uses it is told of all the same, and so is that it is back', async () => {
  const clock = takeClock()
  try {
    const store = createMemoryDatabase(() => performance.now()).store()
    let isAway = false
    const told: string[] = []
    const beat = async () => {
      if (isAway) throw new StoreError('away')
    }
    const tells = { onUnavailable: () => told.push('away'), onAvailable: () => told.push('there') }
    createIdempotency({ store: { ...store, beat }, retentionMs: 90_000, ...unwatched, ...tells }).start()
    await clock.pass(3_000)
    isAway = true
    await clock.pass(6_000)
    isAway = false
    await clock.pass(3_000)
    expect(told.filter((one, at) => one !== told[at - 1])).toEqual(['there', 'away', 'there'])
  } finally {
    clock.restore()
  }
})

test('what is told while the process is about to end is written before its store is closed', async () => {
  const store = createMemoryDatabase(() => 0).store()
  const steps: string[] = []
  const firstWrite = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const write: typeof store.write = async (all) => {
    begun.resolve()
    await (steps.length === 0 ? firstWrite.promise : new Promise((resolve) => setTimeout(resolve, 5)))
    steps.push(...all.map(({ kind }) => kind))
    return await store.write(all)
  }
  const close = async () => void steps.push('closed')
  const idempotency = createIdempotency({ store: { ...store, write, close }, retentionMs: 1_000, ...unwatched })
  const about = { tenantId: 'tenant', fingerprint: 'print', operation: 'UPSERT', rowCount: 1 } as const
  const late = Promise.withResolvers<void>()
  const second = idempotency.run({ ...about, key: 'late' }, async (journaled) => {
    await late.promise
    return await accept(journaled)
  })
  const first = idempotency.run({ ...about, key: 'early' }, accept)
  await begun.promise
  const closing = idempotency.close()
  late.resolve()
  firstWrite.resolve()
  await Promise.all([first, second, closing])
  expect(steps).toEqual([...steps.filter((step) => step !== 'closed'), 'closed'])
  expect(steps.filter((step) => step === 'settle')).toHaveLength(2)
})

const accept = async ({ journal }: Journaled) => {
  await journal.intend([0])
  await journal.tell([0], [ACCEPTED])
  return [ACCEPTED]
}

test('of 10,000 keys that come at once each has a record, the first who come are answered first, and no commit is larger than one may be', async () => {
  const store = createSqliteStore(join(folder, 'many.sqlite'))
  const commits: number[] = []
  const open: typeof store.open = (requests) => {
    commits.push(requests.length)
    return store.open(requests)
  }
  const idempotency = createIdempotency({ store: { ...store, open }, retentionMs: 1_000, ...unwatched })
  const about = { tenantId: 'tenant', fingerprint: 'print', operation: 'UPSERT', rowCount: 1 } as const
  const count = 10_000
  const answered: number[] = []
  const send = async (nth: number) => {
    const { outcomes, replayedCount } = await idempotency.run({ ...about, key: `key ${nth}` }, accept)
    if (outcomes[0] === ACCEPTED && replayedCount === 0) answered.push(nth)
  }
  await Promise.all(Array.from({ length: count }, (_, nth) => send(nth)))
  expect(answered).toHaveLength(count)
  expect(Math.max(...commits)).toBeLessThanOrEqual(1_000)
  // No more than a commit behind who came before.
  expect(answered.filter((nth, place) => Math.abs(nth - place) > 1_000)).toEqual([])
  expect(await idempotency.stats()).toMatchObject({ records: count, unconfirmedRows: 0 })
  await idempotency.close()
})

test('100,000 records are found one by one, and swept in steps between which others are served', async () => {
  const store = createSqliteStore(join(folder, 'full.sqlite'))
  const [groups, size] = [100, 1_000]
  for (let group = 0; group < groups; group++) {
    const ids = Array.from({ length: size }, (_, nth) => `record ${group * size + nth}`)
    const opened = await store.open(ids.map((id) => openRequest(id)))
    expect(opened.filter(({ kind }) => kind === 'created')).toHaveLength(size)
    await store.write(
      ids.map((id) => ({ kind: 'settle', claim: { id, epoch: 1 }, number: 1, entry: `settled ${id}`, known: 0, unconfirmed: 0 }) as const),
    )
  }
  expect(await store.stats()).toEqual({ records: groups * size, oldestOpenMs: undefined, unconfirmedRows: 0 })
  expect(await store.open([openRequest('record 77777')])).toEqual([{ kind: 'settled', entries: ['settled record 77777'] }])

  const steps: string[] = []
  const sweep = async () => {
    while ((await store.sweep(-86_400_000, 20_000)) > 0) steps.push('swept')
  }
  const serve = async () => {
    for (let nth = 0; nth < 4; nth++) {
      await store.open([openRequest(`late ${nth}`)])
      steps.push('served')
    }
  }
  await Promise.all([sweep(), serve()])
  expect(steps.indexOf('served')).toBeLessThan(steps.lastIndexOf('swept'))
  expect(await store.stats()).toMatchObject({ records: 4 })
  await store.close()
})
