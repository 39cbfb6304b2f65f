import { getEventListeners } from 'node:events'
import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ClientError, createClient, type Outcome, type Progress, type RowInputs, type Run } from '../src/client/index.ts'
import { createOutcomeQueue } from '../src/client/outcome-queue.ts'
import { createTally, type Settled } from '../src/client/tally.ts'
import { allAccepted, allRejected, type FakePayload, type SentRows, startFakeGateway } from './support/fake-gateway.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { product } from './support/rows.ts'

type Product = RowInputs['Products']

const CHUNK = 5_000
const row = (at: number, changes: Record<string, unknown> = {}) => product(`P${at}`, changes) as unknown as Product
const rowsOf = (count: number): Product[] => Array.from({ length: count }, (_, at) => row(at))

const open: FakeUpstream[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function fake(reply: (sent: SentRows, nth: number) => FakePayload | Promise<FakePayload>) {
  const gateway = await startFakeGateway(reply)
  open.push(gateway)
  return { ...gateway, client: createClient({ url: gateway.url, token: 'token' }) }
}

async function errorOf(run: Run<unknown>): Promise<ClientError> {
  const error: unknown = await run.done.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ClientError)) throw new Error(`ended with ${String(error)}`)
  return error
}

test('the first rows of a complaint are the first of all rows, also where a later request was answered sooner', async () => {
  const later = Promise.withResolvers<void>()
  const { client } = await fake(async (sent) => {
    if (sent.rows.length < CHUNK) later.resolve()
    else await later.promise
    return allRejected(sent, 'BELOW_MINIMUM')
  })
  const error = await errorOf(client.upsert('Products', rowsOf(CHUNK + 20), { parallel: 2 }))
  expect(error.summary?.issueSummary[0]).toMatchObject({ count: CHUNK + 20, firstIndexes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] })
})

test('chunks and their keys hang on the rows alone: whatever the parallelism, and whether rows come at once or one by one', async () => {
  const { client, sent } = await fake((request) => allAccepted(request))
  const rows = rowsOf(2 * CHUNK + 1)
  async function* one() {
    yield* rows
  }
  const seen = async (run: Run<Product>) => {
    await run.done
    return (sent as SentRows[]).splice(0).sort((a, b) => (a.key ?? '').localeCompare(b.key ?? ''))
  }
  const first = await seen(client.append('Products', rows, { key: 'k' }))
  expect(first.map(({ key, rows: list }) => [key, list.length])).toEqual([
    ['k:0', CHUNK],
    ['k:1', CHUNK],
    ['k:2', 1],
  ])
  expect(await seen(client.append('Products', one(), { key: 'k', parallel: 1 }))).toEqual(first)
})

test('a run without a key has one of its own, and a dry run has none', async () => {
  const { client, sent } = await fake((request) => allAccepted(request))
  for (const options of [{}, {}, { dryRun: true }]) await client.upsert('Products', rowsOf(1), options).done
  const [first, second, dry] = sent.map(({ key }) => key)
  expect(first).toMatch(/:0$/)
  expect(second).not.toBe(first)
  expect(dry).toBeNull()
})

test('a request is repeated by its key after the wait that the gateway asks for', async () => {
  const waits = [
    { code: 'OVERLOADED', retryAfterMs: 40 },
    { code: 'IDEMPOTENCY_IN_PROGRESS', retryAfterMs: 30 },
    { code: 'INTERNAL_SERVER_ERROR' },
  ]
  const { client, sent } = await fake((request, nth) => (waits[nth] ? { declined: waits[nth] } : allAccepted(request)))
  const told: Progress[] = []
  await client.append('Products', rowsOf(3), { key: 'k', onProgress: (progress) => told.push(progress) }).done

  expect(sent.map(({ key }) => key)).toEqual(Array(4).fill('k:0'))
  const waited = told.flatMap(({ waitingMs = [] }) => waitingMs)
  expect(waited).toEqual([expect.toSatisfy((ms) => ms >= 40), expect.toSatisfy((ms) => ms >= 30), expect.any(Number)])
  expect(told.at(-1)).toMatchObject({ rows: 3, settled: 3, accepted: 3, requests: 4, retries: 3 })
})

