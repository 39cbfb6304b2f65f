import { afterEach, expect, test } from 'vitest'
import { type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { attributesOf, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './support/otlp-receiver.ts'
import { product, products } from './support/rows.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const SAMPLED = `00-${TRACE}-${SPAN}-01`
const OTHER_TRACE = '0af7651916cd43dd8448eb211c80319c'
const taken: FakeAnswer = { status: 200, body: { status: 'ok' } }

let receiver: OtlpReceiver
let upstream: FakeUpstream
let gateway: Gateway | undefined

async function start(reply: Parameters<typeof startFakeUpstream>[0], settings: Record<string, string> = {}): Promise<void> {
  receiver = await startOtlpReceiver()
  upstream = await startFakeUpstream(reply)
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, REPLICA_ID: 'replica-7' }
  gateway = await startGateway({ INGESTION_URL: upstream.url, ...tracing, ...settings })
}

afterEach(async () => {
  delete process.env.OTEL_BSP_SCHEDULE_DELAY
  delete process.env.OTEL_TRACES_SAMPLER
  delete process.env.OTEL_TRACES_SAMPLER_ARG
  await gateway?.close()
  await Promise.all([receiver.close(), upstream.close()])
})

interface Sent {
  readonly headers?: Record<string, string>
  readonly rows?: readonly unknown[]
  readonly operation?: 'upsert' | 'append'
}

async function write({ headers = {}, rows = [product('A')], operation = 'upsert' }: Sent = {}) {
  const query = `mutation Nightly($rows: [ProductsRowInput!]!) { payload: ${operation}Products(rows: $rows) { acceptedCount } }`
  const all = { 'content-type': 'application/json', authorization: 'token', ...headers }
  return (await gateway?.fetch({ method: 'POST', headers: all, body: JSON.stringify({ query, variables: { rows } }) })) as Response
}

/** Resolves when so many rows wait to be sent. */
async function rowsWaiting(count: number): Promise<void> {
  const waiting = () => gateway?.send<{ limits: { rowsWaiting: number } }, object>('{ limits { rowsWaiting } }', {}, 'token')
  await expect.poll(async () => (await waiting())?.data?.limits.rowsWaiting).toBe(count)
}

/** Stops the gateway, which sends what is left, and returns all spans by their names. */
async function spansByName(): Promise<Partial<Record<string, ReceivedSpan[]>>> {
  await gateway?.close()
  gateway = undefined
  return Object.groupBy(receiver.spans(), ({ name }) => name)
}

test('a mutation is a span named by its type, with judging, waiting, its batch and each attempt below it', async () => {
  await start((_, nth) => (nth === 0 ? { status: 503 } : taken))
  const answer = await write({ headers: { traceparent: SAMPLED, 'x-request-id': 'order-7' }, rows: [product('A'), {}] })
  expect(await answer.json()).toMatchObject({ data: { payload: { acceptedCount: 1 } } })

  const {
    mutation: [server] = [],
    judge: [judge] = [],
    'queue wait': [wait] = [],
    batch: [batch] = [],
    'send rows': attempts = [],
    ...others
  } = await spansByName()
  expect(others).toEqual({})
  expect(server).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, kind: 2 })
  expect(attributesOf(server as ReceivedSpan)).toEqual({
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'graphql.operation.type': 'mutation',
    'graphql.operation.name': 'Nightly',
    'rowgate.request_id': 'order-7',
    'rowgate.tenant': expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  for (const below of [judge, wait, batch]) expect(below).toMatchObject({ traceId: TRACE, parentSpanId: server?.spanId })
  expect(attributesOf(judge as ReceivedSpan)).toEqual({ 'rowgate.resource': 'Products', 'rowgate.operation': 'UPSERT', 'rowgate.rows': 2 })
  expect(batch?.links).toMatchObject([{ traceId: TRACE, spanId: server?.spanId }])
  const about = { 'rowgate.resource': 'Products', 'rowgate.operation': 'UPSERT' }
  const counts = (accepted: number, rejected: number) => ({
    'rowgate.rows.accepted': accepted,
    'rowgate.rows.rejected': rejected,
    'rowgate.rows.unconfirmed': 0,
  })
  expect(attributesOf(batch as ReceivedSpan)).toEqual({ ...about, 'rowgate.rows': 1, 'rowgate.requests': 1, ...counts(1, 0) })
  expect(server?.events.map((event) => [event.name, attributesOf(event)])).toEqual([['mutation settled', { ...about, ...counts(1, 1) }]])
  expect(attempts.map((span) => [span.traceId, span.parentSpanId])).toEqual([1, 2].map(() => [TRACE, batch?.spanId]))
  const call = { 'http.request.method': 'POST', 'rowgate.rows': 1 }
  expect(attempts.map(attributesOf)).toEqual([
    { ...call, 'http.response.status_code': 503 },
    { ...call, 'http.response.status_code': 200, 'http.request.resend_count': 1 },
  ])
  expect([judge, wait, batch, ...attempts].map((span) => span?.kind)).toEqual([1, 1, 1, 3, 3])
  expect(attributesOf(wait as ReceivedSpan)).toEqual({ 'rowgate.sent': true })
  // What the upstream was shown is the span of the attempt, and the caller was told its own.
  expect(upstream.arrived.map(({ headers }) => headers.traceparent)).toEqual(attempts.map(({ spanId }) => `00-${TRACE}-${spanId}-01`))
  expect(answer.headers.get('traceparent')).toBe(`00-${TRACE}-${server?.spanId}-01`)
  expect(receiver.resource()).toMatchObject({ 'service.name': 'rowgate', 'service.instance.id': 'replica-7' })
  const ends = [judge, wait, ...attempts].map((span) => Number(span?.endTimeUnixNano))
  expect(ends).toEqual(ends.toSorted((a, b) => a - b))
})

test('a batch of several callers has a trace of its own, linked to each, and names none of them to the upstream', async () => {
  const first = Promise.withResolvers<FakeAnswer>()
  await start((_, nth) => (nth === 0 ? first.promise : taken), { UPSTREAM_CONCURRENCY: '1' })
  const before = write()
  await expect.poll(() => upstream.arrived.length).toBe(1)
  const both = [write({ rows: [product('B')] }), write({ headers: { traceparent: SAMPLED }, rows: [product('C')] })]
  await rowsWaiting(2)
  first.resolve(taken)
  const traces = (await Promise.all([...both, before])).map(({ headers }) => headers.get('traceparent') ?? '')

  const { batch: batches = [], 'send rows': attempts = [], mutation = [], query = [] } = await spansByName()
  const shared = batches.find(({ links }) => links.length === 2)
  expect(shared?.links.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).sort()).toEqual(traces.slice(0, 2).sort())
  expect(shared?.parentSpanId ?? '').toBe('')
  expect([...mutation, ...query].map(({ traceId }) => traceId)).not.toContain(shared?.traceId)
  const attempt = attempts.find(({ parentSpanId }) => parentSpanId === shared?.spanId)
  expect(upstream.arrived[1]?.headers.traceparent).toBe(`00-${shared?.traceId}-${attempt?.spanId}-01`)
})

