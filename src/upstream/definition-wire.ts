import type { ColumnDefinition, TableDefinition } from '../lifecycle/table-definition.ts'
import { traitsOf } from '../resource/column.ts'
import { TIMESTAMP_PATTERNS } from '../resource/module.ts'
import type { SchemaDialect } from './dialect.ts'

const PRESENCES: Readonly<Record<ColumnDefinition['presence'], readonly string[]>> = {
  required: ['required', 'nonNull'],
  nullable: ['required'],
  optional: ['optional'],
}

/** What the upstream calls what a column holds. */
const DATA_TYPES = {
  string: () => 'string',
  integer: () => 'integer',
  float: () => 'float',
  boolean: () => 'boolean',
  date: () => 'date',
  timestamp: ({ timestampType }) => timestampType,
  json: () => 'json',
} satisfies Record<ColumnDefinition['type'], (dialect: SchemaDialect) => string>

/** Tables in the upstream's words: the JSON text that goes into `schemaDefinition`. */
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
