import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Arrived, type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, type IngestAnswer, startGateway } from './support/gateway.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { product, products } from './support/rows.ts'

type Reply = (request: Arrived, nth: number) => FakeAnswer | Promise<FakeAnswer>

const taken: FakeAnswer = { status: 200, body: { message: 'taken' } }
const ATTEMPT_TIMEOUT_MS = 10_000

usePatientClock()

// One pair serves all tests that ask for no settings of their own.
let replying: (request: Arrived) => FakeAnswer | Promise<FakeAnswer> = () => taken
let sharedUpstream: FakeUpstream
let sharedGateway: Gateway
let tenants = 0

let upstream: Pick<FakeUpstream, 'arrived'>
let gateway: Gateway
let closeOwn = async () => {}

beforeAll(async () => {
  // No pause before a retry is longer than the upstream asks for.
  vi.spyOn(Math, 'random').mockReturnValue(0)
  sharedUpstream = await startFakeUpstream((request) => replying(request))
  sharedGateway = await startGateway({ INGESTION_URL: sharedUpstream.url })
})
afterEach(() => closeOwn())
afterAll(async () => {
  await sharedGateway.close()
  await sharedUpstream.close()
  vi.restoreAllMocks()
})

/** Begins with an upstream to which nothing has come, and a tenant of whom nothing is known. */
async function start(reply: Reply, settings?: Record<string, string>): Promise<void> {
  if (settings !== undefined) return await startOwn(reply, settings)
  const arrived: Arrived[] = []
  replying = (request) => reply(request, arrived.push(request) - 1)
  upstream = { arrived }
  const newTenant = { token: `tenant-${++tenants}` }
  gateway = { ...sharedGateway, ingest: (mutation, rows, call) => sharedGateway.ingest(mutation, rows, { ...newTenant, ...call }) }
}

async function startOwn(reply: Reply, settings: Record<string, string>): Promise<void> {
  await closeOwn()
  const ownUpstream = await startFakeUpstream(reply)
  const ownGateway = await startGateway({ INGESTION_URL: ownUpstream.url, ...settings })
  upstream = ownUpstream
  gateway = ownGateway
  closeOwn = async () => {
    closeOwn = async () => {}
    await ownUpstream.close()
    await ownGateway.close()
  }
}

/** The first request is answered like this, every other one is taken. */
const firstly =
  (answer: FakeAnswer): Reply =>
  (_, nth) =>
    nth === 0 ? answer : taken

const rowsWaiting = async (token?: string) =>
  (await gateway.send<{ limits: { rowsWaiting: number } }, object>('{ limits { rowsWaiting } }', {}, token)).data?.limits.rowsWaiting
const counts = ({ acceptedCount, rejectedCount, unconfirmedCount }: IngestAnswer) => [acceptedCount, rejectedCount, unconfirmedCount]
const sentIds = () => upstream.arrived.map(({ body }) => body.data.map(({ product_id }) => product_id).join(' '))

describe('after an attempt whose fate is unknown an UPSERT is repeated, an APPEND never', () => {
  test.each<[string, FakeAnswer]>([
    ['500', { status: 500 }],
    ['502 in HTML', { status: 502, body: '<html>' }],
    ['504', { status: 504 }],
    ['503 without Retry-After', { status: 503 }],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '0' } }],
    ['a reset', (response) => void response.socket?.resetAndDestroy()],
    [
      'an answer that breaks off',
      (response) => void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
    ],
    ['silence', () => void vi.advanceTimersByTime(ATTEMPT_TIMEOUT_MS)],
    ['an answer that is not JSON', { status: 200, body: 'ok' }],
  ])('%s', async (_, answer) => {
    await start(firstly(answer))
    expect(counts(await gateway.ingest('upsertProducts', products(3)))).toEqual([3, 0, 0])
    expect(sentIds()).toEqual(['P0 P1 P2', 'P0 P1 P2'])

    await start(firstly(answer))
    const append = await gateway.ingest('appendProducts', products(3))
    expect(counts(append)).toEqual([0, 0, 3])
    expect(append.rows[0]?.safeToResend).toBe(false)
    expect(sentIds()).toEqual(['P0 P1 P2'])
  })
})

