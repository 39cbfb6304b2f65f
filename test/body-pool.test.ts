import { expect, test } from 'vitest'
import { createBodyPool } from '../src/body-pool.ts'

const text = (letter: string, length = 200_000) => letter.repeat(length)

test('a body that was given back lends its memory to the next', () => {
  const pool = createBodyPool()
  const first = pool.write(text('a'))
  pool.giveBack(first)
  const second = pool.write(text('b'))
  expect(second.buffer).toBe(first.buffer)
  expect(second.toString()).toBe(text('b'))
})

test('two bodies out at once never share memory, whatever is given back twice', () => {
  const pool = createBodyPool()
  const first = pool.write(text('a'))
  pool.giveBack(first)
  const second = pool.write(text('b'))
  pool.giveBack(first)
  const third = pool.write(text('c'))
  expect([second.toString(), third.toString()]).toEqual([text('b'), text('c')])
})

test('the memory of an abandoned body is not lent again', () => {
  const pool = createBodyPool()
  const body = pool.write(text('a'))
  pool.abandon(body)
  pool.giveBack(body)
  pool.write(text('b'))
  expect(body.toString()).toBe(text('a'))
})

test('any text comes out as it went in, small or larger than a slot of memory', () => {
  const pool = createBodyPool()
  for (const unit of ['x', 'é', '€', '𝄞'])
    for (const length of [1, 5_000, 349_526, 600_000]) expect(pool.write(text(unit, length)).toString()).toBe(text(unit, length))
})
