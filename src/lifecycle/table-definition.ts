import { type Column, type ColumnType, isInModulePattern, MAX_TEXT_LENGTH, type Presence } from '../resource/column.ts'
import type { Contract } from '../resource/contract.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'

/** A column of a table definition. */
export interface ColumnDefinition {
  /** Lower case. */
  readonly name: string
  readonly type: ColumnType | 'json'
  readonly isKey: boolean
  readonly presence: Presence
  /** For types whose values are written in the timestamp format of the module. */
  readonly timestampFormat?: TimestampFormat
  readonly maxLength?: number
}

/** A table definition for the upstream, under the base name. */
export interface TableDefinition {
  readonly name: string
  readonly columns: readonly ColumnDefinition[]
}

/** Two resources whose objects have the same name, but cannot share a table. */
export interface TableConflict {
  readonly object: string
  readonly resources: readonly [Resource, Resource]
  /** The reason, as the end of a sentence. */
  readonly why: string
}

/** All pairs of resources with the same object that differ in the key, or in the type of a column of both. */
export function tableConflicts(resources: readonly Resource[], modules: Contract['modules']): TableConflict[] {
  const byObject = [...Map.groupBy(resources, ({ object }) => object)]
  return byObject.flatMap(([object, [first, ...others]]) =>
    others.flatMap((other) => {
      const why = first && whyApart(first, other, modules)
      return first && why ? [{ object, resources: [first, other] as const, why }] : []
    }),
  )
}

function whyApart(one: Resource, other: Resource, modules: Contract['modules']): string | undefined {
  const keyOf = ({ primaryKey }: Resource) => [...primaryKey].sort().join()
  if (keyOf(one) !== keyOf(other)) return 'their keys differ'
  const holds = ({ module }: Resource, { type, content }: Column) =>
    `${content ?? type} ${isInModulePattern(type) && modules[module]?.timestampFormat}`
  const differs = one.columns.find((column) => {
    const twin = other.columns.find(({ name }) => name === column.name)
    return twin !== undefined && holds(one, column) !== holds(other, twin)
  })
  return differs && `${differs.name} is another in each`
}

const STRICTEST_FIRST: readonly Presence[] = ['required', 'nullable', 'optional']

/** The tables of some resources; a table that several modules declare is defined once, for the rows of all of them. */
export function tableDefinitions(resources: readonly Resource[], modules: Contract['modules']): TableDefinition[] {
  const byObject = Map.groupBy(resources, ({ object }) => object)
  return [...byObject].map(([name, declarations]) => ({ name, columns: mergeColumns(declarations, modules) }))
}

function mergeColumns(declarations: readonly Resource[], modules: Contract['modules']): ColumnDefinition[] {
  const all = declarations.flatMap((resource) => resource.columns.map((column) => ({ column, resource })))
  const byName = Map.groupBy(all, ({ column }) => column.name)
  return [...byName.values()].map((same) => {
    const [first] = same as [(typeof same)[number]]
    const presences = same.map(({ column }) => column.presence)
    const isInAll = same.length === declarations.length
    const lengths = same.map(({ column }) => column.maxLength ?? MAX_TEXT_LENGTH)
    const column = { ...first.column, maxLength: Math.max(...lengths) }
    return define(column, isInAll ? laxest(presences) : 'optional', modules[first.resource.module]?.timestampFormat)
  })
}

function laxest(presences: readonly Presence[]): Presence {
  return STRICTEST_FIRST.findLast((presence) => presences.includes(presence)) ?? 'optional'
}

function define(
  { name, type, content, isKey, maxLength }: Column,
  presence: Presence,
  format: TimestampFormat | undefined,
): ColumnDefinition {
  return {
    name,
    type: content ?? type,
    isKey,
    presence,
    ...(isInModulePattern(type) && format !== undefined && { timestampFormat: format }),
    ...(maxLength !== undefined && maxLength < MAX_TEXT_LENGTH && { maxLength }),
  }
}
