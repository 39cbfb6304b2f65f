import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEvents } from '../src/ingest/events.ts'
import type { RequestResult } from '../src/ingest/limits/circuit-breaker.ts'
import { createLimitsByTenant, type TenantLimits } from '../src/ingest/limits/tenant-limits.ts'
import { takeClock, type VirtualClock } from './support/virtual-clock.ts'

let clock: VirtualClock
let limits: TenantLimits
let changes: boolean[]

beforeEach(() => {
  clock = takeClock()
  changes = []
  const events = createEvents()
  events.on('breaker:changed', ({ isOpen }) => changes.push(isOpen))
  limits = createLimitsByTenant({ concurrency: 8, requestsPerSecond: 1_000, events }).limitsOf('tenant')
})
afterEach(() => clock.restore())

const UNSENT: RequestResult = { kind: 'unsent' }
const TAKEN: RequestResult = { kind: 'answered' }

/** Makes so many requests that end like this, one after the other; says how the last one did. */
async function request(result: RequestResult, times = 1): Promise<string> {
  let kind = ''
  for (let nth = 0; nth < times; nth++) kind = (await limits.request([], async () => result)).kind
  return kind
}

test.each<RequestResult>([UNSENT, { kind: 'lost', reason: 'TIMED_OUT' }, { kind: 'lost', reason: 'UPSTREAM_ERROR' }])(
  'ten failures in a row withhold the next request, nine do not: %j',
  async (failure) => {
    expect(await request(failure, 9)).toBe(failure.kind)
    expect(await request(TAKEN)).toBe('answered')
    expect(await request(failure, 10)).toBe(failure.kind)
    expect(await request(TAKEN)).toBe('withheld')
    expect(changes).toEqual([true])
  },
)

test('what was kept back on the way says nothing of the upstream: it neither ends a row of failures nor closes the breaker', async () => {
  await request(UNSENT, 9)
  await request({ kind: 'withheld' })
  await request(UNSENT)
  expect(changes).toEqual([true])
  await clock.pass(1_100)
  await request({ kind: 'withheld' })
  expect(changes).toEqual([true])
  expect(await request(TAKEN)).toBe('answered')
  expect(changes).toEqual([true, false])
})

test.each<RequestResult>([
  { kind: 'refused', status: 409 },
  { kind: 'refused', status: 429 },
  { kind: 'lost', reason: 'UNREADABLE_ANSWER' },
])('answers of any kind show that the upstream is there: %j', async (answer) => {
  await request(answer, 1)
  for (let nth = 0; nth < 20; nth++) {
    await request(answer)
    await clock.pass(1_100)
  }
  expect(await request(TAKEN)).toBe('answered')
  expect(changes).toEqual([])
})

test('while a probe is under way others are withheld; when it is answered, all go out again', async () => {
  await request(UNSENT, 10)
  await clock.pass(1_100)
  let answer = (_: RequestResult) => {}
  const probe = limits.request([], () => new Promise<RequestResult>((resolve) => (answer = resolve)))
  await clock.pass(5_000)
  expect(await request(TAKEN)).toBe('withheld')
  answer(TAKEN)
  expect((await probe).kind).toBe('answered')
  expect(await request(TAKEN, 3)).toBe('answered')
  expect(changes).toEqual([true, false])
})

test('a probe that fails withholds the others for another second', async () => {
  await request(UNSENT, 10)
  await clock.pass(1_100)
  expect(await request(UNSENT)).toBe('unsent')
  expect(await request(TAKEN)).toBe('withheld')
  await clock.pass(1_100)
  expect(await request(TAKEN)).toBe('answered')
})

test.each([TAKEN, UNSENT])('only its probe decides: what comes of a request from before it opened is no news: %j', async (late) => {
  const answers: ((result: RequestResult) => void)[] = []
  const send = () => limits.request([], () => new Promise<RequestResult>((resolve) => answers.push(resolve)))
  const slow = send()
  await request(UNSENT, 10)
  await clock.pass(1_100)
  const probe = send()
  await clock.pass(1)
  answers[0]?.(late)
  await slow
  expect(await request(TAKEN)).toBe('withheld')
  expect(changes).toEqual([true])
  answers[1]?.(TAKEN)
  await probe
  expect(await request(TAKEN)).toBe('answered')
  expect(changes).toEqual([true, false])
})

test('a probe that ends in a defect lets the next one try', async () => {
  await request(UNSENT, 10)
  await clock.pass(1_100)
  await expect(limits.request([], () => Promise.reject(new Error('a defect')))).rejects.toThrow('a defect')
  expect(await request(UNSENT)).toBe('unsent')
  expect(await request(TAKEN)).toBe('withheld')
})
