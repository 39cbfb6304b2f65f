import { afterEach, describe, expect, test } from 'vitest'
import type { RequestContext } from '../src/graphql/builder.ts'
import { requestSchema } from '../src/graphql/fields/request-reads.ts'
import { readTenant } from '../src/identity.ts'
import type { SchemaPort } from '../src/lifecycle/schema-port.ts'
import { createMemoryBudget } from '../src/util/memory-budget.ts'
import { readOrigin } from '../src/util/request-origin.ts'
import { type Arrived, type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { usePatientClock } from './support/patient-clock.ts'
import { product, resourceNamed } from './support/rows.ts'

usePatientClock()

const TOKEN = 'a-token'
const SOLUTIONS = JSON.stringify([
  { name: 'ACME', modules: ['inventory'] },
  { name: 'OTHER', modules: ['quote'] },
])
const LISTED = { solutions: [{ solutionName: 'ACME' }] }

let upstream: FakeUpstream
let gateway: Gateway
let url: URL

afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

type Reply = (request: Arrived, nth: number) => FakeAnswer

async function start(reply: Reply, settings: Record<string, string> = {}): Promise<void> {
  upstream = await startFakeUpstream(reply)
  gateway = await startGateway({ INGESTION_URL: upstream.url, SOLUTIONS, ...settings })
  url = await gateway.listen()
}

interface Answer {
  readonly data: Record<string, unknown>
  readonly errors?: readonly { message: string; path: readonly string[]; extensions: { code: string; retryAfterMs?: number } }[]
}

async function ask(query: string, variables?: object, token = TOKEN): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: token, connection: 'close' }
  const response = await fetch(new URL('/graphql', url), { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return (await response.json()) as Answer
}

const columnsOf = (name: string) => resourceNamed(name).columns.map((column) => ({ name: column.name, type: column.type }))
const tables = () => [
  { name: 'PRODUCTS', columns: [...columnsOf('Products'), { name: 'SHELF_LIFE', type: 'integer' }] },
  { name: 'PRICING', columns: columnsOf('Pricing') },
]

/** An upstream that has two tables of the solution ACME, and takes whatever is sent. */
const willing: Reply = ({ method, url: path }) => {
  if (method === 'POST') return { status: 200, body: { message: 'done' } }
  return { status: 200, body: path.endsWith('/solutions') ? LISTED : { tables: tables() } }
}

const calls = () => ({
  solutions: upstream.arrived.filter(({ url: path }) => path.endsWith('/solutions')).length,
  schemas: upstream.arrived.filter(({ url: path }) => path.includes('?solutionName=')).length,
  dryRuns: upstream.arrived.filter(({ body }) => body.dryRun === true).length,
})
const solutionNames = () => upstream.arrived.map(({ url: path }) => new URLSearchParams(path.split('?')[1]).get('solutionName'))
const aliases = (count: number, field: (nth: number) => string) =>
  `{ ${Array.from({ length: count }, (_, nth) => `a${nth}: ${field(nth)}`).join(' ')} }`

const FIELDS = {
  solutions: 'solutions { solutionName }',
  solutionSchema: 'solutionSchema(solution: "ACME") { name }',
  schemaDrift: 'schemaDrift(solution: "ACME") { inSync }',
  onboarding: 'onboarding(solution: "ACME") { steps { id status } }',
}

describe('the same read of one document is one call', () => {
  test.each<[keyof typeof FIELDS, ReturnType<typeof calls>]>([
    ['solutions', { solutions: 1, schemas: 0, dryRuns: 0 }],
    ['solutionSchema', { solutions: 0, schemas: 1, dryRuns: 0 }],
    ['schemaDrift', { solutions: 0, schemas: 1, dryRuns: 0 }],
    ['onboarding', { solutions: 1, schemas: 1, dryRuns: 2 }],
  ])('90 aliases of %s', async (field, expected) => {
    await start(willing)
    const { data, errors } = await ask(aliases(90, () => FIELDS[field]))

    expect(errors).toBeUndefined()
    expect(new Set(Object.values(data).map((value) => JSON.stringify(value))).size).toBe(1)
    expect(Object.keys(data)).toHaveLength(90)
    expect(calls()).toEqual(expected)
  })

  test('whichever fields ask for it', async () => {
    await start(willing)
    const fields = Object.values(FIELDS)
    const { errors } = await ask(aliases(40, (nth) => fields[nth % 4] as string))

    expect(errors).toBeUndefined()
    expect(calls()).toEqual({ solutions: 1, schemas: 1, dryRuns: 2 })
  })

  test('also where it fails: every field is told, and none asks again', async () => {
    await start(() => ({ status: 500 }))
    const { errors } = await ask(aliases(90, () => FIELDS.solutions))

    expect(errors).toHaveLength(90)
    expect(calls().solutions).toBe(1)
  })
})

describe('two requests share nothing', () => {
  test('what was added is seen by the next one', async () => {
    const columns = [...columnsOf('Products')]
    await start(({ method }) => {
      if (method === 'POST') columns.push({ name: 'SHELF_LIFE', type: 'integer' })
      return { status: 200, body: { tables: [{ name: 'PRODUCTS', columns }] } }
    })
    const SCHEMA = '{ solutionSchema(solution: "ACME") { columns { name } } }'
    const before = await ask(SCHEMA)
    await ask('mutation { addAttribute(resource: "Products", name: "SHELF_LIFE", type: INTEGER) { name } }')
    const after = await ask(SCHEMA)

    expect(JSON.stringify(before.data)).not.toContain('SHELF_LIFE')
    expect(JSON.stringify(after.data)).toContain('SHELF_LIFE')
    expect(calls().schemas).toBe(2)
  })

  test('nor those of the same time', async () => {
    await start(willing)
    await Promise.all([1, 2, 3].map(() => ask(aliases(2, () => FIELDS.solutions))))

    expect(calls().solutions).toBe(3)
  })
})

test.each(['rollout', 'saveSchema', 'addAttribute'] as const)('%s forgets what its own request has read', async (change) => {
  let reads = 0
  const changed = () => Promise.reject(new Error('it may have been made'))
  const counting = { solutions: async () => void reads++ as never, solutionSchema: async () => void reads++ as never }
  const schema: SchemaPort = { ...counting, rollout: changed, saveSchema: changed, addAttribute: changed }
  const tenant = readTenant(TOKEN, undefined)
  const origin = readOrigin({ headers: {} })
  const context: RequestContext = {
    caller: { tenant },
    origin,
    method: 'POST',
    requestBytes: 0,
    memory: createMemoryBudget(1_000_000).open(),
  }
  const readAll = async () => {
    await requestSchema(context, schema).solutions(tenant, origin)
    await requestSchema(context, schema).solutionSchema(tenant, 'ACME', origin)
  }

  await readAll()
  await readAll()
  expect(reads).toBe(2)
  await expect(requestSchema(context, schema)[change](tenant, {} as never, origin)).rejects.toThrow('it may have been made')
  await readAll()
  expect(reads).toBe(4)
})

describe('every schema call passes the limits of its tenant', () => {
  test('the reads of rows with extra wait for their turn as well as changes and queries', async () => {
    const arrivals: number[] = []
    const noting: Reply = (request, nth) => {
      if (request.headers.authorization === TOKEN) arrivals.push(performance.now())
      return willing(request, nth)
    }
    await start(noting, { REQUESTS_PER_SECOND: '2' })
    const rows = [product('A', { extra: { SHELF_LIFE: 1 } })]
    const askAll = (token: string, names: number) =>
      Promise.all([
        ask('mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }', { rows }, token),
        ask(
          aliases(names, (nth) => `solutionSchema(solution: "S${nth}") { name }`),
          {},
          token,
        ),
        ask('mutation { addAttribute(resource: "Products", name: "COLOUR", type: STRING) { name } }', {}, token),
      ])
    // What runs for the first time runs slowly, and the fake would note the first arrivals late.
    await askAll('another-token', 1)
    await askAll(TOKEN, 2)

    expect(arrivals).toHaveLength(2 + 2 + 1)
    // Two a second: the fifth leaves two seconds after the first, and would leave after one if any of them did not count.
    expect((arrivals[4] as number) - (arrivals[0] as number)).toBeGreaterThan(1_500)
  })

  test('the comparison at start is among them', async () => {
    await start(willing, { INGESTION_TOKEN: TOKEN })

    await expect.poll(async () => (await ask('{ limits { requestsInLastSecond } }')).data.limits).toEqual({ requestsInLastSecond: 2 })
  })

  test('one whose turn does not come in time is declined and never leaves', async () => {
    await start(willing, { REQUESTS_PER_SECOND: '1', ATTEMPT_TIMEOUT_MS: '600' })
    const { data, errors = [] } = await ask(aliases(12, (nth) => `solutionSchema(solution: "S${nth}") { name }`))

    // One, unless the machine is so busy that a second passes before the others are declined.
    const answered = Object.values(data).flatMap((value, nth) => (value === null ? [] : [`S${nth}`]))
    expect(answered[0]).toBe('S0')
    expect(errors.map(({ extensions }) => extensions)).toEqual(
      Array(12 - answered.length).fill({ code: 'OVERLOADED', retryAfterMs: 1_000 }),
    )
    expect(errors).not.toEqual([])
    // It stands behind all that waited, so none of them is sent once it was.
    while ((await ask('{ solutionSchema(solution: "LATER") { name } }')).errors !== undefined);
    expect(solutionNames()).toEqual([...answered, 'LATER'])
  })

  test('the time of a read for rows counts from its asking', async () => {
    const hanging: Reply = (request, nth) => (request.url.includes('?solutionName=BUSY') ? () => {} : willing(request, nth))
    await start(hanging, { UPSTREAM_CONCURRENCY: '1', ATTEMPT_TIMEOUT_MS: '4000' })
    const busy = ask('{ solutionSchema(solution: "BUSY") { name } }')
    while (upstream.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const { data } = await ask(
      'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows, solution: "ACME") { acceptedCount warnings } }',
      { rows: [product('A', { extra: { ANYTHING: 1 } })] },
    )

    expect(data.upsertProducts).toMatchObject({ acceptedCount: 1, warnings: [expect.stringContaining('are waiting')] })
    await busy
    expect(solutionNames()).toEqual(['BUSY', null])
  })

  test('no more are in flight at once than rows may be', async () => {
    let inFlight = 0
    let most = 0
    await start(
      () => (response) => {
        most = Math.max(most, ++inFlight)
        setImmediate(() => {
          inFlight--
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ tables: tables() }))
        })
      },
      { UPSTREAM_CONCURRENCY: '2' },
    )
    const { errors } = await ask(aliases(20, (nth) => `solutionSchema(solution: "S${nth}") { name }`))

    expect(errors).toBeUndefined()
    expect(most).toBe(2)
  })

  test('an upstream that fails one after the other is asked no more, for rows neither', async () => {
    await start(() => ({ status: 500 }), { UPSTREAM_CONCURRENCY: '1' })
    const { errors } = await ask(aliases(15, (nth) => `solutionSchema(solution: "S${nth}") { name }`))
    const { data } = await ask('mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { issueSummary { code } } }', {
      rows: [product('A')],
    })

    expect(upstream.arrived).toHaveLength(10)
    expect(errors?.map(({ extensions }) => extensions)).toEqual(Array(15).fill({ code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 1_000 }))
    expect(errors?.at(-1)?.message).toBe('The upstream has been failing; the call was not made.')
    expect(data.upsertProducts).toEqual({ issueSummary: [{ code: 'UPSTREAM_UNAVAILABLE' }] })
  })

  test('one that asks to slow down is there: it is asked again', async () => {
    await start(() => ({ status: 429 }), { UPSTREAM_CONCURRENCY: '1' })
    await ask(aliases(15, (nth) => `solutionSchema(solution: "S${nth}") { name }`))

    expect(upstream.arrived).toHaveLength(15)
  })
})

