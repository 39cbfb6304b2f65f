import { traitsOf } from '../resource/column.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import { objectName } from '../resource/solutions.ts'
import { type AttributeColumn, type Attributes, attributeColumn, decimalDigits, declares } from '../rows/attributes.ts'
import { isSameObject, typeOf } from './drift.ts'
import type { UpstreamColumn, UpstreamTable } from './schema-port.ts'

/** The columns of a table that the resource does not declare; undefined when the table is not listed, or without columns. */
export function attributesOf(
  tables: readonly UpstreamTable[],
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

function read(column: UpstreamColumn, isOfAnother: boolean): AttributeColumn {
  const { name, dataType, presence, nonNull, hasDefault, maxLength } = column
  const decimal = decimalDigits(column)
  const type = /^(json|super)/i.test(dataType ?? '') ? undefined : typeOf(dataType)
  return attributeColumn(name, {
    // Where a row leaves out what has a default, the upstream fills it in.
    isRequired: presence === 'required' && hasDefault !== true && !isOfAnother,
    nonNull: nonNull === true,
    ...(type !== undefined && { type }),
    ...(decimal !== undefined && { decimal }),
    ...(type !== undefined && traitsOf(type).rules === 'text' && maxLength !== undefined && { maxLength }),
  })
}
