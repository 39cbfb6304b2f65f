import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRetryBudget, type RetryBudget } from '../src/ingest/retry-budget.ts'
import { takeClock, type VirtualClock } from './support/virtual-clock.ts'

let clock: VirtualClock
let budget: RetryBudget

beforeEach(() => {
  clock = takeClock()
  budget = createRetryBudget()
})
afterEach(() => clock.restore())

/** Lets so many milliseconds pass. */
async function pass(ms: number): Promise<void> {
  let isOver = false
  setTimeout(() => {
    isOver = true
  }, ms)
  await clock.runUntil(() => isOver)
}

function earn(firstTries: number): void {
  for (let nth = 0; nth < firstTries; nth++) budget.earn()
}

function spendAll(): number {
  for (let spent = 0; ; spent++) if (!budget.spend()) return spent
}

test('who made no first try yet has ten repeats, and ten a second more, but no more than ten at once', async () => {
  expect(spendAll()).toBe(10)
  await pass(500)
  expect(spendAll()).toBe(5)
  await pass(60_000)
  expect(spendAll()).toBe(10)
})

test('a fifth of the first tries of the last ten seconds comes on top, and each is spent once', async () => {
  earn(100)
  expect(spendAll()).toBe(30)
  earn(4)
  expect(spendAll()).toBe(0)
  earn(1)
  expect(spendAll()).toBe(1)
})

test('first tries more than ten seconds ago pay for nothing', async () => {
  earn(50)
  await pass(5_000)
  earn(50)
  await pass(5_500)
  expect(spendAll()).toBe(20)
  await pass(10_000)
  expect(spendAll()).toBe(10)
})
