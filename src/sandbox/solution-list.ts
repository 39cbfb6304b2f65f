import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

/** A solution that a tenant has rolled out. */
export interface RolledOutSolution {
  readonly solutionName: string
  readonly prefix: string
  readonly suffix: string
  readonly targetSchemaName: string
  readonly objects: readonly string[]
  /** The declarations behind its tables, as module.OBJECT. */
  readonly declarations: readonly string[]
}

/** The solutions that tenants have rolled out, by name; those in an older file, which has no declarations, get the usual ones. */
export function createSolutions(db: DatabaseSync, usualDeclarations: (solutionName: string) => string[]) {
  db.exec('CREATE TABLE IF NOT EXISTS sandbox_solutions (tenant TEXT, solution TEXT, definition TEXT, PRIMARY KEY (tenant, solution))')
  const select = db.prepare('SELECT definition FROM sandbox_solutions WHERE tenant = ? ORDER BY solution')
  const insert = db.prepare('INSERT OR REPLACE INTO sandbox_solutions VALUES (?, ?, ?)')
  const read = (text: unknown): RolledOutSolution => {
    const solution = JSON.parse(String(text)) as RolledOutSolution
    return { ...solution, declarations: solution.declarations ?? usualDeclarations(solution.solutionName) }
  }
  return {
    of: (token: string) => select.all(tenantId(token)).map(({ definition }) => read(definition)),
    keep: (token: string, solution: RolledOutSolution) => void insert.run(tenantId(token), solution.solutionName, JSON.stringify(solution)),
  }
}

/** The id under which the sandbox stores a tenant. */
export function tenantId(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16)
}
