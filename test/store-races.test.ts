import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { createCommitter } from '../src/idempotency/committer.ts'
import { decodeJournal, type Entry } from '../src/idempotency/entry-codec.ts'
import { decide, fold } from '../src/idempotency/fold.ts'
import { createJournal } from '../src/idempotency/journal.ts'
import { StoreError } from '../src/idempotency/store-error.ts'
import type { IdempotencyStore } from '../src/idempotency/store-port.ts'
import { ACCEPTED, rejectedHere } from '../src/ingest/outcome.ts'
import { createPostgresStore } from '../src/store/postgres.ts'
import { createSqliteStore } from '../src/store/sqlite.ts'
import { openDatabase } from '../src/store/sqlite-database.ts'
import { startPostgres } from './support/postgres.ts'
import { claimOf, fact, freshId, intent, release, settle } from './support/store-conformance.ts'
import { openRequest } from './support/store-requests.ts'

const folder = await mkdtemp(join(tmpdir(), 'rowgate-races-'))
const postgres = await startPostgres()
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await postgres?.remove()
  await rm(folder, { recursive: true, force: true })
})

/** A claim settles a record of which the one before wrote a fact that it has read, and one that it has not. */
async function settleUnread(store: IdempotencyStore): Promise<readonly string[] | undefined> {
  const id = freshId()
  const old = claimOf(id, (await store.open([openRequest(id)]))[0])
  await store.write([fact(old)])
  const opened = (await store.open([openRequest(id)]))[0]
  expect(opened).toMatchObject({ entries: ['fact 1/1'] })
  const later = claimOf(id, opened)
  expect(await store.write([fact(old, 2)])).toEqual([true])
  expect(await store.write([intent(later)])).toEqual([true])
  expect(await store.write([settle(later, 9, 1)])).toEqual([true])
  return (await store.read(id))?.entries
}

/** A claim on one record of one row, and what it starts from. */
async function claimRow(store: IdempotencyStore) {
  const request = openRequest('r', { rowCount: 1, operation: 'UPSERT' })
  const opened = (await store.open([request]))[0]
  return { ...request, entries: entriesOf(opened), claim: claimOf('r', opened) }
}

function entriesOf(found: object | undefined): readonly Entry[] {
  const entries = decodeJournal(found !== undefined && 'entries' in found ? (found.entries as string[]) : [])
  if (entries === 'NEWER_VERSION') throw new Error(entries)
  return entries
}

test('an outcome that was told stays, where a later claim settles the request without having read it', async () => {
  const store = createSqliteStore(':memory:')
  const committer = createCommitter(store)
  const sleeper = createJournal(committer, await claimRow(store))
  expect(await sleeper.intend([0])).toBe(true)
  const other = createJournal(committer, await claimRow(store))
  expect(await other.intend([0])).toBe(true)
  await sleeper.tell([0], [ACCEPTED])
  expect(await sleeper.finish([])).toMatchObject({ isDurable: true, decision: { outcomes: [ACCEPTED] } })
  await other.tell([0], [rejectedHere([{ code: 'BELOW_MINIMUM', field: 'packSize', message: 'At least 1.' }])])
  const found = await store.read('r')
  expect(found?.state).toBe('SETTLED')
  expect(decide(fold(entriesOf(found), 1), 'UPSERT').outcomes).toEqual([ACCEPTED])
})