test('rows that may be sent again are, by the same request, until none is left', async () => {
  const { client, sent } = await fake((request, nth) =>
    nth < 2 ? allRejected(request, 'UPSTREAM_RATE_LIMITED', true) : allAccepted(request),
  )
  expect(await client.append('Products', rowsOf(2)).done).toMatchObject({ accepted: 2, rejected: 0 })
  expect(sent).toHaveLength(3)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
})

test('rows are sent again for as long as it gets better', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const { client, sent } = await fake((request, nth) => {
    const { rows, ...payload } = allRejected(request, 'UPSTREAM_RATE_LIMITED', true) as { rows: object[] }
    const left = { acceptedCount: nth, rejectedCount: 12 - nth, retryableCount: 12 - nth }
    return { ...payload, ...left, rows: rows.slice(nth) }
  })
  expect(await client.append('Products', rowsOf(12)).done).toMatchObject({ accepted: 12, rejected: 0 })
  expect(sent).toHaveLength(13)
})

test('refused rows beside one that is unconfirmed end no run', async () => {
  const { client } = await fake((request) => {
    const { rows, ...payload } = allRejected(request, 'UPSTREAM_UNAUTHORIZED') as { rows: object[] }
    return {
      ...payload,
      rejectedCount: 1,
      unconfirmedCount: 1,
      rows: [...rows.slice(1), { index: 0, reason: 'TIMED_OUT', retryable: false }],
    }
  })
  expect(await client.append('Products', rowsOf(2)).done).toMatchObject({ rejected: 1, unconfirmed: 1 })
})

test('an unconfirmed row says why, and what to do', async () => {
  const unconfirmed = { acceptedCount: 1, unconfirmedCount: 1, rows: [{ index: 1, reason: 'TIMED_OUT', retryable: false }] }
  const { client } = await fake((request) => allAccepted(request, unconfirmed))
  const outcomes = []
  for await (const outcome of client.append('Products', rowsOf(2)).outcomes()) outcomes.push(outcome)
  expect(outcomes).toMatchObject([
    { status: 'accepted' },
    { index: 1, status: 'unconfirmed', issues: [{ code: 'TIMED_OUT', field: null }] },
  ])
})

describe('an answer that does not tell of each row once is not believed', () => {
  const rejected = (...indexes: unknown[]) => ({
    acceptedCount: 2 - indexes.length,
    rejectedCount: indexes.length,
    rows: indexes.map((index) => ({ index, retryable: false, issues: [] })),
  })
  const WRONG: [string, FakePayload][] = [
    ['too few', { acceptedCount: 1 }],
    ['one that is not listed', { acceptedCount: 1, rejectedCount: 1 }],
    ['one beyond the last', rejected(2)],
    ['one before the first', rejected(-1)],
    ['one between two', rejected(0.5)],
    ['a text', rejected('0')],
    ['none', rejected(undefined)],
    ['one twice', rejected(0, 0)],
  ]

  test.each(WRONG)('%s: it is asked again, then all its rows are unconfirmed, and the run ends', async (_, changes) => {
    const { client, sent } = await fake((request) => allAccepted(request, changes))
    const run = client.append('Products', rowsOf(2))
    const outcomes: Outcome<Product>[] = []
    const reading = (async () => {
      for await (const outcome of run.outcomes()) outcomes.push(outcome)
    })().catch(() => {})
    const { code, summary } = await errorOf(run)
    await reading
    expect([code, summary?.accepted, summary?.rejected, summary?.unconfirmed]).toEqual(['UNREADABLE_ANSWER', 0, 0, 2])
    expect(outcomes.map(({ index, status, retryable, issues }) => [index, status, retryable, issues[0]?.code])).toEqual([
      [0, 'unconfirmed', true, 'UNREADABLE_ANSWER'],
      [1, 'unconfirmed', true, 'UNREADABLE_ANSWER'],
    ])
    expect(sent.map(({ key }) => key)).toEqual([sent[0]?.key, sent[0]?.key])
  })

  test('where the gateway tells of each row when it is asked again, that counts', async () => {
    const { client } = await fake((request, nth) => allAccepted(request, nth === 0 ? { acceptedCount: 1 } : {}))
    expect(await client.append('Products', rowsOf(2)).done).toMatchObject({ accepted: 2, unconfirmed: 0 })
  })
})