test('an attempt that was lost is an error, rows that never left have waited, and those that were refused at once have not', async () => {
  await start(() => (response) => response.destroy())
  for (let nth = 0; nth <= 10; nth++) await write({ operation: 'append', rows: [product(`A${nth}`)] })
  await write({ operation: 'append', rows: [{}] })
  const { 'send rows': attempts = [], 'queue wait': waits = [] } = await spansByName()
  expect(attempts).toHaveLength(10)
  expect(attempts.map((span) => [span.status.code, attributesOf(span)['error.type']])).toEqual(attempts.map(() => [2, 'CONNECTION_LOST']))
  expect(waits.map((span) => attributesOf(span)['rowgate.sent'])).toEqual([...attempts.map(() => true), false])
})

test.each([
  [399, 0],
  [400, 2],
  [500, 2],
])('of an attempt that was answered with %i the span has the status %i', async (status, code) => {
  await start(() => ({ status }))
  await write({ operation: 'append' })
  const { 'send rows': attempts = [] } = await spansByName()
  expect(attempts.map((span) => [attributesOf(span)['http.response.status_code'], span.status.code ?? 0])).toContainEqual([status, code])
})

test('of the name of an operation a hundred characters are kept', async () => {
  await start(() => taken)
  await gateway?.send(`query ${'N'.repeat(150)} { me { tenant } }`, {}, 'token')
  const { query: [server] = [] } = await spansByName()
  expect(attributesOf(server as ReceivedSpan)['graphql.operation.name']).toBe('N'.repeat(100))
})

