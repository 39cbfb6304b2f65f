import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Resource } from '../resource/define-resource.ts'
import { makeFolder } from '../util/files.ts'
import { SANDBOX_TYPES, type SandboxColumn } from './column-types.ts'
import { rawJSON, readJson } from './read-object.ts'

/** A row as stored and shown: column names in lower case, including custom attributes. */
export type StoredRow = Record<string, unknown>

/** The sandbox's SQL database: per tenant and object a data table and a table of failed rows. */
export interface Store {
  readonly db: DatabaseSync
  /** Creates a table if it does not exist; must be called before the table is used. */
  ensureTable(table: string, resources: readonly Resource[]): void
  addColumn(table: string, column: SandboxColumn): void
  insert(table: string, row: StoredRow, resource: Resource): void
  upsert(table: string, row: StoredRow, resource: Resource): void
  insertFailed(table: string, row: unknown, errors: unknown): void
  rows(table: string, resources: readonly Resource[]): StoredRow[]
  failedRows(table: string): { row: unknown; errors: unknown }[]
  /** Runs work in one transaction. */
  together<T>(work: () => T): T
  close(): void
}

/** Opens the database: a file, whose folder is created, or `:memory:`. */
export function openStore(file: string): Store {
  if (file !== ':memory:') makeFolder(dirname(file))
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const prepare = (sql: string) => statements.getOrInsertComputed(sql, () => db.prepare(sql))
  const run = (sql: string, values: SQLInputValue[]) => Number(prepare(sql).run(...values).changes)

  const insert: Store['insert'] = (table, row, resource) => {
    const cells = toCells(row, resource)
    const names = Object.keys(cells).map(quote)
    run(`INSERT INTO ${quote(table)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, Object.values(cells))
  }

  return {
    db,
    ensureTable: createEnsureTable(db),
    addColumn: (table, column) => db.exec(`ALTER TABLE ${quote(table)} ADD COLUMN ${quote(column.name)} ${sqlType(column)}`),
    insert,
    upsert(table, row, resource) {
      const cells = toCells(row, resource)
      const names = Object.keys(cells).filter((name) => !resource.primaryKey.includes(name))
      const isSame = [...resource.primaryKey, '_module'].map((name) => `${quote(name)} = ?`).join(' AND ')
      const sql = `UPDATE ${quote(table)} SET ${names.map((name) => `${quote(name)} = ?`).join(', ')} WHERE ${isSame}`
      const changed = run(
        sql,
        [...names, ...resource.primaryKey, '_module'].map((name) => cells[name] ?? null),
      )
      if (changed === 0) insert(table, row, resource)
    },
    insertFailed: (table, row, errors) =>
      void run(`INSERT INTO ${quote(`${table}_failed_rows`)} VALUES (?, ?)`, [JSON.stringify(row), JSON.stringify(errors)]),
    rows: (table, resources) =>
      prepare(`SELECT * FROM ${quote(table)} ORDER BY rowid`)
        .all()
        .map((cells) => fromCells(cells, resources)),
    failedRows: (table) =>
      prepare(`SELECT * FROM ${quote(`${table}_failed_rows`)} ORDER BY rowid`)
        .all()
        .map(({ failed_row, errors }) => ({ row: readJson(String(failed_row)), errors: JSON.parse(String(errors)) })),
    together: (work) => inTransaction(db, work),
    close: () => db.close(),
  }
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

/** A tenant may use few of its tables, and SQLite creates one more slowly the more there are: each is created when it is used. */
function createEnsureTable(db: DatabaseSync): Store['ensureTable'] {
  const made = new Map<string, number>()
  return (table, resources) => {
    // A further declaration needs a further index.
    if (made.get(table) !== resources.length) db.exec(tableSql(table, resources))
    made.set(table, resources.length)
  }
}

/** One table for all declarations of an object, with a column for the module of each row and one for custom attributes. */
function tableSql(table: string, resources: readonly Resource[]): string {
  const columns = new Map(resources.flatMap((resource) => resource.columns.map((column) => [column.name, sqlType(column)])))
  const cells = [...columns].map(([name, type]) => `${quote(name)} ${type}`)
  const indexes = resources.map(
    ({ module, primaryKey }) =>
      `CREATE INDEX IF NOT EXISTS ${quote(`${table}/${module}`)} ON ${quote(table)} (${primaryKey.map(quote).join(', ')})`,
  )
  return [
    `CREATE TABLE IF NOT EXISTS ${quote(table)} (${cells.join(', ')}, _module TEXT, _extra TEXT)`,
    `CREATE TABLE IF NOT EXISTS ${quote(`${table}_failed_rows`)} (failed_row TEXT, errors TEXT)`,
    ...indexes,
  ].join('; ')
}

/** Text keeps every digit of a decimal. */
function sqlType({ type, isNumeric }: SandboxColumn): string {
  return isNumeric ? 'TEXT' : SANDBOX_TYPES[type].sql
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function toCells(row: StoredRow, resource: Resource): Record<string, SQLInputValue> {
  const declared = new Set(resource.columns.map((column) => column.name))
  const entries = Object.entries(row)
  const extra = Object.fromEntries(entries.filter(([name]) => !declared.has(name)))
  return {
    ...Object.fromEntries(entries.filter(([name]) => declared.has(name)).map(([name, value]) => [name, toCell(value)])),
    _module: resource.module,
    _extra: Object.keys(extra).length > 0 ? JSON.stringify(extra) : null,
  }
}

function toCell(value: unknown): SQLInputValue {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return typeof value === 'boolean' ? Number(value) : (value as SQLInputValue)
}

function fromCells(cells: Record<string, unknown>, resources: readonly Resource[]): StoredRow {
  const { _module, _extra, ...columns } = cells
  const mine = resources.find((resource) => resource.module === _module)?.columns ?? []
  const row = mine.map((column) => [column.name, fromCell(columns[column.name], column)])
  return { ...Object.fromEntries(row), ...(typeof _extra === 'string' ? (readJson(_extra) as StoredRow) : {}) }
}

function fromCell(cell: unknown, { type, isNumeric }: SandboxColumn): unknown {
  if (cell === null) return null
  if (isNumeric) return rawJSON(String(cell))
  return SANDBOX_TYPES[type].restore(cell)
}
