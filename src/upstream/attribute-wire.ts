import type { Attribute, AttributeType } from '../lifecycle/attribute.ts'
import { TIMESTAMP_PATTERNS, type TimestampFormat } from '../resource/module.ts'
import type { SchemaDialect } from './dialect.ts'

const DATA_TYPES: Readonly<Record<AttributeType, string>> = {
  STRING: 'string',
  INTEGER: 'integer',
  FLOAT: 'float',
  NUMERIC: 'numeric',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  JSON: 'json',
}

/**
 * A custom attribute in the upstream's words: exactly one of required and optional, and what else is asked of its values.
 * Timestamps are declared in the form that the rows of its table leave in.
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
    dataType: type === 'TIMESTAMP' ? dialect.timestampType : DATA_TYPES[type],
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
    ...(defaultValue !== undefined && { defaultValue }),
    validations: validations.filter((validation) => validation !== false),
  }
}
