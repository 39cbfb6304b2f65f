import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainMarks, simdMarks } from '../src/util/json-scan/scan-json.ts'
import { expectCompiled } from './support/compiled-code.ts'

/** How many bytes are scanned in one call. */
const CAPACITY = 0x10000

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789.'), minLength: 1, maxLength: 40 }) },
  { weight: 3, arbitrary: fc.constantFrom('1e-100', '2E-307', '.e-1', '3e-12', 'e-1234', '4e+100', '5E-0999', '-', 'e', '9') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(',', '[', '{', ']', '}', '"', ' ', '\f', '\\u0000', 'E', ';', '\u00ac\u00e5', '\uff0c', 'K', '\u0010'),
  },
)

/** The marks that are found, in one order. */
function inOrder(marks: ReturnType<typeof plainMarks> | undefined) {
  return marks && { ...marks, suspects: [...marks.suspects].sort((one, other) => one - other) }
}

/** The bytes within a larger buffer, whose others would be digits of theirs. */
function within(bytes: Uint8Array, offset: number): Uint8Array {
  const larger = new Uint8Array(bytes.length + offset + 32).fill(0x31)
  larger.set(bytes, offset)
  return larger.subarray(offset, offset + bytes.length)
}

test('sixteen bytes at a time the same marks are found, wherever they stand', () => {
  const texts = fc.tuple(fc.array(piece, { maxLength: 30 }), fc.nat(40), fc.nat(17))
  const property = fc.property(texts, ([pieces, gap, offset]) => {
    const bytes = within(Buffer.from(pieces.join('').padStart(gap)), offset)
    expect(inOrder(simdMarks?.(bytes))).toEqual(inOrder(plainMarks(bytes)))
  })
  fc.assert(property, { numRuns: 3_000 })
})

test('the same where one call ends and the next begins, and where a text ends with a call', () => {
  for (const calls of [1, 2])
    for (const mark of ['1234567890123456', '12345678901234567,', '1e-100', '2E-3071,[{', '1'.repeat(CAPACITY + 20)])
      for (let before = 0; before < 40; before++)
        for (const after of ['', ',"a"'.repeat(20)]) {
          const bytes = within(Buffer.from(' '.repeat(calls * CAPACITY - before) + mark + after), 0)
          expect(inOrder(simdMarks?.(bytes))).toEqual(inOrder(plainMarks(bytes)))
        }
})

test('the same of any bytes', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    expect(inOrder(simdMarks?.(bytes))).toEqual(inOrder(plainMarks(bytes)))
  })
  fc.assert(property, { numRuns: 2_000 })
})

test('the code that runs is what its source compiles to', () => expectCompiled('util/json-scan', 'scan.wasm'))
