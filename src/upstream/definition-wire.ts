import type { ColumnDefinition, TableDefinition } from '../lifecycle/table-definition.ts'
import { TIMESTAMP_PATTERNS } from '../resource/module.ts'
import type { SchemaSpelling } from './dialect.ts'

const PRESENCES: Readonly<Record<ColumnDefinition['presence'], readonly string[]>> = {
  required: ['required', 'nonNull'],
  nullable: ['required'],
  optional: ['optional'],
}

/** Tables in the upstream's words: the JSON text that goes into `schemaDefinition`. */
export function writeDefinition(tables: readonly TableDefinition[], spelling: SchemaSpelling): string {
  return JSON.stringify(
    tables.map(({ name, columns }) => ({ tableName: name, columns: columns.map((column) => writeColumn(column, spelling)) })),
  )
}

function writeColumn({ name, type, isKey, presence, timestampFormat, maxLength }: ColumnDefinition, spelling: SchemaSpelling) {
  const format = type === 'date' ? 'YYYY-MM-DD' : timestampFormat && TIMESTAMP_PATTERNS[timestampFormat]
  const validations = [
    ...PRESENCES[presence].map((rule) => ({ type: rule })),
    ...(format === undefined ? [] : [{ type: 'timestampFormat', format }]),
    ...(maxLength === undefined ? [] : [{ type: 'maxLength', value: maxLength }]),
  ]
  return {
    [spelling.attributeNameKey]: name.toUpperCase(),
    dataType: type === 'timestamp' ? spelling.timestampType : type,
    primaryKey: isKey,
    validations,
  }
}
