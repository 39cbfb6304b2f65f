import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEvents } from '../src/ingest/events.ts'
import type { RequestResult } from '../src/ingest/limits/circuit-breaker.ts'
import { createHostPermits } from '../src/ingest/limits/host-permits.ts'
import { createLimitsByTenant, type LimitsByTenant } from '../src/ingest/limits/tenant-limits.ts'
import type { Answer } from '../src/ingest/upstream-port.ts'
import { listOf } from '../src/util/list-of.ts'
import { type FakeAnswer, startFakeUpstream } from './support/fake-upstream.ts'
import { startGateway } from './support/gateway.ts'
import { product } from './support/rows.ts'
import { buildIngest, destinationOf, judged } from './support/simulation.ts'
import { upstreamOf } from './support/upstream-of.ts'
import { takeClock, type VirtualClock } from './support/virtual-clock.ts'

let clock: VirtualClock
let tenants: LimitsByTenant
let changes: (string | boolean)[]
let full: number[]

beforeEach(() => {
  clock = takeClock()
  changes = []
  full = []
  const events = createEvents()
  events.on('breaker:changed', ({ tenantId, isOpen }) => changes.push(tenantId ?? 'host', isOpen))
  events.on('host:full', ({ requests }) => full.push(requests))
  tenants = createLimitsByTenant({ concurrency: 8, requestsPerSecond: 1_000, events })
})
afterEach(() => clock.restore())

const TAKEN: RequestResult = { kind: 'answered' }
const LOST: RequestResult = { kind: 'lost', reason: 'UPSTREAM_ERROR' }

/** Makes a request of a tenant that ends like this after so many milliseconds, and says how it ended. */
async function request(tenant: string, result: RequestResult = TAKEN, ms = 0, signal?: AbortSignal): Promise<string> {
  const send = () => (ms === 0 ? Promise.resolve(result) : new Promise<RequestResult>((resolve) => setTimeout(() => resolve(result), ms)))
  const end = await tenants.limitsOf(tenant).request([], send, signal)
  return 'code' in end ? String(end.code) : end.kind
}

const namesOf = (count: number, prefix = 'T') => Array.from({ length: count }, (_, nth) => `${prefix}${nth}`)

describe('requests under way', () => {
  test('are 256 of all tenants together at most, of which a quarter is kept for those who are answered soon', async () => {
    for (const name of namesOf(300, 'quick')) await request(name)
    const slow = namesOf(700).map((name) => request(name, TAKEN, 10_000))
    await clock.pass(1)
    expect(tenants.requestsInFlight()).toBe(192)
    expect(await request('quick0')).toBe('answered')
    const more = namesOf(300, 'quick').map((name) => request(name, TAKEN, 500))
    await clock.pass(1)
    expect(tenants.requestsInFlight()).toBe(256)
    await Promise.all([...slow, ...more, clock.pass(60_000)])
    expect(tenants.requestsInFlight()).toBe(0)
  })

  test('that fail at once are no sign of being answered soon', async () => {
    await request('failing', LOST)
    const slow = namesOf(700).map((name) => request(name, TAKEN, 10_000))
    const waiting = request('failing', TAKEN, 10_000)
    await clock.pass(1_000)
    expect(tenants.requestsInFlight()).toBe(192)
    await Promise.all([...slow, waiting, clock.pass(60_000)])
  })

  test('are had by newcomers as well while those who are answered soon keep all busy', async () => {
    const busy = async (name: string) => {
      for (let nth = 0; nth < 40; nth++) await request(name, TAKEN, 50)
    }
    const all = namesOf(600, 'quick').map(busy)
    await clock.pass(500)
    expect(tenants.requestsInFlight()).toBe(256)
    let end = ''
    void request('newcomer').then((told) => {
      end = told
    })
    await clock.pass(200)
    expect(end).toBe('answered')
    await Promise.all([...all, clock.pass(20_000)])
  })

  test('have no room kept for who was answered late, however well', async () => {
    for (const name of namesOf(200)) void request(name, TAKEN, 1_500)
    await clock.pass(5_000)
    const again = namesOf(300).map((name) => request(name, TAKEN, 1_500))
    await clock.pass(1)
    expect(tenants.requestsInFlight()).toBe(192)
    await Promise.all([...again, clock.pass(60_000)])
  })

  test('are had in turn: next comes a tenant that has the fewest', async () => {
    const order: string[] = []
    const note = (tenant: string, ms: number) => void request(tenant, TAKEN, ms).then(() => order.push(tenant))
    for (let nth = 0; nth < 400; nth++) note('greedy', nth === 0 ? 100 : 1_000)
    note('modest', 100)
    note('another', 100)
    await clock.pass(450)
    expect(order.slice(0, 3)).toEqual(['greedy', 'modest', 'another'])
  })

  test('keep others waiting no longer than these have time, and the log hears of it once a minute', async () => {
    for (const name of namesOf(192)) void request(name, TAKEN, 70_000)
    const ending = new AbortController()
    const told = Promise.all(namesOf(3, 'late').map((name) => request(name, TAKEN, 0, ending.signal)))
    await clock.pass(5_000)
    ending.abort()
    expect(await told).toEqual(['OVERLOADED', 'OVERLOADED', 'OVERLOADED'])
    expect(full).toEqual([192])
    await clock.pass(60_000)
    void request('later')
    await clock.pass(1)
    expect(full).toEqual([192, 192])
  })
})

