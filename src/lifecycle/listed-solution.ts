import type { Tenant } from '../identity.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import { objectName } from '../resource/solutions.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import { isSameObject } from './drift.ts'
import type { SchemaPort, UpstreamTable } from './schema-port.ts'

/**
 * A solution that the upstream lists for a tenant, rolled out by whomever; undefined where it lists none of that name. The
 * upstream knows no modules: they are told by the tables that are there.
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

/** Two modules may have objects of one name: what a row must carry, and its key, tell whose table it is. */
function isTableOf({ name, columns }: UpstreamTable, resource: Resource, solution: Solution): boolean {
  if (!isSameObject(name, objectName(solution, resource), solution)) return false
  const found = new Map(columns.map((column) => [column.name.toLowerCase(), column]))
  return resource.columns.every((column) => {
    const there = found.get(column.name)
    return there === undefined ? column.presence !== 'required' : !column.isKey || there.isKey !== false
  })
}
