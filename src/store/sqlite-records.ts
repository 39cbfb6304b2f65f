import type { Opened, OpenRequest, StoredRecord, StoreStats, Write } from '../idempotency/store-port.ts'
import type { Statements } from './sqlite-statements.ts'

/** The owner of all open records: only this process holds the lock of the file. */
const OWNER = 'here'

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
  VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING`
const CLAIM_RECORD = 'UPDATE rowgate_record SET epoch = epoch + 1, owner = ?, version = ?, opened_at = ?, settled_at = NULL WHERE id = ?'

/** Opens a record, or says why not. */
export function openRecord(sql: Statements, { id, fingerprint, rowCount, operation, version, reopens }: OpenRequest): Opened {
  const now = Date.now()
  if (sql.run(INSERT_RECORD, id, fingerprint, rowCount, operation, version, OWNER, now, now) === 1) return { kind: 'created', epoch: 1 }
  const row = findRow(sql, id) as RecordRow
  if (row.version > version) return { kind: 'newerVersion' }
  if (row.fingerprint !== fingerprint) return { kind: 'reused' }
  if (row.settled_at !== null && !reopens) return { kind: 'settled', entries: entriesOf(sql, id) }
  sql.run(CLAIM_RECORD, OWNER, version, now, id)
  return { kind: 'resumed', epoch: row.epoch + 1, entries: entriesOf(sql, id) }
}

/** The records that a claim still holds: id, epoch. */
const HELD = `id = ? AND epoch = ? AND owner = '${OWNER}'`
/** The records to which it may write each kind. */
const MAY_WRITE = { intent: HELD, rejection: 'id = ? AND epoch = ?', fact: 'id = ? AND ? > 0' } as const
const INSERT_ENTRY = 'INSERT INTO rowgate_entry (record_id, epoch, number, body) VALUES (?, ?, ?, ?)'
const DELETE_ENTRIES = 'DELETE FROM rowgate_entry WHERE record_id = ?'
const REPLACE_KNOWN = `DELETE FROM rowgate_entry AS e WHERE record_id = ? AND (epoch = ?
  OR ? > (SELECT count(*) FROM rowgate_entry o WHERE o.record_id = e.record_id AND o.epoch <> ? AND o.seq < e.seq))`
const SETTLE = `UPDATE rowgate_record SET owner = NULL, settled_at = ?, unconfirmed = ? WHERE ${HELD}`
const RELEASE = `UPDATE rowgate_record SET owner = NULL, unconfirmed = ? WHERE ${HELD}`

/** Writes what is allowed; whether it was. */
export function writeOne(sql: Statements, write: Write): boolean {
  const { id, epoch } = write.claim
  if (write.kind === 'forget') return forget(sql, id, epoch)
  if (write.kind === 'release') return sql.run(RELEASE, write.unconfirmed, id, epoch) === 1
  if (write.kind === 'settle') {
    if (sql.run(SETTLE, Date.now(), write.unconfirmed, id, epoch) === 0) return false
    sql.run(REPLACE_KNOWN, id, epoch, write.known, epoch)
    return sql.run(INSERT_ENTRY, id, epoch, write.number, write.entry) === 1
  }
  const mayWrite = MAY_WRITE[write.kind]
  const text = `INSERT INTO rowgate_entry (record_id, epoch, number, body) SELECT id, ?, ?, ? FROM rowgate_record WHERE ${mayWrite} ON CONFLICT DO NOTHING`
  if (sql.run(text, epoch, write.number, write.entry, id, epoch) === 1) return true
  // Refused, unless it was written before.
  return sql.all(`SELECT 1 FROM rowgate_record WHERE ${mayWrite}`, id, epoch).length === 1
}

function forget(sql: Statements, id: string, epoch: number): boolean {
  const isNew = epoch === 1 && entriesOf(sql, id).length === 0
  return (
    sql.run(isNew ? `DELETE FROM rowgate_record WHERE ${HELD}` : `UPDATE rowgate_record SET owner = NULL WHERE ${HELD}`, id, epoch) === 1
  )
}

/** Reads a record with its entries. */
export function readRecord(sql: Statements, id: string): StoredRecord | undefined {
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

/** Deletes records that nobody works on and that were opened before then, up to a limit; how many. */
export function sweep(sql: Statements, before: number, limit: number): number {
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

/** Counts what there is. */
export function readStats(sql: Statements): StoreStats {
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