describe('a host that fails', () => {
  test('is spared by all tenants after ten failures, and then probed once a second by one of them', async () => {
    let arrived = 0
    const ends: string[] = []
    for (const name of namesOf(300)) {
      const end = await request(name, LOST)
      ends.push(end)
      if (end === 'lost') arrived++
    }
    expect(arrived).toBe(10)
    expect(ends.at(-1)).toBe('UPSTREAM_UNAVAILABLE')
    expect(changes).toEqual(['host', true])
    for (let second = 0; second < 4; second++) {
      await clock.pass(1_060)
      const again = await Promise.all(
        namesOf(300)
          .map((name) => request(name, LOST, 5))
          .concat(clock.pass(10).then(() => '')),
      )
      expect(again.filter((end) => end === 'lost')).toHaveLength(1)
    }
    await clock.pass(1_060)
    expect(await request('T7')).toBe('answered')
    expect(await request('T8')).toBe('answered')
    expect(changes).toEqual(['host', true, 'host', false])
  })

  test('is not sent what waited for its turn as it began to fail', async () => {
    const ends = namesOf(600).map((name) => request(name, LOST, 100))
    const told = await Promise.all([...ends, clock.pass(1_000).then(() => '')])
    expect(told.filter((end) => end === 'lost').length).toBeLessThanOrEqual(192 + 10)
    expect(told.filter((end) => end === 'UPSTREAM_UNAVAILABLE').length).toBeGreaterThanOrEqual(600 - 192 - 10)
  })

  test('is not what few tenants have trouble with', async () => {
    for (let nth = 0; nth < 50; nth++) for (const name of namesOf(4)) await request(name, LOST)
    expect(changes.filter((change) => change !== true)).toEqual(namesOf(4))
    expect(await request('healthy')).toBe('answered')
  })

  test.each<[string, RequestResult]>([
    ['refusals', { kind: 'refused', status: 400 }],
    ['refused tokens', { kind: 'refused', status: 401 }],
    ['requests for patience', { kind: 'refused', status: 429 }],
  ])('is not one that answers, be it with %s', async (_, answer) => {
    for (const name of namesOf(100)) await request(name, answer)
    for (const name of namesOf(9)) await request(name, LOST)
    await request('T1', answer)
    for (const name of namesOf(9)) await request(name, LOST)
    expect(changes).toEqual([])
  })

  test('is not one that has answered somebody since what fails now was sent', async () => {
    const slow = namesOf(100).map((name) => request(name, { kind: 'lost', reason: 'TIMED_OUT' }, 10_000))
    await clock.pass(9_990)
    await request('healthy')
    await Promise.all([...slow, clock.pass(20)])
    expect(changes).toEqual([])
    expect(await request('healthy')).toBe('answered')
  })
})

