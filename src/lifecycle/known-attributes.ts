import { declares, EXTRA_FIELD, type Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import { objectName } from '../resource/solutions.ts'
import type { AttributeColumn, Attributes } from '../rows/attributes.ts'
import type { DecimalDigits } from '../rows/check-number.ts'
import { MAX_PRECISION } from './attribute.ts'
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
  // Where a row leaves out what has a default, the upstream fills it in.
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

/** Digits of the decimals that an upstream's type means, said in its word or beside it; undefined where it means something else. */
function decimalDigits({ dataType = '', precision = MAX_PRECISION, scale }: UpstreamColumn): DecimalDigits | undefined {
  const [isDecimal, digits, behindPoint = 0] = DECIMAL.exec(dataType) ?? []
  if (isDecimal === undefined) return undefined
  if (digits !== undefined) return { precision: Number(digits), scale: Number(behindPoint) }
  return { precision, ...(scale !== undefined && { scale }) }
}