test('what the upstream is asked about schemas is a span of its request', async () => {
  await start(() => ({ status: 200, body: { solutions: [] } }))
  await gateway?.send('{ solutions { solutionName } }', {}, 'token')
  const { query: [server] = [], 'GET schema': [call] = [] } = await spansByName()
  expect(call).toMatchObject({ traceId: server?.traceId, parentSpanId: server?.spanId, kind: 3 })
})

test('no span holds a token or a value of a row, whatever becomes of it', async () => {
  const CANARY = 'c4n4ry'
  await start(({ headers }, nth) => {
    if (headers.authorization?.includes('lost')) return (response) => response.destroy()
    return nth % 2 === 0 ? taken : { status: 422, body: { message: `${CANARY} is wrong`, errors: [{ rowIndex: 0, message: CANARY }] } }
  })
  const rows = [product(CANARY), product('B', { packSize: CANARY }), product('C', { [CANARY]: CANARY }), CANARY]
  for (const token of [CANARY, `${CANARY}-lost`])
    for (const operation of ['upsert', 'append', 'upsert'] as const)
      await write({ headers: { authorization: token, 'idempotency-key': `${CANARY}-${operation}` }, rows, operation })
  await gateway?.fetch({
    method: 'POST',
    headers: { authorization: CANARY, 'content-type': 'application/json' },
    body: `{"query": "${CANARY}"}`,
  })
  await gateway?.fetch({ path: `/graphql?query=${CANARY}`, headers: { authorization: CANARY } })
  await spansByName()
  expect(receiver.spans().length).toBeGreaterThan(15)
  expect(receiver.texts.join('')).not.toContain(CANARY)
})

test('what the caller does not sample is not sent, and neither is more than the sampler says', async () => {
  process.env.OTEL_TRACES_SAMPLER = 'parentbased_traceidratio'
  process.env.OTEL_TRACES_SAMPLER_ARG = '0'
  await start(() => taken)
  await write()
  await write({ headers: { traceparent: `00-${OTHER_TRACE}-${SPAN}-00` } })
  await write({ headers: { traceparent: SAMPLED } })
  await spansByName()
  expect(new Set(receiver.spans().map(({ traceId }) => traceId))).toEqual(new Set([TRACE]))
  expect(upstream.arrived.map(({ headers }) => headers.traceparent?.slice(-2))).toEqual(['00', '00', '01'])
  expect(upstream.arrived[1]?.headers.traceparent).toContain(OTHER_TRACE)
})

test('a variable that OpenTelemetry cannot use is told of once, by its name, and not as spans that are lost', async () => {
  process.env.OTEL_TRACES_SAMPLER = 'CANARY'
  process.env.OTEL_BSP_SCHEDULE_DELAY = 'CANARY'
  await start(() => taken)
  expect((await write()).status).toBe(200)
  const lines = gateway?.logged.map((line) => JSON.parse(line)) ?? []
  expect(lines.map(({ level, setting, msg }) => [level, setting, msg])).toEqual(
    ['OTEL_BSP_SCHEDULE_DELAY', 'OTEL_TRACES_SAMPLER'].map((setting) => [
      40,
      setting,
      expect.stringMatching(/^a setting of OpenTelemetry is invalid/),
    ]),
  )
  expect(gateway?.logged.join('')).not.toContain('CANARY')
})

test('log lines have the ids of the request and of its trace', async () => {
  await start(() => taken)
  await write({ headers: { traceparent: SAMPLED, 'x-request-id': 'order-7' }, rows: [{}] })
  expect(gateway?.logged.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ requestId: 'order-7', traceId: TRACE })])
})

test('health, readiness, metrics and preflights are not traced', async () => {
  await start(() => taken)
  for (const path of ['/health', '/ready', '/metrics', '/nothing']) await gateway?.fetch({ path })
  await gateway?.fetch({ method: 'OPTIONS', headers: { origin: 'https://page.example', 'access-control-request-method': 'POST' } })
  expect(await spansByName()).toEqual({})
})

test('a receiver that is away is told of in the log, and holds nothing up', async () => {
  await start(() => taken, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  expect((await write({ rows: products(3) })).status).toBe(200)
  const { logged = [] } = gateway ?? {}
  await gateway?.close()
  gateway = undefined
  expect(logged.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 40, cause: 'ETIMEDOUT', msg: expect.stringContaining('traces') }),
  ])
})

