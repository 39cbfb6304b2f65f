import { type Column, type ColumnType, MAX_TEXT_LENGTH, type Presence } from '../../resource/column.ts'
import type { Resource } from '../../resource/define-resource.ts'
import { KEY_SEED, type WireOptions, wireName } from '../wire-row.ts'

// The members are those of the classes in `assembly/layout.ts`, in their order.

const READ_TYPES = ['string', 'integer', 'float', 'boolean', 'date', 'timestamp'] as const satisfies readonly ColumnType[]
/** A type whose values are read; those of any other are left to the plain twin. */
export type ReadType = (typeof READ_TYPES)[number]
const NO_TYPE = -1
const PRESENCES = ['required', 'nullable', 'optional'] as const satisfies readonly Presence[]

const KEY_COLUMNS = 0x40
const COLUMNS = 0x400
const COLUMN_BYTES = 96
const MAX_COLUMNS = 128
/** So long that the texts of each column fit into 64 bytes, and all of them into the table. */
const MAX_NAME = 60
const TABLE_BYTES = 0x10000
/** What a value may take beyond its text: null where it is missing, or a Z. */
const MORE_PER_VALUE = 5

/**
 * The table by which rows of a resource are read, to stand at this address; undefined for a resource that has too many columns, or too
 * long names.
 */
export function createLayout({ columns, keyColumns }: Resource, options: WireOptions, address: number): Uint8Array | undefined {
  if (columns.length > MAX_COLUMNS || columns.some(({ name }) => name.length > MAX_NAME)) return undefined
  const table = Buffer.alloc(TABLE_BYTES)
  const addText = createTextTable(table, address)
  let bytes = 0
  columns.forEach((column, at) => {
    const wire = addText(`,${JSON.stringify(wireName(column.name, options.keyCase))}:`)
    const key = addText(`,${JSON.stringify(column.field)}:`)
    bytes += wire[1] + key[1] + MORE_PER_VALUE
    const numbers = [typeOf(column), PRESENCES.indexOf(column.presence), Number(column.isKey), column.maxLength ?? MAX_TEXT_LENGTH]
    const entry = COLUMNS + at * COLUMN_BYTES
    table.writeDoubleLE(column.min ?? Number.NEGATIVE_INFINITY, entry)
    table.writeDoubleLE(column.max ?? Number.POSITIVE_INFINITY, entry + 8)
    writeIntegers(table, entry + 16, [...numbers, ...addText(`${column.field}"`), ...wire, ...key])
  })
  const required = columns.filter(({ presence }) => presence === 'required').length
  const isIso = Number(options.timestampFormat === 'ISO-8601 UTC')
  writeIntegers(table, 0, [columns.length, required, bytes, isIso, keyColumns.length, KEY_SEED])
  writeIntegers(
    table,
    KEY_COLUMNS,
    keyColumns.map((column) => columns.indexOf(column)),
  )
  return table
}

function typeOf({ type, allowed, content, isKey }: Column): number {
  // Of a key only numbers that a double holds are read.
  if (allowed !== undefined || content !== undefined || (isKey && type === 'float')) return NO_TYPE
  return (READ_TYPES as readonly ColumnType[]).indexOf(type)
}

function writeIntegers(table: Buffer, at: number, numbers: readonly number[]): void {
  numbers.forEach((number, nth) => void table.writeInt32LE(number, at + 4 * nth))
}

const BLOCK = 16

/** Puts texts into a table in blocks of sixteen bytes, each followed by as many that mask it; gives the address and length of each. */
function createTextTable(table: Buffer, address: number) {
  let at = COLUMNS + MAX_COLUMNS * COLUMN_BYTES
  return (text: string): readonly [address: number, length: number] => {
    const length = table.write(text, at)
    const blocks = Math.ceil(length / BLOCK) * BLOCK
    table.fill(0xff, at + blocks, at + blocks + length)
    const place = address + at
    at += 2 * blocks
    return [place, length]
  }
}
