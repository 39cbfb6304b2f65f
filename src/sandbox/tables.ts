import type { DatabaseSync } from 'node:sqlite'
import type { Column } from '../resource/column.ts'
import type { Contract } from '../resource/contract.ts'
import type { Resource } from '../resource/define-resource.ts'
import { exampleSolutions, objectName, type Solution } from '../resource/module.ts'
import { NEW_TENANT } from './choices.ts'
import type { SandboxColumn } from './column-types.ts'
import { readJson } from './read-object.ts'
import { createSolutions, type RolledOutSolution, tenantId } from './solution-list.ts'
import type { Store } from './store.ts'

/** A solution as a rollout names it: the upstream is not told about modules. */
type Unplaced = Omit<Solution, 'modules'>

/** The result of a rollout, by full object names. */
interface RolledOut {
  readonly made: readonly string[]
  /** Tables that exist with another key. */
  readonly failed: readonly string[]
}

/** The tables of each tenant. */
export interface Tables {
  solutions(token: string): RolledOutSolution[]
  /** Gives a solution the tables it lacks, for the declarations that belong to it. */
  rollOut(token: string, solution: Unplaced, targetSchemaName: string, belongs: (resource: Resource) => boolean): RolledOut
  /** Adds a column to a tenant's table, by base name; false if the table is not rolled out or has such a column. */
  addColumn(token: string, solutionName: string, base: string, column: SandboxColumn): boolean
  /** The declarations of a tenant's object, and the name of its SQL table; undefined if it is not rolled out. */
  find(token: string, object: string, solutionName?: string): { table: string; resources: readonly Resource[] } | undefined
}

/** The tables of all tenants; a new tenant is given the example solutions. */
export function createTables(store: Store, contract: Contract, configured: readonly Solution[]): Tables {
  const attributes = createAttributes(store.db)
  const declared = declarationFinder(contract, [...configured, ...exampleSolutions(contract.modules)])
  const rolledOut = createSolutions(store.db, (solutionName) => contract.resources.filter(declared(solutionName)).map(idOf))

  /** The resources of a tenant's solution, or of one object, with custom attributes as columns. */
  function resourcesOf(token: string, { solutionName, declarations }: Made, object?: string): Resource[] {
    const mine = contract.resources.filter((one) => declarations.includes(idOf(one)) && (object === undefined || one.object === object))
    return mine.map((resource) => {
      const added = attributes.of(tenantId(token), solutionName, resource.object)
      return added.length === 0 ? resource : { ...resource, columns: [...resource.columns, ...added] }
    })
  }

  function create(token: string, solution: Unplaced, targetSchemaName: string, belongs: (resource: Resource) => boolean): RolledOut {
    const { name: solutionName, prefix, suffix } = solution
    const before = rolledOut.of(token).find((one) => isSame(one, solution))?.declarations ?? []
    const there = contract.resources.filter((resource) => before.includes(idOf(resource)))
    const [failed, good] = split(contract.resources.filter(belongs), (resource) => hasOtherKey(resource, there))
    const nameOf = (resource: Resource) => objectName({ ...solution, modules: [] }, resource)
    const declarations = [...new Set([...before, ...good.map(idOf)])]
    const byObject = Map.groupBy(resourcesOf(token, { solutionName, declarations }), nameOf)
    rolledOut.keep(token, { solutionName, prefix, suffix, targetSchemaName, declarations, objects: [...byObject.keys()] })
    return { made: [...new Set(good.map(nameOf))], failed: failed.map(nameOf) }
  }

  function solutions(token: string): RolledOutSolution[] {
    if (rolledOut.of(token).length === 0 && !token.startsWith(NEW_TENANT))
      store.together(() => exampleSolutions(contract.modules).forEach((one) => void create(token, one, 'STAGE', declared(one.name))))
    return rolledOut.of(token)
  }

  return {
    solutions,
    addColumn(token, solutionName, base, column) {
      const holder = solutions(token).find((solution) => solution.solutionName === solutionName)
      const object = `${holder?.prefix}${base}${holder?.suffix}`
      const target = this.find(token, object, solutionName)
      const isTaken = target?.resources.some(({ columns }) => columns.some(({ name }) => name === column.name)) ?? true
      if (target === undefined || isTaken) return false
      store.ensureTable(target.table, target.resources)
      store.addColumn(target.table, column)
      attributes.add(tenantId(token), solutionName, base, column)
      return true
    },
    rollOut(token, solution, targetSchemaName, belongs) {
      solutions(token)
      return create(token, solution, targetSchemaName, belongs)
    },
    find(token, object, solutionName) {
      const holder = solutions(token).find(
        (solution) => (solutionName === undefined || solution.solutionName === solutionName) && solution.objects.includes(object),
      )
      if (holder === undefined) return undefined
      const base = object.slice(holder.prefix.length, object.length - holder.suffix.length)
      const resources = resourcesOf(token, holder, base)
      return { table: `${tenantId(token)}/${object}`, resources }
    },
  }
}

function isSame(one: RolledOutSolution, { name, prefix, suffix }: Unplaced): boolean {
  return one.solutionName === name && one.prefix === prefix && one.suffix === suffix
}

/** An existing table is not changed. */
function hasOtherKey(resource: Resource, there: readonly Resource[]): boolean {
  const same = there.filter(({ object }) => object === resource.object)
  return same.length > 0 && !same.some(({ primaryKey }) => [...primaryKey].sort().join() === [...resource.primaryKey].sort().join())
}

function split<T>(list: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [list.filter(isFirst), list.filter((one) => !isFirst(one))]
}

type Made = Pick<RolledOutSolution, 'solutionName' | 'declarations'>

function idOf({ module, object }: Resource): string {
  return `${module}.${object}`
}

/** The upstream is not told about modules; an unknown solution gets every table, by the first declaration of each. */
function declarationFinder({ resources }: Contract, known: readonly Solution[]): (solutionName: string) => (resource: Resource) => boolean {
  const firsts = new Set([...Map.groupBy(resources, ({ object }) => object).values()].map(([first]) => first))
  return (solutionName) => {
    const modules = known.find(({ name }) => name === solutionName)?.modules
    return (resource) => modules?.includes(resource.module) ?? firsts.has(resource)
  }
}

/** The custom attributes that tenants have added, as columns, by the base name of the table. */
function createAttributes(db: DatabaseSync) {
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
