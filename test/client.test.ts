import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { ClientError, createClient, type Outcome, type ResourceName, type RowInputs, type Run } from '../src/client/index.ts'
import { exampleRow } from '../src/resource/define-resource.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { type FaultServer, startFaultServer } from './support/fault-server.ts'
import { type Gateway, startGateway, startPair } from './support/gateway.ts'
import { createChance } from './support/random.ts'
import { product } from './support/rows.ts'

type Product = RowInputs['Products']

/** More rows than two chunks hold. */
const MANY = 11_000
const rowsOf = (count: number, change: (at: number) => Record<string, unknown> = () => ({})): Product[] =>
  Array.from({ length: count }, (_, at) => product(`P${at}`, { sourceId: `W${at}`, ...change(at) }) as unknown as Product)

async function outcomesOf<Row>(run: Run<Row>): Promise<Outcome<Row>[]> {
  const outcomes: Outcome<Row>[] = []
  for await (const outcome of run.outcomes()) outcomes.push(outcome)
  return outcomes
}

/** The error that a run ends with. */
async function errorOf(run: Run<unknown>): Promise<ClientError> {
  const error: unknown = await run.done.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ClientError)) throw new Error(`ended with ${String(error)}`)
  return error
}

const endpoint = ({ url }: Gateway) => new URL('/graphql', url)

