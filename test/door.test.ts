import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCors } from '../src/http/cors.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { product, products } from './support/rows.ts'

const SEND =
  'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount rows { ... on IngestedRow { index key } } } }'
const GOOD = JSON.stringify({ query: SEND, variables: { rows: [product('A')] } })
const LISTED = 'https://a.example'
const JSON_TYPE = { 'content-type': 'application/json' }
const KNOWN = { ...JSON_TYPE, authorization: 'token' }
const GRAPHQL_TYPE = 'application/graphql-response+json'

let upstream: FakeUpstream
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  gateway = await startGateway({ INGESTION_URL: upstream.url, CORS_ORIGINS: `${LISTED},https://b.example`, MAX_BODY_BYTES: '2000000' })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const post = (body: string | Uint8Array, headers: Record<string, string> = {}, path = '/graphql') =>
  gateway.fetch({ method: 'POST', path, headers: { ...KNOWN, ...headers }, body: body as string })
const codeOf = async (response: Response) => (await response.json()).errors?.[0]?.extensions?.code

/** What comes back for the very bytes sent. */
async function raw(bytes: string | readonly (string | Uint8Array)[], more: (socket: Socket) => void = () => {}): Promise<string> {
  const socket = connect({ port: Number(gateway.url.port), host: gateway.url.hostname, allowHalfOpen: true })
  for (const part of typeof bytes === 'string' ? [bytes] : bytes) socket.write(part)
  more(socket)
  socket.on('error', () => {})
  return await text(socket)
}

const rawAnswer = async ({ port, hostname }: URL, head: string) => {
  const socket = connect(Number(port), hostname)
  socket.write(`${head}connection: close\r\n\r\n`)
  return await text(socket)
}

describe('what is no HTTP', () => {
  const HEAD = `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: t\r\ncontent-type: application/json\r\n`
  const whole = `${HEAD}content-length: ${GOOD.length}\r\n\r\n${GOOD}`
  const statuses = (answers: string) => [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))

  test.each([
    ['garbage', 'garbage\r\n\r\n'],
    ['a long head', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`],
    ['a request whose body is broken', `${HEAD}transfer-encoding: chunked\r\n\r\n3\r\n{"q\r\nno length\r\n`],
    ['a request for a proxy', 'CONNECT x:80 HTTP/1.1\r\nhost: x:80\r\n\r\n'],
    ['much garbage', ['garbage', 'more', 'of', 'it'].join(`\r\n${'x'.repeat(200_000)}`)],
  ])('%s behind whole requests takes nothing from their answers', async (_, more) => {
    const before = upstream.arrived.length
    const answers = await raw([whole, whole, more])
    expect(statuses(answers).slice(0, 2)).toEqual([200, 200])
    expect(answers.match(/"acceptedCount":1/g)).toHaveLength(2)
    expect(upstream.arrived.slice(before).flatMap(({ body }) => body.data)).toHaveLength(2)
  })

  test.each([
    [400, 'garbage\r\n\r\n'],
    [405, 'CONNECT x:80 HTTP/1.1\r\nhost: x:80\r\n\r\n'],
    [400, `${HEAD}transfer-encoding: chunked\r\n\r\n3\r\n{"q\r\nno length\r\n`],
    [413, `${HEAD}transfer-encoding: chunked\r\n\r\n3;${'x'.repeat(17_000)}\r\n{"q\r\n`],
    [431, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`],
  ])('alone it is %i, and nothing is sent', async (status, bytes) => {
    const before = upstream.arrived.length
    expect(await raw(bytes)).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [A-Z][^\\r]+\\r\\nConnection: close\\r\\n[\\s\\S]*\\r\\n\\r\\nBAD_REQUEST: [A-Z][^\\n]+\\.\\n$`),
    )
    expect(upstream.arrived).toHaveLength(before)
  })
})

