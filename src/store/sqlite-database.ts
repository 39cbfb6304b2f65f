import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Opened, OpenRequest, StoredRecord, StoreStats, Write } from '../idempotency/store-port.ts'
import { makeFolder } from '../util/files.ts'
import { MIGRATIONS } from './migrations.ts'
import { type SqliteNotes, sqliteNotes } from './sqlite-notes.ts'
import { openRecord, readRecord, readStats, sweep, writeOne } from './sqlite-records.ts'
import { createStatements } from './sqlite-statements.ts'

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

/** Opens the file, creating its folder, and keeps it locked; earlier owners of its records are gone, then. */
export function openDatabase(file: string): SqliteDatabase {
  makeFolder(dirname(file))
  const db = new DatabaseSync(file)
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    // Pages that many commits change are copied into the file once for all of them.
    db.exec('PRAGMA wal_autocheckpoint = 4000')
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
    if (db.isTransaction) return work()
    const result = inTransaction(db, work)
    // Afterwards, since the file may be removed at any time before.
    checkPlace()
    return result
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

/** A check that the file and its log, where the latest commits are, are still those that were opened: writes to removed ones would be lost with the process. */
function createCheckPlace(file: string): () => void {
  if (file === ':memory:') return () => {}
  const opened = placeOf(file)
  return () => {
    if (placeOf(file) !== opened) throw new Error('the file was removed, or replaced by another, or the log beside it was, while in use')
  }
}

function placeOf(file: string): string {
  return [file, `${file}-wal`]
    .map((path) => statSync(path, { throwIfNoEntry: false }))
    .map((found) => `${found?.dev}:${found?.ino}`)
    .join()
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
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
