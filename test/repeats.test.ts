import { afterEach, describe, expect, test } from 'vitest'
import { readRetryAfter } from '../src/upstream/statuses.ts'
import { type Arrived, type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { products } from './support/rows.ts'

usePatientClock()

let upstream: FakeUpstream
let gateway: Gateway

afterEach(async () => {
  await upstream.close()
  await gateway.close()
})

type Reply = (request: Arrived, nth: number) => FakeAnswer | Promise<FakeAnswer>

const taken: FakeAnswer = { status: 200, body: {} }
const declined: FakeAnswer = { status: 400, body: { message: 'no' } }
const failed: FakeAnswer = { status: 500 }

async function start(reply: Reply, settings: Record<string, string> = {}): Promise<void> {
  upstream = await startFakeUpstream(reply)
  gateway = await startGateway({ INGESTION_URL: upstream.url, RETRYABLE_CODES: 'DI_E_90001', ...settings })
}

/** Answers the requests like this, one after the other, and takes what comes after them. */
const inTurn =
  (...answers: readonly FakeAnswer[]): Reply =>
  (_, nth) =>
    answers[nth] ?? taken

/** Refuses rows for the moment, by their places. */
const busy = (...places: readonly number[]): FakeAnswer => ({
  status: 207,
  body: { failed: places.map((index) => ({ index, code: 'DI_E_90001' })) },
})

const sentIds = () => upstream.arrived.map(({ body }) => body.data.map(({ product_id }) => product_id).join(' '))
const holds = ({ body }: Arrived, id: string) => body.data.some(({ product_id }) => product_id === id)

/** What became of each row: its first letter, where there are few rows. */
async function lettersOf(mutation: string, count: number): Promise<string> {
  const { rows } = await gateway.ingest(mutation, products(count))
  return rows.map(({ __typename }) => __typename[0]).join('')
}

describe('a repeat of some rows', () => {
  test('that is declined is divided among these alone, and what was taken before is not sent again', async () => {
    await start(inTurn(busy(1, 3), declined, taken, declined), { APPEND_BISECT: 'on' })
    expect(await lettersOf('appendProducts', 4)).toBe('AAAR')
    expect(sentIds()).toEqual(['P0 P1 P2 P3', 'P1 P3', 'P1', 'P3'])
  })

  test('that is declined because of one it names is made once more without that one', async () => {
    await start(inTurn(busy(1, 2, 3), { status: 400, body: { failed: [{ index: 1, code: 'DI_E_10003' }] } }), { APPEND_BISECT: 'on' })
    expect(await lettersOf('appendProducts', 5)).toBe('AARAA')
    expect(sentIds()).toEqual(['P0 P1 P2 P3 P4', 'P1 P2 P3', 'P1 P3'])
  })

  test('that becomes smaller again and again speaks of its own rows each time', async () => {
    await start(inTurn(busy(1, 2, 4), busy(1, 2), { status: 207, body: { failed: [{ index: 1, code: 'DI_E_10003' }] } }))
    expect(await lettersOf('appendProducts', 5)).toBe('AAAAR')
    expect(sentIds()).toEqual(['P0 P1 P2 P3 P4', 'P1 P2 P4', 'P2 P4'])
  })
})

describe('rows that may have been written stay unconfirmed', () => {
  test('when the repeat is declined, and each of them by itself as well', async () => {
    await start((_, nth) => (nth === 0 ? failed : declined))
    const { rows } = await gateway.ingest('upsertProducts', products(4))
    for (const row of rows) expect(row).toMatchObject({ reason: 'UPSTREAM_ERROR', safeToResend: true })
    expect(sentIds().slice(0, 4)).toEqual(['P0 P1 P2 P3', 'P0 P1 P2 P3', 'P0 P1', 'P2 P3'])
  })

  test('when they are declined after a half of their batch had come to nothing certain, and only those', async () => {
    let isFirst = true
    await start((request) => {
      if (!holds(request, 'P0')) return holds(request, 'P3') ? declined : taken
      if (request.body.data.length !== 2 || !isFirst) return declined
      isFirst = false
      return failed
    })
    expect(await lettersOf('upsertProducts', 4)).toBe('UAAR')
  })

  test('when the requests that may be spent on their batch do not reach them', async () => {
    const odd = Array.from({ length: 250 }, (_, at) => `P${2 * at + 1}`)
    await start((request, nth) => (nth === 0 ? failed : odd.some((id) => holds(request, id)) ? declined : taken))
    const { rows } = await gateway.ingest('upsertProducts', products(500))
    expect(rows.filter(({ __typename }) => __typename === 'RejectedRow')).toEqual([])
  })
})

describe('what the upstream asks for', () => {
  test('is waited for, in seconds', async () => {
    const arrivals: number[] = []
    await start((_, nth) => {
      arrivals.push(performance.now())
      return nth === 0 ? { status: 429, headers: { 'retry-after': '1' } } : taken
    })
    expect(await lettersOf('appendProducts', 1)).toBe('A')
    // A timer may fire a millisecond early.
    expect((arrivals[1] as number) - (arrivals[0] as number)).toBeGreaterThanOrEqual(999)
  })

  test.each<[string, () => string, number, number]>([
    ['seconds', () => '7', 7_000, 7_000],
    ['seconds with a fraction', () => '7.5', 7_500, 7_500],
    ['two headers', () => '7, 9', 9_000, 9_000],
    ['a date', () => new Date(Date.now() + 30_000).toUTCString(), 20_000, 30_000],
  ])('as %s is told to the caller where there is no time to wait for it', async (_, header, least, most) => {
    await start(() => ({ status: 429, headers: { 'retry-after': header() } }), { ATTEMPTS_TIMEOUT_MS: '5000' })
    const { rows } = await gateway.ingest('appendProducts', products(1))
    expect(rows[0]?.retryAfterMs).toBeGreaterThanOrEqual(least)
    expect(rows[0]?.retryAfterMs).toBeLessThanOrEqual(most)
    expect(upstream.arrived).toHaveLength(1)
  })

  test('with a 503 is told as well, and an UPSERT is not sent again where there is no time to wait for it', async () => {
    await start(() => ({ status: 503, headers: { 'retry-after': '7' } }), { ATTEMPTS_TIMEOUT_MS: '5000' })
    const query = `mutation ($rows: [ProductsRowInput!]!) { payload: upsertProducts(rows: $rows) { unconfirmedCount retryableCount retryAfterMs } }`
    const { data } = await gateway.send(query, { rows: products(1) })
    expect(data).toEqual({ payload: { unconfirmedCount: 1, retryableCount: 1, retryAfterMs: 7_000 } })
    expect(upstream.arrived).toHaveLength(1)
  })

  test('as a date of the oldest form is in GMT, wherever the clock of the machine is', () => {
    const [day, date, month, year, time] = new Date(Date.now() + 30_000).toUTCString().replace(',', '').split(' ')
    const here = process.env.TZ
    process.env.TZ = 'America/New_York'
    const { retryAfterMs } = readRetryAfter(`${day} ${month} ${Number(date)} ${time} ${year}`)
    if (here === undefined) delete process.env.TZ
    else process.env.TZ = here
    expect(retryAfterMs).toBeGreaterThan(20_000)
    expect(retryAfterMs).toBeLessThanOrEqual(30_000)
  })

  test.each(['upsertProducts', 'appendProducts'])('by 425 is the same once more: %s', async (mutation) => {
    await start(inTurn({ status: 425 }))
    expect(await lettersOf(mutation, 2)).toBe('AA')
    expect(sentIds()).toEqual(['P0 P1', 'P0 P1'])
  })

  test('with a 500 is no promise that nothing was written, nor a reason to wait', async () => {
    await start(inTurn({ status: 500, headers: { 'retry-after': '60' } }), { APPEND_RETRY_ON_503: 'on' })
    expect(await lettersOf('upsertProducts', 1)).toBe('A')
    await upstream.close()
    await gateway.close()
    await start(inTurn({ status: 500, headers: { 'retry-after': '0' } }), { APPEND_RETRY_ON_503: 'on' })
    expect(await lettersOf('appendProducts', 1)).toBe('U')
  })

  test('is not there in a 503 without Retry-After, so that no APPEND is repeated', async () => {
    await start(inTurn({ status: 503 }), { APPEND_RETRY_ON_503: 'on' })
    expect(await lettersOf('appendProducts', 1)).toBe('U')
    expect(upstream.arrived).toHaveLength(1)
  })
})