describe.skipIf(postgres === undefined)('statements that wait for a lock', () => {
  const server = postgres as NonNullable<typeof postgres>
  let databases = 0

  /** A database of its own: stores on it, statements of its operator, and a lock that makes others wait. */
  async function setUp() {
    const name = `race${++databases}`
    const url = await server.create(name)
    const storeOf = (): IdempotencyStore => {
      const store = createPostgresStore(url)
      closing.push(() => store.close())
      return store
    }
    const query = <Row>(text: string, values: readonly unknown[] = []) => server.query<Row>(text, values, name)
    return {
      url,
      storeOf,
      query,
      /** Holds the record of a key, or its place where there is none; gives it back unchanged. */
      async hold(id: string): Promise<() => Promise<void>> {
        const lock = new Client({ connectionString: url })
        await lock.connect()
        await lock.query('BEGIN')
        const held = await lock.query('SELECT 1 FROM rowgate_record WHERE id = $1 FOR UPDATE', [id])
        if (held.rowCount === 0)
          await lock.query(
            `INSERT INTO rowgate_record (id, fingerprint, row_count, operation, version, epoch, created_at, opened_at)
             VALUES ($1, 'print', 3, 'APPEND', 1, 1, now(), now())`,
            [id],
          )
        return async () => {
          await lock.query('ROLLBACK')
          await lock.end()
        }
      },
      /** Resolves when so many statements wait for a lock. */
      waits: (count: number) =>
        vi.waitFor(async () => {
          const blocked = await server.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = $2', [name, 'Lock'])
          expect(blocked).toHaveLength(count)
        }),
    }
  }

  test('a key is not freed while an entry is written under it', async () => {
    const { storeOf, hold, waits } = await setUp()
    const store = storeOf()
    const claim = claimOf('a', (await store.open([openRequest('a')]))[0])
    const letGo = await hold('a')
    const written = store.write([fact(claim)])
    await waits(1)
    const forgotten = store.write([{ kind: 'forget', claim }])
    await waits(2)
    await letGo()
    expect(await Promise.all([written, forgotten])).toEqual([[true], [true]])
    expect(await store.read('a')).toMatchObject({ state: 'INTERRUPTED', entries: ['fact 1/1'] })
  })

  test('a statement of which its own process has not heard for too long takes no key from it', async () => {
    const { storeOf, hold, waits } = await setUp()
    const store = storeOf()
    await store.beat()
    const [first = '', second = ''] = [freshId(), freshId()].sort()
    const letGo = await hold(first)
    const late = store.open([openRequest(first), openRequest(second)])
    await waits(1)
    const claim = claimOf(second, (await store.open([openRequest(second)]))[0])
    await letGo()
    expect(await late).toEqual([{ kind: 'created', epoch: 1 }, { kind: 'running' }])
    expect(await store.write([intent(claim)])).toEqual([true])
  })

  test('an outcome of an earlier claim is not lost to a later one that settles the request and does not know it', async () => {
    const { storeOf } = await setUp()
    expect(await settleUnread(storeOf())).toEqual(['fact 1/2', 'settled 2'])
    expect(await settleUnread(createSqliteStore(':memory:'))).toEqual(['fact 1/2', 'settled 2'])
  })

  test('once its clock was set back, who has ended holds nothing', async () => {
    const { storeOf, query } = await setUp()
    const [gone, next] = [storeOf(), storeOf()]
    await next.beat()
    const [released] = await gone.open(['a', 'b'].map((id) => openRequest(id)))
    await gone.write([release(claimOf('a', released))])
    await query(`UPDATE rowgate_record SET opened_at = now() + interval '1 hour', created_at = now() + interval '1 hour'`)
    expect((await next.read('a'))?.state).toBe('INTERRUPTED')
    await query(`UPDATE rowgate_process SET seen_at = now() + interval '1 hour'`)
    await next.beat()
    expect((await next.read('b'))?.state).toBe('INTERRUPTED')
    expect(await next.open([openRequest('b')])).toMatchObject([{ kind: 'resumed', epoch: 2 }])
  })

  test('who has ended holds nothing, also where a heartbeat was under way at the end', async () => {
    const { url, query, waits } = await setUp()
    const store = createPostgresStore(url)
    await store.beat()
    const lock = new Client({ connectionString: url })
    await lock.connect()
    await lock.query('SELECT pg_advisory_lock(1)')
    await query('CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_advisory_lock_shared(1); RETURN NEW; END$$')
    await query('CREATE TRIGGER slow BEFORE INSERT ON rowgate_process FOR EACH ROW EXECUTE FUNCTION wait()')
    const beaten = store.beat()
    await waits(1)
    const closed = store.close()
    await query('SELECT 1')
    await lock.end()
    await Promise.all([beaten, closed])
    expect(await query('SELECT owner FROM rowgate_process')).toEqual([])
  })
})

describe('a file that is removed', () => {
  test('nothing is told durable that lies in a log that was removed', async () => {
    const file = join(folder, 'log.sqlite')
    const store = createSqliteStore(file)
    closing.push(() => store.close())
    const claim = claimOf('a', (await store.open([openRequest('a')]))[0])
    expect(await store.write([intent(claim)])).toEqual([true])
    await rm(`${file}-wal`)
    await expect(store.write([intent(claim, 2)])).rejects.toThrow(StoreError)
    await expect(store.beat()).rejects.toThrow('removed')
  })

  test('nothing is told durable of which the file was removed while it was written', () => {
    const file = join(folder, 'meanwhile.sqlite')
    const database = openDatabase(file)
    const claim = claimOf('a', database.open([openRequest('a')])[0])
    const written = () =>
      database.inOneCommit(() => {
        rmSync(file)
        return database.write([intent(claim)])
      })
    expect(written).toThrow('removed')
    database.close()
  })
})
