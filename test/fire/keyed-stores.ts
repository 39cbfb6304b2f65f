import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LEASE_MS } from '../../src/idempotency/store-port.ts'
import { startPostgres } from '../support/postgres.ts'
import { atEnd } from './at-end.ts'

/** A store of keys that gateways are started on, one after the other or, of PostgreSQL, together. */
export interface KeyedStore {
  readonly name: string
  readonly settings: Record<string, string>
  /** How long the records of a process that was killed are not taken over. */
  readonly leaseMs: number
}

/** A file in a folder that is deleted at the end. */
export async function sqliteStore(): Promise<KeyedStore> {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-keys-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  return { name: 'SQLite', settings: { STORE_FILE: join(folder, 'store.sqlite') }, leaseMs: 0 }
}

/** A database of a server of its own, which ends at the end; undefined where PostgreSQL is not installed. */
export async function postgresStore(): Promise<KeyedStore | undefined> {
  const server = await startPostgres({ waitsForDisk: true })
  if (server === undefined) return undefined
  atEnd(server.remove)
  return { name: 'PostgreSQL', settings: { DATABASE_URL: await server.create('keys') }, leaseMs: LEASE_MS }
}
