import { declares, type Resource } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { checkDecimal, type DecimalDigits } from '../rows/check-number.ts'
import { charactersIn, isJsonText } from '../rows/check-value.ts'
import { isForbiddenName } from '../rows/extra.ts'
import { isDate, wireTimestamp } from '../rows/timestamp.ts'

/** The types of custom attributes; printed into the SDL as the enum's descriptions. */
export const ATTRIBUTE_TYPES = {
  STRING: 'Text.',
  INTEGER: 'A whole number.',
  FLOAT: 'A number.',
  NUMERIC: 'A decimal number of a given precision and scale.',
  BOOLEAN: 'true or false.',
  DATE: 'A calendar day, YYYY-MM-DD.',
  TIMESTAMP: 'A timestamp.',
  JSON: 'A JSON document.',
} as const satisfies Record<string, string>

/** The type of a custom attribute. */
export type AttributeType = keyof typeof ATTRIBUTE_TYPES

/** A custom attribute that is to be added to a table. */
export interface Attribute {
  /** Upper case. */
  readonly name: string
  readonly type: AttributeType
  readonly required: boolean
  /** Rows with null are refused; only with `required`. */
  readonly nonNull: boolean
  /** Stored where a row does not carry the attribute. */
  readonly defaultValue?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly precision?: number
  readonly scale?: number
}

/** The highest precision of the upstream's decimals. */
export const MAX_PRECISION = 38

/** Everything wrong with a new attribute, as sentences that say what is allowed; empty when it can be added. */
export function attributeFaults(attribute: Attribute, resource: Resource, format: TimestampFormat): string[] {
  const { name, type, required, nonNull, minLength, maxLength, precision, scale, defaultValue } = attribute
  const isText = type === 'STRING'
  const faults: (string | false)[] = [
    !/^[A-Z_][A-Z0-9_]{0,126}$/.test(name) && 'name must be upper case letters, digits and underscores, and not begin with a digit',
    isForbiddenName(name) && 'name is one that rows can never carry',
    declares(resource, name) && 'name is taken by a declared column of the resource',
    nonNull && !required && 'nonNull is only allowed with required',
    (minLength !== undefined || maxLength !== undefined) && !isText && 'minLength and maxLength are only allowed with STRING',
    Math.min(minLength ?? 0, maxLength ?? 0) < 0 && 'minLength and maxLength must not be negative',
    minLength !== undefined && maxLength !== undefined && minLength > maxLength && 'minLength must not be larger than maxLength',
    (precision !== undefined || scale !== undefined) && type !== 'NUMERIC' && 'precision and scale are only allowed with NUMERIC',
    precision !== undefined && (precision < 1 || precision > MAX_PRECISION) && `precision must be from 1 to ${MAX_PRECISION}`,
    scale !== undefined &&
      (scale < 0 || scale >= (precision ?? MAX_PRECISION)) &&
      'scale must be from 0 to one less than precision, 37 at most',
    defaultValue !== undefined && !fits(defaultValue, attribute, format) && `default must be ${DEFAULTS[type]}`,
  ]
  return faults.filter((fault) => fault !== false)
}

/** The attribute with its default in wire form: timestamps in the format of the module. */
export function withWireDefault(attribute: Attribute, format: TimestampFormat): Attribute {
  const { type, defaultValue } = attribute
  const wire = type === 'TIMESTAMP' && defaultValue !== undefined ? wireTimestamp(defaultValue, format) : undefined
  return typeof wire === 'string' ? { ...attribute, defaultValue: wire } : attribute
}

const DEFAULTS: Readonly<Record<AttributeType, string>> = {
  STRING: 'a text within minLength and maxLength',
  INTEGER: 'a whole number',
  FLOAT: 'a number of at most 38 digits, as JSON writes them',
  NUMERIC: 'a number within precision and scale, as JSON writes them',
  BOOLEAN: 'true or false',
  DATE: 'a real calendar day, YYYY-MM-DD',
  TIMESTAMP: 'a real timestamp, RFC 3339 or YYYY-MM-DD HH:MM:SS, in whole seconds where rows of the table leave so',
  JSON: 'a JSON document',
}

function fits(text: string, attribute: Attribute, format: TimestampFormat): boolean {
  const { type, minLength = 0, maxLength = 65_535, precision = MAX_PRECISION, scale } = attribute
  switch (type) {
    case 'STRING':
      return charactersIn(text) >= minLength && charactersIn(text) <= maxLength
    case 'INTEGER':
      return /^-?(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text))
    case 'FLOAT':
      return isDecimal(text, { precision: MAX_PRECISION })
    case 'NUMERIC':
      return isDecimal(text, { precision, ...(scale !== undefined && { scale }) })
    case 'BOOLEAN':
      return text === 'true' || text === 'false'
    case 'DATE':
      return isDate(text)
    case 'TIMESTAMP':
      return typeof wireTimestamp(text, format) === 'string'
    case 'JSON':
      return isJsonText(text)
  }
}

function isDecimal(text: string, digits: DecimalDigits): boolean {
  return checkDecimal(text, digits, { presence: 'optional' }).length === 0
}