describe('on the sandbox', () => {
  let pair: Awaited<ReturnType<typeof startPair>>
  beforeAll(async () => {
    pair = await startPair({ REQUESTS_PER_SECOND: '10000' })
  })
  afterAll(() => pair.close())
  const clientOf = (token: string) => createClient({ url: endpoint(pair.gateway), token })

  test('each row has its outcome at its own index, in the order of the rows, with the row itself', async () => {
    const rows = rowsOf(MANY, (at) => (at % 1_000 === 7 ? { packSize: 0 } : {}))
    const run = clientOf('order').upsert('Products', rows, { key: 'order' })
    const outcomes = await outcomesOf(run)

    expect(outcomes.map(({ index }) => index)).toEqual(rows.map((_, at) => at))
    expect(outcomes.filter(({ index, row }) => row !== rows[index])).toEqual([])
    const rejected = outcomes.filter(({ status }) => status !== 'accepted')
    expect(rejected.map(({ index }) => index)).toEqual(Array.from({ length: 11 }, (_, at) => at * 1_000 + 7))
    expect(rejected[5]).toMatchObject({
      index: 5_007,
      key: 'order:1',
      status: 'rejected',
      retryable: false,
      issues: [{ code: 'BELOW_MINIMUM', field: 'packSize', column: 'pack_size' }],
    })
    const summary = await run.done
    expect(summary).toMatchObject({ rows: MANY, accepted: MANY - 11, rejected: 11, unconfirmed: 0, replayed: 0, warnings: [] })
    expect(summary.issueSummary).toMatchObject([{ code: 'BELOW_MINIMUM', field: 'packSize', count: 11 }])
    expect(summary.rejectedRows).toEqual(rejected)
  })

  test('every resource is reached by its name, with both operations', async () => {
    const client = clientOf('names')
    const runs = contract.resources.flatMap((resource) => {
      const rows = [exampleRow(resource)] as never[]
      const name = resource.graphqlName as ResourceName
      return [client.upsert(name, rows, { dryRun: true }).done, client.append(name, rows, { dryRun: true }).done]
    })
    expect((await Promise.all(runs)).filter(({ accepted }) => accepted !== 1)).toEqual([])
  })

  test("rows may have the upstream's names; what is no column is a custom attribute, and a wrong one is named", async () => {
    const { example } = contract.resources.find(({ graphqlName }) => graphqlName === 'Products') ?? {}
    const rows = [
      { ...example },
      Object.fromEntries(Object.entries(example ?? {}).map(([name, value]) => [name.toUpperCase(), value])),
      { ...example, pack_sise: 3 },
      { ...example, PACK_SIZE: 4 },
      'no row',
    ]
    const outcomes = await outcomesOf(clientOf('columns').upsert('Products', rows as Record<string, unknown>[], { columns: 'upstream' }))
    expect(outcomes.map(({ issues }) => issues.map(({ code, field }) => `${code} ${field}`))).toEqual([
      [],
      [],
      ['UNKNOWN_ATTRIBUTE extra.pack_sise'],
      ['EXTRA_IS_A_COLUMN extra.PACK_SIZE'],
      ['NOT_AN_OBJECT null'],
    ])
    expect(outcomes[0]?.row).toBe(rows[0])
  })

  test('a row that JSON cannot say is rejected alone, and those behind it keep their indexes', async () => {
    const rows = rowsOf(
      6,
      (at) => [{ packSize: Number.NaN }, {}, { packSize: 0 }, { extra: { a: new Map() } }, { packSize: 5n }, {}][at] ?? {},
    )
    const outcomes = await outcomesOf(clientOf('json').upsert('Products', rows))
    expect(outcomes.map(({ status, issues }) => issues[0]?.code ?? status)).toEqual([
      'NOT_FINITE',
      'accepted',
      'BELOW_MINIMUM',
      'NOT_JSON',
      'accepted',
      'accepted',
    ])
    expect(outcomes[3]?.issues[0]).toMatchObject({ field: 'extra.a', message: 'extra.a is or has what JSON cannot express.' })
  })

  test('a row of which nobody knows whether it was written is told as that, with what is known', async () => {
    await pair.sandbox.fault({ kind: 'resetAfter' })
    const [outcome] = await outcomesOf(clientOf('unknown').append('Products', rowsOf(1)))
    const issues = [
      { code: 'CONNECTION_LOST', message: 'The row may have been written.', hint: 'look it up; if it is missing, append it again' },
    ]
    expect(outcome).toMatchObject({ index: 0, status: 'unconfirmed', retryable: false, issues })
  })

  test('a token that the upstream refuses ends the run at the first request that says so', async () => {
    const error = await errorOf(clientOf('refused-token').append('Products', rowsOf(MANY), { parallel: 1 }))
    expect(error).toMatchObject({ code: 'ROOT_ERROR', message: expect.stringContaining('UPSTREAM_UNAUTHORIZED') })
    expect(error.summary).toMatchObject({ accepted: 0, rejected: 5_000, stoppedBy: 'ROOT_ERROR' })
  })

  test('it does so also where rows of that request are bad in themselves', async () => {
    const rows = rowsOf(MANY * 2, (at) => (at % 1_000 === 0 ? { packSize: 0 } : {}))
    const error = await errorOf(clientOf('refused-token').append('Products', rows, { parallel: 1 }))
    const message = 'No row of a request was accepted (UPSTREAM_UNAUTHORIZED): The upstream declined the request with status 401.'
    expect(error).toMatchObject({ code: 'ROOT_ERROR', message })
    expect(error.summary).toMatchObject({ accepted: 0, rejected: 5_000 })
  })

  test('what declines a request whole ends the run by its code: no token, a solution that is not there', async () => {
    expect((await errorOf(createClient({ url: endpoint(pair.gateway) }).upsert('Products', rowsOf(1)))).code).toBe('UNAUTHENTICATED')
    expect((await errorOf(clientOf('a').upsert('Products', rowsOf(1), { solution: 'NONE' }))).code).toBe('BAD_USER_INPUT')
    expect((await errorOf(clientOf('a').upsert('Nothing' as 'Products', rowsOf(1)))).code).toBe('UNKNOWN_RESOURCE')
  })

  test('two first requests whose rows are all refused with one code end the run, and later ones do not', async () => {
    const wrong = rowsOf(MANY * 2, () => ({ packSize: 0 }))
    const error = await errorOf(clientOf('root').upsert('Products', wrong, { parallel: 1 }))
    expect(error).toMatchObject({ code: 'ROOT_ERROR', message: expect.stringContaining('BELOW_MINIMUM') })
    expect(error.summary?.rejected).toBe(10_000)
    const { rejected } = await clientOf('root').upsert('Products', [...rowsOf(5_000), ...wrong.slice(0, 10_001)]).done
    expect(rejected).toBe(10_001)
  })

  test('a run stops when more rows are rejected than may be', async () => {
    const rows = rowsOf(MANY * 2, (at) => (at % 100 === 0 ? { packSize: 0 } : {}))
    const error = await errorOf(clientOf('most').upsert('Products', rows, { parallel: 1, maxRejected: 60 }))
    expect(error).toMatchObject({ code: 'MAX_REJECTED', limit: 60, actual: 100 })
    expect(error.summary).toMatchObject({ accepted: 9_900, rejected: 100 })
  })

  test('a query gives its data, or the code of its error', async () => {
    const client = clientOf('query')
    expect(await client.query('query ($rows: Int!) { limits { cost(rows: $rows) { requests } } }', { rows: 501 })).toEqual({
      limits: { cost: { requests: 2 } },
    })
    await expect(client.query('{ nothing }')).rejects.toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED', status: 422 })
  })
})

