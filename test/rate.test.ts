import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEvents } from '../src/ingest/events.ts'
import { createRateLimiter, type Passage } from '../src/ingest/limits/rate-limiter.ts'
import { createLimitsByTenant, type TenantLimits } from '../src/ingest/limits/tenant-limits.ts'
import { createChance } from './support/random.ts'
import { pass, takeClock, type VirtualClock } from './support/virtual-clock.ts'

let clock: VirtualClock
let limits: TenantLimits
let sentAt: number[]

beforeEach(() => {
  clock = takeClock()
  limits = createLimitsByTenant({ concurrency: 8, requestsPerSecond: 50, events: createEvents() }).limitsOf('tenant')
  sentAt = []
})
afterEach(() => clock.restore())

/** Makes as many requests as the rate allows in so many milliseconds, and counts them. */
async function flood(ms: number): Promise<number> {
  const before = sentAt.length
  const timeUp = new AbortController()
  const send = async () => {
    sentAt.push(performance.now())
    return { kind: 'answered' }
  }
  for (let nth = 0; nth < 200; nth++) void limits.request([], send, timeUp.signal)
  await clock.pass(ms)
  timeUp.abort()
  await clock.pass(1)
  return sentAt.length - before
}

const answer429 = async () => await limits.request([], async () => ({ kind: 'refused', status: 429 }))

test('of a rate of one a second nothing can be kept free: bulk work would have none', () => {
  expect(createRateLimiter(1).untilFree(1)).toBe(0)
})

test('a tenant makes as many requests a second as its rate, and no more', async () => {
  expect(await flood(990)).toBe(50)
  expect(limits.used()).toBe(50)
  await flood(4_000)
  const crowded = sentAt.filter((from) => sentAt.filter((at) => at >= from && at < from + 1_000).length > 50)
  expect(crowded).toEqual([])
})

test('a request counts from when it leaves, however long it waited for a connection', async () => {
  const connected: (() => void)[] = []
  const send = (noteLeft: () => void) =>
    new Promise<{ kind: string }>((resolve) => {
      connected.push(() => {
        noteLeft()
        resolve({ kind: 'answered' })
      })
    })
  for (let nth = 0; nth < 50; nth++) void limits.request([], send)
  await clock.pass(800)
  for (const leave of connected) leave()
  expect(await flood(1_000)).toBe(0)
  expect(await flood(100)).toBe(50)
})

/** A request that is answered so many milliseconds after it left. */
const answeredAfter = (ms: number) => (noteLeft: () => void) => {
  noteLeft()
  return new Promise<{ kind: string }>((resolve) => setTimeout(() => resolve({ kind: 'answered' }), ms))
}

test.each([10, 50])('a request that is answered after %i ms counts for a second from then', async (ms) => {
  for (let nth = 0; nth < 50; nth++) void limits.request([], answeredAfter(ms))
  expect(await flood(ms + 998)).toBe(0)
  expect(await flood(10)).toBe(50)
})

test('of requests without an answer, the latest sixth of the rate count until a second after it, the others as if answered after 50 ms', async () => {
  for (let nth = 0; nth < 50; nth++) void limits.request([], answeredAfter(400))
  expect(await flood(1_048)).toBe(0)
  expect(await flood(10)).toBe(42)
  expect(await flood(330)).toBe(0)
  expect(await flood(10)).toBe(8)
})

test('however late and bunched its requests arrive, an upstream counts no more of them in any second than the rate', async () => {
  const chance = createChance(1)
  const arrived: number[] = []
  const send = async (noteLeft: () => void) => {
    noteLeft()
    await pass(chance.pick([1, 5, 40, 300]))
    arrived.push(performance.now())
    await pass(chance.pick([1, 100]))
    return { kind: 'answered' }
  }
  for (let nth = 0; nth < 500; nth++)
    limits.withPermit(
      () => 'interactive',
      async () => void (await limits.request([], send)),
    )
  await clock.pass(20_000)
  expect(arrived).toHaveLength(500)
  expect(arrived.filter((from) => arrived.filter((at) => at >= from && at < from + 1_000).length > 50)).toEqual([])
})

test('a request that is held no more, since others have left, is free when its turn comes: with what was answered before', async () => {
  const rate = createRateLimiter(12)
  const [first, second, ...others] = Array.from({ length: 12 }, () => rate.pass() as Passage)
  first?.noteLeft()
  second?.noteLeft()
  await clock.pass(500)
  second?.noteOver()
  await clock.pass(100)
  for (const { noteLeft } of others) noteLeft()
  expect([rate.untilFree(0), rate.untilFree(1)]).toEqual([900, 900])
})

test('what was given up on before it is asked for is not sent, though the rate would allow it', async () => {
  const answer = await limits.request([], async () => ({ kind: 'answered' }), AbortSignal.abort())
  expect(answer).toMatchObject({ kind: 'withheld', code: 'OVERLOADED' })
  expect([await flood(100), limits.used()]).toEqual([49, 50])
})

