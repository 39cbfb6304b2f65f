import type { DatabaseSync } from 'node:sqlite'
import { type Reply, refuse } from './ingest.ts'

/** The schemas that tenants have saved, one per version of an application. */
export interface SavedSchemas {
  /** Answers a request to save one. */
  save(token: string, text: string): Reply
  /** The base names of the tables of a saved version; undefined when it was not saved here. */
  tablesOf(tenant: string, appName: string, appVersion: string): ReadonlySet<string> | undefined
}

/** Keeps them in the sandbox's database. */
export function createSavedSchemas(db: DatabaseSync, tenantOf: (token: string) => string): SavedSchemas {
  db.exec(
    'CREATE TABLE IF NOT EXISTS sandbox_schemas (tenant TEXT, app TEXT, version TEXT, tables TEXT, PRIMARY KEY (tenant, app, version))',
  )
  const select = db.prepare('SELECT tables FROM sandbox_schemas WHERE tenant = ? AND app = ? AND version = ?')
  const insert = db.prepare('INSERT INTO sandbox_schemas VALUES (?, ?, ?, ?)')

  return {
    tablesOf(tenant, appName, appVersion) {
      const found = select.get(tenant, appName, appVersion)
      return found && new Set(JSON.parse(String(found.tables)))
    },
    save(token, text) {
      const { appName, appVersion, schemaDefinition, dryRun = false } = readJson(text) ?? {}
      if (typeof appName !== 'string' || typeof appVersion !== 'string' || typeof schemaDefinition !== 'string')
        return refuse(400, 'DI_E_00400', 'Missing: appName, appVersion or schemaDefinition, which is a JSON string.')
      const tables = readTables(schemaDefinition)
      if (tables === undefined)
        return refuse(
          422,
          'DI_E_00422',
          'schemaDefinition must be an array of tables with a name and columns, each exactly one of required and optional.',
        )
      if (select.get(tenantOf(token), appName, appVersion) !== undefined)
        return refuse(409, 'DI_E_00409', 'This version of the application is saved already.')
      if (dryRun === true) return { status: 200, body: { appName, appVersion, valid: true } }
      insert.run(tenantOf(token), appName, appVersion, JSON.stringify(tables))
      return { status: 201, body: { appName, appVersion } }
    },
  }
}

function readJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function readTables(definition: string): string[] | undefined {
  const tables: unknown = readJson(definition)
  const isGood =
    Array.isArray(tables) &&
    tables.length > 0 &&
    tables.every((table) => typeof table?.tableName === 'string' && hasGoodColumns(table.columns))
  return isGood ? tables.map(({ tableName }) => tableName) : undefined
}

function hasGoodColumns(columns: unknown): boolean {
  const isGood = (column: { columnName?: unknown; attributeName?: unknown; validations?: readonly { type?: unknown }[] }) => {
    const rules = (column.validations ?? []).map(({ type }) => type)
    const isNamed = /^[A-Z_][A-Z0-9_]*$/.test(String(column.columnName ?? column.attributeName))
    return (
      isNamed && rules.includes('required') !== rules.includes('optional') && (!rules.includes('nonNull') || rules.includes('required'))
    )
  }
  return Array.isArray(columns) && columns.length > 0 && columns.every(isGood)
}
