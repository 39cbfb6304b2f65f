import { afterEach, describe, expect, test } from 'vitest'
import { createLedger, type Ledger, REMEMBERED_MS } from '../src/quality/ledger.ts'
import { Minutes } from '../src/quality/minutes.ts'
import { createRejections } from '../src/quality/rejections.ts'
import { createTakenTokens } from '../src/quality/taken-tokens.ts'
import { NO_KEYS } from '../src/rows/public-keys.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { product, products, resourceNamed } from './support/rows.ts'

let upstream: FakeUpstream | undefined
let gateway: Gateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = upstream = undefined
})

const QUALITY = `query ($resource: String, $since: Timestamp, $until: Timestamp, $bucket: QualityBucketLength) {
  dataQuality(solution: "INV_OOTB", resource: $resource, since: $since, until: $until, bucket: $bucket) {
    mutations accepted rejected unconfirmed passRate topIssues { code field count } buckets { start mutations accepted rejected unconfirmed passRate } } }`
const RECENT =
  'query ($last: Int, $resource: String) { recentRejections(last: $last, resource: $resource) { resource index key by issues { code field } } }'

const SOLUTIONS = JSON.stringify(['INV_OOTB', 'OTHER'].map((name) => ({ name, modules: ['inventory'] })))

/** An upstream that refuses the rows REFUSED, and says nothing of a batch that holds LOST. */
async function startBefore(settings: Record<string, string> = {}): Promise<Gateway> {
  upstream = await startFakeUpstream(({ body }) => {
    const ids = body.data.map(({ product_id }) => product_id)
    if (ids.includes('LOST')) return { status: 200, body: '<html>' }
    const failed = ids.flatMap((id, index) => (id === 'REFUSED' ? [{ index, code: 'DI_E_10003' }] : []))
    return failed.length === 0 ? { status: 200, body: {} } : { status: 207, body: { failed } }
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url, ...settings })
  return gateway
}

async function ask(variables: object = {}, token?: string) {
  const { data, errors } = await (gateway as Gateway).send<{ dataQuality: Record<string, unknown> & { buckets: object[] } }, object>(
    QUALITY,
    variables,
    token,
  )
  return { ...data?.dataQuality, errors }
}

describe('data quality', () => {
  test('is what became of the rows of a token, in all and over time', async () => {
    const before = await startBefore()
    await before.ingest('upsertProducts', [
      ...products(3),
      product('B', { packSize: 'x' }),
      product('C', { packSize: 'y' }),
      product('REFUSED'),
    ])
    await before.ingest('appendProducts', [product('LOST')])
    await before.ingest('upsertProducts', [product('A')], { token: 'another-tenant' })
    await before.ingest('upsertProducts', [product('A', { packSize: 'x' })], { dryRun: true })

    const counted = { mutations: 2, accepted: 3, rejected: 3, unconfirmed: 1, passRate: 3 / 7 }
    expect(await ask()).toEqual({
      ...counted,
      topIssues: [
        { code: 'WRONG_TYPE', field: 'packSize', count: 2 },
        { code: 'UPSTREAM_REJECTED', field: null, count: 1 },
      ],
      buckets: [{ start: expect.stringMatching(/T\d\d:00:00.000Z$/), ...counted }],
    })
    expect(await ask({ resource: 'Products' })).toMatchObject(counted)
    expect(await ask({ resource: 'Pricing' })).toMatchObject({ mutations: 0, passRate: null, buckets: [] })
    expect(await ask({}, 'another-tenant')).toMatchObject({ mutations: 1, accepted: 1, passRate: 1 })
    expect(await ask({ until: '2025-01-01T00:00:00Z', since: '2024-12-31T00:00:00Z' })).toMatchObject({ mutations: 0 })
  })

  test.each<[string, object, string]>([
    ['an unknown resource', { resource: 'Product' }, 'Did you mean Products?'],
    ['a period of no time', { since: '2025-01-01T00:00:00Z', until: '2025-01-01T00:00:00Z' }, 'since must be before until'],
    ['a period that ends before it begins', { since: '2025-01-02T00:00:00Z', until: '2025-01-01T00:00:00Z' }, 'since must be before until'],
  ])('%s is declined', async (_, variables, words) => {
    await startBefore()
    const { errors } = await ask(variables)

    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining(words) })
  })

  test('is counted apart for each solution of a token', async () => {
    const before = await startBefore({ SOLUTIONS })
    await before.ingest('upsertProducts', products(3), { solution: 'INV_OOTB' })
    await before.ingest('upsertProducts', [product('A', { packSize: 'x' })], { solution: 'OTHER' })

    expect(await ask()).toMatchObject({ mutations: 1, accepted: 3, rejected: 0, topIssues: [] })
    const other = await before.send<{ dataQuality: object }, object>(QUALITY.replace('INV_OOTB', 'OTHER'), {})
    expect(other.data.dataQuality).toMatchObject({ mutations: 1, accepted: 0, rejected: 1, topIssues: [{ code: 'WRONG_TYPE' }] })
  })

  test('is of the minutes from since up to, but not including, until', () => {
    const start = Date.UTC(2025, 0, 1)
    const ledger = createLedger(ALL_TAKEN, () => start + 59_999)
    ledger.record({ result: result() })
    const minutes = (since: number, until: number) => ledger.minutes({ tenantId: 'T', solution: 'S', since, until }).length

    expect([minutes(start, start + 1), minutes(start - 60_000, start + 60_000)]).toEqual([1, 1])
    expect([minutes(start - 60_000, start), minutes(start + 1, start + 60_000)]).toEqual([0, 0])
  })

  test('is forgotten after a day', () => {
    let now = Date.UTC(2025, 0, 1)
    const ledger = createLedger(ALL_TAKEN, () => now)
    const record = () => ledger.record({ result: result() })
    const minutes = () => ledger.minutes({ tenantId: 'T', solution: 'S', since: 0, until: now + 1 }).map(({ mutations }) => mutations)
    record()
    record()
    now += 60_000
    record()
    expect(minutes()).toEqual([2, 1])
    now += REMEMBERED_MS
    record()
    expect(minutes()).toEqual([1, 1])
    now += 2 * REMEMBERED_MS
    ledger.record({ result: result('another') })
    expect(minutes()).toEqual([])
  })

  test('is bounded also where it is taken over', () => {
    const [from, to] = [new Minutes(30), new Minutes(20)]
    for (let start = 0; start < 30; start++) from.open('T', 'S', 'R', start)
    to.adopt('T', from.of('T'))
    expect(to.of('T').map(({ start }) => start)).toEqual(Array.from({ length: 20 }, (_, nth) => nth + 10))
  })

  test('keeps a bounded number of minutes, the newest', () => {
    let now = Date.UTC(2025, 0, 1)
    const ledger = createLedger(ALL_TAKEN, () => now)
    for (let tenant = 0; tenant < 40_000; tenant++) ledger.record({ result: result(`T${tenant}`) })
    now += 1
    const minutesOf = (tenantId: string) => ledger.minutes({ tenantId, solution: 'S', since: 0, until: now + 60_000 })

    expect([minutesOf('T0'), minutesOf('T39999')].map(({ length }) => length)).toEqual([0, 1])
  })
})

