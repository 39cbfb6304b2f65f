import type { DatabaseSync } from 'node:sqlite'
import type { Resource } from '../resource/define-resource.ts'
import { isFormat } from './attributes.ts'
import { typeNamed } from './column-types.ts'
import { type Reply, refuse } from './ingest.ts'
import { readObject } from './read-object.ts'

/** The schemas that tenants have saved, one per version of an application. */
export interface SavedSchemas {
  /** Answers a request to save a schema. */
  save(token: string, text: string): Reply
  /** Whether a saved version contains a declaration, with every column and its key; undefined if that version was not saved here. */
  membersOf(tenant: string, appName: string, appVersion: string): ((resource: Resource) => boolean) | undefined
}

/** Keeps saved schemas in the sandbox's database. */
export function createSavedSchemas(db: DatabaseSync, tenantOf: (token: string) => string): SavedSchemas {
  db.exec(
    'CREATE TABLE IF NOT EXISTS sandbox_schemas (tenant TEXT, app TEXT, version TEXT, tables TEXT, PRIMARY KEY (tenant, app, version))',
  )
  const select = db.prepare('SELECT tables FROM sandbox_schemas WHERE tenant = ? AND app = ? AND version = ?')
  const insert = db.prepare('INSERT INTO sandbox_schemas VALUES (?, ?, ?, ?)')

  return {
    membersOf(tenant, appName, appVersion) {
      const found = select.get(tenant, appName, appVersion)
      if (found === undefined) return undefined
      const tables = new Map((JSON.parse(String(found.tables)) as SavedTable[]).map((table) => [table.name, table]))
      return (resource) => belongs(resource, tables.get(resource.object))
    },
    save(token, text) {
      const { appName, appVersion, schemaDefinition, dryRun = false } = readObject(text) ?? {}
      if (typeof appName !== 'string' || typeof appVersion !== 'string' || typeof schemaDefinition !== 'string')
        return refuse(400, 'DI_E_00400', 'Missing: appName, appVersion or schemaDefinition, which must be a JSON string.')
      const tables = readTables(schemaDefinition)
      if (tables === undefined)
        return refuse(
          422,
          'DI_E_00422',
          'schemaDefinition must be an array of tables with a name and columns, each exactly one of required and optional, and timestamps in a pattern.',
        )
      if (select.get(tenantOf(token), appName, appVersion) !== undefined)
        return refuse(409, 'DI_E_00409', 'This version of the application is already saved.')
      if (dryRun === true) return { status: 200, body: { appName, appVersion, valid: true } }
      insert.run(tenantOf(token), appName, appVersion, JSON.stringify(tables))
      return { status: 201, body: { appName, appVersion } }
    },
  }
}

interface SavedTable {
  readonly name: string
  /** Upper case. */
  readonly columns: readonly string[]
  readonly key: readonly string[]
}

/** Two modules may declare a table: a declaration with columns that were not saved, or with another key, does not belong. */
function belongs({ columns, keyColumns }: Resource, saved: SavedTable | undefined): boolean {
  const isSaved = columns.every(({ name }) => saved?.columns.includes(name.toUpperCase()))
  return isSaved && keyColumns.every(({ name }) => saved?.key.includes(name.toUpperCase())) && keyColumns.length === saved?.key.length
}

function readTables(definition: string): SavedTable[] | undefined {
  const tables: unknown = readObject(definition)
  const isGood =
    Array.isArray(tables) &&
    tables.length > 0 &&
    tables.every((table) => typeof table?.tableName === 'string' && hasGoodColumns(table.columns))
  return isGood
    ? tables.map(({ tableName, columns }) => ({ name: tableName, columns: columns.map(nameOf), key: columns.filter(isKey).map(nameOf) }))
    : undefined
}

type SavedColumn = { primaryKey?: unknown; columnName?: unknown; attributeName?: unknown; dataType?: unknown; validations?: unknown }

function isKey({ primaryKey }: SavedColumn): boolean {
  return primaryKey === true
}

function nameOf({ columnName, attributeName }: SavedColumn): string {
  return String(columnName ?? attributeName)
}

function hasGoodColumns(columns: unknown): boolean {
  const isGood = (column: SavedColumn | null) => {
    if (typeof column !== 'object' || column === null) return false
    const validations = Array.isArray(column.validations) ? column.validations : []
    const rules = validations.map((rule) => rule?.type)
    const formats = validations.filter((rule) => rule?.type === 'timestampFormat')
    if (!formats.every(({ format }) => isFormat(typeNamed(column.dataType), format))) return false
    const isNamed = /^[A-Z_][A-Z0-9_]*$/.test(nameOf(column))
    return (
      isNamed && rules.includes('required') !== rules.includes('optional') && (!rules.includes('nonNull') || rules.includes('required'))
    )
  }
  return Array.isArray(columns) && columns.length > 0 && columns.every(isGood)
}