describe('what was certainly not taken is repeated for both operations', () => {
  test.each(['upsertProducts', 'appendProducts'])('%s after 429, whatever its Retry-After says', async (mutation) => {
    const asked = ['0', '-1', 'soon', new Date(0).toUTCString(), ' ']
    await start((_, nth) => (nth % 2 === 0 ? { status: 429, headers: { 'retry-after': asked[nth / 2] ?? '' } } : taken))
    for (const [at, header] of asked.entries())
      expect(counts(await gateway.ingest(mutation, [product(`${at}${header}`)])), header).toEqual([1, 0, 0])
    expect(upstream.arrived).toHaveLength(2 * asked.length)
  })

  test('a Retry-After beyond the time there is ends the attempts at once', async () => {
    await start(() => ({ status: 429, headers: { 'retry-after': '1000000000' } }), {})
    const { rows } = await gateway.ingest('upsertProducts', products(1))
    expect(rows[0]).toMatchObject({ retryable: true, retryAfterMs: 60_000, issues: [{ code: 'UPSTREAM_RATE_LIMITED' }] })
    expect(upstream.arrived).toHaveLength(1)
  })

  test('an APPEND after 503 with Retry-After, where operators say that it writes nothing', async () => {
    await start(firstly({ status: 503, headers: { 'retry-after': '0' } }), { APPEND_RETRY_ON_503: 'on' })
    expect(counts(await gateway.ingest('appendProducts', products(2)))).toEqual([2, 0, 0])
  })

  test('only rows refused with a code declared to be transient', async () => {
    const busy = {
      status: 207,
      body: {
        failed: [
          { index: 1, code: 'DI_E_90001' },
          { index: 2, code: 'DI_E_10003' },
        ],
      },
    }
    await start(firstly(busy), { RETRYABLE_CODES: 'DI_E_90001' })
    const { rows } = await gateway.ingest('appendProducts', products(4))
    expect(rows.map(({ __typename }) => __typename)).toEqual(['AcceptedRow', 'AcceptedRow', 'RejectedRow', 'AcceptedRow'])
    expect(sentIds()).toEqual(['P0 P1 P2 P3', 'P1'])
  })

  test('and cost no budget: as many as there are', async () => {
    const asked = new Map<unknown, number>()
    const reply: Reply = ({ body: { data } }) => {
      // After so many 429 the tenant's rate is low.
      vi.advanceTimersByTime(150)
      const nth = (asked.get(data[0]?.product_id) ?? 0) + 1
      asked.set(data[0]?.product_id, nth)
      return nth <= 3 ? { status: 429, headers: { 'retry-after': '0' } } : taken
    }
    await start(reply, { MAX_BATCH_ROWS: '1', REQUESTS_PER_SECOND: '10000' })
    expect(counts(await gateway.ingest('appendProducts', products(20)))).toEqual([20, 0, 0])
    expect(upstream.arrived).toHaveLength(80)
  })
})

describe('rows that may be sent again', () => {
  test('are tried five times, and then the caller is told that it may, and when', async () => {
    await start(() => ({ status: 429 }), {})
    const { rows } = await gateway.ingest('appendProducts', products(1))
    expect(rows[0]).toMatchObject({ retryable: true, retryAfterMs: 1_000 })
    expect(upstream.arrived).toHaveLength(5)
  })

  test('are tried five times after 500, too', async () => {
    await start(() => ({ status: 500 }), {})
    expect(counts(await gateway.ingest('upsertProducts', products(1)))).toEqual([0, 0, 1])
    expect(upstream.arrived).toHaveLength(5)
  })

  test('are those whose codes are all of the moment; the others are final, and say no time', async () => {
    const [moment, final] = ['DI_E_90001', 'DI_E_10003'].map((code) => ({ code, column: code }))
    const failed = [
      { index: 0, errors: [moment] },
      { index: 1, errors: [moment, final] },
    ]
    await start(({ body }) => ({ status: 207, body: { failed: failed.slice(0, body.data.length) } }), { RETRYABLE_CODES: 'DI_E_90001' })
    const { rows } = await gateway.ingest('appendProducts', products(3))
    expect(sentIds()).toEqual(['P0 P1 P2', 'P0', 'P0', 'P0', 'P0'])
    expect(rows.map(({ retryable, retryAfterMs }) => [retryable, retryAfterMs])).toEqual([
      [true, 1_000],
      [false, null],
      [undefined, undefined],
    ])
  })

  test('are told by their own last word only, when a repeat of some is refused', async () => {
    await start((_, nth) => (nth === 0 ? { status: 207, body: { failed: [{ index: 1, code: 'DI_E_90001' }] } } : { status: 400 }), {
      RETRYABLE_CODES: 'DI_E_90001',
    })
    const { rows } = await gateway.ingest('appendProducts', products(3))
    expect(rows.map(({ __typename }) => __typename)).toEqual(['AcceptedRow', 'RejectedRow', 'AcceptedRow'])
    expect(rows[1]?.issues).toMatchObject([{ code: 'UPSTREAM_REFUSED_BATCH' }])
    expect(sentIds()).toEqual(['P0 P1 P2', 'P1'])
  })
})

