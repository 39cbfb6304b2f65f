import { type Column, isInModulePattern } from '../resource/column.ts'
import type { Contract } from '../resource/contract.ts'
import { EXTRA_FIELD, type Resource } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { isJsonObject } from '../util/exact-number.ts'
import { wireTimestamp } from './timestamp.ts'

/** A row ready for the wire: upstream column names, timestamps in the module's form, nulls filled in. */
export type WireRow = Record<string, unknown>

/** The case the upstream wants row keys in. */
export type KeyCase = 'lower' | 'upper'

/** How rows of one resource are written on the wire. */
export interface WireOptions {
  readonly timestampFormat: TimestampFormat
  readonly keyCase: KeyCase
}

/** How rows of a resource are written, by its module and by what the upstream takes. */
export function wireOptionsOf(
  { module }: Resource,
  { modules }: Pick<Contract, 'modules'>,
  { keyCase }: Pick<WireOptions, 'keyCase'>,
): WireOptions {
  return { timestampFormat: modules[module]?.timestampFormat ?? 'ISO-8601 UTC', keyCase }
}

/** A column's or attribute's name as it is sent. */
export function wireName(name: string, keyCase: KeyCase): string {
  return keyCase === 'upper' ? name.toUpperCase() : name.toLowerCase()
}

/** Writes a good row for the wire, one column after the other; the plain twin of the generated code. */
export function toWire(row: Record<string, unknown>, resource: Resource, options: WireOptions): WireRow {
  const wire: WireRow = {}
  for (const column of resource.columns) {
    const value = wireValue(row[column.field], column, options.timestampFormat)
    if (value !== undefined) wire[wireName(column.name, options.keyCase)] = value
  }
  return addExtra(wire, row[EXTRA_FIELD], options.keyCase)
}

/** Adds checked custom attributes to a wire row, under their wire names. */
export function addExtra(wire: WireRow, extra: unknown, keyCase: KeyCase): WireRow {
  if (isJsonObject(extra)) for (const [name, value] of Object.entries(extra)) wire[wireName(name, keyCase)] = value
  return wire
}

function wireValue(value: unknown, column: Column, format: TimestampFormat): unknown {
  if (value === undefined) return column.presence === 'nullable' ? null : undefined
  return isInModulePattern(column.type) && typeof value === 'string' ? wireTimestamp(value, format) : value
}
