import { GatewayError } from '../errors.ts'
import type { UpstreamColumn, UpstreamSolution, UpstreamTable } from '../lifecycle/schema-port.ts'
import { isHolder, listAt, textAt, valueAt } from './lenient-read.ts'

/** Names under which an answer may wrap its content. */
export const ENVELOPES = ['data', 'result', 'results', 'items', 'response', 'content']

/** A list: the whole answer, or under one of these names, or in an envelope. An object of named entries counts as a list. */
export function findList(answer: unknown, names: readonly string[], depth = 0): readonly unknown[] | undefined {
  if (Array.isArray(answer)) return answer
  const under = (place: string) => valueAt(answer, [place])
  const named = names.map(under).find(isHolder)
  if (named !== undefined) return Array.isArray(named) ? named : entriesOf(named)
  if (depth === 2) return undefined
  const inner = ENVELOPES.map(under).filter(isHolder)
  return inner.map((holder) => findList(holder, names, depth + 1)).find((list) => list !== undefined)
}

/** The members of an object as a list, each with its key as name; undefined unless every value is an object or a word. */
function entriesOf(holder: object): unknown[] | undefined {
  const entries = Object.entries(holder)
  if (entries.length === 0 || !entries.every(([, value]) => typeof value === 'string' || isHolder(value))) return undefined
  return entries.map(([name, value]) =>
    typeof value === 'string' ? { name, dataType: value } : Array.isArray(value) ? { name, columns: value } : { name, ...value },
  )
}

/** Reads every entry of a list; throws `UPSTREAM_UNREADABLE` where there is no list, or an entry without a name. */
export function readList<T>(list: readonly unknown[] | undefined, readItem: (item: unknown) => T | undefined, what: string): T[] {
  if (list === undefined) throw new GatewayError('UPSTREAM_UNREADABLE', `The upstream's answer has no list of ${what}.`)
  return list.map((item) => {
    const read = readItem(item)
    if (read === undefined) throw new GatewayError('UPSTREAM_UNREADABLE', `The upstream's list of ${what} has an entry without a name.`)
    return read
  })
}

/** Reads a solution; undefined without a name. */
export function readSolution(item: unknown): UpstreamSolution | undefined {
  const solutionName = textAt(item, ['solutionName', 'name'])
  if (solutionName === undefined) return undefined
  const [prefix, suffix, targetSchemaName] = ['prefix', 'suffix', 'targetSchemaName'].map((name) => textAt(item, [name]))
  const tableCount = Number(textAt(item, ['tableCount', 'tables']) ?? listAt(item, ['tables', 'objects'])?.length ?? Number.NaN)
  return {
    solutionName,
    ...(prefix && { prefix }),
    ...(suffix && { suffix }),
    ...(targetSchemaName && { targetSchemaName }),
    ...(Number.isInteger(tableCount) && { tableCount }),
  }
}

/** Reads a table with its columns; undefined without a name or without columns. */
export function readTable(item: unknown): UpstreamTable | undefined {
  const name = textAt(item, ['name', 'tableName', 'objectName', 'object', 'table'])
  const columns = findList(item, ['columns', 'attributes', 'fields'], 2)
  if (name === undefined || columns === undefined) return undefined
  const keys = listAt(item, ['primaryKey', 'primaryKeys', 'keys', 'keyColumns'])?.map((key) => String(key).toLowerCase())
  const readIn = (column: unknown) => {
    const read = readColumn(column)
    return read && keys ? { ...read, isKey: keys.includes(read.name.toLowerCase()) } : read
  }
  return { name, columns: readList(columns, readIn, `columns of ${name}`) }
}

function readColumn(item: unknown): UpstreamColumn | undefined {
  if (typeof item === 'string') return { name: item }
  const name = textAt(item, ['name', 'columnName', 'attributeName', 'column'])
  if (name === undefined) return undefined
  const dataType = textAt(item, ['dataType', 'type'])
  const rules = readRules(item)
  const presence = rules.map(({ word }) => word).find((word) => word === 'required' || word === 'optional' || word === 'nullable')
  const maxLength = Number(
    rules.find(({ word }) => word === 'maxlength')?.value ?? /^\D+\((\d+)\)$/.exec(dataType ?? '')?.[1] ?? Number.NaN,
  )
  const isKey = valueAt(item, ['primaryKey', 'isPrimaryKey', 'isKey'])
  return {
    name,
    ...(dataType && { dataType }),
    ...(presence && { presence }),
    ...(rules.some(({ word }) => word === 'nonnull') && { nonNull: true }),
    ...(hasDefault(item) && { hasDefault: true }),
    ...(Number.isInteger(maxLength) && { maxLength }),
    ...(typeof isKey === 'boolean' && { isKey }),
    ...readDigits(item),
  }
}

function hasDefault(item: unknown): boolean {
  const value = valueAt(item, ['defaultValue', 'default', 'columnDefault'])
  return value !== undefined && value !== null
}

function readDigits(item: unknown): Pick<UpstreamColumn, 'precision' | 'scale'> {
  const precision = Number(textAt(item, ['precision', 'numericPrecision']) ?? Number.NaN)
  const scale = Number(textAt(item, ['scale', 'numericScale']) ?? Number.NaN)
  return { ...(Number.isInteger(precision) && { precision }), ...(Number.isInteger(scale) && { scale }) }
}

/** The rules of a column: given as words, as objects with a word and a value, as one object of rules, or as flags of the column. */
function readRules(item: unknown): Rule[] {
  const rules = valueAt(item, ['validations', 'constraints'])
  const listed = Array.isArray(rules) ? rules.map(readRule) : []
  const flags = [item, ...(typeof rules === 'object' && !Array.isArray(rules) ? [rules] : [])].flatMap(readFlags)
  return [{ word: plainWord(textAt(item, ['presence'])), value: undefined }, ...listed, ...flags]
}

interface Rule {
  readonly word: string | undefined
  readonly value: string | undefined
}

function readRule(rule: unknown): Rule {
  return { word: plainWord(typeof rule === 'string' ? rule : textAt(rule, ['type', 'name'])), value: textAt(rule, ['value', 'length']) }
}

function readFlags(holder: unknown): Rule[] {
  const required = valueAt(holder, ['required', 'isRequired'])
  const isNonNull = valueAt(holder, ['nonNull', 'notNull']) === true || valueAt(holder, ['nullable', 'isNullable']) === false
  const maxLength = textAt(holder, ['maxLength'])
  return [
    ...(typeof required === 'boolean' ? [{ word: required ? 'required' : 'optional', value: undefined }] : []),
    ...(isNonNull ? [{ word: 'nonnull', value: undefined }] : []),
    ...(maxLength === undefined ? [] : [{ word: 'maxlength', value: maxLength }]),
  ]
}

function plainWord(word: string | undefined): string | undefined {
  return word?.toLowerCase().replaceAll('_', '')
}