describe("beside a tenant's import", () => {
  const TIMES = { executionTimeoutMs: 30_000, attemptsTimeoutMs: 25_000, attemptTimeoutMs: 10_000 }
  const SETTINGS = { requestsPerSecond: 50, concurrency: 8, maxBatchRows: 1, maxBatchBytes: 1_000, ...TIMES }
  const UPSTREAM_MS = 60

  /** Sends an import of so many requests, and small mutations every so many milliseconds; when requests left, and how long small ones took. */
  async function run(imported: number, every: number, small: number) {
    const sent: { readonly at: number; readonly isBulk: boolean }[] = []
    const upstream = upstreamOf(
      (batch) =>
        new Promise<Answer>((resolve) => {
          sent.push({ at: performance.now(), isBulk: String(batch.rows.at(0).product_id).startsWith('bulk') })
          setTimeout(() => resolve({ kind: 'answered', verdicts: listOf(batch.rows.length, () => ({ kind: 'accepted' })) }), UPSTREAM_MS)
        }),
    )
    const { ingest } = buildIngest(upstream, SETTINGS, () => {}, 10_000)
    const mutate = (keys: readonly string[], operation: 'UPSERT' | 'APPEND') => {
      const rows = keys.map((key) => ({ id: key, key, what: 'good' }))
      return ingest(destinationOf('tenant', operation), judged(rows, 1), { origin: { requestId: 'r', traceparent: undefined } })
    }
    const took: number[] = []
    let isImported = imported === 0
    if (imported > 0) void mutate(namesOf(imported, 'bulk'), 'UPSERT').then(() => (isImported = true))
    for (let nth = 0; nth < small; nth++)
      setTimeout(
        async () => {
          const began = performance.now()
          await mutate([`small${nth}`], 'APPEND')
          took.push(performance.now() - began)
        },
        500 + nth * every,
      )
    await clock.runUntil(() => isImported && took.length === small)
    return { sent, p90: took.sort((a, b) => a - b)[Math.floor(took.length * 0.9)] ?? 0 }
  }

  /** How many went out in the fullest of all seconds. */
  const inFullestSecond = (times: readonly number[]) =>
    Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length))

  test.each([50, 100, 200])('nine of ten small mutations every %i ms take about twice as long as alone at most', async (every) => {
    const alone = await run(0, every, 80)
    const beside = await run(400, every, 80)
    expect(beside.p90).toBeLessThan(alone.p90 * 2.2)
    expect(inFullestSecond(beside.sent.map(({ at }) => at))).toBeLessThanOrEqual(50)
  })

  test('bulk leaves twice what small mutations use, evenly', async () => {
    const { sent } = await run(400, 250, 32)
    const bulk = sent.filter(({ isBulk, at }) => isBulk && at > 2_000 && at < 8_000).map(({ at }) => at)
    expect(inFullestSecond(bulk)).toBeLessThanOrEqual(44)
    expect(bulk.length).toBeGreaterThanOrEqual(0.95 * (42 / 1.05) * 6)
    expect(Math.max(...bulk.slice(1).map((at, nth) => at - (bulk[nth] as number)))).toBeLessThanOrEqual(105)
  })

  test('bulk leaves a fifth of the rate at most for what may come at once', async () => {
    const { sent } = await run(400, 100, 80)
    const bulk = sent.filter(({ isBulk, at }) => isBulk && at > 2_000 && at < 8_000)
    expect(bulk.length).toBeGreaterThanOrEqual(0.95 * (39 / 1.05) * 6)
  })

  test('a small mutation a second takes no more of the rate than it uses, and one that is kept free', async () => {
    const { sent } = await run(400, 1_000, 8)
    const bulk = sent.filter(({ isBulk, at }) => isBulk && at > 2_000 && at < 8_000)
    expect(bulk.length).toBeGreaterThanOrEqual(0.98 * (48 / 1.05) * 6)
  })

  test('an import alone has the whole rate', async () => {
    const { sent } = await run(400, 0, 0)
    expect((sent.at(-1)?.at ?? 0) / 1_000).toBeLessThanOrEqual(400 / (50 * 0.95))
  })

  test('an import is not starved by small mutations that would use the whole rate', async () => {
    const { sent } = await run(60, 15, 500)
    const bulk = sent.filter(({ isBulk, at }) => isBulk && at < 7_000)
    expect(bulk.length).toBeGreaterThanOrEqual(50)
  })
})

test('a permit that is given back twice is one permit', async () => {
  const permits = createHostPermits({ count: 2, forQuick: 0, onFull: () => {} })
  const [first] = [permits.acquire('A', false), permits.acquire('B', false)]
  const told: string[] = []
  for (const tenant of ['C', 'D']) void (permits.acquire(tenant, false) as Promise<unknown>).then(() => told.push(tenant))
  for (let nth = 0; nth < 2; nth++) (first as () => void)()
  await clock.pass(1)
  expect([told, permits.taken()]).toEqual([['C'], 2])
})

test('however many tokens wait for a slow upstream, one that is answered is served, and the log says why the others wait', {
  timeout: 30_000,
}, async () => {
  clock.restore()
  const held = Promise.withResolvers<FakeAnswer>()
  const upstream = await startFakeUpstream(({ headers }) =>
    headers.authorization === 'healthy' ? { status: 200, body: {} } : held.promise,
  )
  const gateway = await startGateway({ INGESTION_URL: upstream.url })
  const send = (token: string) => gateway.ingest('upsertProducts', [product('A')], { token })
  try {
    await send('healthy')
    const slow = namesOf(220).map(send)
    await expect.poll(() => upstream.arrived.length, { timeout: 20_000 }).toBe(193)
    expect((await send('healthy')).acceptedCount).toBe(1)
    expect(upstream.arrived).toHaveLength(194)
    const lines = gateway.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg.includes('in flight is reached'))
    expect(lines).toEqual([expect.objectContaining({ level: 40, requests: 192, tenantsWaiting: 1 })])
    held.resolve({ status: 200, body: {} })
    expect((await Promise.all(slow)).every(({ acceptedCount }) => acceptedCount === 1)).toBe(true)
  } finally {
    held.resolve({ status: 200, body: {} })
    await gateway.close()
    await upstream.close()
  }
})