describe('a gateway that cannot keep keys', () => {
  const noStore = ({ key, ...request }: SentRows) =>
    key === null ? allAccepted({ ...request, key }) : { declined: { code: 'STORE_UNAVAILABLE', retryAfterMs: 1 } }

  test('is told to whoever appends, and nothing is sent', async () => {
    const { client } = await fake(noStore)
    expect(await errorOf(client.append('Products', rowsOf(1), { key: 'k' }))).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      summary: { accepted: 0 },
    })
  })

  test('is given an UPSERT without them, with a warning', async () => {
    const { client } = await fake(noStore)
    const { accepted, warnings } = await client.upsert('Products', rowsOf(1), { key: 'k' }).done
    expect([accepted, warnings]).toEqual([1, [expect.stringContaining('could not store keys')]])
  })
})

describe('a token', () => {
  test.each([
    ['code', { declined: { code: 'UNAUTHENTICATED' } }],
    ['status', { declined: {}, status: 401 }],
  ])('that is refused by its %s is asked for anew, once for all requests that were refused with it', async (_, refusal) => {
    let asked = 0
    const { url, sent } = await fake((request) => (request.token === 'token 2' ? allAccepted(request) : refusal))
    const client = createClient({ url, token: async () => `token ${++asked}` })
    expect(await client.append('Products', rowsOf(2 * CHUNK)).done).toMatchObject({ accepted: 2 * CHUNK })
    expect(asked).toBe(2)
    expect(sent.filter(({ token }) => token === 'token 2')).toHaveLength(2)
  })

  test('that stays refused ends the run, as does a function that fails', async () => {
    const { url } = await fake(() => ({ declined: { code: 'UNAUTHENTICATED' }, status: 401 }))
    expect((await errorOf(createClient({ url, token: () => 'same' }).upsert('Products', rowsOf(1)))).code).toBe('UNAUTHENTICATED')
    const failing = createClient({ url, token: () => Promise.reject(new Error('no')) })
    expect(await errorOf(failing.upsert('Products', rowsOf(1)))).toMatchObject({ code: 'TOKEN_FAILED', cause: { message: 'no' } })
  })

  test('of a function that failed is asked for again, by whatever comes next', async () => {
    const { url } = await fake((request) => allAccepted(request))
    const tokens = [Promise.reject(new Error('no')), Promise.resolve('good')]
    const client = createClient({ url, token: () => tokens.shift() as Promise<string> })
    expect(await errorOf(client.upsert('Products', rowsOf(1)))).toMatchObject({ code: 'TOKEN_FAILED' })
    expect(await client.upsert('Products', rowsOf(1)).done).toMatchObject({ accepted: 1 })
  })

  test('that no header can hold ends the run at once, and stands in no error', async () => {
    const { url } = await fake((request) => allAccepted(request))
    for (const token of ['two\nlines', 'se\u20accret', 'nul\0'])
      for (const given of [token, () => token]) {
        const error = await errorOf(createClient({ url, token: given }).upsert('Products', rowsOf(1)))
        expect(error).toMatchObject({ code: 'TOKEN_FAILED', message: 'No token can be sent.' })
        expect(inspect(error)).not.toMatch(/two|cret|nul/)
      }
  })

  test.each([
    ['a token that never comes', { token: () => new Promise<string>(() => {}) }],
    ['a fetch that heeds no signal', { fetch: () => new Promise<Response>(() => {}) }],
  ])('%s is waited for no longer than its caller wants', async (_, options) => {
    const { url } = await fake((request) => allAccepted(request))
    const caller = new AbortController()
    const run = createClient({ url, ...options }).append('Products', rowsOf(1), { signal: caller.signal })
    setImmediate(() => caller.abort())
    expect((await errorOf(run)).code).toBe('ABORTED')
  })
})

