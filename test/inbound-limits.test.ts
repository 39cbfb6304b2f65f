import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createInboundLimits } from '../src/http/inbound-limits.ts'
import { secret } from '../src/util/secret.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { type Issuer, startIssuer } from './support/issuer.ts'
import { product, products } from './support/rows.ts'

const UPSERT = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }'

let upstream: FakeUpstream
let gateway: Gateway | undefined

beforeAll(async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
})
afterAll(() => upstream.close())
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 }))
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  vi.useRealTimers()
})

async function start(settings: Record<string, string>): Promise<Gateway> {
  gateway = await startGateway({ INGESTION_URL: upstream.url, ...settings })
  return gateway
}

const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

interface Told {
  readonly status: number
  readonly code: string | undefined
  readonly error: { message: string; extensions: Record<string, unknown> } | undefined
  readonly data: Record<string, unknown> | null | undefined
  readonly retryAfter: string | null
  readonly policy: string | null
  readonly left: string | null
}

async function post(body: object, token = 'one', more: Record<string, string> = {}): Promise<Told> {
  const headers = { 'content-type': 'application/json', authorization: token, ...more }
  const response = await (gateway as Gateway).fetch({ method: 'POST', headers, body: JSON.stringify(body) })
  const { data, errors } = await response.json()
  const header = (name: string) => response.headers.get(name)
  return {
    ...{ status: response.status, data, error: errors?.[0], code: errors?.[0]?.extensions.code },
    ...{ retryAfter: header('retry-after'), policy: header('ratelimit-policy'), left: header('ratelimit') },
  }
}

const ask = (token?: string) => post({ query: '{ me { tenant } }' }, token)
const send = (rows: unknown, token?: string) => post({ query: UPSERT, variables: { rows } }, token)

describe('requests', () => {
  test('are told to wait no longer than a window takes, where the clock was set back', async () => {
    await start({ RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_WINDOW: '60s' })
    await ask()
    later(-3_600_000)
    expect(await ask()).toMatchObject({ status: 429, retryAfter: '60', left: '"requests";r=0;t=60' })
  })

  test('are taken up to the limit of a tenant, and again when its window is over; every answer says how many are left, and for how long', async () => {
    await start({ RATE_LIMIT_REQUESTS: '2', RATE_LIMIT_WINDOW: '60s' })
    expect(await ask()).toMatchObject({ status: 200, retryAfter: null, policy: '"requests";q=2;w=60', left: '"requests";r=1;t=60' })
    later(17_200)
    expect(await ask()).toMatchObject({ status: 200, left: '"requests";r=0;t=43' })
    later(1)
    const refused = await ask()
    expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED', data: undefined, retryAfter: '43', left: '"requests";r=0;t=43' })
    expect(refused.error?.extensions).toEqual({ code: 'RATE_LIMITED', limit: 2, retryAfterMs: 42_799 })

    expect(await ask('another')).toMatchObject({ status: 200, left: '"requests";r=1;t=60' })
    later(42_798)
    expect(await ask()).toMatchObject({ status: 429, retryAfter: '1' })
    later(1)
    expect(await ask()).toMatchObject({ status: 200, left: '"requests";r=1;t=60' })
  })

  test('that come together are counted one by one', async () => {
    await start({ RATE_LIMIT_REQUESTS: '5' })
    const statuses = (await Promise.all(Array.from({ length: 30 }, () => ask()))).map(({ status }) => status)
    expect(statuses.sort()).toEqual([...Array(5).fill(200), ...Array(25).fill(429)])
    const figures = await (await (gateway as Gateway).fetch({ path: '/metrics' })).text()
    expect(figures).toContain('rowgate_requests_limited_total{what="requests"} 25')
  })

  test('of which one is declined send nothing, and are not read', async () => {
    await start({ RATE_LIMIT_REQUESTS: '1' })
    await ask()
    const before = upstream.arrived.length
    expect(await send([product('A')])).toMatchObject({ status: 429, data: undefined })
    const headers = { 'content-type': 'application/json', authorization: 'one' }
    expect((await (gateway as Gateway).fetch({ method: 'POST', headers, body: '{' })).status).toBe(429)
    expect(upstream.arrived).toHaveLength(before)
  })

  test('of nobody in particular are not counted, and nothing is said of limits where there are none', async () => {
    await start({ RATE_LIMIT_REQUESTS: '1' })
    const strangers = await Promise.all([1, 2, 3].map(() => post({ query: '{ resources { name } }' }, '')))
    expect(strangers).toEqual(Array(3).fill(expect.objectContaining({ status: 200, policy: null, left: null })))
    expect((await (gateway as Gateway).fetch({ path: '/health' })).headers.get('ratelimit')).toBeNull()
    await gateway?.close()
    await start({})
    expect(await ask()).toMatchObject({ status: 200, policy: null, left: null })
  })

  test('of a listed page may read what is left', async () => {
    await start({ RATE_LIMIT_REQUESTS: '1', CORS_ORIGINS: 'https://a.example' })
    const { headers } = await (gateway as Gateway).fetch({
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'one', origin: 'https://a.example' },
      body: '{"query":"{ me { tenant } }"}',
    })
    const exposed = headers.get('access-control-expose-headers')?.split(', ')
    expect(exposed).toEqual(expect.arrayContaining(['retry-after', 'ratelimit', 'ratelimit-policy']))
  })
})

