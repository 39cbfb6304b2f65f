import type { Tenant } from '../identity.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import { type Attributes, judgeAttributes, requiredOf } from '../rows/attributes.ts'
import type { JudgedRows } from '../rows/judge.ts'
import type { WireOptions } from '../rows/wire-row.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import { attributesOf } from './known-attributes.ts'
import type { KnownSchema, SchemaCache } from './schema-cache.ts'

/** Rows after their custom attributes were judged too, and what the caller should know about that. */
interface AttributeVerdict {
  readonly judged: JudgedRows
  readonly warning?: string
}

/** Judges what rows carry in `extra` by what the tenant's upstream says of the table. */
export type AttributeJudge = (
  tenant: Tenant,
  solution: Solution,
  resource: Resource,
  judged: JudgedRows,
  origin: RequestOrigin,
) => AttributeVerdict | Promise<AttributeVerdict>

/**
 * The upstream is asked only when a row carries something in `extra`; where it does not say, that passes with a warning. A
 * name nobody knows may have been added since the schema was read: before it is refused, the schema is read again, once for
 * each request.
 */
export function createAttributeJudge(
  cache: SchemaCache,
  resources: readonly Resource[],
  wireOptionsOf: (resource: Resource) => WireOptions,
): AttributeJudge {
  const attributesIn = attributesFinder(resources)
  const askedAt = new WeakMap<RequestOrigin, number>()

  async function judgeBy(known: KnownSchema, solution: Solution, resource: Resource, judged: JudgedRows): Promise<AttributeVerdict> {
    if ('unreadable' in known) return { judged, warning: `Custom attributes were not checked: ${known.unreadable}` }
    const attributes = attributesIn(known, solution, resource)
    if (attributes === undefined)
      return { judged, warning: 'Custom attributes were not checked: the upstream does not list the table with columns.' }
    return { judged: await judgeAttributes(judged, attributes, wireOptionsOf(resource)) }
  }

  async function judgeExtra(...[tenant, solution, resource, judged, origin]: Parameters<AttributeJudge>): Promise<AttributeVerdict> {
    const since = askedAt.get(origin) ?? performance.now()
    askedAt.set(origin, since)
    const verdict = await judgeBy(await cache.read(tenant, solution.name, origin), solution, resource, judged)
    if (!hasUnknown(verdict.judged)) return verdict
    const again = await cache.read(tenant, solution.name, origin, performance.now() - since)
    return await judgeBy(again, solution, resource, judged)
  }

  return (tenant, solution, resource, judged, origin) => {
    if (judged.extras.size > 0) return judgeExtra(tenant, solution, resource, judged, origin)
    const known = cache.peek(tenant, solution.name)
    if (known === undefined || 'unreadable' in known) return { judged }
    const attributes = attributesIn(known, solution, resource)
    return attributes !== undefined && requiredOf(attributes).length > 0 ? judgeBy(known, solution, resource, judged) : { judged }
  }
}

function hasUnknown({ faults }: JudgedRows): boolean {
  return faults.some((issues) => issues?.some(({ code }) => code === 'UNKNOWN_ATTRIBUTE'))
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
