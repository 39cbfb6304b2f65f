import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scanJson } from '../src/util/json-scan/scan-json.ts'
import { countJsonValues, hasMoreNames, hasMoreObjects, jsonDepthWithin, nestingFault } from '../src/util/json-values.ts'

// Texts and names full of what means something outside of texts; the last byte of the euro sign is a comma but for its highest bit.
const text = fc.string({
  unit: fc.constantFrom(',', '[', '{', '}', ']', '"', '\\', ':', ' ', '\n', '\f', 'a', 'é', '€', '😀'),
  maxLength: 12,
})
const scalar = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null))
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(text, tie('value'), { maxKeys: 6 }),
  ),
}))
const space = fc.constantFrom('', ' ', '\r\n\t')
// Of a larger buffer.
const offset = fc.nat(7)

test('a text has more values than a limit exactly when its parsed form has', () => {
  const property = fc.property(value, space, offset, fc.nat(300), (value, space, offset, anyLimit) => {
    const json = print(value, space)
    const bytes = bytesOf(json, offset)
    const values = countPlainly(value)
    for (const limit of [values - 1, values, anyLimit]) {
      const counted = countJsonValues(bytes, scanJson(bytes), limit)
      if (values > limit) expect(counted).toBe(limit + 1)
      else expect([counted >= values, counted <= limit]).toEqual([true, true])
    }
  })
  fc.assert(property, { numRuns: 2_000 })
})

test('a text has more objects and arrays than a limit exactly when its parsed form has', () => {
  const property = fc.property(value, space, offset, fc.nat(60), (value, space, offset, anyLimit) => {
    const json = print(value, space)
    const objects = countObjects(value)
    for (const limit of [objects - 1, objects, anyLimit])
      if (limit >= 0) expect(hasMoreObjects(bytesOf(json, offset), limit)).toBe(objects > limit)
  })
  fc.assert(property, { numRuns: 1_000 })
})

test('commas and brackets within texts are no values, however many there are', () => {
  const bytes = bytesOf(JSON.stringify([',[{'.repeat(100_000), '\\",'.repeat(100_000)]), 1)
  expect(countJsonValues(bytes, scanJson(bytes), 3)).toBe(3)
  expect(countJsonValues(bytes, scanJson(bytes), 2)).toBe(3)
  expect([hasMoreObjects(bytes, 1), hasMoreObjects(bytes, 0)]).toEqual([false, true])
})

test('the bound that is cheap to have is one more than there are commas and opening brackets', () => {
  const property = fc.property(value, fc.nat(5_000), offset, (value, length, offset) => {
    const json = print([value, 'x'.repeat(length)], '')
    const bytes = bytesOf(json, offset)
    const bound = 1 + (json.match(/[,[{]/g)?.length ?? 0)
    expect(countJsonValues(bytes, scanJson(bytes), bytes.length)).toBe(bound)
  })
  fc.assert(property, { numRuns: 300 })
})

test('a hundred thousand values are counted to the last one', () => {
  const bytes = bytesOf(JSON.stringify(Array.from({ length: 25_000 }, (_, at) => ({ [`,${at}`]: at, b: [] }))), 3)
  expect(countJsonValues(bytes, scanJson(bytes), 75_001)).toBe(75_001)
  expect(countJsonValues(bytes, scanJson(bytes), 75_000)).toBe(75_001)
})

test('a text is within a depth exactly when its parsed form is', () => {
  const property = fc.property(value, space, fc.nat(8), (value, space, maxDepth) => {
    const json = print(value, space)
    expect(jsonDepthWithin(bytesOf(json, 0), maxDepth)).toBe(depthOf(JSON.parse(json)) <= maxDepth)
  })
  fc.assert(property, { numRuns: 1_000 })
})

test('what is not JSON is counted and measured all the same', () => {
  const structural = fc
    .array(fc.constantFrom(...Buffer.from('"\\,[]{}: 1\n'), 0xff), { maxLength: 60 })
    .map((list) => Uint8Array.from(list))
  const property = fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), structural), fc.nat(70), (bytes, limit) => {
    expect(countJsonValues(bytes, scanJson(bytes), limit)).toBeLessThanOrEqual(limit + 1)
    expect(jsonDepthWithin(bytes, bytes.length)).toBe(true)
  })
  fc.assert(property, { numRuns: 1_000 })
})

function countObjects(value: unknown): number {
  const own = typeof value === 'object' && value !== null ? 1 : 0
  return own + childrenOf(value).reduce((sum: number, child) => sum + countObjects(child), 0)
}

function countPlainly(value: unknown): number {
  return 1 + childrenOf(value).reduce((sum: number, child) => sum + countPlainly(child), 0)
}

function depthOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? 1 + Math.max(0, ...childrenOf(value).map(depthOf)) : 0
}

function childrenOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

function namesIn(value: unknown): string[] {
  const own = Array.isArray(value) || typeof value !== 'object' || value === null ? [] : Object.keys(value)
  return [...own, ...childrenOf(value).flatMap(namesIn)]
}

/** As `JSON.stringify`, with space wherever there may be some. */
function print(value: unknown, space: string): string {
  if (typeof value !== 'object' || value === null) return space + JSON.stringify(value) + space
  const members = Array.isArray(value)
    ? value.map((child) => print(child, space))
    : Object.entries(value).map(([name, child]) => `${space}${JSON.stringify(name)}${space}:${print(child, space)}`)
  const inside = members.join(',') || space
  return space + (Array.isArray(value) ? `[${inside}]` : `{${inside}}`) + space
}

function bytesOf(json: string, offset: number): Uint8Array {
  const text = new TextEncoder().encode(json)
  const bytes = new Uint8Array(text.length + offset + 4).fill(0x2c).subarray(offset, offset + text.length)
  bytes.set(text)
  return bytes
}

test('a long text of brackets is too deep when they lie in each other, and not when they stand side by side', () => {
  const many = 200_000
  const deep = [`${'['.repeat(many)}${']'.repeat(many)}`, `${'{"a":'.repeat(many)}1${'}'.repeat(many)}`]
  const wide = [`[${'[],'.repeat(many)}[]]`, `["${'['.repeat(2 * many)}"]`, `[${' '.repeat(2 * many)}]`]
  const faultOf = (maxObjects: number) => (text: string) => {
    const bytes = Buffer.from(text)
    return nestingFault(bytes, scanJson(bytes), { maxDepth: 500, maxObjects })
  }
  expect(deep.map(faultOf(1_000_000))).toEqual(['TOO_DEEP', 'TOO_DEEP'])
  expect(wide.map(faultOf(1_000_000))).toEqual([undefined, undefined, undefined])
  expect(wide.map(faultOf(many + 2))).toEqual([undefined, undefined, undefined])
  expect(wide.map(faultOf(many + 1))).toEqual(['TOO_MANY', undefined, undefined])
})

// V8 14 may read the name `"` as a backslash where it has seen that before, so that nothing is parsed to know them.
test('a text has no more different names than the value it says, and hardly fewer', () => {
  const property = fc.property(value, space, offset, (value, space, offset) => {
    const json = print(value, space)
    const names = new Set(namesIn(value))
    const bytes = bytesOf(json, offset)
    expect([hasMoreNames(bytes, names.size), hasMoreNames(bytes, Math.floor(names.size / 2) - 1)]).toEqual([false, true])
  })
  fc.assert(property, { numRuns: 1_000 })
})