test('a receiver that refuses spans is told of by its status: neither what it answered nor where that happened', async () => {
  const refusing = await startFakeUpstream(() => ({ status: 500, body: { message: 'ECANARY_WORDS 418' } }))
  process.env.OTEL_BSP_SCHEDULE_DELAY = '20'
  await start(() => taken, { OTEL_EXPORTER_OTLP_ENDPOINT: refusing.url })
  const causes = () => gateway?.logged.map((line) => JSON.parse(line).cause)
  await write()
  await expect.poll(causes, { timeout: 10_000 }).toEqual(['500'])
  const before = refusing.arrived.length
  await write()
  await expect.poll(() => refusing.arrived.length).toBeGreaterThan(before)
  await gateway?.close()
  expect(causes()).toEqual(['500'])
  await refusing.close()
})

test('a receiver that answers without end is told of in words, none of them its own', async () => {
  const endless = await startFakeUpstream(() => ({ status: 200, body: 'ECANARY '.repeat(1_000_000) }))
  process.env.OTEL_BSP_SCHEDULE_DELAY = '20'
  await start(() => taken, { OTEL_EXPORTER_OTLP_ENDPOINT: endless.url })
  await write()
  await expect
    .poll(() => gateway?.logged.map((line) => JSON.parse(line).cause), { timeout: 10_000 })
    .toEqual(['OTLP export response body exceeded size limit'])
  await endless.close()
})

test('a caller who asks for it is told what the upstream did, and nobody else is', async () => {
  await start((_, nth) => (nth === 0 ? { status: 503 } : taken), { OTEL_EXPORTER_OTLP_ENDPOINT: '' })
  const asked = await (await write({ headers: { 'x-rowgate-debug': 'upstream' }, rows: products(3) })).json()
  expect(asked.extensions.cost).toEqual({ rows: 3, requests: 1 })
  const attempt = { rows: 3, waitedMs: expect.any(Number), ms: expect.any(Number) }
  expect(asked.extensions.upstream).toEqual({
    calls: 2,
    ms: expect.any(Number),
    attempts: [
      { ...attempt, status: 503 },
      { ...attempt, status: 200 },
    ],
  })
  expect((await (await write()).json()).extensions).toEqual({ cost: { rows: 1, requests: 1 } })
})

test('of a batch that is divided he is told the parts that carried rows of his', async () => {
  const first = Promise.withResolvers<FakeAnswer>()
  await start(
    ({ body }, nth) => {
      if (nth === 0) return first.promise
      return body.data.some(({ product_id }) => product_id === 'SPOILS') ? { status: 400, body: { message: 'no' } } : taken
    },
    { UPSTREAM_CONCURRENCY: '1', OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  )
  const before = write()
  await expect.poll(() => upstream.arrived.length).toBe(1)
  const asked = write({ headers: { 'x-rowgate-debug': 'upstream' }, rows: [product('B')] })
  await rowsWaiting(1)
  const beside = write({ rows: [...products(6), product('SPOILS')] })
  await rowsWaiting(8)
  first.resolve(taken)

  const { extensions } = await (await asked).json()
  await Promise.all([before, beside])
  const sent = upstream.arrived.map(({ body }) => body.data.map(({ product_id }) => product_id))
  const his = sent.filter((ids) => ids.includes('B'))
  expect(extensions.upstream.attempts.map(({ rows }: { rows: number }) => rows)).toEqual(his.map((ids) => ids.length))
  expect(sent.length).toBeGreaterThan(his.length + 1)
})

test('what was lost, and what is asked about schemas, is told of as well', async () => {
  await start(({ method }) => (method === 'GET' ? { status: 200, body: { solutions: [] } } : (response) => response.destroy()), {
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
  })
  const lost = await (await write({ headers: { 'x-rowgate-debug': 'upstream' }, operation: 'append' })).json()
  expect(lost.extensions.upstream.attempts).toEqual([
    { rows: 1, waitedMs: expect.any(Number), ms: expect.any(Number), failure: 'CONNECTION_LOST' },
  ])
  const headers = { authorization: 'token', 'content-type': 'application/json', 'x-rowgate-debug': 'upstream' }
  const body = JSON.stringify({ query: '{ solutions { solutionName } }' })
  const read = await (await gateway?.fetch({ method: 'POST', headers, body }))?.json()
  expect(read.extensions.upstream.attempts).toEqual([{ ms: expect.any(Number), status: 200 }])
})

test('every answer names the replica', async () => {
  await start(() => taken)
  expect((await write()).headers.get('x-rowgate-replica')).toBe('replica-7')
  expect(await (await gateway?.fetch({ path: '/metrics' }))?.text()).toContain('rowgate_replica_info{replica="replica-7"} 1')
})
