import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeJournal } from '../../src/idempotency/entry-codec.ts'
import type { PostgresServer } from './postgres.ts'

/** Every byte of a store's folder, what has not left the write-ahead log included. */
export async function bytesOfFiles(file: string): Promise<string> {
  const folder = dirname(file)
  return Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))).toString('latin1')
}

/** The same of a store that is closed, and its entries unpacked. */
export async function textOfFile(file: string): Promise<string> {
  const bytes = await bytesOfFiles(file)
  const database = new DatabaseSync(file)
  const bodies = database.prepare('SELECT body FROM rowgate_entry').all()
  database.close()
  return bytes + JSON.stringify(decodeJournal(bodies.map(({ body }) => String(body))))
}

/** Every row of every table of a database as text, and the entries unpacked. */
export async function textOfDatabase(server: PostgresServer, database: string): Promise<string> {
  const tables = await server.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`, [], database)
  const selects = tables.map(({ name }) => `SELECT row_to_json(t)::text AS line FROM ${name} t`).join(' UNION ALL ')
  const lines = await server.query<{ line: string }>(selects, [], database)
  const bodies = await server.query<{ body: string }>('SELECT body FROM rowgate_entry', [], database)
  return lines.map(({ line }) => line).join('\n') + JSON.stringify(decodeJournal(bodies.map(({ body }) => body)))
}
