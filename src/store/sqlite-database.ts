import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Opened, OpenRequest, StoredRecord, StoreStats, Write } from '../idempotency/store-port.ts'
import { makeFolder } from '../util/files.ts'
import { MIGRATIONS } from './migrations.ts'
import { type SqliteNotes, sqliteNotes } from './sqlite-notes.ts'
import { createStatements, type Statements } from './sqlite-statements.ts'

/** The embedded database, as used by the thread that owns it: each call is a commit, or throws and changes nothing. */
export interface SqliteDatabase extends SqliteNotes {
  /** Joins all calls within into one commit, since the cost of a commit is the wait for the disk. */
  inOneCommit<T>(work: () => T): T
  open(requests: readonly OpenRequest[]): readonly Opened[]
  write(writes: readonly Write[]): readonly boolean[]
  read(id: string): StoredRecord | undefined
  /** Checks that the file is still there; its lock is the lease. */
  beat(): void
  sweep(olderThanMs: number, limit: number): number
  stats(): StoreStats
  close(): void
}

/** The owner of all open records: only this process holds the lock of the file. */
const OWNER = 'here'

/** Opens the file, creating its folder, and keeps it locked; earlier owners of its records are gone, then. */
export function openDatabase(file: string): SqliteDatabase {
  makeFolder(dirname(file))
  const db = new DatabaseSync(file)
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    inTransaction(db, () => {
      migrate(db)
      db.exec('UPDATE rowgate_record SET owner = NULL WHERE owner IS NOT NULL')
    })
  } catch (error) {
    db.close()
    throw error
  }
  const sql = createStatements(db)
  const checkPlace = createCheckPlace(file)
  // Monotonic, so that setting the clock forward does not age records: an APPEND whose key is forgotten could be written twice.
  const origin = Date.now() - performance.now()
  function commit<T>(work: () => T): T {
    checkPlace()
    return inTransaction(db, work)
  }
  return {
    inOneCommit: commit,
    open: (requests) => commit(() => requests.map((request) => openRecord(sql, request))),
    write: (writes) => commit(() => writes.map((write) => writeOne(sql, write))),
    read: (id) => readRecord(sql, id),
    beat: checkPlace,
    sweep: (olderThanMs, limit) => commit(() => sweep(sql, Math.min(Date.now(), origin + performance.now()) - olderThanMs, limit)),
    stats: () => readStats(sql),
    ...sqliteNotes(sql, commit),
    close: () => db.close(),
  }
}

