import { type AttributeColumn, type Attributes, attributeColumn, carryExtra, declares, judgeAttributes } from '../resource/attributes.ts'
import type { Contract } from '../resource/contract.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { JudgedRows } from '../resource/judge.ts'
import type { Solution } from '../resource/module.ts'
import { objectName } from '../resource/solutions.ts'
import type { Tenant } from '../tenant.ts'
import { isSameObject, typeOf } from './drift.ts'
import type { KnownSchema, SchemaCache } from './schema-cache.ts'
import type { UpstreamColumn } from './schema-port.ts'

/** Rows after their custom attributes were judged too, and what the caller should know about that. */
export interface AttributeVerdict {
  readonly judged: JudgedRows
  readonly warning?: string
}

/** Judges what rows carry in `extra` by what the tenant's upstream says of the table. */
export type AttributeJudge = (
  tenant: Tenant,
  solution: Solution,
  resource: Resource,
  judged: JudgedRows,
) => AttributeVerdict | Promise<AttributeVerdict>

/** A name nobody knows may have been added since the schema was read; it is read again, but not more often than this. */
const DOUBT_AFTER_MS = 5_000

/** The upstream is asked only when a row carries something in `extra`; where it does not say, that passes with a warning. */
export function createAttributeJudge(cache: SchemaCache, { modules, resources }: Contract): AttributeJudge {
  function judgeBy(known: KnownSchema, solution: Solution, resource: Resource, judged: JudgedRows): AttributeVerdict {
    if ('unreadable' in known) return { judged, warning: `Custom attributes were not checked: ${known.unreadable}` }
    const attributes = attributesOf(known, solution, resource, resources)
    if (attributes === undefined)
      return { judged, warning: 'Custom attributes were not checked: the upstream does not list the table with columns.' }
    return { judged: judgeAttributes(judged, attributes, modules[resource.module]?.timestampFormat ?? 'ISO-8601 UTC') }
  }

  async function judgeExtra(...[tenant, solution, resource, judged]: Parameters<AttributeJudge>): Promise<AttributeVerdict> {
    const verdict = judgeBy(await cache.read(tenant, solution.name), solution, resource, judged)
    if (!hasUnknown(verdict.judged)) return verdict
    return judgeBy(await cache.read(tenant, solution.name, DOUBT_AFTER_MS), solution, resource, judged)
  }

  return (tenant, solution, resource, judged) => {
    if (carryExtra(judged)) return judgeExtra(tenant, solution, resource, judged)
    const known = cache.peek(tenant, solution.name)
    return known === undefined || 'unreadable' in known ? { judged } : judgeBy(known, solution, resource, judged)
  }
}

function hasUnknown({ refused }: JudgedRows): boolean {
  return [...refused.values()].some((issues) => issues.some(({ code }) => code === 'UNKNOWN_ATTRIBUTE'))
}

/** The columns of a table that the resource does not declare; undefined when the table is not listed, or without columns. */
function attributesOf(
  { tables }: Extract<KnownSchema, { tables: unknown }>,
  solution: Solution,
  resource: Resource,
  resources: readonly Resource[],
): Attributes | undefined {
  const object = objectName(solution, resource)
  const table = tables.find(({ name }) => isSameObject(name, object, solution))
  if (table === undefined || table.columns.length === 0) return undefined
  // Another module may declare the table as well; what that one requires, rows of this one need not have.
  const others = resources.filter((other) => other.object === resource.object && other !== resource)
  const columns = table.columns
    .filter(({ name }) => !declares(resource, name))
    .map((column) =>
      read(
        column,
        others.some((other) => declares(other, column.name)),
      ),
    )
  return new Map(columns.map((column) => [column.name, column]))
}

function read({ name, dataType, presence, nonNull, maxLength }: UpstreamColumn, isOfAnother: boolean): AttributeColumn {
  const type = /^(json|super)/i.test(dataType ?? '') ? undefined : typeOf(dataType)
  return attributeColumn(name, {
    isRequired: presence === 'required' && !isOfAnother,
    nonNull: nonNull === true,
    ...(type !== undefined && { type }),
    ...(type === 'string' && maxLength !== undefined && { maxLength }),
  })
}
