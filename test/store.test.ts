import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { createCommitter } from '../src/idempotency/committer.ts'
import { decodeJournal } from '../src/idempotency/entry-codec.ts'
import { fingerprint, recordId } from '../src/idempotency/idempotency-key.ts'
import { createJournal } from '../src/idempotency/journal.ts'
import { StoreError } from '../src/idempotency/store-error.ts'
import { type IdempotencyStore, LEASE_MS } from '../src/idempotency/store-port.ts'
import { ACCEPTED, rejectedHere } from '../src/ingest/outcome.ts'
import { createPostgresStore } from '../src/store/postgres.ts'
import { createSqliteStore } from '../src/store/sqlite.ts'
import { createMemoryDatabase } from './support/memory-store.ts'
import { startPostgres } from './support/postgres.ts'
import { type Backend, claimOf, describeStore, fact, freshId, intent, release } from './support/store-conformance.ts'
import { openRequest } from './support/store-requests.ts'

const folder = await mkdtemp(join(tmpdir(), 'rowgate-store-'))
const postgres = await startPostgres()
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await postgres?.remove()
  await rm(folder, { recursive: true, force: true })
})

const kept = (store: IdempotencyStore) => {
  closing.push(() => store.close())
  return store
}

async function memoryBackend(): Promise<Backend> {
  let now = Date.now()
  const database = createMemoryDatabase(() => now)
  return {
    async store() {
      const store = database.store()
      await store.beat()
      return store
    },
    async lapse() {
      now += LEASE_MS + 1
    },
    close: async () => {},
  }
}

async function sqliteBackend(): Promise<Backend> {
  const file = join(folder, 'conformance', 'in', 'folders', 'that are made', 'store.sqlite')
  let current: IdempotencyStore | undefined
  const close = async () => current?.close()
  return {
    async store() {
      await close()
      current = createSqliteStore(file)
      return current
    },
    lapse: async () => {},
    close,
  }
}

/** Every owner so far was heard of last when the clock of the server began. */
const LAPSE = `UPDATE rowgate_process SET seen_at = 'epoch'`

async function postgresBackend(): Promise<Backend> {
  if (postgres === undefined) throw new Error('no PostgreSQL')
  const url = await postgres.create('conformance')
  return {
    store: async () => kept(createPostgresStore(url)),
    lapse: async () => void (await postgres.query(LAPSE, [], 'conformance')),
    close: async () => {},
  }
}

describeStore('in memory', memoryBackend)
describeStore('SQLite', sqliteBackend)
if (postgres !== undefined) describeStore('PostgreSQL', postgresBackend)

const SECRETS = ['tenant-4711', 'my own key', 'SKU-SECRET', '98765.4321']

/** Works through a request whose rows hold values, as the gateway would. */
async function workOn(store: IdempotencyStore): Promise<void> {
  const [tenant = '', key = '', sku, price] = SECRETS
  const id = recordId(tenant, key)
  const rows = JSON.stringify([{ sku, price }])
  const target = { resource: 'Products', operation: 'APPEND', solution: 'main' } as const
  const committer = createCommitter(store)
  const opened = await committer.open(openRequest(id, { rowCount: 2, fingerprint: fingerprint(target, rows) }))
  const journal = createJournal(committer, { claim: claimOf(id, opened), rowCount: 2, operation: 'APPEND', entries: [] })
  const refused = rejectedHere([{ code: 'BELOW_MINIMUM', field: 'packSize', message: 'At least 1.' }])
  expect(await journal.intend([0])).toBe(true)
  await journal.tell([0], [ACCEPTED])
  expect(await journal.finish([])).toMatchObject({ isDurable: true })
  expect(decodeJournal((await store.read(id))?.entries ?? [])).toHaveLength(2)
  await journal.tell([1], [refused])
  await journal.end()
  expect(await store.read(id)).toMatchObject({ state: 'SETTLED', entries: [expect.stringContaining('At least 1.')] })
}

