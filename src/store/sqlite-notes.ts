import type { Note, NoteKind, StoredNote } from '../replicas/note-store.ts'
import type { Statements } from './sqlite-statements.ts'

const WRITE = `INSERT INTO rowgate_note (kind, tenant, name, writer, body, noted_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET body = excluded.body, noted_at = excluded.noted_at`
const COLUMNS = 'kind, tenant AS tenantId, name, writer, body, noted_at AS notedAt'
const MOST = 50_000

/** The part of the embedded database that keeps notes. */
export interface SqliteNotes {
  writeNotes(notes: readonly Note[]): void
  notesOfTenant(kind: NoteKind, tenantId: string): readonly StoredNote[]
  recentNotes(kinds: readonly NoteKind[], withinMs: number): readonly StoredNote[]
  notesNamedOtherwise(kind: NoteKind, tenantIds: readonly string[], name: string, withinMs: number): readonly string[]
  sweepNotes(kind: NoteKind, olderThanMs: number): void
}

/** Notes in a table of the file, by this machine's clock. */
export function sqliteNotes(sql: Statements, inTransaction: <T>(work: () => T) => T): SqliteNotes {
  const plain = (notes: StoredNote[]) => notes.map((note) => ({ ...note })).reverse()
  return {
    writeNotes: (notes) =>
      inTransaction(() => {
        for (const { kind, tenantId, name, writer, body } of notes) sql.run(WRITE, kind, tenantId, name, writer, body, Date.now())
      }),
    notesOfTenant: (kind, tenantId) =>
      plain(
        sql.all(`SELECT ${COLUMNS} FROM rowgate_note WHERE kind = ? AND tenant = ? ORDER BY noted_at DESC LIMIT ${MOST}`, kind, tenantId),
      ),
    recentNotes: (kinds, withinMs) =>
      kinds.flatMap((kind) =>
        plain(
          sql.all(
            `SELECT ${COLUMNS} FROM rowgate_note WHERE kind = ? AND noted_at > ? ORDER BY noted_at DESC LIMIT ${MOST}`,
            kind,
            Date.now() - withinMs,
          ),
        ),
      ),
    notesNamedOtherwise(kind, tenantIds, name, withinMs) {
      const text = 'SELECT DISTINCT tenant FROM rowgate_note WHERE kind = ? AND tenant = ? AND name <> ? AND noted_at > ?'
      return tenantIds.filter((tenantId) => sql.all(text, kind, tenantId, name, Date.now() - withinMs).length > 0)
    },
    sweepNotes: (kind, olderThanMs) =>
      void sql.run('DELETE FROM rowgate_note WHERE kind = ? AND noted_at <= ?', kind, Date.now() - olderThanMs),
  }
}