describe('host and path', () => {
  test.each(['x:99999', '[', 'a b', 'x:y', 'a/b', '[::1', 'x:1:2', '"'])(
    'a malformed Host (%s) is 400 on any path, shows nothing of the inside, and nothing is executed',
    async (host) => {
      const before = upstream.arrived.length
      for (const path of ['/graphql', '/ready', '/', '/nothing']) {
        const head = `host: ${host}\r\nauthorization: t\r\ncontent-type: application/json\r\nconnection: close\r\n`
        const answer = await raw(`POST ${path} HTTP/1.1\r\n${head}content-length: ${GOOD.length}\r\n\r\n${GOOD}`)
        expect(answer).toMatch(/^HTTP\/1.1 400 /)
        expect(answer).not.toMatch(/\.ts|\.js|node:|at /)
      }
      expect(upstream.arrived).toHaveLength(before)
    },
  )

  test.each(['localhost', '127.0.0.1:4000', '[::1]:4000', 'rowgate.internal', 'a-b_c.example:65535'])(
    'the Host %s is taken',
    async (host) => {
      expect(await raw(`GET /health HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /)
    },
  )

  test('HTTP/1.0 needs no Host, and what the server can do may be asked of all of it', async () => {
    expect(await raw('GET /health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /)
    expect(await raw('OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 204 /)
  })

  test('of two Hosts neither is picked out, and nothing is executed', async () => {
    const before = upstream.arrived.length
    const head = 'host: a.example\r\nHOST: b.example\r\nauthorization: t\r\ncontent-type: application/json\r\nconnection: close\r\n'
    expect(await raw(`POST /graphql HTTP/1.1\r\n${head}content-length: ${GOOD.length}\r\n\r\n${GOOD}`)).toMatch(/^HTTP\/1.1 400 /)
    expect(upstream.arrived).toHaveLength(before)
  })

  test('a header that holds the name of another is not that', async () => {
    const head =
      'host: x\r\nx-about: host\r\nx-of: authorization\r\nauthorization: t\r\ncontent-type: application/json\r\nconnection: close\r\n'
    expect(await raw(`POST /graphql HTTP/1.1\r\n${head}content-length: ${GOOD.length}\r\n\r\n${GOOD}`)).toMatch(/^HTTP\/1.1 200 /)
  })

  test('paths are compared as paths: a question mark hides none, and what is not there is 404', async () => {
    const executed = await post(GOOD, {}, '/graphql?x=/ready')
    expect((await executed.json()).data.upsertProducts.acceptedCount).toBe(1)
    const statuses = await Promise.all(
      ['/health?x=1', '/ready?x=/graphql', '/metrics?a', '/?', '/x/ready', '/graphql/x', '/toString', '/__proto__'].map(
        async (path) => (await gateway.fetch({ path })).status,
      ),
    )
    expect(statuses).toEqual([200, 200, 200, 200, 404, 404, 404, 404])
  })

  test('a proxy may ask in absolute form', async () => {
    const head = `host: x\r\nauthorization: t\r\ncontent-type: application/json\r\nconnection: close\r\n`
    expect(await raw(`POST http://x/graphql HTTP/1.1\r\n${head}content-length: ${GOOD.length}\r\n\r\n${GOOD}`)).toMatch(
      /^HTTP\/1.1 200 [\s\S]*"acceptedCount":1/,
    )
    expect(await raw('GET http://x?a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 200 [\s\S]*Rowgate/)
  })

  test('no path leads to another one, so that who stands before the gateway can keep one back', async () => {
    for (const path of ['/./metrics', '/x/../metrics', '/%6Detrics', '//metrics', '/metrics/'])
      for (const target of [path, `http://x${path}`])
        expect(await raw(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`), target).toMatch(/^HTTP\/1.1 404 /)
  })

  test('/ leads on: a browser to GraphiQL, others by words', async () => {
    const page = await gateway.fetch({ path: '/', headers: { accept: 'text/html,*/*;q=0.8' }, redirect: 'manual' })
    expect([page.status, page.headers.get('location')]).toEqual([302, '/graphql'])
    expect(await (await gateway.fetch({ path: '/' })).text()).toContain('/graphql')
    const accept = 'application/json, text/html;q=0.9'
    const program = await gateway.fetch({ path: '/', headers: { accept }, redirect: 'manual' })
    expect([program.status, await program.text()]).toEqual([200, expect.stringContaining('/graphql')])
  })
})

describe('who is let in', () => {
  test.each(['https://evil.example', 'null', 'https://a.example.evil.example', 'http://a.example', 'https://a.example:444'])(
    'an origin that is not listed (%s) gets no CORS header at all, and its answer where the gateway lends it nothing',
    async (origin) => {
      for (const init of [
        {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
        },
        { method: 'POST', headers: { ...KNOWN, origin }, body: GOOD },
      ]) {
        const { headers, status } = await gateway.fetch(init)
        expect(status).toBe(init.method === 'OPTIONS' ? 204 : 200)
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
        expect(headers.get('vary')).toContain('Origin')
      }
    },
  )

  test('a listed origin may send what is harmless, and reads what it needs', async () => {
    const harmless =
      'authorization, content-type, content-encoding, idempotency-key, priority, traceparent, baggage, sentry-trace, tracestate, x-request-id, x-rowgate-debug, apollographql-client-name, apollo-require-preflight, x-apollo-operation-name, x-graphql-yoga-csrf'
    const asked = `${harmless.replaceAll(', ', ',').replace('content-type', 'Content-Type')},cookie,x-forwarded-for`
    const { headers, status } = await gateway.fetch({
      method: 'OPTIONS',
      headers: { origin: LISTED, 'access-control-request-method': 'POST', 'access-control-request-headers': asked },
    })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(LISTED)
    expect(headers.get('access-control-allow-headers')).toBe(harmless)
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST, OPTIONS')
    expect(headers.get('access-control-max-age')).toBe('7200')
    expect(headers.get('access-control-allow-credentials')).toBeNull()

    const answer = await post(GOOD, { origin: LISTED })
    expect(answer.headers.get('access-control-allow-origin')).toBe(LISTED)
    expect(answer.headers.get('access-control-expose-headers')).toMatch(
      /retry-after.*ratelimit.*x-request-id.*x-rowgate-replica.*www-authenticate/,
    )
  })

  test('without an origin the answer still varies by it', async () => {
    expect((await post(GOOD)).headers.get('vary')).toContain('Origin')
  })

  test('a gateway with a token of its own declines pages of other origins, also where their name was bound to its address', async () => {
    const lending = await startGateway({ INGESTION_URL: upstream.url, INGESTION_TOKEN: 'lent', CORS_ORIGINS: LISTED })
    const before = upstream.arrived.length
    const ask = (headers: Record<string, string>) => lending.fetch({ method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: GOOD })
    for (const origin of ['https://evil.example', 'null', `http://evil.example:${lending.url.port}`]) {
      const response = await ask({ origin })
      expect([response.status, await codeOf(response)]).toEqual([403, 'ORIGIN_NOT_ALLOWED'])
    }
    const rebound = connect(Number(lending.url.port), lending.url.hostname)
    rebound.write(
      `POST /graphql HTTP/1.1\r\nhost: evil.example:${lending.url.port}\r\norigin: http://evil.example:${lending.url.port}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${GOOD.length}\r\n\r\n${GOOD}`,
    )
    expect(await text(rebound)).toMatch(/^HTTP\/1.1 403 /)
    // To its own host a browser sends a GET without an origin.
    const read = (host: string, headers = '') =>
      rawAnswer(lending.url, `GET /graphql?query={__typename} HTTP/1.1\r\nhost: ${host}\r\napollo-require-preflight: 1\r\n${headers}`)
    expect(await read(`evil.example:${lending.url.port}`)).toMatch(/^HTTP\/1.1 403 /)
    expect(await read('evil.example', 'authorization: its own\r\n')).toMatch(/^HTTP\/1.1 200 /)
    for (const host of [lending.url.host, `localhost:${lending.url.port}`, 'a.example']) expect(await read(host)).toMatch(/^HTTP\/1.1 200 /)
    // The tables are compared at start.
    expect(upstream.arrived.slice(before).filter(({ method }) => method === 'POST')).toEqual([])

    expect((await ask({ origin: lending.url.origin })).status).toBe(200)
    expect((await ask({})).status).toBe(200)
    await lending.close()
  })
})

test('a page of this server is known by the name that the server listens by, in whatever case that is set', () => {
  const { isAllowed } = createCors({ origins: [], host: 'Rowgate.Internal' })
  expect(isAllowed('http://rowgate.internal:4000', 'rowgate.internal:4000')).toBe(true)
  expect(isAllowed('http://rowgate.internal', 'rowgate.internal:80')).toBe(true)
  expect(isAllowed('https://rowgate.internal', 'rowgate.internal:443')).toBe(true)
  expect(isAllowed('http://rowgate.evil.example:4000', 'rowgate.evil.example:4000')).toBe(false)
  for (const origin of ['http://localhost:4001', 'http://127.0.0.1:4000', 'https://rowgate.internal'])
    expect(isAllowed(origin, 'localhost:4000'), origin).toBe(false)
})

describe('Accept', () => {
  test.each<[string, number, string]>([
    [`${GRAPHQL_TYPE};q=0, application/json`, 200, 'application/json'],
    [`application/json;q=0, ${GRAPHQL_TYPE}`, 200, GRAPHQL_TYPE],
    [`application/json;q=0.1, ${GRAPHQL_TYPE};q=0.9`, 200, GRAPHQL_TYPE],
    [`${GRAPHQL_TYPE}, application/json;q=0.9`, 200, GRAPHQL_TYPE],
    ['*/*', 200, 'application/json'],
    ['application/json;q=0, */*', 200, GRAPHQL_TYPE],
    ['text/html;q=0.9, application/*;q=0.1', 200, 'application/json'],
    ['APPLICATION/JSON; CHARSET=UTF-8', 200, 'application/json'],
    ['image/png', 406, GRAPHQL_TYPE],
    ['application/json;q=0', 406, GRAPHQL_TYPE],
    ['*/*;q=0', 406, GRAPHQL_TYPE],
    ['application/json; charset=latin1', 406, GRAPHQL_TYPE],
    ['text/event-stream', 406, GRAPHQL_TYPE],
    ['', 406, GRAPHQL_TYPE],
  ])('%s', async (accept, status, type) => {
    const before = upstream.arrived.length
    const response = await post(GOOD, { accept })
    expect([response.status, response.headers.get('content-type')]).toEqual([status, `${type}; charset=utf-8`])
    // What cannot be answered is not executed.
    expect(upstream.arrived).toHaveLength(before + (status === 200 ? 1 : 0))
  })
})

const VALID = '{ resources { name } }'
/** A request, and what the draft of GraphQL over HTTP of 2026-08-06 wants of the answer. */
const DRAFT: readonly [string, { query?: string; body?: string; headers?: Record<string, string> }, number, string | undefined][] = [
  ['a query', { query: VALID }, 200, undefined],
  ['no JSON', { body: '{"query":' }, 400, 'BAD_REQUEST'],
  [
    'parameters of its type that say nothing of how it is read',
    { query: VALID, headers: { 'content-type': 'application/json; odata=verbose; charset="UTF-8"; version=1' } },
    200,
    undefined,
  ],
  ['no UTF-8 claimed', { query: VALID, headers: { 'content-type': 'application/json; charset=latin1' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  [
    'no UTF-8 claimed behind another parameter',
    { query: VALID, headers: { 'content-type': 'application/json; version=1; charset=utf-16' } },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'a form',
    { body: 'query={__typename}', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['no query', { body: '{"qeury":"{ __typename }"}' }, 422, 'INVALID_PARAMETERS'],
  ['a query that is no text', { body: '{"query":["{ __typename }"]}' }, 422, 'INVALID_PARAMETERS'],
  ['variables that are a list', { body: '{"query":"{ __typename }","variables":[7]}' }, 422, 'INVALID_PARAMETERS'],
  ['extensions that are a text', { body: '{"query":"{ __typename }","extensions":"x"}' }, 422, 'INVALID_PARAMETERS'],
  ['an operation name that is a number', { body: '{"query":"{ __typename }","operationName":1}' }, 422, 'INVALID_PARAMETERS'],
  ['a list of requests', { body: '[{"query":"{ __typename }"}]' }, 422, 'INVALID_PARAMETERS'],
  ['a member it does not know, which is ignored', { body: '{"query":"{ __typename }","more":1}' }, 200, undefined],
  ['members that are null', { body: '{"query":"{ __typename }","variables":null,"operationName":null,"extensions":null}' }, 200, undefined],
  ['a document that does not parse', { query: '{' }, 400, 'GRAPHQL_PARSE_FAILED'],
  ['a document that is not valid', { query: '{ nothing }' }, 422, 'GRAPHQL_VALIDATION_FAILED'],
  ['two operations and no name', { query: 'query A { __typename } query B { __typename }' }, 422, 'OPERATION_RESOLUTION_FAILURE'],
  ['a name of no operation', { body: '{"query":"query A { __typename }","operationName":"C"}' }, 422, 'OPERATION_RESOLUTION_FAILURE'],
  ['only fragments', { query: 'fragment F on Query { __typename }' }, 422, 'GRAPHQL_VALIDATION_FAILED'],
  ['a variable that is missing', { query: 'query ($s: String!) { solutionSchema(solution: $s) { name } }' }, 422, 'BAD_USER_INPUT'],
  [
    'a variable of the wrong type',
    { body: '{"query":"query ($n: Int) { recentRejections(last: $n) { index } }","variables":{"n":"x"}}' },
    422,
    'BAD_USER_INPUT',
  ],
  [
    'a persisted query by its hash',
    { body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}}}' },
    400,
    'PERSISTED_QUERY_NOT_SUPPORTED',
  ],
  ['data and an error', { query: '{ a: resources { name } recentRejections { index } }' }, 294, 'SWITCHED_OFF'],
]

describe('statuses are those of the draft of GraphQL over HTTP', () => {
  test.each(DRAFT)('%s', async (_, { query, body = JSON.stringify({ query }), headers }, status, code) => {
    const response = await post(body, { accept: GRAPHQL_TYPE, ...headers })
    expect(response.headers.get('content-type')).toBe(`${GRAPHQL_TYPE}; charset=utf-8`)
    expect([response.status, await codeOf(response)]).toEqual([status, code])
    // Also the one status that Node has no words for has some.
    expect(response.statusText).not.toBe('')
  })

  test.each(DRAFT)(
    'for a client that knows only application/json: %s',
    async (_, { query, body = JSON.stringify({ query }), headers }, status, code) => {
      const response = await post(body, { accept: 'application/json', ...headers })
      expect([response.status, await codeOf(response)]).toEqual([status === 294 ? 200 : status, code])
      expect(response.headers.get('content-type')).toContain(response.ok ? 'application/json' : GRAPHQL_TYPE)
    },
  )

  test('other methods are 405 and say which are allowed', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const response = await gateway.fetch({ method, headers: KNOWN, body: GOOD })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST'])
    }
    const { status, headers } = await gateway.fetch({ method: 'POST', path: '/health', body: 'x' })
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    for (const path of ['/health', '/ready', '/metrics', '/'])
      expect([path, (await gateway.fetch({ method: 'HEAD', path })).status]).toEqual([path, 200])
  })

  test.each([GRAPHQL_TYPE, 'application/json'])(
    'a mutation without a usable token is 401 with a challenge (%s), and nothing is executed',
    async (accept) => {
      const before = upstream.arrived.length
      for (const authorization of [undefined, '', 'Bearer', 'two words']) {
        const response = await gateway.fetch({
          method: 'POST',
          headers: { ...JSON_TYPE, accept, ...(authorization !== undefined && { authorization }) },
          body: GOOD,
        })
        expect([response.status, response.headers.get('www-authenticate'), await codeOf(response)]).toEqual([
          401,
          'Bearer realm="rowgate"',
          'UNAUTHENTICATED',
        ])
      }
      expect(upstream.arrived).toHaveLength(before)
    },
  )
})

describe('GET', () => {
  const get = (search: string, headers: Record<string, string> = { 'apollo-require-preflight': '1' }) =>
    gateway.fetch({ path: `/graphql?${search}`, headers })

  test('a query is answered', async () => {
    const search = new URLSearchParams({
      query: 'query A($n: String) { resources(module: $n) { name } }',
      variables: '{"n":"quote"}',
      operationName: 'A',
    })
    const response = await get(String(search))
    expect([response.status, (await response.json()).data.resources.length > 0]).toEqual([200, true])
  })

  test.each(['authorization', 'apollo-require-preflight', 'graphql-require-preflight', 'x-apollo-operation-name', 'x-graphql-yoga-csrf'])(
    'is answered where no page of another origin can have sent it: with the header %s',
    async (name) => expect((await get('query={__typename}', { [name]: 'x' })).status).toBe(200),
  )

  test('without a header that proves a preflight it is 403, and says which header', async () => {
    const response = await get('query={__typename}', {})
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('apollo-require-preflight'), extensions: { code: 'PREFLIGHT_REQUIRED' } }],
    })
  })

  test.each(['variables=xx', 'variables={', 'extensions=%7B', 'query={__typename}&variables=]'])(
    '%s is 400 with a code and no defect',
    async (search) => {
      const response = await get(search)
      expect([response.status, await codeOf(response)]).toEqual([400, 'BAD_REQUEST'])
      expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([])
    },
  )

  test('parameters that are empty are none', async () => {
    const response = await get('query={__typename}&variables=&operationName=&extensions=&documentId=')
    expect([response.status, await response.text()]).toEqual([200, '{"data":{"__typename":"Query"}}'])
  })

  test('a mutation is 405', async () => {
    const response = await get(`query=${encodeURIComponent('mutation { upsertProducts(rows: []) { requestId } }')}`, KNOWN)
    expect([response.status, await codeOf(response)]).toEqual([405, 'METHOD_NOT_ALLOWED'])
  })
})

describe('bodies', () => {
  const many = JSON.stringify({ query: SEND, variables: { rows: products(6_000) } })

  test('gzip says byte for byte what the plain body says, small and large', async () => {
    for (const body of [GOOD, many]) {
      const plain = await (await post(body)).text()
      for (const coding of ['gzip', 'x-gzip', 'GZIP'])
        expect(await (await post(gzipSync(body), { 'content-encoding': coding })).text()).toBe(plain)
    }
  })

  test('a gzip body is bounded by what it unfolds to', async () => {
    const response = await post(gzipSync(Buffer.alloc(20_000_000, ' ')), { 'content-encoding': 'gzip' })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BODY_TOO_LARGE', limit: 2_000_000 } }] })
  })

  test('what claims to be gzip and is not is 400, other codings are 415 and say what is taken', async () => {
    const before = upstream.arrived.length
    expect((await post(GOOD, { 'content-encoding': 'gzip' })).status).toBe(400)
    expect((await post(gzipSync(GOOD).subarray(0, 60), { 'content-encoding': 'gzip' })).status).toBe(400)
    for (const coding of ['x-unknown', 'br', 'gzip, gzip', 'deflate']) {
      const response = await post(GOOD, { 'content-encoding': coding })
      expect([response.status, await codeOf(response), response.headers.get('accept-encoding')]).toEqual([
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        'gzip',
      ])
    }
    expect(upstream.arrived).toHaveLength(before)
  })

  test('a body of exactly the limit is read, one byte more is 413 with limit and actual', async () => {
    const padded = (bytes: number) => GOOD + ' '.repeat(bytes - GOOD.length)
    expect((await post(padded(2_000_000))).status).toBe(200)
    const response = await post(padded(2_000_001))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'BODY_TOO_LARGE', limit: 2_000_000, actual: 2_000_001 } }],
    })
  })

  test('a chunked body far over the limit gets its 413 while it still comes, and the connection ends', async () => {
    const head =
      'POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: t\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'
    const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`
    const answer = await raw([head], async (socket) => {
      for (let at = 0; at < 100; at++) if (!socket.write(chunk)) await once(socket, 'drain').catch(() => {})
      socket.end('0\r\n\r\n')
    })
    expect(answer).toMatch(/^HTTP\/1.1 413 [\s\S]*connection: close[\s\S]*BODY_TOO_LARGE/i)
  })

  test('of somebody without a token only 64 kB are read: more is 401', async () => {
    const query = `{ resources { name } } ${'#'.repeat(70_000)}`
    for (const init of [{ body: JSON.stringify({ query }) }, { body: new Blob([JSON.stringify({ query })]).stream(), duplex: 'half' }]) {
      const response = await gateway.fetch({ method: 'POST', headers: JSON_TYPE, ...init } as RequestInit)
      expect([response.status, await codeOf(response)]).toEqual([401, 'UNAUTHENTICATED'])
    }
    expect((await gateway.fetch({ method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ query: VALID }) })).status).toBe(200)
  })

  test('a client that closes its side once it has asked is answered', async () => {
    const head = `host: x\r\nauthorization: t\r\ncontent-type: application/json\r\ncontent-length: ${GOOD.length}\r\n`
    expect(await raw(`POST /graphql HTTP/1.1\r\n${head}\r\n${GOOD}`, (socket) => socket.end())).toMatch(
      /^HTTP\/1.1 200 [\s\S]*"acceptedCount":1/,
    )
  })
})

describe('answers', () => {
  test('are packed for who asks, and plain for who does not', async () => {
    const body = JSON.stringify({ query: SEND, variables: { rows: products(2_000) } })
    const plain = await post(body)
    expect(plain.headers.get('content-encoding')).toBeNull()
    const expected = await plain.text()
    for (const coding of ['gzip', 'gzip, deflate, br', 'br;q=1, gzip;q=0.8']) {
      const packed = await post(body, { 'accept-encoding': coding })
      expect(packed.headers.get('content-encoding')).toBe('gzip')
      expect(await packed.text()).toBe(expected)
    }
    for (const coding of ['gzip;q=0', 'identity, gzip;q=0.5'])
      expect((await post(body, { 'accept-encoding': coding })).headers.get('content-encoding')).toBeNull()
  })

  test('may not be stored nor guessed at', async () => {
    const { headers } = await post(GOOD)
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff'])
  })

  test("carry the caller's request id and trace where they are well formed, else an id of ours", async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const named = await post(GOOD, { 'x-request-id': 'order-7', traceparent })
    expect([named.headers.get('x-request-id'), named.headers.get('traceparent')]).toEqual(['order-7', traceparent])
    const { headers } = await post(GOOD, { 'x-request-id': 'two words', traceparent: 'nonsense' })
    expect([headers.get('x-request-id'), headers.get('traceparent')]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), null])
  })

  test("GraphiQL's page is packed, known again by its content, and not to be framed", async () => {
    const ask = (headers: Record<string, string>) => gateway.fetch({ headers: { accept: 'text/html', ...headers } })
    const page = await ask({ 'accept-encoding': 'identity' })
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    const packed = await ask({ 'accept-encoding': 'gzip' })
    const plain = await page.text()
    expect(await packed.text()).toBe(plain)
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(plain.length / 2)
    const etag = packed.headers.get('etag') ?? ''
    expect((await ask({ 'accept-encoding': 'gzip', 'if-none-match': etag })).status).toBe(304)
  })
})