describe('SQLite', () => {
  test('a clock that is set forward makes no record old', async () => {
    const store = kept(createSqliteStore(':memory:'))
    const claim = claimOf('a', (await store.open([openRequest('a')]))[0])
    await store.write([release(claim)])
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 365 * 86_400_000 })
    try {
      expect(await store.sweep(3_600_000, 100)).toBe(0)
      expect(await store.open([openRequest('a')])).toMatchObject([{ kind: 'resumed' }])
    } finally {
      vi.useRealTimers()
    }
  })

  test('nothing of a value, a key or a tenant is in its files', async () => {
    const home = join(folder, 'values')
    const store = kept(createSqliteStore(join(home, 'store.sqlite')))
    await workOn(store)
    const bytes = Buffer.concat(await Promise.all((await readdir(home)).map((name) => readFile(join(home, name)))))
    expect(bytes.includes('BELOW_MINIMUM')).toBe(true)
    expect(SECRETS.filter((secret) => bytes.includes(secret))).toEqual([])
  })

  test('what is written just as it is closed is durable', async () => {
    const file = join(folder, 'closed.sqlite')
    const store = createSqliteStore(file)
    const claims = (await store.open(['a', 'b'].map((id) => openRequest(id)))).map((opened, at) => claimOf('ab'[at] as string, opened))
    const written = claims.map((claim) => store.write([intent(claim)]))
    await store.close()
    expect(await Promise.all(written)).toEqual([[true], [true]])
    const again = kept(createSqliteStore(file))
    for (const id of ['a', 'b']) expect((await again.read(id))?.entries).toEqual(['intent 1/1'])
  })

  test('a process that is killed at any time loses nothing that it was told is durable', async () => {
    const file = join(folder, 'killed.sqlite')
    const told: string[] = []
    for (let round = 1; round <= 5; round++) {
      const child = fork(join(import.meta.dirname, 'support/store-child.ts'), [file], { silent: true })
      const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
      let left = 1 + ((round * 7) % 23)
      lines.on('line', (line) => {
        told.push(line)
        if (--left === 0) child.kill('SIGKILL')
      })
      await Promise.all([once(child, 'exit'), once(lines, 'close')])
    }
    const store = kept(createSqliteStore(file))
    const [opened] = await store.open([openRequest('killed')])
    const entries = opened?.kind === 'resumed' ? opened.entries : []
    expect(opened).toMatchObject({ epoch: 6 })
    expect(told.map((line) => `entry ${line}`).filter((entry) => !entries.includes(entry))).toEqual([])
    // One more than was told may be there of each round.
    expect(entries.length - told.length).toBeLessThanOrEqual(5 * 2)
  })

  test('what is asked at once shares a commit, and what fails takes none of the rest along', async () => {
    const store = kept(createSqliteStore(join(folder, 'together.sqlite')))
    const claim = claimOf('a', (await store.open([openRequest('a')]))[0])
    const unstorable = { ...fact(claim, 2), entry: {} as never }
    const asked = [store.write([fact(claim)]), store.write([unstorable]), store.open([openRequest('b')])]
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await store.read('a'))?.entries).toEqual(['fact 1/1'])
    expect((await store.read('b'))?.state).toBe('RUNNING')
  })

  test('in memory records last until it is closed, and what fails is an error of the store', async () => {
    const store = createSqliteStore(':memory:')
    await workOn(store)
    const claim = claimOf('a', (await store.open([openRequest('a')]))[0])
    const unstorable = { ...fact(claim, 2), entry: {} as never }
    await expect(store.write([fact(claim), unstorable])).rejects.toThrow(StoreError)
    expect(await store.read('a')).toMatchObject({ state: 'RUNNING', entries: [] })
    await store.close()
    await expect(store.read('a')).rejects.toThrow(StoreError)
  })

  test('a store that is closed leaves nothing behind for which a program would have to wait', async () => {
    const ports = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
    const before = ports()
    const store = createSqliteStore(join(folder, 'ends.sqlite'))
    await store.beat()
    expect(ports()).toBe(before + 1)
    await store.close()
    expect(ports()).toBe(before)
  })

  test('a file that another process holds is an error until that one lets go', async () => {
    const file = join(folder, 'held.sqlite')
    const first = createSqliteStore(file)
    const [opened] = await first.open([openRequest('a')])
    expect(await first.write([fact(claimOf('a', opened))])).toEqual([true])
    const second = kept(createSqliteStore(file))
    await expect(second.beat()).rejects.toThrow(StoreError)
    await expect(second.open([openRequest('a')])).rejects.toThrow(/locked/)
    await first.close()
    await expect(first.read('a')).rejects.toThrow(StoreError)
    expect(await second.open([openRequest('a')])).toEqual([{ kind: 'resumed', epoch: 2, entries: ['fact 1/1'] }])
  })

  test('a file that is none of its own, is damaged or cannot be made is an error of each call, and of nothing else', async () => {
    const none = join(folder, 'none.sqlite')
    await writeFile(none, 'This is not a database. '.repeat(1_000))
    const damaged = join(folder, 'damaged.sqlite')
    const whole = createSqliteStore(damaged)
    const ids = Array.from({ length: 200 }, freshId)
    await whole.open(ids.map((id) => openRequest(id)))
    await whole.close()
    const bytes = await readFile(damaged)
    await writeFile(damaged, bytes.fill(0xa5, 4_096))
    for (const file of [none, damaged, join(none, 'store.sqlite'), folder]) {
      const store = kept(createSqliteStore(file))
      await expect(store.read('a'), file).rejects.toThrow(StoreError)
      await expect(store.open([openRequest(ids[0] as string)]), file).rejects.toThrow(StoreError)
      await expect(store.write([release({ id: 'a', epoch: 1 })]), file).rejects.toThrow(StoreError)
    }
  })
})

