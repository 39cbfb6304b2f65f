import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CHUNK, cut } from '../src/client/chunks.ts'
import { ClientError, createClient, type Outcome, type Progress, type RowInputs } from '../src/client/index.ts'
import { createTally, type Settled } from '../src/client/tally.ts'
import { allAccepted, allRejected, type FakePayload, type SentRows } from './support/fake-gateway.ts'
import { product } from './support/rows.ts'

type Row = RowInputs['Products']

const LOCAL = 'http://127.0.0.1:4000/graphql'
const LIMITS = { rowsPerMutation: CHUNK.rows, bytesPerBody: CHUNK.bytes + CHUNK.rows + 16_384 }
const rowsOf = (count: number) => Array.from({ length: count }, (_, at) => product(`P${at}`) as unknown as Row)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.spyOn(Math, 'random').mockReturnValue(1)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A client whose requests go nowhere: mutations are answered as told, and each is kept with its headers. */
function clientOf(reply: (sent: SentRows, nth: number) => FakePayload | Promise<FakePayload>, url = LOCAL, limits = LIMITS) {
  const mutations: { key: string | null; bytes: unknown; headers: Headers }[] = []
  let questions = 0
  const fetch = async (_: unknown, { body, headers }: RequestInit = {}) => {
    const packed = new Headers(headers).get('content-encoding') === 'gzip'
    const stream = new Response(body as ArrayBuffer).body?.pipeThrough(packed ? new DecompressionStream('gzip') : new TransformStream())
    const { query, variables }: { query: string; variables: SentRows } = await new Response(stream).json()
    if (!query.startsWith('mutation')) {
      questions++
      return Response.json({ data: { limits, resources: [{ primaryKey: ['productId'], columns: [] }] } })
    }
    mutations.push({ key: variables.key, bytes: body, headers: new Headers(headers) })
    const answer = await reply({ ...variables, token: undefined }, mutations.length - 1)
    if (!('declined' in answer)) return Response.json({ data: { payload: answer } })
    return Response.json({ errors: [{ message: 'no', extensions: answer.declined }] }, { status: Number(answer.status ?? 200) })
  }
  return { client: createClient({ url, fetch: fetch as typeof globalThis.fetch }), mutations, questions: () => questions }
}

/** What a promise comes to while time passes as fast as it can. */
async function inNoTime<T>(work: Promise<T>): Promise<T | ClientError> {
  let isOver = false
  const over = work
    .catch((error: unknown) => {
      if (!(error instanceof ClientError)) throw error
      return error
    })
    .finally(() => {
      isOver = true
    })
  while (!isOver) {
    await new Promise(setImmediate)
    await vi.advanceTimersToNextTimerAsync()
  }
  return await over
}

/** The pauses that a run was told of, and how it ended. */
async function pausesOf(reply: Parameters<typeof clientOf>[0], operation: 'append' | 'upsert' = 'append') {
  const { client, mutations } = clientOf(reply)
  const told: Progress[] = []
  const ended = await inNoTime(client[operation]('Products', rowsOf(2), { onProgress: (progress) => told.push(progress) }).done)
  return { ended, pauses: told.flatMap(({ waitingMs = [] }) => waitingMs), requests: mutations.length }
}

