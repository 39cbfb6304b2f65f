import type { Pool } from 'pg'
import type { NoteKind, NoteStore, StoredNote } from '../replicas/note-store.ts'

const COLUMNS = `kind, tenant AS "tenantId", name, writer, body, (extract(epoch FROM noted_at) * 1000)::float8 AS "notedAt"`

/** Sorted, so that two statements cannot deadlock. */
const WRITE = `
INSERT INTO rowgate_note (kind, tenant, name, writer, body, noted_at)
SELECT kind, tenant, name, writer, body, now()
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS g (kind, tenant, name, writer, body)
ORDER BY kind, tenant, name, writer
ON CONFLICT (kind, tenant, name, writer) DO UPDATE SET body = excluded.body, noted_at = excluded.noted_at`

const YOUNGER = `noted_at > now() - $2::float8 * interval '1 millisecond'`

/** The most notes that are read at once; the latest ones. */
const MOST = 50_000
const OF_TENANT = `SELECT ${COLUMNS} FROM rowgate_note WHERE kind = $1 AND tenant = $2 ORDER BY noted_at DESC LIMIT ${MOST}`
const RECENT = `SELECT ${COLUMNS} FROM rowgate_note WHERE kind = ANY ($1) AND ${YOUNGER} ORDER BY noted_at DESC LIMIT ${MOST}`
const NAMED_OTHERWISE = `SELECT DISTINCT tenant FROM rowgate_note WHERE kind = $1 AND ${YOUNGER} AND tenant = ANY ($3) AND name <> $4`
const SWEEP = `DELETE FROM rowgate_note WHERE kind = $1 AND NOT ${YOUNGER}`

/** Notes in PostgreSQL; `ask` wraps every access to the server. */
export function postgresNotes(pool: Pool, ask: <T>(work: () => Promise<T>) => Promise<T>): NoteStore {
  const read = async (text: string, values: readonly unknown[]) =>
    await ask(async () => (await pool.query<StoredNote>(text, [...values])).rows.reverse())
  return {
    isShared: true,
    write: (notes) =>
      ask(async () => {
        const column = (name: 'kind' | 'tenantId' | 'name' | 'writer' | 'body') => notes.map((note) => note[name])
        await pool.query(WRITE, [column('kind'), column('tenantId'), column('name'), column('writer'), column('body')])
      }),
    ofTenant: (kind, tenantId) => read(OF_TENANT, [kind, tenantId]),
    recent: (kinds, withinMs) => read(RECENT, [kinds, withinMs]),
    namedOtherwise: (kind: NoteKind, tenantIds, name, withinMs) =>
      ask(async () => {
        const { rows } = await pool.query<{ tenant: string }>(NAMED_OTHERWISE, [kind, withinMs, tenantIds, name])
        return rows.map(({ tenant }) => tenant)
      }),
    sweep: (kind, olderThanMs) => ask(async () => void (await pool.query(SWEEP, [kind, olderThanMs]))),
  }
}
