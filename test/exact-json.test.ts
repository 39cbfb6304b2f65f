import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseExactly } from '../src/util/exact-json.ts'
import { decimalOf, isLess, readNumber } from '../src/util/exact-number.ts'
import { scanJson } from '../src/util/json-scan/scan-json.ts'
import { anyText } from './support/any-text.ts'

/** The same by a reviver, which V8 calls for every value with the text of it. */
function parsePlainly(text: string): unknown {
  const keep = (_: string, value: unknown, { source = '' }: { source?: string }) => (typeof value === 'number' ? readNumber(source) : value)
  return JSON.parse(text, keep as (this: unknown, key: string, value: unknown) => unknown)
}

/** The value as it prints; undefined where the text is no JSON. */
function printed(parse: (text: string) => unknown, text: string): string | undefined {
  try {
    return JSON.stringify(parse(text))
  } catch {
    return undefined
  }
}

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 30 })
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits,
    fc.oneof(
      fc.constant(''),
      digits.map((text) => `.${text}`),
    ),
    fc.constantFrom('', '', 'e5', 'E-400', 'e-100', 'e+400', 'e-'),
  )
  .map((parts) => parts.join(''))
const piece = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 1, arbitrary: anyText().map((text) => JSON.stringify(text)) },
  {
    weight: 2,
    arbitrary: number.map((text) => JSON.stringify(`": ${text}\\`)),
  },
  { weight: 1, arbitrary: fc.constantFrom('"', '\\', '\\"', ' ', ':', ',', '[', ']', '{', '}', 'null', 'true', '-', '.', '"__proto__"') },
)
const json = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, piece, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
  object: fc
    .array(fc.tuple(fc.oneof({ weight: 5, arbitrary: fc.constantFrom('"a"', '"b" ', '"__proto__"') }, piece), tie('value')), {
      maxLength: 4,
    })
    .map((members) => `{${members.map(([name, value]) => `${name}:${value}`).join(' ,')}}`),
})).value

test('any text says the same, or is no JSON, as when every value is read by itself', () => {
  fc.assert(
    fc.property(json, (text) => {
      expect(printed(parseExactly, text)).toBe(printed(parsePlainly, text))
    }),
    { numRuns: 5_000 },
  )
})

test('no text of a number that a double does not hold is overlooked, and texts with digits are no numbers', () => {
  fc.assert(
    fc.property(json, (text) => {
      const isJson = printed(JSON.parse, text) !== undefined
      const found = scanJson(Buffer.from(text)).mayBeInexact()
      if (isJson && printed(parsePlainly, text) !== printed(JSON.parse, text)) expect(found).toBe(true)
    }),
    { numRuns: 5_000 },
  )
})

test('a long number is not overlooked beside a small exponent that a double holds', () => {
  for (let gap = 0; gap < 20; gap++)
    for (const text of ['12345678901234567,1e-100', '1e-100,12345678901234567'])
      expect(scanJson(Buffer.from(`[${' '.repeat(gap)}${text}]`)).mayBeInexact()).toBe(true)
})

test.each([
  'SSCC 001234567890123456789',
  '08:00:00.1234567890123456789',
  'a,00.00000000000000000000',
  '[00000000000000000000e5',
  ': 1.2.3.4.5.6.7.8.9.0.1.2',
])('the text %s has no number', (text) => {
  const body = JSON.stringify([text.padStart(40), { [text]: text }])
  expect(scanJson(Buffer.from(body)).mayBeInexact()).toBe(false)
})

test.each(['{123456789012345678901:1}', '{1234567890123456789.1          : 1}', '[0123456789012345678.5]', '[1234567890123456789.1"a"]'])(
  '%s is no JSON',
  (text) => expect(() => parseExactly(text)).toThrow(SyntaxError),
)

test('numbers that a double does not hold are counted, others are not', () => {
  expect(parseExactly('[12345678901234567891, 1, 0.10000000000000000]', 1)).toHaveLength(3)
  expect(parseExactly('[12345678901234567891, 12345678901234567891]', 1)).toBeUndefined()
})

test('of two numbers as texts the smaller one is the smaller, whatever their signs', () => {
  const numbers = fc.oneof(fc.integer({ min: -200, max: 200 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  const compare = (one: number, other: number) => expect(isLess(decimalOf(`${one}`), decimalOf(`${other}`))).toBe(one < other)
  fc.assert(fc.property(numbers, numbers, (one, other) => void compare(one, other)))
})