/** A check that the file is still the one that was opened: writes to a removed file would be lost with the process. */
function createCheckPlace(file: string): () => void {
  if (file === ':memory:') return () => {}
  const opened = statSync(file)
  return () => {
    const found = statSync(file, { throwIfNoEntry: false })
    if (found?.ino !== opened.ino || found.dev !== opened.dev) throw new Error('the file was removed, or replaced by another, while in use')
  }
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work()
  db.exec('BEGIN EXCLUSIVE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function migrate(db: DatabaseSync): void {
  db.exec('CREATE TABLE IF NOT EXISTS rowgate_migration (version INTEGER PRIMARY KEY) STRICT')
  const done = Number(db.prepare('SELECT coalesce(max(version), 0) AS version FROM rowgate_migration').get()?.version)
  for (const { version, sqlite } of MIGRATIONS) {
    if (version <= done) continue
    db.exec(sqlite)
    db.prepare('INSERT INTO rowgate_migration (version) VALUES (?)').run(version)
  }
}

interface RecordRow {
  readonly fingerprint: string
  readonly row_count: number
  readonly operation: OpenRequest['operation']
  readonly version: number
  readonly epoch: number
  readonly owner: string | null
  readonly created_at: number
  readonly opened_at: number
  readonly settled_at: number | null
}

function findRow(sql: Statements, id: string): RecordRow | undefined {
  return sql.all<RecordRow>('SELECT * FROM rowgate_record WHERE id = ?', id)[0]
}

function entriesOf(sql: Statements, id: string): string[] {
  return sql.all<{ body: string }>('SELECT body FROM rowgate_entry WHERE record_id = ? ORDER BY seq', id).map(({ body }) => body)
}

const INSERT_RECORD = `INSERT INTO rowgate_record (id, fingerprint, row_count, operation, version, epoch, owner, created_at, opened_at)
  VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)`
const CLAIM_RECORD = 'UPDATE rowgate_record SET epoch = epoch + 1, owner = ?, version = ?, opened_at = ?, settled_at = NULL WHERE id = ?'

function openRecord(sql: Statements, { id, fingerprint, rowCount, operation, version, reopens }: OpenRequest): Opened {
  const now = Date.now()
  const row = findRow(sql, id)
  if (row === undefined) {
    sql.run(INSERT_RECORD, id, fingerprint, rowCount, operation, version, OWNER, now, now)
    return { kind: 'created', epoch: 1 }
  }
  if (row.version > version) return { kind: 'newerVersion' }
  if (row.fingerprint !== fingerprint) return { kind: 'reused' }
  if (row.settled_at !== null && !reopens) return { kind: 'settled', entries: entriesOf(sql, id) }
  sql.run(CLAIM_RECORD, OWNER, version, now, id)
  return { kind: 'resumed', epoch: row.epoch + 1, entries: entriesOf(sql, id) }
}

const INSERT_ENTRY = 'INSERT INTO rowgate_entry (record_id, epoch, number, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'
const DELETE_ENTRIES = 'DELETE FROM rowgate_entry WHERE record_id = ?'

function mayWrite({ kind, claim }: Write, { epoch, owner }: RecordRow): boolean {
  return kind === 'fact' || (epoch === claim.epoch && (kind === 'rejection' || owner === OWNER))
}

function writeOne(sql: Statements, write: Write): boolean {
  const { id, epoch } = write.claim
  const row = findRow(sql, id)
  if (row === undefined || !mayWrite(write, row)) return false
  if (write.kind === 'settle') sql.run(DELETE_ENTRIES, id)
  if ('entry' in write) sql.run(INSERT_ENTRY, id, epoch, write.number, write.entry)
  if (write.kind === 'settle')
    sql.run('UPDATE rowgate_record SET owner = NULL, settled_at = ?, unconfirmed = ? WHERE id = ?', Date.now(), write.unconfirmed, id)
  if (write.kind === 'release') sql.run('UPDATE rowgate_record SET owner = NULL, unconfirmed = ? WHERE id = ?', write.unconfirmed, id)
  if (write.kind === 'forget') forget(sql, id, epoch)
  return true
}

function forget(sql: Statements, id: string, epoch: number): void {
  const isNew = epoch === 1 && entriesOf(sql, id).length === 0
  sql.run(isNew ? 'DELETE FROM rowgate_record WHERE id = ?' : 'UPDATE rowgate_record SET owner = NULL WHERE id = ?', id)
}

function readRecord(sql: Statements, id: string): StoredRecord | undefined {
  const row = findRow(sql, id)
  return (
    row && {
      fingerprint: row.fingerprint,
      rowCount: row.row_count,
      operation: row.operation,
      version: row.version,
      state: row.settled_at !== null ? 'SETTLED' : row.owner === null ? 'INTERRUPTED' : 'RUNNING',
      epoch: row.epoch,
      createdAt: row.created_at,
      openedAt: row.opened_at,
      entries: entriesOf(sql, id),
    }
  )
}

function sweep(sql: Statements, before: number, limit: number): number {
  const old = sql.all<{ id: string }>(
    'SELECT id FROM rowgate_record WHERE opened_at < ? AND owner IS NULL ORDER BY opened_at LIMIT ?',
    before,
    limit,
  )
  for (const { id } of old) {
    sql.run(DELETE_ENTRIES, id)
    sql.run('DELETE FROM rowgate_record WHERE id = ?', id)
  }
  return old.length
}

function readStats(sql: Statements): StoreStats {
  const [sums] = sql.all<{ records: number; unconfirmed: number }>(
    'SELECT count(*) AS records, coalesce(sum(unconfirmed), 0) AS unconfirmed FROM rowgate_record',
  )
  const [open] = sql.all<{ since: number | null }>('SELECT min(created_at) AS since FROM rowgate_record WHERE settled_at IS NULL')
  const since = open?.since ?? undefined
  return {
    records: sums?.records ?? 0,
    oldestOpenMs: since === undefined ? undefined : Date.now() - since,
    unconfirmedRows: sums?.unconfirmed ?? 0,
  }
}
