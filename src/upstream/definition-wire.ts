import type { Attribute, AttributeType } from '../lifecycle/attribute.ts'
import type { ColumnDefinition, TableDefinition } from '../lifecycle/table-definition.ts'
import { traitsOf } from '../resource/column.ts'
import { TIMESTAMP_PATTERNS, type TimestampFormat } from '../resource/module.ts'

/** The points in which editions of the upstream differ. */
export interface SchemaDialect {
  /** The key of an attribute's name when it is added. */
  readonly attributeNameKey: 'columnName' | 'attributeName'
  /** The type name of timestamps. */
  readonly timestampType: 'timestamp' | 'datetime'
}

const PRESENCES: Readonly<Record<ColumnDefinition['presence'], readonly string[]>> = {
  required: ['required', 'nonNull'],
  nullable: ['required'],
  optional: ['optional'],
}

/** The upstream's names of column types. */
const DATA_TYPES = {
  string: () => 'string',
  integer: () => 'integer',
  float: () => 'float',
  boolean: () => 'boolean',
  date: () => 'date',
  timestamp: ({ timestampType }) => timestampType,
  json: () => 'json',
} satisfies Record<ColumnDefinition['type'], (dialect: SchemaDialect) => string>

/** Tables in the upstream's form: the JSON text for `schemaDefinition`. */
export function writeDefinition(tables: readonly TableDefinition[], dialect: SchemaDialect): string {
  return JSON.stringify(
    tables.map(({ name, columns }) => ({ tableName: name, columns: columns.map((column) => writeColumn(column, dialect)) })),
  )
}

function writeColumn({ name, type, isKey, presence, timestampFormat, maxLength }: ColumnDefinition, dialect: SchemaDialect) {
  const ofType = type === 'json' ? undefined : traitsOf(type).pattern
  const format = typeof ofType === 'string' ? ofType : timestampFormat && TIMESTAMP_PATTERNS[timestampFormat]
  const validations = [
    ...PRESENCES[presence].map((rule) => ({ type: rule })),
    ...(format === undefined ? [] : [{ type: 'timestampFormat', format }]),
    ...(maxLength === undefined ? [] : [{ type: 'maxLength', value: maxLength }]),
  ]
  return {
    [dialect.attributeNameKey]: name.toUpperCase(),
    dataType: DATA_TYPES[type](dialect),
    primaryKey: isKey,
    validations,
  }
}

/**
 * A custom attribute in the upstream's form: either required or optional, and further rules for its values. Timestamps are declared
 * in the format in which rows of the table are sent.
 */
export function writeAttribute(attribute: Attribute, timestampFormat: TimestampFormat, dialect: SchemaDialect): Record<string, unknown> {
  const { name, type, required, nonNull, defaultValue, minLength, maxLength, precision, scale } = attribute
  const formats: Partial<Record<AttributeType, string>> = { DATE: 'YYYY-MM-DD', TIMESTAMP: TIMESTAMP_PATTERNS[timestampFormat] }
  const format = formats[type]
  const validations = [
    { type: required ? 'required' : 'optional' },
    nonNull && { type: 'nonNull' },
    format !== undefined && { type: 'timestampFormat', format },
    minLength !== undefined && { type: 'minLength', value: minLength },
    maxLength !== undefined && { type: 'maxLength', value: maxLength },
  ]
  return {
    [dialect.attributeNameKey]: name,
    dataType: type === 'TIMESTAMP' ? dialect.timestampType : type.toLowerCase(),
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
    ...(defaultValue !== undefined && { defaultValue }),
    validations: validations.filter((validation) => validation !== false),
  }
}