test('a row that may have been written stays unconfirmed, whatever refuses it later', async () => {
  await start((_, nth) => (nth === 0 ? { status: 500 } : { status: 401 }))
  const { rows } = await gateway.ingest('upsertProducts', products(1))
  expect(rows[0]).toMatchObject({ __typename: 'UnconfirmedRow', reason: 'UPSTREAM_ERROR', safeToResend: true })
})

describe('a batch that is declined whole', () => {
  const spoiltBy =
    (...poison: string[]): Reply =>
    ({ body }) =>
      body.data.some(({ product_id }) => poison.includes(String(product_id))) ? { status: 400, body: { message: 'no' } } : taken

  test.each([400, 413, 422])('with %i is divided until the row to blame stands alone', async (status) => {
    await start((arrived, nth) => {
      const answer = spoiltBy('P123')(arrived, nth) as { status: number }
      return { ...answer, status: answer.status === 400 ? status : 200 } as FakeAnswer
    })
    const answer = await gateway.ingest('upsertProducts', products(500))
    expect(counts(answer)).toEqual([499, 1, 0])
    expect(answer.rows[123]).toMatchObject({ by: 'UPSTREAM', issues: [{ code: 'UPSTREAM_REFUSED_BATCH' }] })
    expect(upstream.arrived.length).toBeLessThanOrEqual(20)
  })

  test('costs forty requests at most; where none of them found a good row, every row says the words of the upstream', async () => {
    await start(() => ({ status: 400, body: { code: 'DI_E_10001', message: 'no' } }), {})
    const { rows } = await gateway.ingest('upsertProducts', products(500))
    expect(upstream.arrived).toHaveLength(40)
    const issue = { code: 'UPSTREAM_REFUSED_BATCH', upstreamCode: 'DI_E_10001', message: 'no' }
    for (const row of rows) expect(row).toMatchObject({ retryable: false, issues: [issue] })
  })

  test('costs forty requests at most, repeats of its parts among them', async () => {
    await start((_, nth) => ({ status: nth % 2 === 0 ? 425 : 400, body: { message: 'no' } }), {})
    await gateway.ingest('upsertProducts', products(500))
    expect(upstream.arrived).toHaveLength(40)
  })

  test('costs forty requests at most; where good rows were found, the rest is told that it may be sent again', async () => {
    await start(spoiltBy(...Array.from({ length: 125 }, (_, at) => `P${250 + 2 * at}`)))
    const { rows, unconfirmedCount } = await gateway.ingest('upsertProducts', products(500))
    expect(upstream.arrived).toHaveLength(40)
    expect(unconfirmedCount).toBe(0)
    const left = rows.filter(({ issues }) => issues?.[0]?.code === 'BATCH_UNPROCESSABLE')
    expect(left.length).toBeGreaterThan(0)
    for (const row of left) expect(row).toMatchObject({ retryable: true, issues: [{ message: expect.stringMatching(/ no$/) }] })
  })

  test('is divided no further when the time for its attempts is up, and the rest is told that it may be sent again', async () => {
    const clock = vi.spyOn(performance, 'now')
    await start((arrived, nth) => {
      if (nth === 1) clock.mockReturnValue(performance.now() + 25_000)
      return spoiltBy('P3')(arrived, nth)
    }, {})
    const { rows } = await gateway.ingest('upsertProducts', products(4))
    clock.mockRestore()
    expect(sentIds()).toEqual(['P0 P1 P2 P3', 'P0 P1'])
    expect(rows.map(({ __typename }) => __typename)).toEqual(['AcceptedRow', 'AcceptedRow', 'RejectedRow', 'RejectedRow'])
    for (const row of rows.slice(2)) expect(row).toMatchObject({ retryable: true, issues: [{ code: 'BATCH_UNPROCESSABLE' }] })
  })

  test('teaches the rest of its mutation: what was divided in vain is not divided again', async () => {
    await start(() => ({ status: 400, body: { message: 'no such column' } }), {})
    const { rows } = await gateway.ingest('upsertProducts', products(20_000))
    expect(upstream.arrived.length).toBeLessThan(85)
    const words = new Set(rows.map(({ issues }) => `${issues?.[0]?.code} ${issues?.[0]?.message}`))
    expect([...words]).toEqual(['UPSTREAM_REFUSED_BATCH no such column'])
  })

  test('is divided however often good rows were found among the bad ones', async () => {
    await start(spoiltBy('P1', 'P5', 'P9'), { MAX_BATCH_ROWS: '4', UPSTREAM_CONCURRENCY: '1' })
    const { rows } = await gateway.ingest('upsertProducts', products(12))
    expect(rows.filter(({ __typename }) => __typename === 'RejectedRow').map(({ index }) => index)).toEqual([1, 5, 9])
  })

  test('in vain once is divided again after the upstream has taken rows of its mutation', async () => {
    const bad = (at: number) => at < 10 || at === 25
    await start(spoiltBy(...Array.from({ length: 40 }, (_, at) => `P${at}`).filter((_, at) => bad(at))), {
      MAX_BATCH_ROWS: '10',
      UPSTREAM_CONCURRENCY: '1',
    })
    const answer = await gateway.ingest('upsertProducts', products(40))
    expect(answer.rows.filter(({ __typename }) => __typename === 'RejectedRow').map(({ index }) => index)).toEqual(
      Array.from({ length: 40 }, (_, at) => at).filter(bad),
    )
  })

  test('is divided under APPEND only where operators say that it writes nothing', async () => {
    await start(spoiltBy('P1'), {})
    expect(counts(await gateway.ingest('appendProducts', products(4)))).toEqual([0, 4, 0])
    expect(upstream.arrived).toHaveLength(1)
    await start(spoiltBy('P1'), { APPEND_BISECT: 'on' })
    expect(counts(await gateway.ingest('appendProducts', products(4)))).toEqual([3, 1, 0])
    expect(sentIds()).toEqual(['P0 P1 P2 P3', 'P0 P1', 'P2 P3', 'P0', 'P1'])
  })
})

