import type { Column, ColumnType } from '../resource/column.ts'
import { camelCase } from '../resource/names.ts'
import { type Reply, refuse } from './ingest.ts'
import { readObject } from './read-object.ts'
import type { Tables } from './tables.ts'

/** The path attributes are added at; it holds the base name of the object. */
export const ADD_ATTRIBUTE_PATH = /^\/api\/v2\/schema\/([A-Za-z0-9_]+)\/add-attribute$/

const TYPES: Readonly<Record<string, ColumnType>> = {
  string: 'string',
  json: 'string',
  integer: 'integer',
  float: 'float',
  numeric: 'float',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamp',
  timestamp: 'timestamp',
}

/** Adds a column to a rolled out table, as asked; rows are held against it from then on. */
export function addAttribute(tables: Tables, token: string, object: string, text: string): Reply {
  const ask = readObject(text)
  const name = ask?.columnName ?? ask?.attributeName
  const type = TYPES[String(ask?.dataType)]
  const rules = Array.isArray(ask?.validations) ? ask.validations.map((rule) => rule?.type) : []
  if (typeof ask?.solutionName !== 'string') return refuse(400, 'DI_E_00400', 'Missing: solutionName.')
  if (typeof name !== 'string' || !/^[A-Z_][A-Z0-9_]*$/.test(name))
    return refuse(400, 'DI_E_00400', 'columnName must be an upper case identifier.')
  if (type === undefined) return refuse(400, 'DI_E_00400', `dataType must be one of ${Object.keys(TYPES).join(', ')}.`)
  if (rules.includes('required') === rules.includes('optional')) return refuse(400, 'DI_E_00400', 'Exactly one of required and optional.')
  if (rules.includes('nonNull') && !rules.includes('required')) return refuse(400, 'DI_E_00400', 'nonNull goes with required.')

  const hasDefault = ask.defaultValue !== undefined
  const presence = hasDefault || rules.includes('optional') ? 'optional' : rules.includes('nonNull') ? 'required' : 'nullable'
  const column: Column = {
    name: name.toLowerCase(),
    field: camelCase(name),
    type,
    presence,
    isKey: false,
    ...(ask.dataType === 'json' && { content: 'json' as const }),
    description: 'Custom attribute.',
  }
  if (!tables.addColumn(token, ask.solutionName, object, column))
    return refuse(409, 'DI_E_00409', 'The object is not rolled out, or has such a column.')
  return { status: 200, body: { columnName: name, object } }
}