describe('rows are read no further than they are sent', () => {
  /** A gateway that answers when told, and rows that count how many of them were taken. */
  async function held() {
    let taken = 0
    let isClosed = false
    const gate = Promise.withResolvers<void>()
    const full = Promise.withResolvers<void>()
    const gateway = await fake(async (request, nth) => {
      if (nth === 1) full.resolve()
      await gate.promise
      return allAccepted(request)
    })
    async function* rows() {
      try {
        for (let at = 0; at < 8 * CHUNK; at++) {
          taken++
          yield row(at)
        }
      } finally {
        isClosed = true
      }
    }
    return { ...gateway, rows: rows(), gate, full, taken: () => taken, isClosed: () => isClosed }
  }

  test('as many requests as may be under way, one chunk ahead', async () => {
    const { client, rows, gate, full, taken } = await held()
    const read = Promise.withResolvers<void>()
    const run = client.append('Products', rows, { parallel: 2, onProgress: ({ rows: count }) => count === 3 * CHUNK && read.resolve() })
    await Promise.all([full.promise, read.promise])
    expect(taken()).toBe(3 * CHUNK + 1)
    gate.resolve()
    expect(await run.done).toMatchObject({ accepted: 8 * CHUNK })
  })

  test('and no further than their outcomes are read', async () => {
    const { client, rows, gate, taken } = await held()
    gate.resolve()
    const two = Promise.withResolvers<void>()
    const run = client.append('Products', rows, { parallel: 1, onProgress: ({ settled }) => settled === 2 * CHUNK && two.resolve() })
    const outcomes = run.outcomes()[Symbol.asyncIterator]()
    await outcomes.next()
    await two.promise
    // Where the next chunk may go, it goes before anything else can happen, and the one after it is read.
    await new Promise(setImmediate)
    // Two chunks that were not read to the end, one that waits, and the row that made it full.
    expect(taken()).toBe(3 * CHUNK + 1)
    await outcomes.return?.()
    expect(await run.done).toMatchObject({ accepted: 8 * CHUNK })
  })

  test('a stopped run closes them, and waits for no row', async () => {
    const { client, rows, full, isClosed } = await held()
    const stop = new AbortController()
    const run = client.append('Products', rows, { parallel: 2, signal: stop.signal })
    const ended = errorOf(run)
    await full.promise
    stop.abort('enough')
    expect(await ended).toMatchObject({ code: 'ABORTED', cause: 'enough', summary: { accepted: 0 } })
    await expect.poll(isClosed).toBe(true)

    async function* never() {
      yield row(0)
      await new Promise(() => {})
    }
    const other = new AbortController()
    const waiting = errorOf(client.append('Products', never(), { signal: other.signal }))
    other.abort()
    expect((await waiting).code).toBe('ABORTED')
  })
})

