import type { Column, ColumnType } from '../resource/column.ts'
import { camelCase } from '../resource/names.ts'
import { TIMESTAMP_FORMATS } from './choices.ts'
import { DATA_TYPES, SANDBOX_TYPES, type SandboxColumn, typeNamed } from './column-types.ts'
import { type Reply, refuse } from './ingest.ts'
import { readJson, readObject } from './read-object.ts'
import type { Tables } from './tables.ts'
import { checkValue } from './validate.ts'

/** The path at which attributes are added; it contains the base name of the object. */
export const ADD_ATTRIBUTE_PATH = /^\/api\/v2\/schema\/([A-Za-z0-9_]+)\/add-attribute$/

type Ask = Record<string, unknown>

/** Adds a column to a rolled-out table; rows are checked against it from then on. */
export function addAttribute(tables: Tables, token: string, object: string, text: string): Reply {
  const ask: Ask = readObject(text) ?? {}
  const fault = faultOf(ask)
  if (fault !== undefined) return refuse(400, 'DI_E_00400', fault)
  const column = readColumn(ask)
  const wanted = column.defaultValue
  if (wanted !== undefined && checkValue(wanted, column, 'ISO-8601 UTC') !== undefined)
    return refuse(400, 'DI_E_00400', 'defaultValue must be of the dataType.')
  if (!tables.addColumn(token, String(ask.solutionName), object, column))
    return refuse(409, 'DI_E_00409', 'The object is not rolled out, or already has this column.')
  return { status: 200, body: { columnName: nameOf(ask), object } }
}

function nameOf({ columnName, attributeName }: Ask): unknown {
  return columnName ?? attributeName
}

type Rules = ReadonlyMap<unknown, Readonly<Record<string, unknown>>>

function rulesOf({ validations }: Ask): Rules {
  return new Map((Array.isArray(validations) ? validations : []).map((rule) => [rule?.type, rule ?? {}]))
}

function faultOf(ask: Ask): string | undefined {
  const rules = rulesOf(ask)
  const name = nameOf(ask)
  const type = typeNamed(ask.dataType)
  const { precision, scale } = ask
  const lengths = ['minLength', 'maxLength'].filter((rule) => rules.has(rule))
  const format = rules.get('timestampFormat')?.format
  const faults = [
    typeof ask.solutionName !== 'string' && 'Missing: solutionName.',
    (typeof name !== 'string' || !/^[A-Z_][A-Z0-9_]*$/.test(name)) && 'columnName must be an upper case identifier.',
    type === undefined && `dataType must be one of ${DATA_TYPES.join(', ')}.`,
    rules.has('required') === rules.has('optional') && 'Rules must hold exactly one of required and optional.',
    rules.has('nonNull') && !rules.has('required') && 'nonNull goes with required.',
    lengths.some((rule) => type !== 'string' || !isWithin(rules.get(rule)?.value, 0, 65_535)) &&
      'Lengths must be whole numbers, and only strings have them.',
    precision !== undefined &&
      (ask.dataType !== 'numeric' || !isWithin(precision, 1, 38)) &&
      'precision must be from 1 to 38, and only numeric has one.',
    scale !== undefined &&
      (ask.dataType !== 'numeric' || !isWithin(scale, 0, 37)) &&
      'scale must be from 0 to 37, and only numeric has one.',
    rules.has('timestampFormat') && !isFormat(type, format) && 'timestampFormat is not a pattern of the dataType.',
  ]
  return faults.find((fault) => fault !== false)
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

/** Whether values of a type may be written in this pattern. */
export function isFormat(type: ColumnType | undefined, format: unknown): boolean {
  return type !== undefined && SANDBOX_TYPES[type].patterns.includes(String(format))
}

function readColumn(ask: Ask): SandboxColumn {
  const rules = rulesOf(ask)
  const name = String(nameOf(ask))
  const type = typeNamed(ask.dataType) as ColumnType
  const entries = {
    content: ask.dataType === 'json' ? ('json' as const) : undefined,
    minLength: rules.get('minLength')?.value,
    maxLength: rules.get('maxLength')?.value,
    timestampFormat: TIMESTAMP_FORMATS[String(rules.get('timestampFormat')?.format)],
    isNumeric: ask.dataType === 'numeric' || undefined,
    precision: ask.precision,
    scale: ask.scale,
    defaultValue: readDefault(ask.defaultValue ?? undefined, type),
  }
  return {
    name: name.toLowerCase(),
    field: camelCase(name),
    type,
    presence: presenceOf(rules),
    isKey: false,
    isAdded: true,
    description: 'Custom attribute.',
    ...Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)),
  }
}

function presenceOf(rules: Rules): Column['presence'] {
  if (rules.has('optional')) return 'optional'
  return rules.has('nonNull') ? 'required' : 'nullable'
}

/** A default as a row would contain it, with all its digits; it is mostly sent as text. */
function readDefault(sent: unknown, type: ColumnType): unknown {
  if (!SANDBOX_TYPES[type].isJson || typeof sent !== 'string') return sent
  try {
    return readJson(sent)
  } catch {
    return sent
  }
}
