import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ATTEMPTS } from '../src/ingest/retry-policy.ts'
import { meaningOf } from '../src/upstream/statuses.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, type RowAnswer, startGateway } from './support/gateway.ts'
import { products } from './support/rows.ts'

let upstream: FakeUpstream
let asked: Gateway
let unasked: Gateway
let trusting: Gateway

// A token says how its requests are answered, and each is a tenant of its own.
beforeAll(async () => {
  upstream = await startFakeUpstream(({ headers }) => {
    const [, status, asks] = String(headers.authorization).split('/')
    // A refusal that says that rows were taken contradicts itself.
    const isRefusal = Number(status) >= 300 && Number(status) < 500
    const body = isRefusal ? { message: 'declined' } : { accepted: 2, failed: [] }
    return { status: Number(status), body, headers: asks === 'asks' ? { 'retry-after': '0' } : {} }
  })
  const settings = { INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '10000' }
  asked = await startGateway(settings)
  unasked = await startGateway(settings)
  trusting = await startGateway({ ...settings, APPEND_RETRY_ON_503: 'on' })
})
afterAll(async () => {
  await Promise.all([asked.close(), unasked.close(), trusting.close()])
  await upstream.close()
})

type Operation = 'upsert' | 'append'

/** What becomes of two rows, and how many requests that takes for each operation. */
interface Expected {
  readonly comesTo: string
  readonly upsert: number
  readonly append: number
}

const TAKEN: Expected = { comesTo: 'accepted', upsert: 1, append: 1 }
const UNREADABLE: Expected = { comesTo: 'unconfirmed: UNREADABLE_ANSWER', upsert: 5, append: 1 }
const FAILED: Expected = { comesTo: 'unconfirmed: UPSTREAM_ERROR', upsert: 5, append: 1 }
const REFUSED: Expected = { comesTo: 'rejected: UPSTREAM_REFUSED_BATCH', upsert: 1, append: 1 }
const SPOILT: Expected = { ...REFUSED, upsert: 3 }
const UNAUTHORIZED: Expected = { ...REFUSED, comesTo: 'rejected: UPSTREAM_UNAUTHORIZED' }
const NOT_FOUND: Expected = { ...REFUSED, comesTo: 'rejected: UPSTREAM_NOT_FOUND' }

/** What each status comes to; others of their hundred come to what stands under its name. */
const TABLE: Readonly<Record<string, Expected>> = {
  '2xx': UNREADABLE,
  200: TAKEN,
  201: TAKEN,
  202: TAKEN,
  204: TAKEN,
  207: TAKEN,
  '3xx': UNREADABLE,
  307: REFUSED,
  308: REFUSED,
  '4xx': REFUSED,
  400: SPOILT,
  401: UNAUTHORIZED,
  403: UNAUTHORIZED,
  404: NOT_FOUND,
  408: UNREADABLE,
  409: SPOILT,
  410: NOT_FOUND,
  413: SPOILT,
  422: SPOILT,
  425: { comesTo: 'rejected: UPSTREAM_REFUSED_BATCH, to be sent again', upsert: 5, append: 5 },
  429: { comesTo: 'rejected: UPSTREAM_RATE_LIMITED, to be sent again', upsert: 5, append: 5 },
  444: UNREADABLE,
  460: UNREADABLE,
  499: UNREADABLE,
  '5xx': FAILED,
}

const told = ({ comesTo, ...requests }: Expected, operation: Operation) => `${comesTo}; requests: ${requests[operation]}`

function outcomeOf(row: RowAnswer): string {
  if (row.__typename === 'AcceptedRow') return 'accepted'
  if (row.__typename === 'UnconfirmedRow') return `unconfirmed: ${row.reason}`
  return `rejected: ${row.issues?.[0]?.code}${row.retryable ? ', to be sent again' : ''}`
}

/** What two rows come to whose requests are all answered with that status. */
async function outcome(through: Gateway, operation: Operation, status: number, asks: string): Promise<string> {
  const token = `${operation}/${status}/${asks}/${through === trusting}`
  const { rows } = await through.ingest(`${operation}Products`, products(2), { token })
  const outcomes = new Set(rows.map(outcomeOf))
  const requests = upstream.arrived.filter(({ headers }) => headers.authorization === token)
  return `${[...outcomes].join(' and ')}; requests: ${requests.length}`
}

const expectedOf = (status: number) => TABLE[status] ?? TABLE[`${Math.floor(status / 100)}xx`] ?? TAKEN

