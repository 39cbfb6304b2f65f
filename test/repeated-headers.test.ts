import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { type Issuer, startIssuer } from './support/issuer.ts'
import { product } from './support/rows.ts'

const query = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }'
const BODY = JSON.stringify({ query, variables: { rows: [product('A')] } })
const ANYBODY = JSON.stringify({ query: '{ resources { name } }' })

let issuer: Issuer
let upstream: FakeUpstream
let byToken: Gateway
let lending: Gateway
let byJwt: Gateway

beforeAll(async () => {
  issuer = await startIssuer()
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  const INGESTION_URL = upstream.url
  byToken = await startGateway({ INGESTION_URL })
  lending = await startGateway({ INGESTION_URL, INGESTION_TOKEN: 'lent-token' })
  byJwt = await startGateway({ INGESTION_URL, ...(await issuer.settings({ acme: { token: 'of-acme' }, globex: { token: 'of-globex' } })) })
})
afterAll(async () => {
  await Promise.all([byToken, lending, byJwt].map((gateway) => gateway.close()))
  await Promise.all([upstream.close(), issuer.close()])
})

/** The answer to a request with just these header lines, which no client of ours would send. */
async function ask({ url }: Gateway, lines: readonly string[], body = BODY) {
  const socket = connect({ port: Number(url.port), host: url.hostname, allowHalfOpen: true })
  const head = [
    'POST /graphql HTTP/1.1',
    'host: x',
    'content-type: application/json',
    'connection: close',
    `content-length: ${body.length}`,
  ]
  socket.write([...head, ...lines, '', body].join('\r\n'))
  const answer = await text(socket)
  const before = answer.indexOf('\r\n\r\n')
  return { status: Number(answer.split(' ')[1]), ...JSON.parse(answer.slice(before, answer.lastIndexOf('}') + 1)) }
}

const declined = { status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }

interface Pair {
  readonly gateway: Gateway
  readonly one: string
  readonly other: string
}

const PAIRS: readonly (readonly [string, () => Promise<Pair>])[] = [
  ['tokens', async () => ({ gateway: byToken, one: 'one-token', other: 'other-token' })],
  ['tokens, of which one could be lent', async () => ({ gateway: lending, one: 'one-token', other: 'other-token' })],
  ['JWTs', async () => ({ gateway: byJwt, one: await issuer.sign({ sub: 'acme' }), other: await issuer.sign({ sub: 'globex' }) })],
]

describe.each(PAIRS)('where callers bring %s', (_, pairOf) => {
  test('each of two is good alone, whatever the values of other headers are', async () => {
    const { gateway, one, other } = await pairOf()
    for (const token of [one, other])
      expect(await ask(gateway, [`Authorization: Bearer ${token}`, 'x-hides: authorization'])).toMatchObject({
        data: { upsertProducts: { acceptedCount: 1 } },
      })
  })

  test('two header lines are declined by that name, in whatever case and order: neither caller is taken for the other', async () => {
    const { gateway, one, other } = await pairOf()
    const before = upstream.arrived.length
    for (const lines of [
      [`authorization: ${one}`, `authorization: ${other}`],
      [`Authorization: Bearer ${other}`, 'accept: */*', `AUTHORIZATION: ${one}`],
      [`authorization: ${one}`, `authorization: ${one}`],
      [`authorization: ${one}`, 'authorization:'],
      ['authorization:', `authorization: ${one}`],
    ]) {
      const answer = await ask(gateway, lines)
      expect(answer).toMatchObject(declined)
      expect(answer.errors[0].message).toMatch(/more than one Authorization header/)
      expect(JSON.stringify(answer)).not.toContain(one)
    }
    expect(upstream.arrived).toHaveLength(before)
    expect(await ask(gateway, [`authorization: ${one}`, `authorization: ${other}`], ANYBODY)).toMatchObject({ status: 200 })
  })

  test('two in one header are declined: neither is picked out', async () => {
    const { gateway, one, other } = await pairOf()
    const before = upstream.arrived.length
    for (const value of [
      `${one} ${other}`,
      `${one}, ${other}`,
      `Bearer ${one} Bearer ${other}`,
      `Bearer ${one}, Bearer ${other}`,
      `${one}\t${other}`,
    ]) {
      const answer = await ask(gateway, [`authorization: ${value}`])
      expect(answer).toMatchObject(declined)
      expect(JSON.stringify(answer)).not.toContain(one)
    }
    expect(upstream.arrived).toHaveLength(before)
  })

  test('a comma without a space is part of a token, which as a whole is nobody else', async () => {
    const { gateway, one, other } = await pairOf()
    const before = upstream.arrived.length
    const answer = await ask(gateway, [`authorization: ${one},${other}`])
    const sent = upstream.arrived.slice(before).map(({ headers }) => headers.authorization)
    if (gateway === byJwt) expect(answer).toMatchObject(declined)
    expect(sent).toEqual(gateway === byJwt ? [] : [`${one},${other}`])
  })
})

test('two Idempotency-Key headers decline a request: they would be read as one key that nobody gave', async () => {
  const { gateway, one } = await (PAIRS[0] as (typeof PAIRS)[0])[1]()
  const before = upstream.arrived.length
  const keys = ['idempotency-key: a', 'Idempotency-Key: b']
  expect(await ask(gateway, [`authorization: ${one}`, ...keys])).toMatchObject({
    status: 400,
    errors: [{ message: expect.stringContaining('more than one Idempotency-Key'), extensions: { code: 'BAD_REQUEST' } }],
  })
  expect(upstream.arrived).toHaveLength(before)
  expect(await ask(gateway, [`authorization: ${one}`, ...keys.slice(1)])).toMatchObject({ data: { upsertProducts: { acceptedCount: 1 } } })
})