test('a run that is over leaves nothing with the signal of its caller', async () => {
  const { client } = await fake((request) => allAccepted(request))
  const { signal } = new AbortController()
  await client.append('Products', rowsOf(1), { signal }).done
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('where reading the rows fails, what was sent is told, and the failure is the cause', async () => {
  const { client } = await fake((request) => allAccepted(request))
  function* rows() {
    yield* rowsOf(CHUNK + 1)
    throw new Error('disk')
  }
  expect(await errorOf(client.append('Products', rows()))).toMatchObject({
    code: 'ROWS_FAILED',
    cause: { message: 'disk' },
    summary: { rows: CHUNK, accepted: CHUNK },
  })
})

test('an UPSERT of a key waits for the one before it, so that the last of them is written last', async () => {
  const rows = [...rowsOf(CHUNK), ...rowsOf(CHUNK).map((_, at) => row(at + CHUNK)), row(0, { packSize: 99 })]
  const second = Promise.withResolvers<void>()
  const ended: (string | null)[] = []
  const { client, sent } = await fake(async (request) => {
    // The first chunk is answered long after the client has heard of the second, and the third must not have come before that.
    if (request.key === 'k:0') {
      await second.promise
      for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
    }
    ended.push(request.key)
    return allAccepted(request)
  })
  await client.upsert('Products', rows, { key: 'k', onProgress: ({ accepted }) => accepted > 0 && second.resolve() }).done
  expect(ended).toEqual(['k:1', 'k:0', 'k:2'])
  expect(sent.at(-1)?.rows).toMatchObject([{ packSize: 99 }])
})

test('outcomes are read from the beginning or not at all; a run that nobody reads keeps none', async () => {
  const { client } = await fake((request) => allAccepted(request))
  const run = client.append('Products', rowsOf(2))
  await run.done
  expect(() => run.outcomes()).toThrow(expect.objectContaining({ code: 'OUTCOMES_DROPPED' }))

  const read = client.append('Products', rowsOf(2))
  for await (const { index } of read.outcomes()) if (index === 0) break
  expect(await read.done).toMatchObject({ accepted: 2 })
})

test('what stops a run is thrown where its outcomes end', async () => {
  const { client } = await fake((request, nth) => (nth === 0 ? allAccepted(request) : { declined: { code: 'SWITCHED_OFF' } }))
  const read: number[] = []
  const all = async () => {
    for await (const { index } of client.append('Products', rowsOf(CHUNK + 1), { parallel: 1 }).outcomes()) read.push(index)
  }
  await expect(all()).rejects.toMatchObject({ code: 'SWITCHED_OFF', summary: { accepted: CHUNK } })
  expect(read).toHaveLength(CHUNK)
})

test('a caller whose function for progress throws has stopped the run', async () => {
  const { client } = await fake((request) => allAccepted(request))
  const onProgress = () => {
    throw new Error('mine')
  }
  await expect(client.append('Products', rowsOf(1), { onProgress }).done).rejects.toThrow('mine')
})

test('as many rows may be rejected as is said, and not one more', async () => {
  const { client } = await fake((request) => {
    const all = allRejected({ ...request, rows: request.rows.slice(0, 2) }, 'BELOW_MINIMUM')
    return { ...all, acceptedCount: request.rows.length - 2 }
  })
  expect(await client.upsert('Products', rowsOf(3), { maxRejected: 2 }).done).toMatchObject({ accepted: 1, rejected: 2 })
  expect(await errorOf(client.upsert('Products', rowsOf(3), { maxRejected: 1 }))).toMatchObject({
    code: 'MAX_REJECTED',
    limit: 1,
    actual: 2,
  })
})

test('options that cannot be meant are refused at once', async () => {
  const client = createClient({ url: 'http://127.0.0.1:9/graphql' })
  for (const options of [{ key: '' }, { key: 'ü' }, { key: 'x'.repeat(241) }, { parallel: 0 }, { parallel: Number.NaN }])
    expect(() => client.append('Products', [], options)).toThrow(TypeError)
})

test.each(['localhost:4000/graphql', 'ftp://rowgate.example/graphql', 'https://user:password@rowgate.example/graphql', '/graphql'])(
  'an address that no request could go to, such as %s, is refused at once',
  (url) => expect(() => createClient({ url })).toThrow(TypeError),
)

test.each(['http://localhost/', 'https://rowgate.example/teams/@us/graphql', 'http://[::1]:4000/graphql?for=user@example'])(
  'but %s is none',
  (url) => expect(createClient({ url })).toBeTypeOf('object'),
)

describe('what answers is no gateway, or none of today', () => {
  const answering = async (status: number, body: unknown) => {
    const server = await startFakeUpstream(() => ({ status, body }))
    open.push(server)
    return createClient({ url: server.url, token: 't' }).upsert('Products', rowsOf(1))
  }

  test('a page', async () => {
    expect(await errorOf(await answering(404, '<html>'))).toMatchObject({ code: 'NOT_A_GATEWAY', status: 404 })
    expect(await errorOf(await answering(200, '{"ok":true}'))).toMatchObject({ code: 'NOT_A_GATEWAY', status: 200 })
  })

  test('what stands before a gateway and fails: asked again, then told', async () => {
    expect(await errorOf(await answering(500, '<html>'))).toMatchObject({ code: 'NOT_A_GATEWAY', status: 500 })
    expect(open.at(-1)?.arrived).toHaveLength(4)
  })

  test.each([
    [429, '7', 7_000],
    [503, '120', 120_000],
    [503, 'soon', undefined],
    [502, '0', undefined],
  ])('what stands before a gateway says with %i and Retry-After: %s how long to wait', async (status, after, retryAfterMs) => {
    const server = await startFakeUpstream(() => ({ status, body: '<html>', headers: { 'retry-after': after } }))
    open.push(server)
    const error = await createClient({ url: server.url })
      .query('{ limits { rowsPerMutation } }')
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'NOT_A_GATEWAY', status })
    expect((error as ClientError).retryAfterMs).toBe(retryAfterMs)
  })

  test('a gateway without idempotency keys', async () => {
    const errors = [{ message: 'no such field', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]
    expect((await errorOf(await answering(422, { errors }))).code).toBe('OLD_GATEWAY')
  })

  test('nobody', async () => {
    const server = await startFakeUpstream(() => ({ status: 200 }))
    await server.close()
    expect((await errorOf(createClient({ url: server.url }).upsert('Products', rowsOf(1)))).code).toBe('UNREACHABLE')
  })
})

test('outcomes are kept for who reads them, and for nobody else', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const isKept = async (isRead: boolean) => {
    const queue = createOutcomeQueue<object>()
    if (isRead) queue.read()
    const add = () => {
      const chunk = { start: 0, rows: [], faults: new Map() }
      const added = { chunk, key: null, payload: undefined, replayed: 0, isKeyLost: false, failure: undefined }
      queue.add(0, added)
      return new WeakRef(added)
    }
    const added = add()
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    queue.end(undefined)
    return added.deref() !== undefined
  }
  expect([await isKept(true), await isKept(false)]).toEqual([true, false])
})

test('of rows that cannot be sent no request is made', async () => {
  const { client, sent } = await fake((request) => allAccepted(request))
  const rows = [row(0, { productName: Symbol('x') }), row(1, { productName: Symbol('y') })]
  const run = client.append('Products', rows)
  const told: string[] = []
  for await (const { status } of run.outcomes()) told.push(status)
  expect([told, (await run.done).rejected, sent.length]).toEqual([['rejected', 'rejected'], 2, 0])
})

test('a summary has a hundred warnings at most', () => {
  const tally = createTally<object>()
  const chunk = { start: 0, rows: [], faults: new Map() }
  for (let nth = 0; nth < 150; nth++) {
    const payload = { rows: [], warnings: [`${nth % 120}`] } as unknown as Settled<object>['payload']
    tally.add({ chunk, key: null, payload, replayed: 0, isKeyLost: false, failure: undefined })
  }
  expect(tally.summary(0).warnings).toEqual(Array.from({ length: 100 }, (_, nth) => `${nth}`))
})
