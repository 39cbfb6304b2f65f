import type { Secret } from '../util/secret.ts'
import { createPostgresStore } from './postgres.ts'
import { createSqliteStore } from './sqlite.ts'
import type { Store } from './store.ts'

/**
 * The store as configured: a database that any number of processes share, or a file of this process. Where it cannot be opened, each
 * call rejects, and the next tries again.
 */
export function createStore(config: { readonly databaseUrl: Secret | undefined; readonly file: string }): Store {
  const { databaseUrl, file } = config
  return databaseUrl === undefined ? createSqliteStore(file) : createPostgresStore(databaseUrl.reveal())
}
