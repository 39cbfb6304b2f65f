import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createEvents } from '../src/ingest/events.ts'
import { reportMinutes } from '../src/observability/log-events.ts'
import { createMetrics } from '../src/observability/metrics.ts'
import { createReports } from '../src/observability/reports.ts'
import { secret } from '../src/util/secret.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { product, products } from './support/rows.ts'

let upstream: FakeUpstream
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeUpstream(({ headers }) => {
    if (headers.authorization === 'lost') return (response) => response.destroy()
    if (headers.authorization === 'page') return (response) => response.end('<html>SECRET-4</html>')
    if (headers.authorization === 'down') return (response) => response.writeHead(503).end('SECRET-5')
    return { status: 200, body: { status: 'ok' } }
  })
  gateway = await startGateway({ INGESTION_URL: upstream.url, MAX_BATCH_ROWS: '10' })
})
afterAll(async () => void (await Promise.all([gateway.close(), upstream.close()])))

const figures = async () => (await gateway.fetch({ path: '/metrics' })).text()
const count = (text: string, name: string) => Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} ([\\d.e-]+)`, 'm').exec(text)?.[1] ?? 0)
const lines = (from = 0) => gateway.logged.slice(from).map((line) => JSON.parse(line) as Record<string, unknown>)

test('a mutation that did not end well has one line in the log: names and numbers of ours, and no value', async () => {
  const before = gateway.logged.length
  await gateway.ingest('upsertProducts', [product('GOOD')], { token: 'fine' })
  expect(lines(before)).toEqual([])

  await gateway.ingest('upsertProducts', [product('SECRET-1', { packSize: 'SECRET-2' }), product('GOOD')], { token: 'fine' })
  await gateway.ingest('appendProducts', [product('SECRET-3')], { token: 'lost' })
  const [rejected, unconfirmed, ...others] = lines(before).filter(({ msg }) => String(msg).startsWith('a mutation ended'))
  expect(rejected).toMatchObject({
    resource: 'Products',
    operation: 'UPSERT',
    rows: { accepted: 1, rejected: 1, unconfirmed: 0 },
    codes: { WRONG_TYPE: 1 },
  })
  expect(unconfirmed).toMatchObject({ level: 40, operation: 'APPEND', rows: { unconfirmed: 1 }, codes: { CONNECTION_LOST: 1 } })
  expect(rejected).toMatchObject({ requestId: expect.any(String), tenant: expect.stringMatching(/^[0-9a-f]{64}$/), ms: expect.any(Number) })
  expect(others).toEqual([])
  expect(gateway.logged.join('')).not.toMatch(/SECRET|"fine"|"lost"/)
})

test('an answer that tells nothing of its rows, such as a page in HTML, is counted as none and logged with its status, not its words', async () => {
  const [before, from] = [await figures(), gateway.logged.length]
  await gateway.ingest('appendProducts', [product('GOOD')], { token: 'page' })
  await gateway.ingest('appendProducts', [product('GOOD')], { token: 'page' })
  await gateway.ingest('appendProducts', [product('GOOD')], { token: 'down' })
  const after = await figures()
  const grown = (result: string) => {
    const name = `rowgate_upstream_requests_total{operation="APPEND",result="${result}"}`
    return count(after, name) - count(before, name)
  }
  expect(['unreadable_answer', 'upstream_error', 'answered'].map(grown)).toEqual([2, 1, 0])
  const told = lines(from).filter(({ msg }) => String(msg).includes('says nothing about the rows'))
  const about = { level: 40, tenant: expect.stringMatching(/^[0-9a-f]{64}$/), requestIds: [expect.any(String)] }
  expect(told).toMatchObject([
    { ...about, status: 200, body: 'HTML' },
    { ...about, status: 503, body: 'other text' },
  ])
  expect(gateway.logged.join('')).not.toMatch(/SECRET|"page"|"down"/)
})

test('a request that is declined is counted by the code it was declined with, once, however many of its fields were', async () => {
  const before = await figures()
  const post = (init: RequestInit, authorization = 'fine') =>
    gateway.fetch({ method: 'POST', ...init, headers: { 'content-type': 'application/json', authorization, ...(init.headers as object) } })
  const query = (text: string) => ({ body: JSON.stringify({ query: text }) })
  await post(query('{ me { tenant } }'))
  await post(query('{ me { tenant } }'), '')
  await post(query('mutation { upsertProducts(rows: []) { acceptedCount } }'), '')
  await post(query('{ nope }'))
  await post({ body: '{' })
  await post({ body: 'x'.repeat(1_000), headers: { 'content-type': 'text/plain' } })
  await post({ body: '{}', headers: { accept: 'text/html' } })
  await post(query('{ a: recentRejections { resource } b: recentRejections { resource } solutions { solutionName } }'))
  await gateway.fetch({ path: '/graphql?query={me{tenant}}' })
  const after = await figures()
  const grown = (code: string) =>
    count(after, `rowgate_requests_declined_total{code="${code}"}`) - count(before, `rowgate_requests_declined_total{code="${code}"}`)
  const codes = [...after.matchAll(/^rowgate_requests_declined_total\{code="(\w+)"\}/gm)].map(([, code = '']) => code)
  expect(Object.fromEntries(codes.map((code) => [code, grown(code)]))).toEqual({
    UNAUTHENTICATED: 2,
    GRAPHQL_VALIDATION_FAILED: 1,
    BAD_REQUEST: 1,
    UNSUPPORTED_MEDIA_TYPE: 1,
    NOT_ACCEPTABLE: 1,
    SWITCHED_OFF: 1,
    UPSTREAM_UNREADABLE: 1,
    PREFLIGHT_REQUIRED: 1,
  })
})

test('metrics count mutations, rows and requests by what became of them', async () => {
  const before = await figures()
  expect(before).toMatch(/rowgate_memory_held_bytes \d/)
  const began = performance.now()
  await gateway.ingest('upsertCustomers', [{}], { token: 'fine' }).catch(() => {})
  await gateway.ingest('upsertProducts', [...products(15), {}], { token: 'fine' })
  await gateway.ingest('appendProducts', [product('A')], { token: 'lost' })
  const after = await figures()
  const grown = (name: string) => count(after, name) - count(before, name)
  expect(grown('rowgate_mutations_total{resource="Products",operation="UPSERT"}')).toBe(1)
  expect(grown('rowgate_rows_total{resource="Products",operation="UPSERT",outcome="ACCEPTED"}')).toBe(15)
  expect(grown('rowgate_rows_total{resource="Products",operation="UPSERT",outcome="REJECTED"}')).toBe(1)
  expect(grown('rowgate_rows_total{resource="Products",operation="APPEND",outcome="UNCONFIRMED"}')).toBe(1)
  expect(grown('rowgate_upstream_requests_total{operation="UPSERT",result="answered"}')).toBe(2)
  expect(grown('rowgate_upstream_requests_total{operation="APPEND",result="connection_lost"}')).toBe(1)
  // None of the three took longer than all of this.
  expect(grown('rowgate_upstream_request_seconds_sum')).toBeLessThanOrEqual((3 * (performance.now() - began)) / 1_000)
})

test('rows of a dry run are no rows: an APPEND of which nobody knows what became of it wakes nobody up', async () => {
  const dryRun = await gateway.ingest('appendProducts', [product('TRIED')], { token: 'lost', dryRun: true })
  expect(dryRun.unconfirmedCount).toBe(1)
  const before = await figures()
  await gateway.ingest('appendProducts', [product('TRIED')], { token: 'lost', dryRun: true })
  const after = await figures()
  const rows = /^rowgate_rows_total.*$/gm
  expect(after.match(rows)).toEqual(before.match(rows))
  expect(after.match(/^rowgate_mutations_total.*$/gm)).not.toEqual(before.match(/^rowgate_mutations_total.*$/gm))
})

test('metrics say that the requests of a tenant began to be withheld, and not that they are sent again', async () => {
  const before = await figures()
  for (let nth = 0; nth < 10; nth++) await gateway.ingest('appendProducts', [product('A')], { token: 'lost' })
  const after = await figures()
  const grown = (state: string) => {
    const name = `rowgate_breaker_changes_total{scope="tenant",state="${state}"}`
    return count(after, name) - count(before, name)
  }
  expect({ open: grown('open'), closed: grown('closed') }).toEqual({ open: 1, closed: 0 })
})

test('a listener that throws is a defect of its own: the others hear of the event, and who told it goes on', () => {
  const events = createEvents()
  const heard: unknown[] = []
  events.on('rows:withheld', () => {
    throw new Error('broken')
  })
  events.on('rows:withheld', (event) => heard.push(event))
  events.on('defect', ({ error }) => heard.push(error))
  const event = { tenant: { id: 'T', credential: secret('') }, rows: 2 }
  events.emit('rows:withheld', event)
  expect(heard).toEqual([new Error('broken'), event])
})

test('what alarms ask for is there before it happens first, and waits are told in seconds', async () => {
  const events = createEvents()
  const metrics = createMetrics('replica', events)
  events.emit('batch:sent', { waitedMs: 2_000 } as never)
  const printed = await metrics.print()
  for (const scope of ['process', 'tenant']) expect(printed).toContain(`rowgate_requests_shed_total{scope="${scope}"} 0\n`)
  for (const scope of ['host', 'tenant']) expect(printed).toContain(`rowgate_breaker_changes_total{scope="${scope}",state="open"} 0\n`)
  expect(count(printed, 'rowgate_upstream_wait_seconds_sum')).toBe(2)
})

test('a request is counted by what was told of its rows, of each operation apart', async () => {
  const events = createEvents()
  const metrics = createMetrics('replica', events)
  const count = (operation: string, ...kinds: readonly string[]) =>
    events.emit('batch:answered', {
      batch: { destination: { operation } },
      answer: { kind: 'answered', verdicts: kinds.map((kind) => ({ kind })) },
      ms: 1,
    } as never)
  count('UPSERT', 'none', 'accepted')
  count('UPSERT', 'none', 'none')
  count('APPEND', 'none', 'none')
  const printed = (await metrics.print()).match(/^rowgate_upstream_requests_total.*$/gm)
  expect(printed?.sort()).toEqual([
    'rowgate_upstream_requests_total{operation="APPEND",result="unreadable_answer"} 1',
    'rowgate_upstream_requests_total{operation="UPSERT",result="answered"} 1',
    'rowgate_upstream_requests_total{operation="UPSERT",result="unreadable_answer"} 1',
  ])
})

test('an outage of the store is told once, its end once, and the next one again; so is that another replica sends for a tenant', () => {
  const lines: string[] = []
  const log = { warn: (_: object, words: string) => lines.push(words), info: (_: object, words: string) => lines.push(words) }
  const { store, together } = createReports(log as never, { noteTogether: () => {} } as never)
  const { onUnavailable, onAvailable } = store('STORE_FILE')
  onAvailable()
  for (let outage = 0; outage < 2; outage++) {
    for (let nth = 0; nth < 3; nth++) onUnavailable(new Error('away'))
    for (let nth = 0; nth < 3; nth++) onAvailable()
  }
  const [away, back] = [expect.stringContaining('cannot be used'), expect.stringContaining('works again')]
  expect(lines.splice(0)).toEqual([away, back, away, back])
  together([])
  expect(lines).toEqual([])
  for (const tenants of [['T'], [], ['T', 'U']]) together(tenants)
  expect(lines).toHaveLength(1)
})

test('what is said once a minute is said once, and again when the minute is over', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const warn = vi.fn()
  const { newerRecords, together, store } = createReports({ warn } as never, { noteTogether: () => {} } as never)
  const notes = store('STORE_FILE')
  const says: readonly (() => void)[] = [
    newerRecords,
    () => together(['T']),
    () => {
      notes.onNotesFailed(new Error('away'))
      notes.onAvailable()
    },
  ]
  for (const say of says) {
    const saidAfter = (ms: number) => {
      vi.advanceTimersByTime(ms)
      say()
      return warn.mock.calls.splice(0).length
    }
    expect([saidAfter(60_000), saidAfter(0), saidAfter(59_999), saidAfter(1)]).toEqual([1, 0, 0, 1])
  }
  vi.advanceTimersByTime(60_000)
  notes.onAvailable()
  expect(warn).not.toHaveBeenCalled()
  vi.useRealTimers()
})

test('each report has its level, what it is about, and no more of tenants than ten', () => {
  const lines: unknown[] = []
  const at = (level: string) => (about: unknown, words?: string) =>
    lines.push([level, ...(words === undefined ? [{}, about] : [about, words])])
  const log = { info: at('info'), warn: at('warn') }
  const noteTogether = vi.fn()
  const noteDrift = vi.fn()
  const reports = createReports(log as never, { noteTogether, noteDrift } as never)
  const tenants = Array.from({ length: 11 }, (_, nth) => `T${nth}`)
  reports.together(tenants)
  reports.unusable('JWT_KEYS', new Error('gone'))
  reports.unusable('JWT_KEYS', 'a value that was thrown')
  reports.usable('JWT_KEYS')
  reports.connectionError('upstream.example')('ECONNRESET')
  const origins = [{ requestId: 'order-7', traceparent: undefined }]
  reports.unusableAnswer({ status: 502, body: 'HTML', tenantId: 'T', origins } as never)
  reports.unknownAnswer(['outcome'])
  reports.drift({ solution: 'S', fault: { code: 'UPSTREAM_UNREADABLE', message: 'm' } } as never)
  reports.drift({ solution: 'S', differences: [] } as never)
  reports.drift({ solution: 'S', differences: [{ kind: 'A' }, { kind: 'B' }, { kind: 'A' }] } as never)
  expect(lines).toEqual([
    ['warn', { tenants: tenants.slice(0, 10), count: 11 }, expect.stringContaining('another replica')],
    ['warn', { setting: 'JWT_KEYS', cause: 'gone' }, expect.stringContaining('cannot be used')],
    ['warn', { setting: 'JWT_KEYS', cause: 'string' }, expect.stringContaining('cannot be used')],
    ['info', { setting: 'JWT_KEYS' }, expect.stringContaining('can be used again')],
    ['warn', { cause: 'ECONNRESET', host: 'upstream.example' }, expect.stringContaining('could not be reached')],
    ['warn', { status: 502, body: 'HTML', tenant: 'T', requestIds: ['order-7'] }, expect.stringContaining('says nothing about the rows')],
    ['info', { names: ['outcome'] }, expect.stringContaining('unknown shape')],
    ['warn', { solution: 'S', code: 'UPSTREAM_UNREADABLE' }, expect.stringContaining('could not be compared')],
    ['warn', { solution: 'S', kinds: { A: 2, B: 1 } }, expect.stringContaining('differ from the declarations')],
  ])
  expect([noteTogether.mock.calls, noteDrift.mock.calls]).toEqual([
    [[11]],
    [
      ['S', 0],
      ['S', 3],
    ],
  ])
})

test('a minute in which something was wrong is summed up in one line, a good one in none', () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  const warn = vi.fn()
  const events = createEvents()
  reportMinutes(events, { warn } as never)
  const settle = (counts: object) => events.emit('mutation:settled', { result: { counts } } as never)
  settle({ ACCEPTED: 2, REJECTED: 1, UNCONFIRMED: 0 })
  vi.advanceTimersByTime(60_000)
  expect(warn).not.toHaveBeenCalled()

  settle({ ACCEPTED: 1, REJECTED: 0, UNCONFIRMED: 3 })
  events.emit('batch:answered', { answer: { kind: 'lost', reason: 'TIMED_OUT' } } as never)
  events.emit('rows:withheld', { rows: 5 } as never)
  vi.advanceTimersByTime(120_000)
  vi.useRealTimers()
  const totals = { mutations: 1, accepted: 1, rejected: 0, unconfirmed: 3, withheld: 5, requests: 1, failedRequests: 1 }
  expect(warn.mock.calls).toEqual([[totals, expect.any(String)]])
})

test('figures of the store are read anew for each print, once for all of them; while the store is away there are none', async () => {
  const metrics = createMetrics('replica-1', createEvents())
  let records = 1
  const read = vi.fn(async () => {
    if (records > 2) throw new Error('away')
    return { records, oldestOpenMs: 2_500, unconfirmedRows: 0 }
  })
  metrics.watchStore(read)
  const told = async () => (await metrics.print()).match(/^rowgate_idempotency_\w+ .*$/gm)
  const others = ['rowgate_idempotency_oldest_open_seconds 2.5', 'rowgate_idempotency_unconfirmed_rows 0']
  for (; records <= 2; records++) expect(await told()).toEqual([`rowgate_idempotency_records ${records}`, ...others])
  expect(await told()).toBeNull()
  expect(read).toHaveBeenCalledTimes(3)
})

test('whatever metrics can count is counted by somebody', async () => {
  const src = new URL('../src/', import.meta.url)
  const files = (await readdir(src, { recursive: true })).filter((name) => name.endsWith('.ts') && !name.endsWith('/metrics.ts'))
  const text = (await Promise.all(files.map((name) => readFile(new URL(name, src), 'utf8')))).join('')
  const counting = Object.keys(createMetrics('replica-1', createEvents())).filter((name) => /^(?:count|note)/.test(name))
  expect(counting.length).toBeGreaterThan(3)
  expect(counting.filter((name) => !text.includes(`metrics.${name}`))).toEqual([])
})

test('figures of a store that is stuck are left out, and take no others with them', async () => {
  const metrics = createMetrics('replica', createEvents())
  metrics.watchStore(() => new Promise(() => {}))
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const printed = metrics.print()
  await vi.advanceTimersByTimeAsync(5_000)
  vi.useRealTimers()
  expect(await printed).toMatch(/^rowgate_replica_info\{replica="replica"\} 1$/m)
  expect(await printed).not.toMatch(/^rowgate_idempotency_records \d/m)
})
