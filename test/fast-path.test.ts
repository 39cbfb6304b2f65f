import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SANDBOX_TOKEN } from '../src/sandbox/choices.ts'
import { drawing, drawRequest } from './support/documents.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'

const PRODUCT = { productId: 'A', sourceId: 'S', packSize: 1, updatedAt: '2025-01-28 14:30:00' }
const SEND =
  'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount rows { ... on IngestedRow { index key } } } }'
const GOOD = JSON.stringify({ query: SEND, variables: { rows: [PRODUCT] } })

let upstream: FakeUpstream
let fast: Gateway
let plain: Gateway

beforeAll(async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const settings = { INGESTION_URL: upstream.url, MAX_BODY_BYTES: '20000' }
  fast = await startGateway(settings, { fast: true })
  plain = await startGateway(settings, { fast: false })
})
afterAll(async () => {
  await Promise.all([fast.close(), plain.close()])
  await upstream.close()
})

interface Asked {
  readonly body?: string | Uint8Array
  readonly headers?: Record<string, string>
}

/** The same request to a gateway with all its speed work, and to one with the plain twin of each piece of it. */
async function both({ body = GOOD, headers = {} }: Asked) {
  const init = {
    method: 'POST',
    headers: { authorization: SANDBOX_TOKEN, 'content-type': 'application/json', ...headers },
    body: body as string,
  }
  return { fast: await told(await fast.fetch(init)), plain: await told(await plain.fetch(init)) }
}

async function told(response: Response) {
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

describe('a request is answered by the fast path as by its plain twin', () => {
  test.each<[string, Asked]>([
    ['plain', {}],
    ['accepting anything', { headers: { accept: '*/*' } }],
    ['accepting JSON', { headers: { accept: 'application/json' } }],
    ['accepting GraphQL JSON', { headers: { accept: 'application/graphql-response+json' } }],
    ['accepting both', { headers: { accept: 'application/graphql-response+json, application/json;q=0.9' } }],
    ['accepting what there is not', { headers: { accept: 'text/html' } }],
    ['accepting GraphQL JSON before JSON', { headers: { accept: 'application/graphql-response+json, application/json' } }],
    ['accepting JSON before anything', { headers: { accept: 'application/json, text/plain, */*' } }],
    ['accepting anything of a kind', { headers: { accept: 'application/*' } }],
    ['accepting less of one', { headers: { accept: 'application/json;q=0.1, application/graphql-response+json;q=0.9' } }],
    ['accepting in capitals', { headers: { accept: 'Application/JSON ; Charset=UTF-8' } }],
    ['accepting another charset', { headers: { accept: 'application/json; charset=latin1' } }],
    ['accepting a charset of two', { headers: { accept: 'application/json; charset=latin1, application/graphql-response+json' } }],
    ['accepting a stream before JSON', { headers: { accept: 'text/event-stream, multipart/mixed, application/json' } }],
    ['accepting a stream', { headers: { accept: 'text/event-stream' } }],
    ['accepting parts', { headers: { accept: 'multipart/mixed' } }],
    ['accepting nothing', { headers: { accept: '' } }],
    ['accepting a comma', { headers: { accept: ',' } }],
    ['accepting what reaches a prototype', { headers: { accept: '__proto__' } }],
    ['with an origin', { headers: { origin: 'https://shop.example' } }],
    ['as text', { headers: { 'content-type': 'text/plain' } }],
    ['without a usable token', { headers: { authorization: 'two words' } }],
    ['that is not JSON', { body: '{"query": ' }],
    ['that is not UTF-8', { body: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d) }],
    ['that is a list', { body: `[${GOOD}]` }],
    ['without a query', { body: '{}' }],
    ['with a member too many', { body: '{"query": "{ __typename }", "more": 1}' }],
    ['with a document that does not parse', { body: '{"query": "mutation {"}' }],
    ['with a document that is not valid', { body: '{"query": "{ nothing }"}' }],
    [
      'for GraphQL JSON, with a document that is not valid',
      { body: '{"query": "{ nothing }"}', headers: { accept: 'application/graphql-response+json' } },
    ],
    ['with no such operation', { body: JSON.stringify({ query: SEND, operationName: 'Other', variables: { rows: [] } }) }],
    ['with variables of the wrong kind', { body: JSON.stringify({ query: SEND, variables: { rows: null } }) }],
    ['that only asks', { body: '{"query": "{ resources { name } }"}' }],
    ['over the limit', { body: JSON.stringify({ query: SEND, variables: { rows: [{ ...PRODUCT, productName: 'x'.repeat(20_000) }] } }) }],
    [
      'for a solution that is not there',
      { body: JSON.stringify({ query: SEND.replace('rows: $rows', 'rows: $rows, solution: "NONE"'), variables: { rows: [PRODUCT] } }) },
    ],
  ])('%s', async (_, asked) => {
    const answers = await both(asked)

    expect(answers.fast).toEqual(answers.plain)
  })
})

test('a connection stays open for longer than load balancers keep theirs', async () => {
  const init = { method: 'POST', headers: { authorization: SANDBOX_TOKEN, 'content-type': 'application/json' }, body: GOOD }
  expect((await fast.fetch(init)).headers.get('keep-alive')).toBe('timeout=75')
})

test('nothing is executed twice where the answer has errors and outcomes', async () => {
  const query =
    'mutation ($rows: [ProductsRowInput!]!) { a: upsertProducts(rows: $rows) { acceptedCount } b: appendProducts(rows: $rows, solution: "NONE") { acceptedCount } }'
  const before = upstream.arrived.length
  const { text } = (await both({ body: JSON.stringify({ query, variables: { rows: [PRODUCT] } }) })).fast

  expect(JSON.parse(text)).toMatchObject({ data: { a: { acceptedCount: 1 }, b: null }, errors: [{ path: ['b'] }] })
  // One by each gateway, which both look for the other solution in the list.
  expect(upstream.arrived.slice(before).flatMap(({ body }) => body.operationType ?? [])).toEqual(['UPSERT', 'UPSERT'])
})

test('both answer generated documents in the same bytes', async () => {
  const property = fc.asyncProperty(fc.gen(), async (gen) => {
    const { document, variables } = drawRequest(drawing(gen as never, (max) => fc.nat(max)))
    const answers = await both({ body: JSON.stringify({ query: document(''), variables }) })

    expect(answers.fast).toEqual(answers.plain)
  })
  await fc.assert(property, { seed: 20261121, numRuns: 60, endOnFailure: true })
})

test('a body in parts, without a length, is read to its end', async () => {
  const before = upstream.arrived.length
  const socket = connect(Number(fast.url.port), fast.url.hostname)
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: ${SANDBOX_TOKEN}\r\ncontent-type: application/json\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n`,
  )
  for (const part of GOOD.match(/.{1,50}/gs) ?? []) socket.write(`${part.length.toString(16)}\r\n${part}\r\n`)
  socket.write('0\r\n\r\n')
  let answer = ''
  for await (const part of socket) answer += part

  expect(answer).toMatch(/^HTTP\/1.1 200 OK[\s\S]*"acceptedCount":1/)
  expect(upstream.arrived.slice(before)).toHaveLength(1)
})
