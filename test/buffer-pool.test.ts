import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WireRows } from '../src/rows/chunk.ts'
import { SerialisedRows } from '../src/rows/serialised-rows.ts'
import { createBufferPool } from '../src/util/buffer-pool.ts'
import { wireText } from './support/wire-text.ts'

const text = (letter: string, length = 200_000) => letter.repeat(length)

test('a body that was given back lends its memory to the next', () => {
  const pool = createBufferPool()
  const first = pool.write(text('a'))
  pool.giveBack(first)
  const second = pool.write(text('b'))
  expect(second.buffer).toBe(first.buffer)
  expect(second.toString()).toBe(text('b'))
})

test('two bodies out at once never share memory, whatever is given back twice', () => {
  const pool = createBufferPool()
  const first = pool.write(text('a'))
  pool.giveBack(first)
  const second = pool.write(text('b'))
  pool.giveBack(first)
  const third = pool.write(text('c'))
  expect([second.toString(), third.toString()]).toEqual([text('b'), text('c')])
})

test('memory for more than a block of it serves again too, once for each time it was given back', () => {
  const pool = createBufferPool()
  const first = pool.take(2_500_000)
  pool.giveBack(first)
  const second = pool.take(2_000_000)
  expect([second.byteLength, second.buffer]).toEqual([2_000_000, first.buffer])
  pool.giveBack(first)
  expect(pool.take(2_000_000).buffer).not.toBe(first.buffer)
})

test('the memory of an abandoned body is not lent again', () => {
  const pool = createBufferPool()
  const body = pool.write(text('a'))
  pool.abandon(body)
  pool.giveBack(body)
  pool.write(text('b'))
  expect(body.toString()).toBe(text('a'))
})

test('any text comes out as it went in, small or larger than a block of memory', () => {
  const pool = createBufferPool()
  for (const unit of ['x', 'é', '€', '𝄞'])
    for (const length of [1, 5_000, 349_526, 600_000]) expect(pool.write(text(unit, length)).toString()).toBe(text(unit, length))
})

test('whatever is written, given back and abandoned, a body that is out says what was written', () => {
  const step = fc.record({
    what: fc.constantFrom('write', 'write', 'write', 'giveBack', 'giveBackAgain', 'abandon'),
    length: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 600_000 }) }, fc.integer({ min: 1_048_500, max: 2_200_000 })),
    which: fc.nat(),
  })
  const law = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const pool = createBufferPool()
    const out: { readonly body: Buffer; readonly says: string }[] = []
    const back: Buffer[] = []
    steps.forEach(({ what, length, which }, nth) => {
      const says = text(String.fromCharCode(65 + nth), length)
      if (what === 'write') out.push({ body: pool.write(says.slice(0, 7), says.slice(7)), says })
      if (what === 'giveBackAgain') for (const body of back) pool.giveBack(body)
      if (what === 'abandon') pool.abandon(out[which % out.length]?.body ?? Buffer.alloc(0))
      if (what === 'giveBack')
        for (const { body } of out.splice(which % (out.length || 1), 1)) {
          pool.giveBack(body)
          back.push(body)
        }
      for (const one of out) expect(one.body.equals(Buffer.from(one.says))).toBe(true)
    })
  })
  fc.assert(law, { numRuns: 60 })
})

test('rows that were serialised are read back, and not once they were released', () => {
  const serialised = new WireRows([{ length: 2, serialised: new SerialisedRows(Buffer.from('{"a":1},{"a":"é"}')) }])
  expect([serialised.length, serialised.at(1), wireText(serialised.slice(0, 1)), wireText(serialised)]).toEqual([
    2,
    { a: 'é' },
    '[{"a":1}]',
    '[{"a":1},{"a":"é"}]',
  ])

  const released = new WireRows([{ length: 1, serialised: new SerialisedRows('{"a":1}') }])
  released.release?.()
  expect(() => released.json()).toThrow('after their release')
  expect(() => released.at(0)).toThrow('after their release')
})