// Those with a meaning of their own, and of each hundred some that have none.
const TRIED = [...Object.keys(TABLE).map(Number).filter(Number.isFinite), 203, 226, 300, 302, 303, 402, 405, 418, 451]
// Five tenants that fail one after the other open the breaker of the host, so these go in threes, with a good one between.
const FAILING = [[500, 501, 502], [503, 504, 599], [524]]

test('a status that is not tried over HTTP means what the others of its hundred do', () => {
  const plain: Record<number, object> = {
    2: meaningOf(203, false),
    3: meaningOf(300, false),
    4: meaningOf(402, false),
    5: meaningOf(500, false),
  }
  for (let status = 200; status < 600; status++) {
    if (TRIED.includes(status) || FAILING.flat().includes(status)) continue
    for (const asks of [true, false]) expect({ status, ...meaningOf(status, asks) }).toEqual({ status, ...plain[Math.floor(status / 100)] })
  }
})

test('every class of failure in the retry table is one that something comes to', () => {
  const meanings = Array.from({ length: 400 }, (_, at) => [meaningOf(200 + at, true), meaningOf(200 + at, false)]).flat()
  const ofStatuses = meanings.flatMap((meaning) => ('failure' in meaning ? [meaning.failure] : []))
  // These have no status: nothing left, or a single row was refused.
  expect([...new Set([...ofStatuses, 'UNSENT', 'ROW_NOT_YET'])].sort()).toEqual(Object.keys(ATTEMPTS).sort())
})

test('callers who come from REST are told the same of each status', async () => {
  const page = await readFile(new URL('../docs/from-rest.md', import.meta.url), 'utf8')
  const [table = ''] = page.split('### Answers')[1]?.split('\n## ') ?? []
  const rows = [...table.matchAll(/^\| (\S.*?) +\| (\S.*?) +\|$/gm)]
  const toldOf = (said: string) => rows.find(([, statuses = '']) => statuses.split(', ').includes(said))?.[2]
  for (let status = 200; status < 600; status++) {
    const hundred = `${Math.floor(status / 100)}xx`
    const words = toldOf(String(status)) ?? toldOf(hundred) ?? toldOf(`another ${hundred}`) ?? toldOf('another status') ?? ''
    const { comesTo } = expectedOf(status)
    expect({ status, words }).toEqual({ status, words: expect.stringContaining(comesTo.match(/[A-Z_]{4,}/)?.[0] ?? 'accepted') })
    expect({ status, isAgain: /to be sent again/.test(words) }).toEqual({ status, isAgain: /to be sent again/.test(comesTo) })
  }
})

// Mostly they wait, and those that do so together share no gateway.
describe.each<Operation>(['upsert', 'append'])('%s', (operation) => {
  test.concurrent.each(['asks', 'does-not-ask'])(
    'by an upstream that %s to wait: each status comes to what the table says',
    async (asks) => {
      const gateway = asks === 'asks' ? asked : unasked
      const tell = async (statuses: readonly number[]) =>
        Promise.all(statuses.map(async (status) => [status, await outcome(gateway, operation, status, asks)] as const))
      const found = await tell(TRIED)
      for (const statuses of FAILING) {
        await outcome(gateway, operation, 200, `before-${statuses[0]}-${asks}`)
        found.push(...(await tell(statuses)))
      }
      const expected = [...TRIED, ...FAILING.flat()].map((status) => [status, told(expectedOf(status), operation)])
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
    },
  )

  test.concurrent('503 is repeated where operators say that one that asks to wait writes nothing, and only that one', async () => {
    await outcome(trusting, operation, 200, 'before')
    const found = [
      outcome(trusting, operation, 503, 'asks'),
      outcome(trusting, operation, 503, 'does-not-ask'),
      outcome(trusting, operation, 500, 'asks'),
    ]
    expect(await Promise.all(found)).toEqual([told({ ...FAILED, append: 5 }, operation), told(FAILED, operation), told(FAILED, operation)])
  })

  test.concurrent('425 costs no budget: every batch of many is repeated', async () => {
    const many = await startGateway({ INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '10000', MAX_BATCH_ROWS: '1' })
    const token = `${operation}/425/asks/many`
    const { rejectedCount } = await many.ingest(`${operation}Products`, products(20), { token })
    await many.close()
    expect(rejectedCount).toBe(20)
    expect(upstream.arrived.filter(({ headers }) => headers.authorization === token)).toHaveLength(100)
  })
})
