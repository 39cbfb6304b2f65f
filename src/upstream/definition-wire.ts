import type { ColumnDefinition, TableDefinition } from '../lifecycle/table-definition.ts'
import { TIMESTAMP_PATTERNS } from '../resource/module.ts'
import type { SchemaDialect } from './dialect.ts'

const PRESENCES: Readonly<Record<ColumnDefinition['presence'], readonly string[]>> = {
  required: ['required', 'nonNull'],
  nullable: ['required'],
  optional: ['optional'],
}

/** Tables in the upstream's words: the JSON text that goes into `schemaDefinition`. */
export function writeDefinition(tables: readonly TableDefinition[], dialect: SchemaDialect): string {
  return JSON.stringify(
    tables.map(({ name, columns }) => ({ tableName: name, columns: columns.map((column) => writeColumn(column, dialect)) })),
  )
}

function writeColumn({ name, type, isKey, presence, timestampFormat, maxLength }: ColumnDefinition, dialect: SchemaDialect) {
  const format = type === 'date' ? 'YYYY-MM-DD' : timestampFormat && TIMESTAMP_PATTERNS[timestampFormat]
  const validations = [
    ...PRESENCES[presence].map((rule) => ({ type: rule })),
    ...(format === undefined ? [] : [{ type: 'timestampFormat', format }]),
    ...(maxLength === undefined ? [] : [{ type: 'maxLength', value: maxLength }]),
  ]
  return {
    [dialect.attributeNameKey]: name.toUpperCase(),
    dataType: type === 'timestamp' ? dialect.timestampType : type,
    primaryKey: isKey,
    validations,
  }
}
