import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRetryBudget, type RetryBudget } from '../src/ingest/retry-policy.ts'
import type { Answer } from '../src/ingest/upstream-port.ts'
import { buildIngest, destinationOf, judged } from './support/simulation.ts'
import { upstreamOf } from './support/upstream-of.ts'
import { takeClock, type VirtualClock } from './support/virtual-clock.ts'

const TIMES = { executionTimeoutMs: 30_000, attemptsTimeoutMs: 25_000, attemptTimeoutMs: 10_000 }

let clock: VirtualClock
let budget: RetryBudget

beforeEach(() => {
  clock = takeClock()
  budget = createRetryBudget()
})
afterEach(() => clock.restore())

function earn(firstTries: number): void {
  for (let nth = 0; nth < firstTries; nth++) budget.earn()
}

function spendAll(): number {
  for (let spent = 0; ; spent++) if (spent === 1_000 || !budget.spend()) return spent
}

test('who made no first try yet has ten repeats, and ten a second more, but no more than ten at once', async () => {
  expect(spendAll()).toBe(10)
  await clock.pass(500)
  expect(spendAll()).toBe(5)
  await clock.pass(60_000)
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
  await clock.pass(5_000)
  earn(50)
  await clock.pass(5_500)
  expect(spendAll()).toBe(20)
  await clock.pass(10_000)
  expect(spendAll()).toBe(10)
})

test.each<[string, Answer, number]>([
  ['may have been taken: eighteen are', { kind: 'lost', failure: 'LOST', reason: 'UNREADABLE_ANSWER' }, 22],
  ['certainly was not taken: all are', { kind: 'unsent', failure: 'UNSENT' }, 0],
])('of forty requests made at once that are to be repeated, where each %s', async (_, answer, toldAtOnce) => {
  const send = () => new Promise<Answer>((resolve) => setTimeout(() => resolve(answer), 10))
  const upstream = upstreamOf(send)
  const settings = { requestsPerSecond: 1_000, concurrency: 40, maxBatchRows: 1, maxBatchBytes: 1_000, ...TIMES }
  const { ingest } = buildIngest(upstream, settings, () => {}, 40)
  let told = 0
  for (let nth = 0; nth < 40; nth++) {
    const row = { id: `${nth}`, key: `${nth}`, what: 'good' }
    void ingest(destinationOf('tenant'), judged([row], 1), { origin: { requestId: `${nth}`, traceparent: undefined } }).then(() => told++)
  }
  await clock.pass(11)
  expect(told).toBe(toldAtOnce)
})
