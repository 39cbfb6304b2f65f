import { type Column, type ColumnDeclaration, traitsOf } from './column.ts'
import { camelCase, pascalCase, sentenceCase } from './names.ts'

/** The declaration in a resource file. */
export interface ResourceDeclaration {
  /** The upstream's table name, upper case. */
  readonly object: string
  readonly module: string
  /** The name in GraphQL; PascalCase of the object where nothing is said. */
  readonly graphqlName?: string
  readonly title?: string
  readonly description: string
  /** False when the public description is known to continue: further columns travel in `extra`. */
  readonly complete?: boolean
  readonly primaryKey: readonly string[]
  readonly columns: Readonly<Record<string, ColumnDeclaration>>
  /** Column -> `table.column` it is expected to point to, in the same module. */
  readonly references?: Readonly<Record<string, string>>
  /** A valid row, in upstream names. */
  readonly example: Readonly<Record<string, unknown>>
}

/** A loaded resource: defaults filled in, columns as a list, frozen. */
export interface Resource extends Required<Omit<ResourceDeclaration, 'columns'>> {
  readonly columns: readonly Column[]
  readonly keyColumns: readonly Column[]
  /** Every field a row may have, `extra` with them. */
  readonly fields: ReadonlySet<string>
}

/** The field that carries custom attributes; no column may take its name. */
export const EXTRA_FIELD = 'extra'

/** Whether a resource declares a column of that name, in any case. */
export function declares({ columns }: Resource, name: string): boolean {
  return columns.some((column) => column.name === name.toLowerCase())
}

/** Checks and loads a declaration; throws an error that names the resource and everything wrong with it. */
export function defineResource(declaration: ResourceDeclaration): Resource {
  const complaints = findFaults(declaration)
  if (complaints.length > 0) throw new Error(`Resource ${declaration.object}: ${complaints.join('; ')}`)

  const columns = Object.entries(declaration.columns).map(([name, column]) =>
    Object.freeze({ ...column, name, field: camelCase(name), isKey: declaration.primaryKey.includes(name) }),
  )
  return Object.freeze({
    object: declaration.object,
    module: declaration.module,
    graphqlName: declaration.graphqlName ?? pascalCase(declaration.object),
    title: declaration.title ?? sentenceCase(declaration.object),
    description: declaration.description,
    complete: declaration.complete ?? true,
    primaryKey: Object.freeze([...declaration.primaryKey]),
    columns: Object.freeze(columns),
    keyColumns: Object.freeze(declaration.primaryKey.flatMap((key) => columns.filter((c) => c.name === key))),
    fields: new Set([EXTRA_FIELD, ...columns.map(({ field }) => field)]),
    references: Object.freeze({ ...declaration.references }),
    example: Object.freeze({ ...declaration.example }),
  })
}

function findFaults(declaration: ResourceDeclaration): string[] {
  const { object, primaryKey, columns, references = {}, example } = declaration
  const faults: string[] = []
  const expect = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault)
  }
  expect(/^[A-Z][A-Z0-9_]*$/.test(object), 'object must be upper case letters, digits and underscores')
  expect(primaryKey.length > 0, 'primaryKey is empty')
  for (const key of primaryKey) expect(columns[key]?.presence === 'required', `key column ${key} must be declared and required`)
  for (const name of [...Object.keys(references), ...Object.keys(example)]) expect(name in columns, `${name} is not a column`)
  for (const [name, column] of Object.entries(columns)) faults.push(...columnFaults(name, column))
  const fields = Object.keys(columns).map(camelCase)
  expect(new Set([EXTRA_FIELD, ...fields]).size === fields.length + 1, `two columns share a field name, or one is called ${EXTRA_FIELD}`)
  return faults
}

function columnFaults(name: string, column: ColumnDeclaration): string[] {
  const { rules } = traitsOf(column.type)
  const hasBound = column.min !== undefined || column.max !== undefined
  const hasTextRule = column.allowed ?? column.maxLength ?? column.content
  return [
    camelCase(name) in Object.prototype && `column ${name} has the name of something that every object has`,
    !/^[a-z][a-z0-9_]*$/.test(name) && `column ${name} must be lower case letters, digits and underscores`,
    hasBound && rules !== 'bounds' && `column ${name} has bounds but is not a number`,
    hasTextRule !== undefined && rules !== 'text' && `column ${name} has a rule for text but is not a string`,
  ].filter((fault) => fault !== false)
}

/** The declared example in field names, as a caller would send it. */
export function exampleRow(resource: Resource): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource.example).map(([name, value]) => [camelCase(name), value]))
}