test('an upstream that keeps failing is spared, one tenant is not held to answer for another, and it is tried again', async () => {
  let isDown = true
  await start(({ headers }) => (isDown && headers.authorization === 'unlucky' ? { status: 500 } : taken), {})
  const send = (token: string, id: string) => gateway.ingest('upsertProducts', [product(id)], { token })

  const codes: unknown[] = []
  for (let nth = 0; codes.at(-1) !== 'UPSTREAM_UNAVAILABLE' && nth < 20; nth++)
    codes.push((await send('unlucky', `A${nth}`)).rows[0]?.issues?.[0]?.code)
  const madeInVain = upstream.arrived.length
  expect(codes.at(-1)).toBe('UPSTREAM_UNAVAILABLE')
  expect((await send('unlucky', 'B')).rows[0]).toMatchObject({ by: 'GATEWAY', retryable: true })
  expect(upstream.arrived.length - madeInVain).toBeLessThanOrEqual(1)
  expect(counts(await send('lucky', 'C'))).toEqual([1, 0, 0])

  isDown = false
  while ((await send('unlucky', 'D')).acceptedCount === 0) await new Promise((resolve) => setImmediate(resolve))
  const lines = gateway.logged.map((line) => JSON.parse(line)).filter(({ msg }) => !msg.includes('a mutation ended'))
  expect(lines.map(({ level, status }) => [level, status])).toEqual([
    [40, 500],
    [40, undefined],
    [30, undefined],
  ])
  expect(gateway.logged.join()).not.toContain('unlucky')
})