describe('how long, and how often', () => {
  test('a wait before the first rows is told as well', async () => {
    const answers = [
      Response.json({ errors: [{ message: 'no', extensions: { code: 'RATE_LIMITED', retryAfterMs: 60_000 } }] }, { status: 429 }),
      Response.json({ data: { limits: LIMITS, resources: [{ primaryKey: ['productId'], columns: [] }] } }),
      Response.json({ data: { payload: allAccepted({ rows: [product('P0')], key: null, token: undefined }) } }),
    ]
    const client = createClient({ url: LOCAL, fetch: async () => answers.shift() as Response })
    const told: Progress[] = []
    const ended = await inNoTime(client.append('Products', rowsOf(1), { onProgress: (progress) => told.push(progress) }).done)
    expect(ended).toMatchObject({ accepted: 1 })
    expect(told[0]).toMatchObject({ rows: 0, waitingMs: 60_400 })
  })

  const never = { url: LOCAL, fetch: () => new Promise<Response>(() => {}) }

  test('an answer is waited for two minutes, as if nobody answered then', async () => {
    let ended: unknown
    void createClient(never)
      .query('{ me { tenant } }')
      .catch((error: unknown) => {
        ended = error
      })
    await vi.advanceTimersByTimeAsync(119_999)
    expect(ended).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(ended).toMatchObject({ code: 'UNREACHABLE', cause: 'timeout' })
  })

  test('a query that its caller stops ends with that, and neither it nor one that was answered leaves anything behind', async () => {
    const caller = new AbortController()
    const stopped = createClient(never).query('{ me { tenant } }', {}, caller.signal)
    caller.abort('enough')
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' })
    const { client } = clientOf((sent) => allAccepted(sent))
    const { signal } = new AbortController()
    await client.query('{ limits { rowsPerMutation } }', {}, signal)
    await client.append('Products', rowsOf(1), { signal }).done
    expect([vi.getTimerCount(), getEventListeners(signal, 'abort'), getEventListeners(caller.signal, 'abort')]).toEqual([0, [], []])
  })

  test('a run that is stopped while it waits leaves no timer, for which a program would have to wait', async () => {
    const caller = new AbortController()
    const { client } = clientOf(() => ({ declined: { code: 'OVERLOADED', retryAfterMs: 30_000 } }))
    const onProgress = ({ waitingMs }: Progress) => waitingMs !== undefined && setImmediate(() => caller.abort())
    await expect(client.append('Products', rowsOf(1), { signal: caller.signal, onProgress }).done).rejects.toMatchObject({
      code: 'ABORTED',
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a request that nobody answers is made twelve times, after pauses that double to half a minute', async () => {
    const { ended, pauses, requests } = await pausesOf(() => Promise.reject(new TypeError('fetch failed')))
    expect(ended).toMatchObject({ code: 'UNREACHABLE', summary: { accepted: 0 } })
    expect(requests).toBe(12)
    expect(pauses).toEqual([400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, ...Array(4).fill(30_000)])
  })

  test('where the store is away an APPEND is tried four times, each after the wait that was asked for and the pause', async () => {
    const { ended, pauses, requests } = await pausesOf(() => ({ declined: { code: 'STORE_UNAVAILABLE', retryAfterMs: 5_000 } }))
    expect(ended).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect([requests, pauses]).toEqual([4, [5_400, 5_800, 6_600]])
  })

  test('rows that may be sent again and do not get better are, eight times', async () => {
    const { ended, pauses, requests } = await pausesOf((sent) => allRejected(sent, 'UPSTREAM_BUSY', true))
    expect(ended).toMatchObject({ code: 'ROOT_ERROR', summary: { rejected: 2 } })
    expect([requests, pauses]).toEqual([9, [201, 401, 801, 1_601, 3_201, 6_401, 12_801, 25_601]])
  })

  test.each([
    [400, 'BAD_USER_INPUT', 1],
    [403, 'FORBIDDEN', 1],
    [429, 'RATE_LIMITED', 12],
    [500, 'SOMETHING', 12],
    [200, 'INTERNAL_SERVER_ERROR', 12],
    [499, 'SOMETHING', 1],
  ])('what is declined with %i and %s is asked for %i times', async (status, code, times) => {
    expect((await pausesOf(() => ({ declined: { code }, status }))).requests).toBe(times)
  })
})

describe('what stood already', () => {
  const outcomesOf = async (reply: Parameters<typeof clientOf>[0]) => {
    const run = clientOf(reply).client.append('Products', rowsOf(2))
    const outcomes: Outcome<Row>[] = []
    const reading = (async () => {
      for await (const outcome of run.outcomes()) outcomes.push(outcome)
    })()
    await inNoTime(reading)
    return [outcomes.map(({ replayed }) => replayed), (await run.done).replayed]
  }

  test('is told of rows only where it is known of each', async () => {
    expect(await outcomesOf((sent) => allAccepted(sent, { replayedCount: 2 }))).toEqual([[true, true], 2])
    expect(await outcomesOf((sent) => allAccepted(sent, { replayedCount: 1 }))).toEqual([[false, false], 1])
  })

  test('is not what an earlier try of the same run has sent', async () => {
    const lost = (sent: SentRows, nth: number) => (nth === 0 ? { declined: {}, status: 503 } : allAccepted(sent, { replayedCount: 2 }))
    expect(await outcomesOf(lost)).toEqual([[false, false], 0])
  })
})

describe('limits, exactly at the edge', () => {
  test.each([
    ['rowsPerMutation', CHUNK.rows],
    ['bytesPerBody', CHUNK.bytes + CHUNK.rows + 16_384],
  ] as const)('a gateway that takes what a chunk may be by %s is sent rows, one that takes less is not', async (name, least) => {
    const endOf = (limit: number) =>
      inNoTime(clientOf((sent) => allAccepted(sent), LOCAL, { ...LIMITS, [name]: limit }).client.append('Products', rowsOf(1)).done)
    expect(await endOf(least)).toMatchObject({ accepted: 1 })
    expect(await endOf(least - 1)).toMatchObject({ code: 'LIMIT_TOO_SMALL', limit: least - 1, actual: least })
  })

  test('what a resource is like is asked once', async () => {
    const { client, questions } = clientOf((sent) => allAccepted(sent))
    for (const resource of ['Products', 'Products', 'Pricing'] as const) await inNoTime(client.append(resource, rowsOf(1) as never).done)
    expect(questions()).toBe(2)
  })

  test('a row of as many bytes as a chunk may have is sent, a longer one is told as too large', async () => {
    const rows = [CHUNK.bytes, CHUNK.bytes + 1].map((bytes) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) }))
    const [chunk] = await Array.fromAsync(cut(rows, { toSend: (row) => row, keyFields: [] }))
    expect([chunk?.texts.map(({ length }) => length), [...(chunk?.faults ?? [])]]).toEqual([
      [CHUNK.bytes],
      [[1, expect.objectContaining({ code: 'ROW_TOO_LARGE' })]],
    ])
  })

  test('a body of 16 KB goes in gzip, a shorter one as it is, and none to a gateway on the same machine', async () => {
    const sizeOf = (url: string, changes: Record<string, unknown> = {}) => {
      const { client, mutations } = clientOf((sent) => allAccepted(sent), url)
      const row = product('P', changes) as unknown as Row
      // In its own time: another thread compresses, which the clock of the test knows nothing of.
      return client.append('Products', [row], { key: 'k' }).done.then(() => mutations[0])
    }
    const bare = String((await sizeOf(LOCAL, { productName: '' }))?.bytes).length
    const filled = (bytes: number) => ({ productName: 'x'.repeat(bytes - bare) })
    const remote = 'https://rowgate.example/graphql'
    const codings = [await sizeOf(remote, filled(16_384)), await sizeOf(remote, filled(16_383)), await sizeOf(LOCAL, filled(99_999))]
    expect(codings.map((sent) => sent?.headers.get('content-encoding'))).toEqual(['gzip', null, null])
    expect(codings.map((sent) => sent?.headers.get('priority'))).toEqual(Array(3).fill('u=5'))
  })

  test('a summary tells a thousand kinds of complaints apart, the hundred most frequent, and keeps ten thousand rejected rows', () => {
    const tally = createTally<object>()
    const add = (field: string, times: number) => {
      const issue = { code: 'X', field, column: null, message: field, hint: null, upstreamCode: null }
      const rows = Array.from({ length: times }, (_, index) => ({ index, retryable: false, issues: [issue] }))
      const chunk = { start: 0, rows: rows.map(() => ({})), faults: new Map() }
      const payload = { rows, warnings: [] } as unknown as Settled<object>['payload']
      tally.add({ chunk, key: null, payload, replayed: 0, isKeyLost: false, failure: undefined })
    }
    for (let nth = 1; nth <= 1_001; nth++) add(`f${nth}`, 1)
    add('f1000', 8_998)
    add('f1001', 1)
    const full = tally.summary(0)
    expect([full.issueSummary.length, full.issueSummary[0]]).toEqual([100, expect.objectContaining({ field: 'f1000', count: 8_999 })])
    expect(full.issueSummary[0]?.firstIndexes).toHaveLength(10)
    expect([full.rejected, full.rejectedRows.length]).toEqual([10_000, 10_000])
    add('f1001', 9)
    const over = tally.summary(0)
    expect([over.rejected, over.rejectedRows.length]).toEqual([10_009, 10_000])
    expect(over.issueSummary.map(({ field }) => field)).not.toContain('f1001')
  })
})
