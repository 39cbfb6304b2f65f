import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

/** Runs statements, each prepared once. */
export interface Statements {
  /** How many rows it changed. */
  run(text: string, ...values: SQLInputValue[]): number
  all<Row>(text: string, ...values: SQLInputValue[]): Row[]
}

/** Statements of a database, none prepared yet. */
export function createStatements(db: DatabaseSync): Statements {
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const prepare = (text: string) => {
    const statement = prepared.get(text) ?? db.prepare(text)
    prepared.set(text, statement)
    return statement
  }
  return {
    run: (text, ...values) => Number(prepare(text).run(...values).changes),
    all: <Row>(text: string, ...values: SQLInputValue[]) => prepare(text).all(...values) as Row[],
  }
}