test('rows beyond what may wait are answered at once as not sent', async () => {
  const waiting: (() => void)[] = []
  await start(() => new Promise((resolve) => waiting.push(() => resolve(taken))), {
    MAX_QUEUED_ROWS: '10',
    UPSTREAM_CONCURRENCY: '1',
  })
  const first = gateway.ingest('upsertProducts', products(5, 'A'))
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const second = gateway.ingest('upsertProducts', products(8, 'B'))
  while ((await rowsWaiting()) === 0) await new Promise((resolve) => setImmediate(resolve))
  const third = await gateway.ingest('upsertProducts', products(8, 'C'))
  expect(third.rows[7]).toMatchObject({ by: 'GATEWAY', retryable: true, issues: [{ code: 'OVERLOADED' }] })

  while (upstream.arrived.length < 2) {
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  waiting.forEach((answer) => void answer())
  expect([...counts(await first), ...counts(await second)]).toEqual([5, 0, 0, 8, 0, 0])
  expect(sentIds().join(' ')).not.toContain('C')
})

test('a repeat sends the rows of the first try, whatever was sent in between', async () => {
  const patience: FakeAnswer = { status: 429, headers: { 'retry-after': '0' } }
  await start(async (_, nth) => {
    if (nth === 0) await gateway.ingest('upsertProducts', others, { token: 'another' })
    return nth === 0 ? patience : taken
  })
  const others = products(100, 'OTHER')
  const own = products(100, 'OWN')
  expect(counts(await gateway.ingest('upsertProducts', own))).toEqual([100, 0, 0])
  const names = (rows: readonly { productId?: unknown }[]) => rows.map(({ productId }) => productId).join(' ')
  expect(sentIds()).toEqual([names(own), names(others), names(own)])
})

test('when its time is up a mutation is answered: what left is unconfirmed, what waits was not sent', async () => {
  const silences = [ATTEMPT_TIMEOUT_MS, 30_000 - ATTEMPT_TIMEOUT_MS]
  const silence: Reply = (_, nth) => () => void vi.advanceTimersByTime(silences[nth] ?? 0)
  await start(silence, { EXECUTION_TIMEOUT_MS: '30000', UPSTREAM_CONCURRENCY: '1', MAX_BATCH_ROWS: '2' })
  const { rows } = await gateway.ingest('appendProducts', products(6))
  const [u, r] = ['UnconfirmedRow', 'RejectedRow']
  expect(rows.map(({ __typename }) => __typename)).toEqual([u, u, u, u, r, r])
  expect(rows[5]).toMatchObject({ by: 'GATEWAY', retryable: true, issues: [{ code: 'OVERLOADED' }] })
  expect(sentIds()).toEqual(['P0 P1', 'P2 P3'])
})

/** What a slow upstream writes late: when another row has come, and much of the time has passed in which it may. */
async function writeLate(otherCame: Promise<void>, write: () => void): Promise<void> {
  await otherCame
  vi.advanceTimersByTime(0.7 * ATTEMPT_TIMEOUT_MS)
  await rowsWaiting()
  write()
  vi.advanceTimersByTime(0.3 * ATTEMPT_TIMEOUT_MS)
}

test('a key stays locked while a request that was given up on may still be written', async () => {
  const written: unknown[] = []
  const otherCame = Promise.withResolvers<void>()
  const reply: Reply = ({ body }, nth) => {
    const source = body.data[0]?.source_id
    const write = () => void written.push(source)
    if (nth === 0)
      return (response) => {
        response.on('close', () => void writeLate(otherCame.promise, write))
        vi.advanceTimersByTime(ATTEMPT_TIMEOUT_MS)
      }
    write()
    if (source === 'other') otherCame.resolve()
    return taken
  }
  await start(reply, { ATTEMPTS_TIMEOUT_MS: `${ATTEMPT_TIMEOUT_MS}` })
  const first = await gateway.ingest('upsertProducts', [product('A', { sourceId: 'first' })])
  expect(first.rows[0]).toMatchObject({ reason: 'TIMED_OUT', safeToResend: true })
  const [second, other] = await Promise.all([
    gateway.ingest('upsertProducts', [product('A', { sourceId: 'second' })]),
    gateway.ingest('appendProducts', [product('B', { sourceId: 'other' })]),
  ])
  expect([...counts(second), ...counts(other)]).toEqual([1, 0, 0, 1, 0, 0])
  expect(written).toEqual(['other', 'first', 'second'])
})

test.each([504, 408, 499, 524])(
  'a key stays locked while a request that a proxy gave up on with %i may still be written',
  async (status) => {
    const written: unknown[] = []
    const otherCame = Promise.withResolvers<void>()
    const reply: Reply = ({ body }, nth) => {
      const source = body.data[0]?.source_id
      const write = () => void written.push(source)
      if (nth === 0) {
        void writeLate(otherCame.promise, write)
        return { status, body: '' }
      }
      write()
      if (source === 'other') otherCame.resolve()
      return taken
    }
    await start(reply, {})
    const first = await gateway.ingest('upsertProducts', [product('A', { sourceId: 'first' })])
    const [second, other] = await Promise.all([
      gateway.ingest('upsertProducts', [product('A', { sourceId: 'second' })]),
      gateway.ingest('appendProducts', [product('B', { sourceId: 'other' })]),
    ])
    expect([first, second, other].map(counts)).toEqual(Array(3).fill([1, 0, 0]))
    expect(written).toEqual(['first', 'other', 'first', 'second'])
  },
)

test('no request arrives earlier than the rate of its tenant lets it leave', async () => {
  const arrivals: number[] = []
  const note: Reply = () => {
    arrivals.push(performance.now())
    return taken
  }
  await start(note, { REQUESTS_PER_SECOND: '10', MAX_BATCH_ROWS: '1' })
  const began = performance.now()
  expect(counts(await gateway.ingest('upsertProducts', products(25)))).toEqual([25, 0, 0])
  expect(arrivals.filter((at, nth) => at < began + Math.floor(nth / 10) * 1_000)).toEqual([])
})

test('rows of an APPEND that nobody took, or that never left, are not called unconfirmed when their time is over', async () => {
  await start(() => ({ status: 429 }), {
    REQUESTS_PER_SECOND: '1',
    MAX_BATCH_ROWS: '1',
    EXECUTION_TIMEOUT_MS: '1500',
    ATTEMPTS_TIMEOUT_MS: '1500',
    ATTEMPT_TIMEOUT_MS: '1500',
  })
  const { rows } = await gateway.ingest('appendProducts', products(6))
  expect(rows).toMatchObject(Array(6).fill({ __typename: 'RejectedRow', retryable: true }))
  expect(rows.map(({ issues }) => issues?.[0]?.code)).toContain('OVERLOADED')
})

test('the time in which rows are gathered counts among what they may take to their outcomes', async () => {
  await start(() => (response) => void setTimeout(() => response.writeHead(200).end('{"accepted":1}'), 700), {
    BATCH_WINDOW_MS: '500',
    EXECUTION_TIMEOUT_MS: '1000',
    ATTEMPTS_TIMEOUT_MS: '1000',
    ATTEMPT_TIMEOUT_MS: '1000',
  })
  const { rows } = await gateway.ingest('appendProducts', [product('A')])
  expect(rows[0]).toMatchObject({ reason: 'TIMED_OUT', safeToResend: false })
})

test('a caller that leaves does not take the rows of others along', async () => {
  let answer = () => {}
  await start(() => new Promise((resolve) => (answer = () => resolve(taken))), { BATCH_WINDOW_MS: '300' })
  const url = await gateway.listen()
  const leaving = request(new URL('/graphql', url), { method: 'POST', headers: { 'content-type': 'application/json', authorization: 't' } })
  leaving.on('error', () => {})
  const query = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }'
  leaving.end(JSON.stringify({ query, variables: { rows: [product('LEAVES')] } }))
  const staying = gateway.ingest('upsertProducts', [product('STAYS')], { token: 't' })
  while (upstream.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const left = new Promise((resolve) => leaving.on('close', resolve))
  leaving.destroy()
  await left
  answer()
  expect(counts(await staying)).toEqual([1, 0, 0])
  expect(sentIds()[0]?.split(' ').sort()).toEqual(['LEAVES', 'STAYS'])
})

test('while the event loop is busy, a caller with a full queue is declined before its body is read, and nobody else', async () => {
  const held = Promise.withResolvers<FakeAnswer>()
  await start(() => held.promise, { MAX_QUEUED_ROWS: '1', UPSTREAM_CONCURRENCY: '1' })
  const url = await gateway.listen()
  const send = () => gateway.ingest('upsertProducts', [product('A')], { token: 'busy' })
  const underWay = [send()]
  while (upstream.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve))
  underWay.push(send())
  // It may be declined itself: a row waits then, too.
  while ((await rowsWaiting('busy')) === 0) await new Promise((resolve) => setImmediate(resolve))

  const sockets = [connect(Number(url.port), url.hostname), connect(Number(url.port), url.hostname)] as const
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const head = (token: string, length: number) =>
    `POST /graphql HTTP/1.1\r\nhost: rowgate\r\nauthorization: ${token}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`
  const query = '{"query":"{ limits { rowsWaiting } }"}'
  sockets[0].write(head('calm', query.length) + query)
  sockets[1].write(head('busy', 1_000))
  const busyUntil = Date.now() + 50
  while (Date.now() < busyUntil);
  const [ofCalm, ofBusy] = await Promise.all(sockets.map(async (socket) => String((await once(socket, 'data'))[0])))
  expect(ofBusy).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n[\s\S]*"code":"OVERLOADED"/)
  expect(ofCalm).toMatch(/^HTTP\/1\.1 200 /)
  for (const socket of sockets) socket.destroy()
  held.resolve(taken)
  expect((await Promise.all(underWay)).map(counts)).toEqual(Array(2).fill([1, 0, 0]))
})
