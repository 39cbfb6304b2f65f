import type { Column, ColumnType, Presence } from '../resource/column.ts'
import type { Contract } from '../resource/contract.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'

/** A column as it is declared to the upstream. */
export interface ColumnDefinition {
  /** Lower case. */
  readonly name: string
  readonly type: ColumnType | 'json'
  readonly isKey: boolean
  readonly presence: Presence
  /** Of timestamps. */
  readonly timestampFormat?: TimestampFormat
  readonly maxLength?: number
}

/** A table as it is declared to the upstream, under its base name. */
export interface TableDefinition {
  readonly name: string
  readonly columns: readonly ColumnDefinition[]
}

const STRICTEST_FIRST: readonly Presence[] = ['required', 'nullable', 'optional']

/** The tables that resources are kept in, each once: one that several modules declare takes the rows of all of them. */
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
    return define(first.column, isInAll ? laxest(presences) : 'optional', modules[first.resource.module]?.timestampFormat)
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
    ...(type === 'timestamp' && format !== undefined && { timestampFormat: format }),
    ...(maxLength !== undefined && { maxLength }),
  }
}
