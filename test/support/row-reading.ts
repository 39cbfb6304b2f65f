import { expect } from 'vitest'
import { contract } from '../../schema/index.ts'
import { defineResource, type Resource } from '../../src/resource/define-resource.ts'
import { diagnose } from '../../src/rows/diagnose.ts'
import type { ReadGoodRows } from '../../src/rows/row-reader/row-reader.ts'
import { keyHash, keyNames, showable, toWire, type WireOptions } from '../../src/rows/wire-row.ts'
import { parseExactly } from '../../src/util/exact-json.ts'

/** Has every type in its key that may be there, every presence, and bounds of all kinds. */
export const ALL_TYPES = defineResource({
  object: 'ALL_TYPES',
  module: 'm',
  description: 'Test.',
  primaryKey: ['instant', 'number', 'flag', 'word', 'day'],
  columns: {
    word: { type: 'string', presence: 'required', description: 'a', maxLength: 16 },
    number: { type: 'integer', presence: 'required', description: 'a' },
    flag: { type: 'boolean', presence: 'required', description: 'a' },
    day: { type: 'date', presence: 'required', description: 'a' },
    instant: { type: 'timestamp', presence: 'required', description: 'a' },
    of_exactly_sixteen: { type: 'integer', presence: 'nullable', description: 'a', min: 1, max: 999_999_999 },
    ratio: { type: 'float', presence: 'optional', description: 'a', min: 0.5 },
    share: { type: 'float', presence: 'nullable', description: 'a', min: 0, max: 1_000_000_000 },
    at_most: { type: 'float', presence: 'optional', description: 'a', max: 1_000_000_000 },
    below_zero_is_a_name_of_more_than_thirty_two_letters: { type: 'float', presence: 'optional', description: 'a', min: -1.5 },
    free: { type: 'float', presence: 'optional', description: 'a' },
    weight: { type: 'float', presence: 'optional', description: 'a', min: 0 },
    is_open: { type: 'boolean', presence: 'nullable', description: 'a' },
    since: { type: 'timestamp', presence: 'optional', description: 'a' },
    text: { type: 'string', presence: 'optional', description: 'a', maxLength: 1_024 },
  },
  example: { word: 'a', number: 1, flag: true, day: '2025-01-28', instant: '2025-01-28T14:30:00Z' },
})

/** Has the columns that are left to the plain twin. */
export const LEFT_TYPES = defineResource({
  object: 'LEFT_TYPES',
  module: 'm',
  description: 'Test.',
  primaryKey: ['word'],
  columns: {
    word: { type: 'string', presence: 'required', description: 'a' },
    kind: { type: 'string', presence: 'nullable', description: 'a', allowed: ['A', 'z'] },
    json: { type: 'string', presence: 'optional', description: 'a', content: 'json' },
  },
  example: { word: 'a' },
})

/** Has a number in its key that a double may not hold. */
export const FLOAT_KEY = defineResource({
  object: 'FLOAT_KEY',
  module: 'm',
  description: 'Test.',
  primaryKey: ['size'],
  columns: { size: { type: 'float', presence: 'required', description: 'a' } },
  example: { size: 1.5 },
})

/** A resource of so many columns, all but the first of which are null unless given, with names of so many letters. */
export function wideResource(count: number, letters: number): Resource {
  const names = Array.from({ length: count - 1 }, (_, at) => `c${String(at).padStart(letters - 1, '0')}`)
  return defineResource({
    object: 'WIDE',
    module: 'm',
    description: 'Test.',
    primaryKey: ['id'],
    columns: {
      id: { type: 'string', presence: 'required', description: 'a' },
      ...Object.fromEntries(names.map((name) => [name, { type: 'string', presence: 'nullable', description: 'a' } as const])),
    },
    example: { id: 'A' },
  })
}

/** Those of the contract, and some with what no resource of the contract has. */
export const RESOURCES: readonly Resource[] = [...contract.resources, ALL_TYPES, LEFT_TYPES]

/** The bytes within a larger buffer, whose others would go on where they end. */
export function within(bytes: Uint8Array, before: string, after: string): Uint8Array {
  const larger = Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)])
  return larger.subarray(before.length, before.length + bytes.length)
}

/** What a reader says of a text from a place on. */
export interface Reading {
  readonly count: number
  readonly next: number
  readonly wire: string
  readonly keys: string
  readonly hashes: readonly number[]
  readonly end: number
  readonly isCompact: boolean
}

export function readingOf(read: ReadGoodRows, text: Uint8Array, from: number, most: number): Reading {
  const { count, next, wire, keys, hashes, end, isCompact } = read(text, from, most)
  return { count, next, wire: Buffer.from(wire).toString(), keys: Buffer.from(keys).toString(), hashes: [...hashes], end, isCompact }
}

const SPACE = /[ \t\r\n]/

/** Demands that what a reader has read of a UTF-8 text is what its plain twin gives for the same bytes. */
export function expectPlain(reading: Reading, text: Uint8Array, from: number, resource: Resource, options: WireOptions): void {
  const { count, next, wire, keys, hashes } = reading
  const nothing = { count: 0, next: from, wire: '', keys: '', hashes: [], end: from, isCompact: true }
  if (count === 0) return void expect(reading).toEqual(nothing)
  const end = Buffer.from(text).toString('utf8', from, next)
  const isAll = next === text.length
  const between = /,[ \t\r\n]*$/.exec(end)
  // The next row begins behind a comma and space; the text does not end with a comma.
  expect(isAll ? between : SPACE.test(String.fromCharCode(text[next] as number))).toBe(isAll ? null : false)
  const rows = parseExactly(`[${isAll ? end : end.slice(0, between?.index ?? 0)}]`) as Record<string, unknown>[]
  const asRead = Buffer.from(text).toString('utf8', from, reading.end)
  expect(reading.isCompact).toBe(`[${asRead}]` === JSON.stringify(rows))
  expect(parseExactly(`[${asRead}]`)).toEqual(rows)
  expect(rows.map((row) => diagnose(row, resource, options.timestampFormat))).toEqual(rows.map(() => []))
  const wires = rows.map((row) => toWire(row, resource, options))
  const shown = rows.map((row) => Object.fromEntries(resource.keyColumns.map(({ field }) => [field, showable(row[field])])))
  expect({ count, wire: `[${wire}]`, hashes }).toEqual({
    count: rows.length,
    wire: JSON.stringify(wires),
    hashes: wires.map((one) => keyHash(one, keyNames(resource, options.keyCase))),
  })
  expect(JSON.stringify(JSON.parse(`[${keys}]`))).toBe(JSON.stringify(shown))
}
