import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Chunker, joinRows, wireRows } from '../src/rows/chunk.ts'
import type { GoodRows } from '../src/rows/row-reader/row-reader.ts'

test('of many parts joined, each row is found where it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 2, maxLength: 300 }), (lengths) => {
      const parts = lengths.map((length, part) => Array.from({ length }, (_, place) => ({ part, place })))
      const joined = joinRows(parts.map(wireRows))
      const found = Array.from({ length: joined.length }, (_, place) => joined.at(place))
      expect(found).toEqual(parts.flat())
    }),
  )
})

// With each part copied for each that follows, or looked at for each row, this would take longer than a test may.
test('a hundred thousand rows that were by turns read and parsed make one chunk', () => {
  const chunker = new Chunker(100_000)
  for (let index = 0; index < 100_000; index += 2) {
    expect(chunker.room()).toBe(100_000 - index)
    chunker.addSerialised({ count: 1, wire: Buffer.from(`{"at":${index}}`), hashes: [0] } as unknown as GoodRows, index)
    chunker.add({ at: index + 1 }, index + 1, 0)
  }
  const [chunk, ...others] = chunker.done()
  expect(others).toEqual([])
  expect(chunk?.indexes.every((index, place) => index === place)).toBe(true)
  expect(chunk?.indexes.every((index) => chunk.rows.at(index).at === index)).toBe(true)
  expect(JSON.parse(`[${chunk?.rows.json().join('')}]`).every(({ at }: { at: number }, place: number) => at === place)).toBe(true)
})
