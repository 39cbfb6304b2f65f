import type { ClientBase, Pool } from 'pg'
import { LATEST_VERSION, MIGRATIONS } from './migrations.ts'

/** An arbitrary number, the same in all processes. */
const MIGRATION_LOCK = 7_209_143_165

/** Runs work in a transaction. */
export async function inTransaction<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  // A lost connection fails the query under way; without a listener its `error` event would end the process.
  const ignore = () => {}
  client.on('error', ignore)
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
    const result = await work(client)
    await client.query('COMMIT')
    client.off('error', ignore)
    client.release()
    return result
  } catch (error) {
    // `true`: closes the connection, whatever state it is in.
    client.release(true)
    throw error
  }
}

/** Migrates the schema; processes that start at the same time wait for each other, and a newer schema is left alone. */
export async function migrate(pool: Pool): Promise<void> {
  if (await isUpToDate(pool)) return
  await inTransaction(pool, async (client) => {
    // A transaction-level lock, since there may be a pooler.
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await client.query('CREATE TABLE IF NOT EXISTS rowgate_migration (version integer PRIMARY KEY)')
    const { rows } = await client.query<{ version: number }>('SELECT coalesce(max(version), 0) AS version FROM rowgate_migration')
    for (const { version, postgres } of MIGRATIONS) {
      if (version <= (rows[0]?.version ?? 0)) continue
      await client.query(postgres)
      await client.query('INSERT INTO rowgate_migration (version) VALUES ($1)', [version])
    }
  })
}

async function isUpToDate(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ is_there: boolean }>(`SELECT to_regclass('rowgate_migration') IS NOT NULL AS is_there`)
  if (!rows[0]?.is_there) return false
  const versions = await pool.query<{ version: number }>('SELECT coalesce(max(version), 0) AS version FROM rowgate_migration')
  return (versions.rows[0]?.version ?? 0) >= LATEST_VERSION
}
