import { createPostgresStore } from './postgres.ts'
import { createSqliteStore } from './sqlite.ts'
import type { Store } from './store.ts'

/** Where records live: a database that any number of processes share, or else a file of this one. */
export interface StoreChoice {
  readonly databaseUrl: { reveal(): string } | undefined
  readonly file: string
}

/** The store that an operator chose; where it cannot be opened each call of it rejects, and the next tries again. */
export function createStore({ databaseUrl, file }: StoreChoice): Store {
  return databaseUrl === undefined ? createSqliteStore(file) : createPostgresStore(databaseUrl.reveal())
}
