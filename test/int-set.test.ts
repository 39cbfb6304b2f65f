import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIntSet } from '../src/util/int-set.ts'

// Numbers that want the same slots, the ends of the range, and any others.
const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((n) => n * 16),
  fc.constantFrom(0, -(2 ** 31), 2 ** 31 - 1),
  fc.integer({ min: -100, max: 100 }),
)

test('a set of integers holds what was put in and not taken out, however much room it was made with', () => {
  const steps = fc.array(fc.record({ isAdd: fc.boolean(), number }), { maxLength: 400 })
  fc.assert(
    fc.property(steps, fc.nat(70), (list, room) => {
      const mine = createIntSet(room)
      const theirs = new Set<number>()
      for (const { isAdd, number } of list) {
        if (isAdd) expect(mine.add(number)).toBe(theirs.size < theirs.add(number).size)
        else mine.remove(number)
        if (!isAdd) theirs.delete(number)
      }
      for (const one of theirs) expect(mine.add(one)).toBe(false)
    }),
  )
})

test('it holds tens of thousands, and as many once more when they are gone', () => {
  const set = createIntSet()
  for (let time = 0; time < 100; time++) [0, 7].forEach(set.remove)
  const numbers = Array.from({ length: 50_000 }, (_, at) => Math.imul(at + 1, 0x9e3779b1))
  for (let round = 0; round < 2; round++) {
    expect(numbers.filter((one) => set.add(one))).toHaveLength(numbers.length)
    expect(numbers.filter((one) => set.add(one))).toEqual([])
    numbers.forEach(set.remove)
  }
})
