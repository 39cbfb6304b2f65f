import type { DatabaseSync } from 'node:sqlite'
import type { Column } from '../resource/column.ts'
import { readJson } from './read-object.ts'

/** The custom attributes that tenants have added, as columns, by the base name of the table. */
export function createAttributes(db: DatabaseSync) {
  db.exec('CREATE TABLE IF NOT EXISTS sandbox_attributes (tenant TEXT, solution TEXT, object TEXT, definition TEXT)')
  const select = db.prepare('SELECT definition FROM sandbox_attributes WHERE tenant = ? AND solution = ? AND object = ? ORDER BY rowid')
  const insert = db.prepare('INSERT INTO sandbox_attributes VALUES (?, ?, ?, ?)')
  return {
    of: (tenant: string, solution: string, object: string) =>
      select.all(tenant, solution, object).map(({ definition }) => readJson(String(definition)) as Column),
    add: (tenant: string, solution: string, object: string, column: Column) =>
      void insert.run(tenant, solution, object, JSON.stringify(column)),
  }
}