describe('an error says what happened and when to try again', () => {
  const asking = { 'retry-after': '7' }
  test.each<[string, FakeAnswer, string, number]>([
    ['429', { status: 429, headers: asking }, 'The upstream asks to slow down (status 429)', 7_000],
    ['503', { status: 503, headers: asking }, 'The upstream failed with status 503', 7_000],
    ['503 that names no time', { status: 503 }, 'The upstream failed with status 503', 1_000],
    ['500', { status: 500, headers: asking }, 'The upstream failed with status 500', 1_000],
    ['a connection that is dropped', (response) => void response.destroy(), 'The connection to the upstream was dropped', 1_000],
    ['silence', () => {}, 'The upstream did not answer in time', 1_000],
  ])('%s', async (_, answer, words, retryAfterMs) => {
    await start(() => answer, { ATTEMPT_TIMEOUT_MS: '300' })
    const ADD = 'mutation { addAttribute(resource: "Products", name: "SHELF_LIFE", type: INTEGER) { name } }'

    for (const document of ['{ solutions { solutionName } }', ADD]) {
      const { errors } = await ask(document)
      expect(errors).toMatchObject([
        { message: expect.stringContaining(words), extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfterMs } },
      ])
      // What was refused for the time being was certainly not made.
      const isOpen = document === ADD && !words.includes('429')
      expect(errors?.[0]?.message.includes('it is not known whether the change was made')).toBe(isOpen)
    }
  })
})