describe('made-up tokens', () => {
  const REAL = { has: (tenantId: string) => tenantId.startsWith('real') }
  let now = Date.UTC(2025, 0, 1)
  const minutesOf = (ledger: Ledger, tenantId: string) => ledger.minutes({ tenantId, solution: 'S', since: 0, until: now + 60_000 }).length

  test("erase nobody's data quality, and only the newest of them are remembered", () => {
    const ledger = createLedger(REAL, () => now)
    for (let nth = 0; nth < 100; nth++) ledger.record({ result: result(`real${nth}`) })
    for (let nth = 0; nth < 31_000; nth++) ledger.record({ result: result(`made-up${nth}`) })

    expect(['real0', 'real99', 'made-up0', 'made-up30999'].map((tenantId) => minutesOf(ledger, tenantId))).toEqual([1, 1, 0, 1])
  })

  test('and busy tenants take no share of the others, who lose their oldest minutes first', () => {
    const ledger = createLedger(REAL, () => now)
    ledger.record({ result: result('real-quiet') })
    for (let minute = 0; minute < 1_000; minute++) {
      now += 60_000
      for (let nth = 0; nth < 40; nth++) ledger.record({ result: result('real-busy', `Resource${nth}`) })
    }
    expect([minutesOf(ledger, 'real-quiet'), minutesOf(ledger, 'real-busy')]).toEqual([1, 29_999])
  })

  test('become real ones as soon as the upstream takes them, with all that was counted before', () => {
    const tokens = createTakenTokens()
    const ledger = createLedger(tokens, () => now)
    const record = (told: object) => {
      tokens.note({ result: { ...(result('new') as object), ...told } as never })
      ledger.record({ result: { ...(result('new') as object), ...told } as never })
    }
    const refused = (code: string) => ({
      counts: { ACCEPTED: 0, REJECTED: 1, UNCONFIRMED: 0 },
      outcomes: [{ status: 'REJECTED', issues: [{ code }] }],
    })
    for (const code of ['WRONG_TYPE', 'UPSTREAM_UNAUTHORIZED', 'UPSTREAM_RATE_LIMITED', 'UPSTREAM_REFUSED_BATCH']) {
      record(refused(code))
      expect(tokens.has('new')).toBe(false)
    }
    record(refused('UPSTREAM_REJECTED'))
    expect(tokens.has('new')).toBe(true)
    for (let nth = 0; nth < 5_000; nth++) ledger.record({ result: result(`made-up${nth}`) })
    expect(ledger.minutes({ tenantId: 'new', solution: 'S', since: 0, until: now + 60_000 })).toMatchObject([{ mutations: 5 }])
  })

  test('are forgotten once 30,000 others were taken after them', () => {
    const tokens = createTakenTokens()
    for (let nth = 0; nth <= 30_000; nth++) tokens.note({ result: result(`T${nth}`) })
    expect(['T0', 'T1', 'T30000'].map(tokens.has)).toEqual([false, true, true])
  })

  test('leave their room to others once they are real ones', () => {
    let isReal = false
    const ledger = createLedger({ has: (tenantId) => isReal && tenantId === 'new' }, () => now)
    const record = (tenantId: string, resources: number) => {
      for (let nth = 0; nth < resources; nth++) ledger.record({ result: result(tenantId, `Resource${nth}`) })
    }
    record('new', 2_000)
    isReal = true
    record('new', 1)
    record('made-up', 2_500)
    expect(['new', 'made-up'].map((tenantId) => minutesOf(ledger, tenantId))).toEqual([2_000, 2_500])
  })

  test('push no rejections out but those of each other', () => {
    const rejections = createRejections(5, REAL)
    const rejected = (tenant: string) =>
      ({
        ...(result(tenant) as object),
        requestId: 'r',
        publicKeys: NO_KEYS,
        counts: { ACCEPTED: 0, REJECTED: 1, UNCONFIRMED: 0 },
        outcomes: [{ status: 'REJECTED', by: 'GATEWAY', retryable: false, issues: [] }],
      }) as never
    rejections.record({ result: rejected('real') })
    for (let nth = 0; nth < 2_000; nth++) rejections.record({ result: rejected(`made-up${nth}`) })
    expect(['real', 'made-up0', 'made-up1999'].map((tenantId) => rejections.of(tenantId).length)).toEqual([1, 0, 1])
  })

  test('are known by what the upstream says to their rows', async () => {
    upstream = await startFakeUpstream(({ headers }) =>
      headers.authorization === 'real' ? { status: 200, body: {} } : { status: 401, body: {} },
    )
    gateway = await startGateway({ INGESTION_URL: upstream.url })
    for (const token of ['real', 'made-up']) await gateway.ingest('upsertProducts', [product('A')], { token })

    expect(await ask({}, 'real')).toMatchObject({ mutations: 1, accepted: 1 })
    expect(await ask({}, 'made-up')).toMatchObject({ mutations: 1, rejected: 1 })
  })
})