describe('where connections break', () => {
  let upstream: FaultServer
  let gateway: Gateway
  beforeAll(async () => {
    upstream = await startFaultServer({ chance: createChance(1), faults: [], troubled: 0 })
    gateway = await startGateway({ INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '10000' })
  })
  afterAll(async () => void (await Promise.all([gateway.close(), upstream.close()])))
  const appliedOnce = (rows: readonly Product[]) => rows.every(({ sourceId }) => upstream.applications(sourceId) === 1)
  const named = (name: string) => rowsOf(MANY, (at) => ({ sourceId: `${name}${at}` }))

  test('answers that are lost are asked for again: an APPEND writes each row once', async () => {
    let answers = 0
    const proxy = await startCuttingProxy(endpoint(gateway), () => ++answers % 2 === 0)
    const rows = named('cut')
    const client = createClient({ url: proxy.url, token: 'cut' })
    const retries: number[] = []
    const onProgress = (progress: { retries: number }) => void retries.push(progress.retries)
    const summary = await client.append('Products', rows, { onProgress }).done
    await proxy.close()

    expect(summary).toMatchObject({ rows: MANY, accepted: MANY, rejected: 0, unconfirmed: 0, replayed: 0 })
    expect(appliedOnce(rows)).toBe(true)
    expect(proxy.cuts()).toBeGreaterThan(0)
    expect(retries.at(-1)).toBeGreaterThan(0)
  })

  test('a run that was stopped half-way is taken up by its key: each row is written once, and told once more', async () => {
    const rows = named('again')
    const client = createClient({ url: endpoint(gateway), token: 'again' })
    const stop = new AbortController()
    const onProgress = ({ settled }: { settled: number }) => settled > 0 && stop.abort()
    const first = await errorOf(client.append('Products', rows, { key: 'load', parallel: 1, signal: stop.signal, onProgress }))
    expect(first).toMatchObject({ code: 'ABORTED', summary: { accepted: 5_000, stoppedBy: 'ABORTED' } })

    const run = client.append('Products', rows, { key: 'load' })
    const outcomes = await outcomesOf(run)
    expect(await run.done).toMatchObject({ rows: MANY, accepted: MANY, replayed: expect.toSatisfy((count) => count >= 5_000) })
    expect(outcomes[0]).toMatchObject({ key: 'load:0', replayed: true })
    expect(appliedOnce(rows)).toBe(true)
    const other = await errorOf(client.append('Products', rows.slice(1), { key: 'load' }))
    expect(other.code).toBe('IDEMPOTENCY_KEY_REUSED')
  })
})

test('a gateway that takes less at once than the client sends is told by its limit', async () => {
  const pair = await startPair({ MAX_ROWS_PER_MUTATION: '1000' })
  const client = createClient({ url: endpoint(pair.gateway), token: 'small' })
  expect(await errorOf(client.upsert('Products', rowsOf(1)))).toMatchObject({ code: 'LIMIT_TOO_SMALL', limit: 1_000, actual: 5_000 })
  await pair.close()
})

test('large bodies to a gateway elsewhere go in gzip, and wait as bulk', async () => {
  const pair = await startPair({ REQUESTS_PER_SECOND: '10000' })
  const seen: [encoding: string | null, priority: string | null][] = []
  const client = createClient({
    url: 'http://rowgate.example/graphql',
    token: 'gzip',
    fetch: (_, init) => {
      const headers = new Headers(init?.headers)
      seen.push([headers.get('content-encoding'), headers.get('priority')])
      return fetch(endpoint(pair.gateway), init)
    },
  })
  expect(await client.upsert('Products', rowsOf(500)).done).toMatchObject({ accepted: 500 })
  expect(seen).toEqual([
    [null, null],
    ['gzip', 'u=5'],
  ])
  await pair.close()
})
