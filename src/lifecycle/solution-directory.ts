import { LRUCache } from 'lru-cache'
import type { Tenant } from '../identity.ts'
import type { BadChoice } from '../resource/contract.ts'
import type { Resource } from '../resource/define-resource.ts'
import { objectName, type Solution } from '../resource/module.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import { isSameObject } from './drift.ts'
import type { SchemaPort, UpstreamTable } from './schema-port.ts'

/** Finds solutions by name: the configured ones, and those that a tenant has rolled out itself. */
export interface SolutionDirectory {
  find(tenant: Tenant, name: string): Solution | BadChoice
  /** The solution for rows of a resource: the named one, or the only one that has the resource; limited to `among`, where given. */
  findFor(tenant: Tenant, resource: Resource, name: string | null | undefined, among?: ReadonlySet<string>): Solution | BadChoice
  /** Whether the tenant's solution of this name is the configured one. */
  isAsConfigured(tenant: Tenant, name: string): boolean
  /** Remembers a solution that a tenant has rolled out. */
  learn(tenant: Pick<Tenant, 'id'>, solution: Solution): void
}

const MAX_TENANTS = 10_000
const MAX_LEARNT = 100

/** A directory of the configured solutions; what it learns applies to one tenant only. */
export function createSolutionDirectory(configured: readonly Solution[]): SolutionDirectory {
  // Counted as sizes, since `max` would take memory for all of them at once.
  const learnt = new LRUCache<string, readonly Solution[]>({ maxSize: MAX_TENANTS, sizeCalculation: () => 1 })
  // A tenant's own solution replaces the configured one of the same name.
  const solutionsOf = ({ id }: Tenant): readonly Solution[] => {
    const own = learnt.get(id)
    return own === undefined ? configured : [...configured.filter(({ name }) => !own.some((other) => other.name === name)), ...own]
  }
  return {
    isAsConfigured: (tenant, name) => configured.includes(solutionsOf(tenant).find((one) => one.name === name) as Solution),
    find: (tenant, name) => findSolution(solutionsOf(tenant), name),
    findFor(tenant, resource, name, among) {
      // Rows without a named solution only ever go to a configured one.
      const isConfigured = (one: Solution) => configured.some((other) => other.name === one.name)
      const isCandidate = (one: Solution) => (name != null || isConfigured(one)) && among?.has(one.name) !== false
      return solutionFor(solutionsOf(tenant).filter(isCandidate), resource, name)
    },
    learn(tenant, solution) {
      const others = (learnt.get(tenant.id) ?? []).filter(({ name }) => name !== solution.name)
      learnt.set(tenant.id, [...others, solution].slice(-MAX_LEARNT))
    },
  }
}

/**
 * A solution that the upstream lists for a tenant; undefined where it lists none of that name. The upstream knows no modules: they
 * are inferred from the tables.
 */
export async function readListedSolution(
  schema: Pick<SchemaPort, 'solutions' | 'solutionSchema'>,
  resources: readonly Resource[],
  tenant: Tenant,
  name: string,
  origin: RequestOrigin,
): Promise<Solution | undefined> {
  const listed = await schema.solutions(tenant, origin)
  const found = listed.find(({ solutionName }) => solutionName === name)
  if (found === undefined) return undefined
  const solution = { name, prefix: found.prefix ?? '', suffix: found.suffix ?? '', modules: [] }
  const tables = await schema.solutionSchema(tenant, name, origin)
  const there = resources.filter((resource) => tables.some((table) => isTableOf(table, resource, solution)))
  return { ...solution, modules: [...new Set(there.map(({ module }) => module))] }
}

/** Modules may have objects of the same name: required columns and keys tell whose table it is. */
function isTableOf({ name, columns }: UpstreamTable, resource: Resource, solution: Solution): boolean {
  if (!isSameObject(name, objectName(solution, resource), solution)) return false
  const found = new Map(columns.map((column) => [column.name.toLowerCase(), column]))
  return resource.columns.every((column) => {
    const there = found.get(column.name)
    return there === undefined ? column.presence !== 'required' : !column.isKey || there.isKey !== false
  })
}

/** The solution of that name, or what is wrong with the name. */
function findSolution(solutions: readonly Solution[], name: string): Solution | BadChoice {
  return solutions.find((solution) => solution.name === name) ?? { fault: `Unknown solution. Known: ${nameList(solutions)}.` }
}

/** The solution that rows of a resource go to: the named one, or the only one that has the resource. */
function solutionFor(solutions: readonly Solution[], resource: Resource, name: string | null | undefined): Solution | BadChoice {
  const able = solutions.filter((solution) => solution.modules.includes(resource.module))
  const [only, second] = able
  if (name == null && only !== undefined && second === undefined) return only
  if (name == null)
    return {
      fault:
        able.length === 0
          ? `No solution that you may use has the module ${resource.module}.`
          : `Several solutions have ${resource.graphqlName}; name one of: ${nameList(able)}.`,
    }

  const named = findSolution(solutions, name)
  if ('fault' in named || able.includes(named)) return named
  return { fault: `That solution does not have ${resource.graphqlName} (module ${resource.module}). Solutions that do: ${nameList(able)}.` }
}

function nameList(solutions: readonly Solution[]): string {
  return solutions.length === 0 ? 'none' : solutions.map(({ name }) => name).join(', ')
}
