import { type Column, type ColumnType, isInModulePattern, MAX_TEXT_LENGTH } from '../resource/column.ts'
import { EXTRA_FIELD, type Resource } from '../resource/define-resource.ts'
import { isGoodExact } from './check-number.ts'
import { isBlank, isCleanText, isJsonText } from './check-value.ts'
import type { SuspectColumns } from './diagnose.ts'
import { isDate, isWireTimestamp, wireTimestamp } from './timestamp.ts'
import { showable, type WireOptions, type WireRow, wireName } from './wire-row.ts'

/** The functions generated from the declaration of a resource. */
export interface CompiledChecks {
  readonly certainlyGood: (row: Record<string, unknown>) => WireRow | undefined
  /** Where to look for the faults of a row that is not certainly good. */
  readonly suspectColumns: (row: Record<string, unknown>) => SuspectColumns
  /** The public key of a row. */
  readonly showKey: (row: Record<string, unknown>) => Record<string, unknown>
}

/**
 * Generates the checks of a resource. A process that forbids code from strings (`--disallow-code-generation-from-strings`) cannot start.
 */
export function compileChecks(resource: Resource, options: WireOptions): CompiledChecks {
  const tools = { ...TOOLS, columns: resource.columns, timestampReader: () => timestampReader(options) }
  return {
    certainlyGood: new Function(...Object.keys(tools), judgeSource(resource, options))(...Object.values(tools)),
    suspectColumns: new Function(...Object.keys(tools), suspectColumnsSource(resource))(...Object.values(tools)),
    showKey: new Function('showable', showKeySource(resource))(showable),
  }
}

/** Converts the timestamps of one column, remembering the last: rows of a batch mostly share theirs. */
function timestampReader({ timestampFormat }: WireOptions): (text: string) => string | undefined {
  let lastText = ''
  let lastWire: string | undefined
  return (text) => {
    if (isWireTimestamp(text, timestampFormat)) return text
    if (text !== lastText) {
      const timestamp = wireTimestamp(text, timestampFormat)
      lastText = text
      lastWire = typeof timestamp === 'string' ? timestamp : undefined
    }
    return lastWire
  }
}

/** What the generated code may call; it names them only by `call`, so that a missing one is a compile error. */
const TOOLS = { isBlank, isCleanText, isJsonText, isDate, isGoodExact }

function call(tool: keyof typeof TOOLS, args = 'v'): string {
  return `${tool}(${args})`
}

/** The code of a condition on `v` under which a value is certainly good, by type. */
const GOOD = {
  string: (column, at) =>
    [
      `typeof v === 'string'`,
      // Nearly every key begins with a letter or a digit; only others are checked in full.
      column.isKey && `((v.charCodeAt(0) > 32 && v.charCodeAt(0) < 127) || !${call('isBlank')})`,
      `v.length <= ${column.maxLength ?? MAX_TEXT_LENGTH}`,
      call('isCleanText'),
      column.allowed && `columns[${at}].allowed.includes(v)`,
      column.content === 'json' && call('isJsonText'),
    ]
      .filter(Boolean)
      .join(' && '),
  integer: (column) => `Number.isSafeInteger(v)${bounds(column)}`,
  float: (column, at) => `(typeof v === 'number' ? v - v === 0${bounds(column)} : ${call('isGoodExact', `v, columns[${at}]`)})`,
  boolean: () => `typeof v === 'boolean'`,
  date: () => `typeof v === 'string' && ${call('isDate')}`,
  timestamp: (_, at) => `typeof v === 'string' && (v = timestamp${at}(v)) !== undefined`,
} satisfies Record<ColumnType, (column: Column, at: number) => string>

function timestampReaders({ columns }: Resource): string {
  return columns.flatMap((c, at) => (isInModulePattern(c.type) ? [`const timestamp${at} = timestampReader()`] : [])).join('\n')
}

function bounds({ min, max }: Column): string {
  return `${min === undefined ? '' : ` && v >= ${min}`}${max === undefined ? '' : ` && v <= ${max}`}`
}

/**
 * The source of a function that takes a row and returns its wire form, or undefined if it is not certainly good. Only declared names and
 * numbers enter the source, nothing that a caller sends.
 */
function judgeSource(resource: Resource, options: WireOptions): string {
  const { columns } = resource
  const entries = columns.map((c, at) => `${JSON.stringify(wireName(c.name, options.keyCase))}: v${at}`)
  return `
${timestampReaders(resource)}
return function certainlyGood(row) {
  let v, known = 0
  ${columns.map(readColumn).join('\n  ')}
  if (row.${EXTRA_FIELD} !== undefined) known++
  let fields = 0
  for (const _ in row) fields++
  return fields === known ? { ${entries.join(', ')} } : undefined
}`
}

/**
 * The source of a function that takes a row that is not certainly good, and returns the columns whose value is not certainly good, and
 * whether there are undeclared fields.
 */
function suspectColumnsSource(resource: Resource): string {
  return `
${timestampReaders(resource)}
return function suspectColumns(row) {
  let v, known = 0
  const found = []
  ${resource.columns.map((column, at) => suspectColumn(column, at)).join('\n  ')}
  if (row.${EXTRA_FIELD} !== undefined) known++
  let fields = 0
  for (const _ in row) fields++
  return { columns: found, hasUnknown: fields !== known }
}`
}

function suspectColumn(column: Column, at: number): string {
  const bad = `!(${GOOD[column.type](column, at)})`
  const isSuspect = column.presence === 'required' ? bad : `v !== undefined && v !== null && ${bad}`
  return `v = row.${column.field}; if (v !== undefined) known++; if (${isSuspect}) found.push(columns[${at}])`
}

function readColumn(column: Column, at: number): string {
  const good = GOOD[column.type](column, at)
  const read = `v = row.${column.field}`
  if (column.presence === 'required') return `${read}; if (!(${good})) return undefined; const v${at} = v; known++`
  const absent = column.presence === 'nullable' ? 'null' : 'undefined'
  return `${read}; if (v === undefined) v = ${absent}; else { known++; if (v !== null && !(${good})) return undefined } const v${at} = v`
}

/** The source of a function that takes a row and returns its primary key by field, each value passed through `showable`. */
function showKeySource(resource: Resource): string {
  const entries = resource.keyColumns.map(({ field }) => `${field}: showable(row.${field})`)
  return `return (row) => ({ ${entries.join(', ')} })`
}
