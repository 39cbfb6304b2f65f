import type { Secret } from '../util/secret.ts'
import { createPostgresStore } from './postgres.ts'
import { createSqliteStore } from './sqlite.ts'
import type { Store } from './store.ts'

/**
 * The store that an operator chose: a database that any number of processes share, or else a file of this one. Where it cannot be
 * opened each call of it rejects, and the next tries again.
 */
export function createStore(config: { readonly databaseUrl: Secret | undefined; readonly file: string }): Store {
  const { databaseUrl, file } = config
  return databaseUrl === undefined ? createSqliteStore(file) : createPostgresStore(databaseUrl.reveal())
}
