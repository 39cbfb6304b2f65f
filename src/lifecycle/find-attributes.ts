import type { Tenant } from '../identity.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import type { Attributes } from '../rows/attributes.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import { attributesOf } from './known-attributes.ts'
import type { KnownSchema, SchemaCache } from './schema-cache.ts'

/** The custom attributes of a table, where they are known, and what the caller should know about that. */
interface TableAttributes {
  readonly attributes?: Attributes | undefined
  readonly warning?: string
}

/** Finds the attributes by which to judge rows that carry these names; undefined where no row carries anything. */
export type FindAttributes = (
  tenant: Tenant,
  solution: Solution,
  resource: Resource,
  names: ReadonlySet<string> | undefined,
  origin: RequestOrigin,
) => TableAttributes | Promise<TableAttributes>

/**
 * The upstream is asked only when a row carries something in `extra`; where it does not say, that passes with a warning. A
 * name nobody knows may have been added since the schema was read: before it is refused, the schema is read again, once for
 * each request.
 */
export function createFindAttributes(cache: SchemaCache, resources: readonly Resource[]): FindAttributes {
  const attributesIn = attributesFinder(resources)
  const askedAt = new WeakMap<RequestOrigin, number>()

  async function ask(...[tenant, solution, resource, names, origin]: Parameters<FindAttributes>): Promise<TableAttributes> {
    const since = askedAt.get(origin) ?? performance.now()
    askedAt.set(origin, since)
    const read = async (from?: number) => orWarning(await cache.read(tenant, solution.name, origin, from), solution, resource)
    const found = await read()
    const isUnknown = (name: string) => found.attributes?.has(name) === false
    return [...(names ?? [])].some(isUnknown) ? await read(since) : found
  }

  function orWarning(known: KnownSchema, solution: Solution, resource: Resource): TableAttributes {
    if ('unreadable' in known) return { warning: `Custom attributes were not checked: ${known.unreadable}` }
    const attributes = attributesIn(known, solution, resource)
    if (attributes === undefined)
      return { warning: 'Custom attributes were not checked: the upstream does not list the table with columns.' }
    return { attributes }
  }

  return (tenant, solution, resource, names, origin) => {
    if (names !== undefined) return ask(tenant, solution, resource, names, origin)
    const known = cache.peek(tenant, solution.name)
    return known === undefined || 'unreadable' in known ? {} : { attributes: attributesIn(known, solution, resource) }
  }
}

type ReadSchema = Extract<KnownSchema, { tables: unknown }>

/** Finds the attributes of a resource's table, once for every schema that was read. */
function attributesFinder(resources: readonly Resource[]) {
  const found = new WeakMap<ReadSchema, Map<Resource, Attributes | undefined>>()
  return (known: ReadSchema, solution: Solution, resource: Resource): Attributes | undefined => {
    const mine = found.get(known) ?? new Map<Resource, Attributes | undefined>()
    if (!mine.has(resource)) mine.set(resource, attributesOf(known.tables, solution, resource, resources))
    found.set(known, mine)
    return mine.get(resource)
  }
}