describe('recent rejections', () => {
  test('are kept where that is switched on: keys and issues of the last rows, newest first', async () => {
    const before = await startBefore({ RECENT_REJECTIONS: '3' })
    await before.ingest(
      'upsertProducts',
      ['A', 'B', 'C'].map((id) => product(id, { packSize: 'x', productName: 'secret' })),
    )
    await before.ingest('upsertProducts', [product('REFUSED')])
    const { data, text } = await before.send<{ recentRejections: object[] }, object>(RECENT, {})

    expect(data.recentRejections).toMatchObject([
      { resource: 'Products', index: 0, key: { productId: 'REFUSED' }, by: 'UPSTREAM', issues: [{ code: 'UPSTREAM_REJECTED' }] },
      { index: 2, key: { productId: 'C' }, by: 'GATEWAY', issues: [{ code: 'WRONG_TYPE', field: 'packSize' }] },
      { index: 1, key: { productId: 'B' } },
    ])
    expect(text).not.toContain('secret')
    expect((await before.send<{ recentRejections: object[] }, object>(RECENT, { last: 1 })).data.recentRejections).toHaveLength(1)
    expect((await before.send<{ recentRejections: object[] }, object>(RECENT, { resource: 'Pricing' })).data.recentRejections).toEqual([])
    expect((await before.send<{ recentRejections: object[] }, object>(RECENT, {}, 'another-tenant')).data.recentRejections).toEqual([])
  })

  test('are those of real runs, and of one solution where one is asked for', async () => {
    const before = await startBefore({ RECENT_REJECTIONS: '3', SOLUTIONS })
    const bad = (id: string) => [product(id, { packSize: 'x' })]
    await before.ingest('upsertProducts', bad('DRY'), { solution: 'INV_OOTB', dryRun: true })
    await before.ingest('upsertProducts', bad('A'), { solution: 'INV_OOTB' })
    await before.ingest('upsertProducts', bad('B'), { solution: 'OTHER' })
    const keysOf = async (given: string) => {
      const { data } = await before.send<{ recentRejections: { key: { productId: string } }[] }, object>(
        `{ recentRejections${given} { key } }`,
      )
      return data.recentRejections.map(({ key }) => key.productId)
    }

    expect(await keysOf('')).toEqual(['B', 'A'])
    expect(await keysOf('(solution: "OTHER")')).toEqual(['B'])
  })

  test('are declined where it is not', async () => {
    const { errors } = await (await startBefore()).send(RECENT, {})

    expect(errors?.[0]).toMatchObject({ extensions: { code: 'SWITCHED_OFF' } })
  })
})

const ALL_TAKEN = { has: () => true }

function result(tenant = 'T', graphqlName = 'Products') {
  const resource = { ...resourceNamed('Products'), graphqlName }
  const destination = { tenant: { id: tenant, credential: {} }, solution: { name: 'S' }, resource, operation: 'UPSERT', dryRun: false }
  return { destination, counts: { ACCEPTED: 1, REJECTED: 0, UNCONFIRMED: 0 }, outcomes: [] } as never
}
