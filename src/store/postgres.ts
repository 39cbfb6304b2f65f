import { randomUUID } from 'node:crypto'
import { type ClientBase, DatabaseError, Pool } from 'pg'
import { asStoreError, StoreError } from '../idempotency/store-error.ts'
import type { Opened, OpenRequest, StoredRecord, Write } from '../idempotency/store-port.ts'
import { inTransaction, migrate } from './postgres-migrate.ts'
import { postgresNotes } from './postgres-notes.ts'
import * as sql from './postgres-statements.ts'
import type { Store } from './store.ts'

/** Connections per process: commits use one at a time; reads and sweeps do not wait for them. */
const MAX_CONNECTIONS = 5
const CONNECT_TIMEOUT_MS = 5_000
/** A server that does not answer within this time counts as lost. */
const QUERY_TIMEOUT_MS = 10_000
/** The error message of `pg` for that. */
const GIVEN_UP = 'Query read timeout'
const UNDEFINED_TABLE = '42P01'

/**
 * Records in PostgreSQL, which any number of processes share; time is the server's. Where it cannot be reached, each call rejects
 * and the next tries again.
 */
export function createPostgresStore(url: string): Store {
  const owner = randomUUID()
  const pool = new Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'rowgate',
  })
  // Losing an idle connection does no harm, but without a listener its `error` event would end the process.
  pool.on('error', () => {})

  const start = once(async () => {
    await migrate(pool)
    await pool.query(sql.BEAT, [owner])
  })
  /** Wraps every access to the server: first the schema must be there, and the first heartbeat. */
  async function ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      await start.done()
      return await work()
    } catch (error) {
      // The database was replaced, perhaps from a backup: it may have no tables, or older ones.
      if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) start.anew()
      if (error instanceof Error && error.message === GIVEN_UP) void pool.query(sql.CANCEL_GIVEN_UP, [QUERY_TIMEOUT_MS]).catch(() => {})
      throw asStoreError(error)
    }
  }

  let beaten = Promise.resolve()

  return {
    open: (requests) => ask(() => openRecords(pool, owner, requests)),
    write: (writes) => ask(() => writeAll(pool, owner, writes)),
    read: (id) => ask(async () => (await readRecords(pool, [id])).get(id)),
    beat() {
      beaten = ask(async () => void (await pool.query(sql.BEAT, [owner])))
      return beaten
    },
    sweep: (olderThanMs, limit) => ask(() => sweep(pool, olderThanMs, limit)),
    stats: () => ask(() => readStats(pool)),
    notes: postgresNotes(pool, ask),
    async close() {
      // Failures do not matter here: the lease expires by itself. A heartbeat under way would begin it anew.
      await beaten.catch(() => {})
      await ask(() => pool.query(sql.END_LEASE, [owner])).catch(() => {})
      await pool.end()
    },
  }
}

/** Runs work once for all callers; after a failure, or a call of `anew`, the next caller starts it again. */
function once(work: () => Promise<void>): { done(): Promise<void>; anew(): void } {
  let started: Promise<void> | undefined
  const anew = () => {
    started = undefined
  }
  return {
    done() {
      started ??= work().catch((error: unknown) => {
        anew()
        throw error
      })
      return started
    },
    anew,
  }
}

async function openRecords(pool: Pool, owner: string, requests: readonly OpenRequest[]): Promise<readonly Opened[]> {
  const column = <Name extends keyof OpenRequest>(name: Name) => requests.map((request) => request[name])
  const values = [column('id'), column('fingerprint'), column('rowCount'), column('operation'), column('version'), owner, column('reopens')]
  const { rows } = await pool.query<{ id: string; epoch: number }>(sql.OPEN_RECORDS, values)
  const epochs = new Map(rows.map(({ id, epoch }) => [id, epoch]))
  const known = requests.filter(({ id }) => epochs.get(id) !== 1).map(({ id }) => id)
  // Read after the claims are durable: nothing more can be written under earlier claims then.
  const found = known.length === 0 ? new Map<string, StoredRecord>() : await readRecords(pool, known)
  return requests.map((request) => openedAs(request, epochs.get(request.id), found.get(request.id)))
}

function openedAs(request: OpenRequest, epoch: number | undefined, record: StoredRecord | undefined): Opened {
  if (epoch === 1) return { kind: 'created', epoch }
  // The record was another owner's when it was opened, and is gone by now.
  if (record === undefined) return { kind: 'running' }
  if (epoch !== undefined) return { kind: 'resumed', epoch, entries: record.entries }
  if (record.version > request.version) return { kind: 'newerVersion' }
  if (record.fingerprint !== request.fingerprint) return { kind: 'reused' }
  return record.state === 'SETTLED' ? { kind: 'settled', entries: record.entries } : { kind: 'running' }
}

async function writeAll(pool: Pool, owner: string, writes: readonly Write[]): Promise<readonly boolean[]> {
  const values = [
    writes.map(({ claim }) => claim.id),
    writes.map(({ claim }) => claim.epoch),
    writes.map(({ kind }) => kind),
    writes.map((write) => ('number' in write ? write.number : null)),
    writes.map((write) => ('entry' in write ? write.entry : null)),
    writes.map((write) => ('unconfirmed' in write ? write.unconfirmed : null)),
    owner,
    writes.map((write) => ('known' in write ? write.known : null)),
  ]
  const work = (client: Pool | ClientBase) => client.query<{ is_written: boolean }>(sql.WRITE_ENTRIES, values)
  const { rows } = await (writes.some(({ kind }) => kind === 'forget') ? locked(pool, writes, work) : work(pool))
  return rows.map(({ is_written }) => is_written)
}

/** Runs work while nobody else can write under the claims. */
function locked<T>(pool: Pool, writes: readonly Write[], work: (client: ClientBase) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(sql.LOCK_RECORDS, [writes.map(({ claim }) => claim.id)])
    return work(client)
  })
}

interface RecordRow {
  readonly id: string
  readonly fingerprint: string
  readonly row_count: number
  readonly operation: OpenRequest['operation']
  readonly version: number
  readonly epoch: number
  readonly state: StoredRecord['state']
  readonly created_at: number
  readonly opened_at: number
  readonly entries: readonly string[]
}

async function readRecords(pool: Pool, ids: readonly string[]): Promise<ReadonlyMap<string, StoredRecord>> {
  const { rows } = await pool.query<RecordRow>(sql.READ_RECORDS, [ids])
  return new Map(
    rows.map(({ id, row_count: rowCount, created_at: createdAt, opened_at: openedAt, ...rest }) => {
      const { fingerprint, operation, version, epoch, state, entries } = rest
      return [id, { fingerprint, rowCount, operation, version, state, epoch, createdAt, openedAt, entries }]
    }),
  )
}

async function sweep(pool: Pool, olderThanMs: number, limit: number): Promise<number> {
  await pool.query(sql.DELETE_PROCESSES)
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(sql.LOCK_OLD_RECORDS, [olderThanMs, limit])
    const ids = rows.map(({ id }) => id)
    // Separate statements, which see everything that was written before the records were locked.
    await client.query(sql.DELETE_ENTRIES, [ids])
    await client.query(sql.DELETE_RECORDS, [ids])
    return ids.length
  })
}

async function readStats(pool: Pool) {
  const { rows } = await pool.query<{ records: number; unconfirmed_rows: number; oldest_open_ms: number | null }>(sql.READ_STATS)
  const [found] = rows
  if (found === undefined) throw new StoreError('The store did not say what it holds.')
  return { records: found.records, oldestOpenMs: found.oldest_open_ms ?? undefined, unconfirmedRows: found.unconfirmed_rows }
}