describe.skipIf(postgres === undefined)('PostgreSQL', () => {
  const server = postgres as NonNullable<typeof postgres>
  const storeOf = (url: string) => kept(createPostgresStore(url))

  test('nothing of a value, a key or a tenant is in its tables', async () => {
    await workOn(storeOf(await server.create('clean')))
    const tables = ['record', 'entry', 'process', 'migration'].map((name) => `SELECT row_to_json(t)::text AS line FROM rowgate_${name} t`)
    const lines = (await server.query<{ line: string }>(tables.join(' UNION ALL '), [], 'clean')).map(({ line }) => line).join('\n')
    expect(lines).toContain('BELOW_MINIMUM')
    expect(SECRETS.filter((secret) => lines.includes(secret))).toEqual([])
  })

  test('processes that start at once on an empty database all start', async () => {
    const url = await server.create('fresh')
    await Promise.all(Array.from({ length: 6 }, () => storeOf(url).beat()))
    expect(await server.query('SELECT version FROM rowgate_migration', [], 'fresh')).toEqual([{ version: 1 }, { version: 2 }])
    await server.query('INSERT INTO rowgate_migration VALUES (99)', [], 'fresh')
    await storeOf(url).beat()
  })

  test('of two processes that open the same keys at once, each key is one’s, and the other is told that it runs', async () => {
    const url = await server.create('claims')
    const stores = [storeOf(url), storeOf(url)]
    const ids = Array.from({ length: 100 }, freshId)
    const orders = [ids, [...ids].reverse()]
    const answers = await Promise.all(stores.map((store, at) => store.open((orders[at] as string[]).map((id) => openRequest(id)))))
    const kinds = (at: number) => new Map(orders[at]?.map((id, place) => [id, answers[at]?.[place]?.kind]))
    for (const id of ids) expect([kinds(0).get(id), kinds(1).get(id)].sort()).toEqual(['created', 'running'])
  })

  test('a key is not taken from a process whose first heartbeat is younger than the statement that asks for it', async () => {
    const url = await server.create('young')
    const [waiting, young] = [storeOf(url), storeOf(url)]
    await waiting.beat()
    const lock = new Client({ connectionString: url })
    await lock.connect()
    const [first = '', second = ''] = [freshId(), freshId()].sort()
    await lock.query('BEGIN')
    await lock.query(
      `INSERT INTO rowgate_record (id, fingerprint, row_count, operation, version, epoch, created_at, opened_at)
       VALUES ($1, 'print', 3, 'APPEND', 1, 1, now(), now())`,
      [first],
    )
    const asked = waiting.open([openRequest(first), openRequest(second)])
    await vi.waitFor(async () => {
      const blocked = await server.query("SELECT 1 FROM pg_stat_activity WHERE datname = 'young' AND wait_event_type = 'Lock'")
      expect(blocked).toHaveLength(1)
    })
    expect(await young.open([openRequest(second)])).toEqual([{ kind: 'created', epoch: 1 }])
    await lock.query('ROLLBACK')
    await lock.end()
    expect(await asked).toEqual([{ kind: 'created', epoch: 1 }, { kind: 'running' }])
  })

  test('who sleeps past its lease is taken over: its intents are refused, its verdicts are taken', async () => {
    const url = await server.create('lease')
    const [sleeper, other] = [storeOf(url), storeOf(url)]
    const id = freshId()
    const old = claimOf(id, (await sleeper.open([openRequest(id)]))[0])
    await sleeper.write([intent(old)])
    expect(await other.open([openRequest(id)])).toEqual([{ kind: 'running' }])
    await server.query(`UPDATE rowgate_process SET seen_at = now() - interval '${LEASE_MS - 2_000} milliseconds'`, [], 'lease')
    expect(await other.open([openRequest(id)])).toEqual([{ kind: 'running' }])

    await server.query(`UPDATE rowgate_process SET seen_at = now() - interval '${LEASE_MS} milliseconds'`, [], 'lease')
    expect(await sleeper.read(id)).toMatchObject({ state: 'INTERRUPTED' })
    await other.beat()
    expect(await other.open([openRequest(id)])).toEqual([{ kind: 'resumed', epoch: 2, entries: ['intent 1/1'] }])
    await sleeper.beat()
    expect(await sleeper.write([intent(old, 2), fact(old, 3)])).toEqual([false, true])
    expect(await sleeper.open([openRequest(id)])).toEqual([{ kind: 'running' }])
    expect((await other.read(id))?.entries).toEqual(['intent 1/1', 'fact 1/3'])

    await other.close()
    closing.splice(closing.length - 1)
    expect(await sleeper.open([openRequest(id)])).toMatchObject([{ kind: 'resumed', epoch: 3 }])
  })

  test('whoever takes a record over has read every intent that was written before, however close', async () => {
    const url = await server.create('races')
    const [old, next] = [storeOf(url), storeOf(url)]
    const missed: string[] = []
    let overlaps = 0
    for (let round = 0; round < 50; round++) {
      const ids = Array.from({ length: 4 }, freshId)
      const claims = (await old.open(ids.map((id) => openRequest(id)))).map((opened, at) => claimOf(ids[at] as string, opened))
      await server.query(LAPSE, [], 'races')
      const writing = [1, 2, 3].map((number) => old.write(claims.map((claim) => intent(claim, number))))
      const taking = next.open(ids.map((id) => openRequest(id)))
      const [written, taken] = await Promise.all([Promise.all(writing), taking])
      taken.forEach((opened, at) => {
        const seen = 'entries' in opened ? opened.entries : []
        const said = written.flatMap((answers, place) => (answers[at] ? [`intent 1/${place + 1}`] : []))
        if (said.length > 0 && said.length < 3) overlaps++
        missed.push(...said.filter((entry) => !seen.includes(entry)))
      })
    }
    expect(missed).toEqual([])
    expect(overlaps).toBeGreaterThan(0)
  })

  test('a commit waits for the disk also where the database is set not to', async () => {
    const url = await server.create('quick')
    const store = storeOf(url)
    await store.beat()
    await server.query(
      `CREATE TABLE seen (mode text);
       CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER note AFTER INSERT ON rowgate_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
       CREATE CONSTRAINT TRIGGER note AFTER INSERT ON rowgate_record DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
       ALTER DATABASE quick SET synchronous_commit = off`,
      [],
      'quick',
    )
    const quick = storeOf(url)
    const id = freshId()
    await quick.write([intent(claimOf(id, (await quick.open([openRequest(id)]))[0]))])
    expect(await server.query('SELECT mode FROM seen', [], 'quick')).toEqual([{ mode: 'on' }, { mode: 'on' }])
    expect(await server.query('SHOW synchronous_commit', [], 'quick')).toEqual([{ synchronous_commit: 'off' }])
  })

  test('a transaction that fails takes its session along: whoever asks next is served', async () => {
    const store = storeOf(await server.create('broken'))
    await store.beat()
    await expect(store.sweep(0, -1)).rejects.toThrow(StoreError)
    expect(await store.open([openRequest('a')])).toMatchObject([{ kind: 'created' }])
    expect(await store.sweep(0, 1)).toBe(0)
  })

  test('of processes that were not seen for a day nothing is kept', async () => {
    const url = await server.create('forgotten')
    const [gone, here] = [storeOf(url), storeOf(url)]
    await gone.beat()
    await server.query("UPDATE rowgate_process SET seen_at = now() - interval '25 hours'", [], 'forgotten')
    await here.beat()
    await here.sweep(0, 1)
    expect(await server.query('SELECT count(*)::int AS left FROM rowgate_process', [], 'forgotten')).toEqual([{ left: 1 }])
  })

  test('a database that was put in its place without tables fails a call, and is used after that', async () => {
    const store = storeOf(await server.create('replaced'))
    await store.beat()
    await server.query('DROP TABLE rowgate_entry, rowgate_record, rowgate_process, rowgate_migration, rowgate_note CASCADE', [], 'replaced')
    await expect(store.open([openRequest('a')])).rejects.toThrow(StoreError)
    expect(await store.open([openRequest('a')])).toMatchObject([{ kind: 'created' }])
  })

  test('a server that is read-only is an error of each call', async () => {
    const url = await server.create('standby')
    await storeOf(url).beat()
    await server.query('ALTER DATABASE standby SET default_transaction_read_only = on')
    const store = storeOf(url)
    await expect(store.beat()).rejects.toThrow(StoreError)
    await expect(store.open([openRequest('a')])).rejects.toThrow(/read-only/)
    await server.query('ALTER DATABASE standby RESET default_transaction_read_only', [])
    const empty = storeOf(await server.create('empty'))
    await server.query('ALTER DATABASE empty SET default_transaction_read_only = on')
    await expect(empty.beat()).rejects.toThrow(StoreError)
  })

  test('a server that restarts under use fails what is asked meanwhile, loses nothing, and is used again', async () => {
    const url = await server.create('restarts')
    const store = storeOf(url)
    const id = freshId()
    const claim = claimOf(id, (await store.open([openRequest(id)]))[0])
    const durable: number[] = []
    let number = 0
    let hasFailed = false
    const work = async () => {
      while (!hasFailed)
        await store.write([intent(claim, ++number)]).then(
          () => void durable.push(number),
          (error: unknown) => {
            expect(error).toBeInstanceOf(StoreError)
            hasFailed = true
          },
        )
    }
    const working = work()
    await expect.poll(() => durable.length).toBeGreaterThan(20)
    await server.stop()
    await working
    const late = storeOf(url)
    await expect(late.beat()).rejects.toThrow(StoreError)
    await server.start()
    await expect.poll(() => store.write([fact(claim, number + 1)]).catch(() => undefined)).toEqual([true])
    await expect.poll(() => late.beat().catch(() => 'failed')).toBeUndefined()
    const entries = (await store.read(id))?.entries ?? []
    expect(durable.filter((one) => !entries.includes(`intent 1/${one}`))).toEqual([])
    expect(entries).toContain(`fact 1/${number + 1}`)
  })
})

test('whatever is asked of an embedded store while it closes is answered or declined', async () => {
  const store = createSqliteStore(join(folder, 'closing.sqlite'))
  await store.beat()
  let isClosed = false
  const closed = store.close().finally(() => {
    isClosed = true
  })
  const asked: Promise<string>[] = []
  while (!isClosed) {
    asked.push(
      store.stats().then(
        () => 'answered',
        ({ name }: Error) => name,
      ),
    )
    await nextTurn()
  }
  await closed
  expect(new Set(await Promise.all(asked)).difference(new Set(['answered', 'StoreError'])).size).toBe(0)
  await expect(store.stats()).rejects.toThrow('The thread of the store has ended.')
})