test('a root field that is declined leaves its neighbours their answers', async () => {
  await start((request, nth) => (request.url.endsWith('/solutions') ? { status: 403 } : willing(request, nth)))
  const { data, errors } = await ask(`{
    solutions { solutionName } noSchema: solutionSchema(solution: "") { name } noLimits: limits { cost(rows: -1) { rows } }
    noDrift: schemaDrift(solution: "NOPE") { inSync } noOnboarding: onboarding(solution: "NOPE") { done }
    noQuality: dataQuality(solution: "NOPE") { accepted } recentRejections { key }
    limits { requestsPerSecond } solutionSchema(solution: "ACME") { name }
    schemaDrift(solution: "ACME") { solution } onboarding(solution: "ACME") { solution } dataQuality(solution: "ACME") { accepted } }`)

  const declined = ['solutions', 'noSchema', 'noLimits', 'noDrift', 'noOnboarding', 'noQuality', 'recentRejections']
  expect(data).toEqual({
    ...Object.fromEntries(declined.map((field) => [field, null])),
    limits: { requestsPerSecond: 50 },
    solutionSchema: [{ name: 'PRODUCTS' }, { name: 'PRICING' }],
    schemaDrift: { solution: 'ACME' },
    onboarding: { solution: 'ACME' },
    dataQuality: { accepted: 0 },
  })
  expect(errors?.map(({ path }) => path[0]).sort()).toEqual(declined.sort())
})
