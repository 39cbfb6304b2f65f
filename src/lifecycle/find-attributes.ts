import type { Tenant } from '../identity.ts'
import { declares, EXTRA_FIELD, type Resource } from '../resource/define-resource.ts'
import { objectName, type Solution } from '../resource/module.ts'
import type { AttributeColumn, Attributes } from '../rows/attributes.ts'
import type { DecimalDigits } from '../rows/check-number.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import { MAX_PRECISION } from './attribute.ts'
import { isSameObject, typeOf } from './drift.ts'
import type { KnownSchema, SchemaCache } from './schema-cache.ts'
import type { UpstreamColumn, UpstreamTable } from './schema-port.ts'

/** The custom attributes of a table, or a warning for the caller why they are not known. */
interface TableAttributes {
  readonly attributes?: Attributes | undefined
  readonly warning?: string
}

/** Finds the attributes to judge rows by; `names` are those that rows carry in `extra`, undefined where none does. */
export type FindAttributes = (
  tenant: Tenant,
  solution: Solution,
  resource: Resource,
  names: ReadonlySet<string> | undefined,
  origin: RequestOrigin,
) => TableAttributes | Promise<TableAttributes>

/**
 * The upstream is asked only when a row carries something in `extra`; where it cannot tell, `extra` passes with a warning. An
 * unknown name may have been added since the schema was read: before it is refused, the schema is read again, once per request.
 */
export function createFindAttributes(cache: SchemaCache, resources: readonly Resource[]): FindAttributes {
  const attributesIn = attributesFinder(resources)
  const askedAt = new WeakMap<RequestOrigin, number>()

  async function ask(...[tenant, solution, resource, names, origin]: Parameters<FindAttributes>): Promise<TableAttributes> {
    const since = askedAt.getOrInsertComputed(origin, () => performance.now())
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

/** Finds the attributes of a resource's table, cached per schema that was read. */
function attributesFinder(resources: readonly Resource[]) {
  const found = new WeakMap<ReadSchema, Map<Resource, Attributes | undefined>>()
  return (known: ReadSchema, solution: Solution, resource: Resource): Attributes | undefined => {
    const mine = found.get(known) ?? new Map<Resource, Attributes | undefined>()
    if (!mine.has(resource)) mine.set(resource, attributesOf(known.tables, solution, resource, resources))
    found.set(known, mine)
    return mine.get(resource)
  }
}

/** The columns of a table that the resource does not declare; undefined where the table is not listed, or listed without columns. */
export function attributesOf(
  tables: readonly UpstreamTable[],
  solution: Solution,
  resource: Resource,
  resources: readonly Resource[],
): Attributes | undefined {
  const object = objectName(solution, resource)
  const table = tables.find(({ name }) => isSameObject(name, object, solution))
  if (table === undefined || table.columns.length === 0) return undefined
  // Another module may declare the table as well; rows of this one need not have what that one requires.
  const others = resources.filter((other) => other.object === resource.object && other !== resource)
  const columns = table.columns
    .filter(({ name }) => !declares(resource, name))
    .map((column) =>
      readColumn(
        column,
        others.some((other) => declares(other, column.name)),
      ),
    )
  return new Map(columns.map((column) => [column.name, column]))
}

function readColumn(column: UpstreamColumn, isOfAnother: boolean): AttributeColumn {
  const { name, dataType, presence, nonNull, hasDefault, maxLength } = column
  const decimal = decimalDigits(column)
  const type = /^(json|super)/i.test(dataType ?? '') ? undefined : typeOf(dataType)
  // The upstream fills in defaults.
  const isRequired = presence === 'required' && hasDefault !== true && !isOfAnother
  return {
    name: name.toLowerCase(),
    field: `${EXTRA_FIELD}.${name.toUpperCase()}`,
    description: 'Custom attribute.',
    presence: isRequired ? 'required' : 'optional',
    isKey: false,
    nonNull: nonNull === true,
    ...(type !== undefined && { type }),
    ...(decimal !== undefined && { decimal }),
    ...(maxLength !== undefined && { maxLength }),
  }
}

const DECIMAL = /^\s*(?:numeric|decimal|number)\s*(?:\(\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?\))?\s*$/i

/** Precision and scale of an upstream's decimal type, from the type name or beside it; undefined for other types. */
function decimalDigits({ dataType = '', precision = MAX_PRECISION, scale }: UpstreamColumn): DecimalDigits | undefined {
  const [isDecimal, digits, behindPoint = 0] = DECIMAL.exec(dataType) ?? []
  if (isDecimal === undefined) return undefined
  if (digits !== undefined) return { precision: Number(digits), scale: Number(behindPoint) }
  return { precision, ...(scale !== undefined && { scale }) }
}