describe('rows', () => {
  test('are counted over all fields of a request; what does not fit is declined whole, and leaves what is left to others', async () => {
    await start({ RATE_LIMIT_ROWS: '10', RATE_LIMIT_WINDOW: '30s' })
    const policy = '"rows";q=10;w=30;qu="rows"'
    expect(await ask()).toMatchObject({ policy, left: '"rows";r=10' })
    expect(await send(products(4))).toMatchObject({ status: 200, left: '"rows";r=6;t=30' })
    const before = upstream.arrived.length
    const both =
      'mutation ($rows: [ProductsRowInput!]!) { a: upsertProducts(rows: $rows) { acceptedCount } b: upsertProducts(rows: $rows) { acceptedCount } }'
    const refused = await post({ query: both, variables: { rows: products(4) } })
    expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED', data: undefined, retryAfter: '30', left: '"rows";r=6;t=30' })
    expect(refused.error?.extensions).toMatchObject({ limit: 10, retryAfterMs: 30_000 })
    expect(upstream.arrived).toHaveLength(before)
    expect(await post({ query: both, variables: { rows: products(3) } })).toMatchObject({ status: 200, left: '"rows";r=0;t=30' })
    expect(await send([])).toMatchObject({ status: 200 })
    expect(await send(product('X'))).toMatchObject({ status: 429 })
    later(30_000)
    expect(await send(products(10))).toMatchObject({ status: 200, left: '"rows";r=0;t=30' })
  })

  test('of a request that no window is long enough for have to be split: waiting would not help', async () => {
    await start({ RATE_LIMIT_ROWS: '10' })
    const refused = await send(products(11))
    expect(refused).toMatchObject({ status: 413, code: 'TOO_MANY_ROWS', retryAfter: null, left: '"rows";r=10' })
    expect(refused.error?.extensions).toEqual({ code: 'TOO_MANY_ROWS', limit: 10, actual: 11 })
  })

  test('that are more than one request may have are not counted: it says so, and not how much came in a while', async () => {
    await start({ RATE_LIMIT_ROWS: '10', MAX_ROWS_PER_MUTATION: '5' })
    const refused = await send(products(6))
    expect(refused).toMatchObject({ code: 'TOO_MANY_ROWS', left: '"rows";r=10' })
    expect(refused.error?.extensions).toEqual({ code: 'TOO_MANY_ROWS', limit: 5, actual: 6 })
  })

  test('of a body too large to be counted before it is judged are counted then, before any is sent', async () => {
    await start({ RATE_LIMIT_ROWS: '8000' })
    const left = (rows: number) => expect.stringMatching(`^"rows";r=${rows};t=\\d\\d$`)
    expect(await send(products(6_000))).toMatchObject({ status: 200, left: left(2_000) })
    const before = upstream.arrived.length
    expect(await send(products(6_000))).toMatchObject({ code: 'RATE_LIMITED', left: left(2_000) })
    expect(await send(products(9_000))).toMatchObject({ code: 'TOO_MANY_ROWS', left: left(2_000) })
    expect(upstream.arrived).toHaveLength(before)
    expect(await send(products(2_000))).toMatchObject({ status: 200, left: left(0) })
  })
})

describe('with credentials', () => {
  let issuer: Issuer
  beforeEach(async () => {
    issuer = await startIssuer()
  })
  afterEach(() => issuer.close())

  test('each tenant has limits of its own, over all its callers and renewals, which nobody spends who may not send; me tells them', async () => {
    const credentials = {
      acme: { token: 'a', limits: { requests: 3 } },
      globex: { token: 'b', limits: { rows: 5 } },
      initech: { token: 'c' },
    }
    await start({ ...(await issuer.settings(credentials)), RATE_LIMIT_REQUESTS: '50', RATE_LIMIT_ROWS: '100' })
    const quotasOf = async (sub: string) =>
      (await post({ query: '{ me { quotas { requests rows windowSeconds } } }' }, await issuer.sign({ sub }))).data?.me
    expect(await quotasOf('acme')).toEqual({ quotas: { requests: 3, rows: 100, windowSeconds: 60 } })
    expect(await quotasOf('globex')).toEqual({ quotas: { requests: 50, rows: 5, windowSeconds: 60 } })
    expect(await quotasOf('initech')).toEqual({ quotas: { requests: 50, rows: 100, windowSeconds: 60 } })
    const asAcme = async (jti: string) => await ask(await issuer.sign({ jti }))
    expect([await asAcme('1'), await asAcme('2'), await asAcme('3')].map(({ status }) => status)).toEqual([200, 200, 429])
    expect(await send(products(6), await issuer.sign({ sub: 'globex' }))).toMatchObject({ code: 'TOO_MANY_ROWS' })

    const notAllowed = { sub: 'globex', roles: ['ingest:products:append', 'read'] }
    for (const rows of [products(5), products(6)])
      expect(await send(rows, await issuer.sign(notAllowed))).toMatchObject({
        code: 'FORBIDDEN',
        left: expect.stringMatching(/"rows";r=5$/),
      })
    expect(await send(products(5), await issuer.sign({ sub: 'globex' }))).toMatchObject({ status: 200 })
    expect(await send(products(5), await issuer.sign(notAllowed))).toMatchObject({ code: 'FORBIDDEN' })

    await issuer.settings({ ...credentials, acme: { token: 'a', limits: { requests: 4 } } })
    later(1_000)
    expect(await asAcme('4')).toMatchObject({
      status: 200,
      policy: '"requests";q=4;w=60, "rows";q=100;w=60;qu="rows"',
      left: '"requests";r=0;t=59, "rows";r=100',
    })
  })
})

test('what a tenant has sent is forgotten once 50,000 others have sent after it', async () => {
  const { quotasOf } = createInboundLimits({ rows: 1, windowMs: 60_000, onLimited: () => {} })
  const send = async (id: string) => await quotasOf({ tenant: { id, credential: secret(id) } })?.takeRows?.(1)
  await send('first')
  await expect(send('first')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  for (let others = 0; others < 50_000; others++) await send(`${others}`)
  await send('first')
})
