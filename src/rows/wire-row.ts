import { randomInt } from 'node:crypto'
import { type Column, isInModulePattern } from '../resource/column.ts'
import type { Contract } from '../resource/contract.ts'
import { EXTRA_FIELD, type Resource } from '../resource/define-resource.ts'
import type { TimestampFormat } from '../resource/module.ts'
import { isExactNumber, isJsonObject, textOf } from '../util/exact-number.ts'
import { isCleanText } from './check-value.ts'
import { wireTimestamp } from './timestamp.ts'

/** A row ready for the wire: upstream column names, timestamps in the module's form, nulls filled in. */
export type WireRow = Record<string, unknown>

/** The case in which the upstream expects column names. */
export type KeyCase = 'lower' | 'upper'

/** How the rows of a resource are written on the wire. */
export interface WireOptions {
  readonly timestampFormat: TimestampFormat
  readonly keyCase: KeyCase
}

/** The wire options of a resource: its module's timestamp format, and the given key case. */
export function wireOptionsOf(
  { module }: Resource,
  { modules }: Pick<Contract, 'modules'>,
  { keyCase }: Pick<WireOptions, 'keyCase'>,
): WireOptions {
  return { timestampFormat: modules[module]?.timestampFormat ?? 'ISO-8601 UTC', keyCase }
}

/** The wire name of a column or attribute. */
export function wireName(name: string, keyCase: KeyCase): string {
  return keyCase === 'upper' ? name.toUpperCase() : name.toLowerCase()
}

/** Converts a good row to its wire form; the plain twin of the generated code. */
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

const MAX_SHOWN = 1024

/** A value as part of a public key; null for a very long text, and for what an answer cannot carry. */
export function showable(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MAX_SHOWN || !isCleanText(value) ? null : value
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) || isExactNumber(value) ? value : null
}

/** The wire names of a resource's primary key. */
export function keyNames(resource: Resource, keyCase: KeyCase): string[] {
  return resource.keyColumns.map(({ name }) => wireName(name, keyCase))
}

/** A text that is equal for two rows exactly if they have the same primary key. */
export function keyText(wire: WireRow, names: readonly string[]): string {
  // No key text may contain NUL (INVALID_TEXT), so it separates without escaping.
  return names.map((name) => textOf(wire[name])).join('\0')
}

/**
 * A 32-bit hash of a row's primary key. Collisions are rare and only make rows wait for each other; sets store integers of this size most
 * compactly.
 */
export function keyHash(wire: WireRow, names: readonly string[]): number {
  let hash = KEY_SEED
  for (const name of names) hash = mixKey(hash, wire[name])
  return hash
}

/** The seed of key hashes: random per process, so that nobody can prepare keys that collide. */
export const KEY_SEED = randomInt(2 ** 32) | 0

/** Mixes one part of a key into the hash so far. */
function mixKey(before: number, part: unknown): number {
  const text = typeof part === 'string' ? part : textOf(part)
  let hash = before
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return Math.imul(hash, 0x01000193)
}