test('requests of the last second are forgotten after it', async () => {
  await flood(10)
  await clock.pass(1_100)
  expect(limits.used()).toBe(0)
})

test('a 429 halves the rate, which recovers by five a second to the whole and not beyond', async () => {
  await answer429()
  await clock.pass(2_000)
  const seconds: number[] = []
  for (let second = 0; second < 5; second++) seconds.push(await flood(999))
  expect(seconds[0]).toBeLessThanOrEqual(40)
  expect(seconds[0]).toBeGreaterThanOrEqual(35)
  await clock.pass(10_000)
  expect(await flood(1_000)).toBe(50)
})

test('at once after a 429 half the rate is left, to which what had left before counts', async () => {
  await flood(1)
  await answer429AfterWindow()
  expect(await flood(10)).toBe(24)
})

test('the 429s of requests that left together halve the rate once; a later one halves it again', async () => {
  const answers: (() => void)[] = []
  const together = Array.from({ length: 8 }, () =>
    limits.request(
      [],
      () => new Promise<{ kind: string; status: number }>((resolve) => answers.push(() => resolve({ kind: 'refused', status: 429 }))),
    ),
  )
  await clock.pass(10)
  for (const reply of answers) reply()
  await Promise.all(together)
  expect(await flood(1)).toBe(25 - 8)
  await clock.pass(1_100)
  await answer429()
  expect(await flood(1)).toBe(Math.floor((25 + 5 * 1.1) / 2) - 1)
})

test('a rate that was halved again and again still lets one request a second pass', async () => {
  for (let nth = 0; nth < 12; nth++) await Promise.all([answer429(), clock.pass(1_100)])
  expect(await flood(1)).toBeGreaterThanOrEqual(1)
})

async function answer429AfterWindow(): Promise<void> {
  await clock.pass(1_100)
  await answer429()
}

describe('the limits of a tenant are remembered', () => {
  const noTenants = () => createLimitsByTenant({ concurrency: 1, requestsPerSecond: 50, events: createEvents() })

  test('for a minute after the last use', async () => {
    const tenants = noTenants()
    const own = tenants.limitsOf('tenant')
    await clock.pass(40_000)
    expect(tenants.limitsOf('tenant')).toBe(own)
    await clock.pass(59_000)
    tenants.limitsOf('another')
    expect(tenants.limitsOf('tenant')).toBe(own)
    await clock.pass(60_000)
    tenants.limitsOf('another')
    expect(tenants.limitsOf('tenant')).not.toBe(own)
  })

  test('whatever many tokens are made up, of those whose token the upstream has taken', async () => {
    const tenants = noTenants()
    const send = (kind: string, status: number) => async () => ({ kind, status })
    const [taken, listed, refused] = ['taken', 'listed', 'refused'].map((name) => tenants.limitsOf(name))
    await taken?.request([], send('answered', 200))
    await listed?.request([], send('replied', 200))
    await refused?.request([], send('replied', 401))
    for (let nth = 0; nth < 2_000; nth++) tenants.limitsOf(`made-up${nth}`)
    expect(tenants.limitsOf('taken')).toBe(taken)
    expect(tenants.limitsOf('listed')).toBe(listed)
    expect(tenants.limitsOf('refused')).not.toBe(refused)
  })

  test('of a thousand tokens that the upstream has not taken yet, and of no more', () => {
    const tenants = createLimitsByTenant({ concurrency: 8, requestsPerSecond: 50, events: createEvents() })
    const first = tenants.limitsOf('made up')
    for (let nth = 1; nth < 1_000; nth++) tenants.limitsOf(`other ${nth}`)
    expect(tenants.limitsOf('made up')).toBe(first)
    tenants.limitsOf('one more')
    expect(tenants.limitsOf('made up')).not.toBe(first)
  })

  test('once, so that their rows that wait count once as well', async () => {
    const tenants = noTenants()
    const own = tenants.limitsOf('tenant')
    own.waiting.interactive = 3
    await own.request([], async () => ({ kind: 'answered' }))
    expect(tenants.rowsWaiting()).toBe(3)
  })

  test('for as long as a request of it is under way', async () => {
    const tenants = noTenants()
    const end = Promise.withResolvers<void>()
    tenants.limitsOf('tenant').withPermit(
      () => 'interactive',
      () => end.promise,
    )
    for (let minute = 0; minute < 3; minute++) {
      await clock.pass(61_000)
      tenants.limitsOf('another')
    }
    let isNextAtWork = false
    tenants.limitsOf('tenant').withPermit(
      () => 'interactive',
      async () => {
        isNextAtWork = true
      },
    )
    await clock.pass(1)
    expect(isNextAtWork).toBe(false)
    end.resolve()
    await clock.pass(1)
    expect(isNextAtWork).toBe(true)
  })
})
