import { createHash } from 'node:crypto'
import type { Column } from '../resource/column.ts'
import type { Contract } from '../resource/contract.ts'
import type { Resource } from '../resource/define-resource.ts'
import { exampleSolutions, type Solution } from '../resource/module.ts'
import { objectName } from '../resource/solutions.ts'
import { createAttributes } from './attribute-list.ts'
import type { Store } from './store.ts'

/** A solution a tenant has rolled out. */
export interface RolledOutSolution {
  readonly solutionName: string
  readonly prefix: string
  readonly suffix: string
  readonly targetSchemaName: string
  readonly objects: readonly string[]
}

/** A solution as a rollout names it: the upstream is told no modules. */
type Unplaced = Omit<Solution, 'modules'>

/** Which tables each tenant has. */
export interface Tables {
  solutions(token: string): RolledOutSolution[]
  /** Creates the tables of a solution that are not there yet, or only some by their base names; returns their full names. */
  rollOut(token: string, solution: Unplaced, targetSchemaName: string, only?: ReadonlySet<string>): string[]
  /** Adds a column to a table of a tenant, by base name; false when it is not rolled out or has such a column. */
  addColumn(token: string, solutionName: string, base: string, column: Column): boolean
  /** The declarations behind an object of a tenant, and its SQL table; undefined when it is not rolled out. */
  find(token: string, object: string, solutionName?: string): { table: string; resources: readonly Resource[] } | undefined
}

/** The tenants' tables; a tenant seen for the first time is given the example solutions. */
export function createTables(store: Store, contract: Contract, configured: readonly Solution[]): Tables {
  const attributes = createAttributes(store.db)
  store.db.exec(
    'CREATE TABLE IF NOT EXISTS sandbox_solutions (tenant TEXT, solution TEXT, definition TEXT, PRIMARY KEY (tenant, solution))',
  )

  const declared = resourceFinder(contract, [...configured, ...exampleSolutions(contract.modules)])

  /** The resources of a tenant's solution, or those of one object, custom attributes among their columns. */
  function resourcesOf(token: string, solutionName: string, object?: string): Resource[] {
    const mine = declared(solutionName).filter((resource) => object === undefined || resource.object === object)
    return mine.map((resource) => {
      const added = attributes.of(tenantId(token), solutionName, resource.object)
      return added.length === 0 ? resource : { ...resource, columns: [...resource.columns, ...added] }
    })
  }

  function create(token: string, solution: Unplaced, targetSchemaName: string, only?: ReadonlySet<string>): string[] {
    const { name, prefix, suffix } = solution
    const byObject = objectsOf(resourcesOf(token, name), solution, only)
    for (const [object, resources] of byObject) store.createTable(`${tenantId(token)}/${object}`, resources)
    const definition: RolledOutSolution = { solutionName: name, prefix, suffix, targetSchemaName, objects: [...byObject.keys()] }
    store.db.prepare('INSERT OR REPLACE INTO sandbox_solutions VALUES (?, ?, ?)').run(tenantId(token), name, JSON.stringify(definition))
    return [...byObject.keys()]
  }

  function solutions(token: string): RolledOutSolution[] {
    if (storedSolutions(store, token).length === 0)
      store.together(() => exampleSolutions(contract.modules).forEach((solution) => void create(token, solution, 'STAGE')))
    return storedSolutions(store, token)
  }

  return {
    solutions,
    addColumn(token, solutionName, base, column) {
      const holder = solutions(token).find((solution) => solution.solutionName === solutionName)
      const object = `${holder?.prefix}${base}${holder?.suffix}`
      const target = this.find(token, object, solutionName)
      const isTaken = target?.resources.some(({ columns }) => columns.some(({ name }) => name === column.name)) ?? true
      if (target === undefined || isTaken) return false
      store.addColumn(target.table, column)
      attributes.add(tenantId(token), solutionName, base, column)
      return true
    },
    rollOut(token, solution, targetSchemaName, only) {
      solutions(token)
      return create(token, solution, targetSchemaName, only)
    },
    find(token, object, solutionName) {
      const holder = solutions(token).find(
        (solution) => (solutionName === undefined || solution.solutionName === solutionName) && solution.objects.includes(object),
      )
      if (holder === undefined) return undefined
      const base = object.slice(holder.prefix.length, object.length - holder.suffix.length)
      const resources = resourcesOf(token, holder.solutionName, base)
      return { table: `${tenantId(token)}/${object}`, resources }
    },
  }
}

/** The declarations behind each object of a solution, or behind some of them. */
function objectsOf(resources: readonly Resource[], solution: Unplaced, only: ReadonlySet<string> | undefined): Map<string, Resource[]> {
  const wanted = resources.filter(({ object }) => only?.has(object) ?? true)
  return Map.groupBy(wanted, (resource) => objectName({ ...solution, modules: [] }, resource))
}

function storedSolutions({ db }: Store, token: string): RolledOutSolution[] {
  const found = db.prepare('SELECT definition FROM sandbox_solutions WHERE tenant = ? ORDER BY solution').all(tenantId(token))
  return found.map(({ definition }) => JSON.parse(String(definition)) as RolledOutSolution)
}

/** The upstream is told no modules; a solution it has never heard of gets every one. */
function resourceFinder({ modules, resources }: Contract, known: readonly Solution[]): (solutionName: string) => readonly Resource[] {
  return (solutionName) => {
    const mine = known.find(({ name }) => name === solutionName)?.modules ?? Object.keys(modules)
    return resources.filter((resource) => mine.includes(resource.module))
  }
}

/** A tenant as the sandbox keeps it. */
export function tenantId(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16)
}
