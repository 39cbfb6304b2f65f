import { writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { base64url, exportSPKI, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { readRoles, rightsOf } from '../src/identity/roles.ts'
import { createByHeader } from '../src/identity.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { FAST, type Gateway, startGateway } from './support/gateway.ts'
import { AUDIENCE, createKey, ISSUER, type Issuer, startIssuer } from './support/issuer.ts'
import { product, products } from './support/rows.ts'

const CANARY = 'canary-d1f0'
const UPSERT =
  'mutation ($rows: [ProductsRowInput!]!, $solution: String) { upsertProducts(rows: $rows, solution: $solution) { acceptedCount } }'
const CREDENTIALS = {
  acme: { token: `${CANARY}-acme-token` },
  globex: { token: 'globex-token', solutions: ['INV_OOTB'] },
  initech: { token: 'initech-token', solutions: ['QP_OOTB'] },
}

let issuer: Issuer
let upstream: FakeUpstream
/** The one that most tests share, and the one that a test has started for itself. */
let gateway: Gateway
let own: Gateway | undefined

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
  issuer = await startIssuer()
  upstream = await startFakeUpstream(({ method }) => ({
    status: 200,
    body: method === 'GET' ? [{ solutionName: 'INV_OOTB' }, { solutionName: 'QP_OOTB' }] : {},
  }))
  gateway = await startGateway({ INGESTION_URL: upstream.url, ...(await issuer.settings(CREDENTIALS)) })
})
afterAll(async () => {
  await gateway.close()
  vi.useRealTimers()
  await upstream.close()
  await issuer.close()
})

// Only the clock of the day is held: what waits for a socket goes on.
beforeEach(() => void vi.setSystemTime(Date.now() + 5_000))
afterEach(async () => {
  await own?.close()
  own = undefined
})

async function start(more: Record<string, string>, credentials: unknown = CREDENTIALS): Promise<Gateway> {
  own = await startGateway({ INGESTION_URL: upstream.url, ...(await issuer.settings(credentials)), ...more })
  return own
}

const later = (ms: number) => vi.setSystemTime(Date.now() + ms)
const codesOf = ({ errors }: { errors: readonly { extensions?: { code?: string } }[] | undefined }) =>
  errors?.map(({ extensions }) => extensions?.code)
const send = async (claims: Record<string, unknown>, rows: unknown = [product('A')], solution?: string) =>
  await (own ?? gateway).send<{ upsertProducts: { acceptedCount: number } | null }, object>(
    UPSERT,
    { rows, solution },
    await issuer.sign(claims),
  )
const ask = async <Data>(query: string, claims: Record<string, unknown> = {}) =>
  await (own ?? gateway).send<Data, object>(query, {}, await issuer.sign(claims))

describe('a JWT', () => {
  test("sends rows under the credential of its tenant: the upstream sees the operator's token and nothing of the JWT", async () => {
    const jwt = await issuer.sign({})
    const before = upstream.arrived.length
    for (const authorization of [jwt, `Bearer ${jwt}`, `bearer ${jwt}`])
      expect(
        (await gateway.send<{ upsertProducts: object }, object>(UPSERT, { rows: [product('A')] }, authorization)).data.upsertProducts,
      ).toEqual({
        acceptedCount: 1,
      })
    const arrived = upstream.arrived.slice(before)
    expect(arrived.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill(CREDENTIALS.acme.token))
    expect(JSON.stringify(arrived.map(({ headers }) => headers))).not.toContain(jwt)
  })

  test.each<[string, (now: number) => Promise<string>, RegExp]>([
    ['that has expired', (now) => issuer.sign({ exp: now - 31 }), /expired/],
    ['that is not valid yet', (now) => issuer.sign({ nbf: now + 31 }), /not valid yet/],
    ['whose beginning is a text', () => issuer.sign({ nbf: 'now' }), /^The claim nbf of the JWT must be a number\.$/],
    ['that was issued at a text', () => issuer.sign({ iat: 'now' }), /^The claim iat of the JWT must be a number\.$/],
    ['without an end', () => issuer.sign({ exp: undefined }), /exp/],
    ['whose end is a text', () => issuer.sign({ exp: '1900000000' }), /exp/],
    ['of another issuer', () => issuer.sign({ iss: 'https://evil.example/' }), /issuer/],
    ['without an issuer', () => issuer.sign({ iss: undefined }), /issuer/],
    ['for another audience', () => issuer.sign({ aud: ['rowgate-test', 'other'] }), /audience/],
    ['for nobody', () => issuer.sign({ aud: undefined }), /audience/],
    ['signed by a key that nobody knows', async () => issuer.sign({}, { key: await createKey('unknown') }), /signed with a key/],
    [
      "signed by another key under the issuer's kid",
      async () => issuer.sign({}, { key: await createKey('x'), kid: 'one' }),
      /signed with a key/,
    ],
    ['whose kid is __proto__', () => issuer.sign({}, { kid: '__proto__' }), /signed with a key/],
    ['of the algorithm none', async (now) => unsigned({ alg: 'none' }, now), /algorithm/],
    ['of the algorithm None', async (now) => unsigned({ alg: 'None', kid: 'one' }, now), /algorithm/],
    ['of HS256 with the public key as the secret', (now) => signedWithPublicKey(now), /algorithm/],
    ['whose claims were changed', async (now) => tampered(await issuer.sign({ sub: 'globex' }), now), /signed with a key/],
    ['that is cut off', async () => (await issuer.sign({})).slice(0, -5), /signed with a key/],
    ['that is none', async () => 'sandbox-token', /not a JWT/],
    ['that names no tenant', () => issuer.sign({ sub: undefined }), /claim sub/],
    ['whose tenant is a number', () => issuer.sign({ sub: 7 }), /claim sub/],
    ['whose tenant is a list', () => issuer.sign({ sub: ['acme'] }), /claim sub/],
    ['whose tenant is empty', () => issuer.sign({ sub: '' }), /claim sub/],
    ['whose tenant has 256 characters', () => issuer.sign({ sub: 'x'.repeat(256) }), /claim sub/],
    ['whose tenant has 10 kB', () => issuer.sign({ sub: 'x'.repeat(10_000) }), /printable/],
    ['whose tenant would end a log line', () => issuer.sign({ sub: 'ac\nme' }), /claim sub/],
    ['and another in the same header', async () => `${await issuer.sign({})}, ${await issuer.sign({})}`, /without spaces/],
    ['and another behind a comma', async () => `${await issuer.sign({})},Bearer`, /not a JWT/],
    ['after another scheme', async () => `Basic ${await issuer.sign({})}`, /without spaces/],
  ])('%s is UNAUTHENTICATED, nothing is sent, and nothing of it is repeated', async (_, make, words) => {
    const before = upstream.arrived.length
    const jwt = await make(Math.floor(Date.now() / 1_000))
    const { status, errors, text } = await gateway.send(UPSERT, { rows: [product('A')] }, jwt)
    expect([status, codesOf({ errors })]).toEqual([401, ['UNAUTHENTICATED']])
    expect(errors?.[0]?.message).toMatch(words)
    expect(text).not.toContain(jwt.slice(0, 20))
    expect(upstream.arrived).toHaveLength(before)
  })

  test('is taken as far as the clocks may differ, and not a second longer, also where it was seen before', async () => {
    const jwt = await issuer.sign({ exp: Math.floor(Date.now() / 1_000) + 10 })
    const statusNow = async () => (await gateway.send('{ me { tenant } }', {}, jwt)).errors?.length ?? 0
    expect(await statusNow()).toBe(0)
    later(39_000)
    expect(await statusNow()).toBe(0)
    later(1_000)
    expect(await statusNow()).toBe(1)
  })

  test('may have its tenant and its roles in other claims, where the operator says so', async () => {
    await start({ JWT_TENANT_CLAIM: 'https://example.com/tenant', JWT_ROLES_CLAIM: 'scope' })
    const { data } = await ask<{ me: object }>('{ me { tenant roles } }', {
      sub: 'somebody',
      'https://example.com/tenant': 'globex',
      scope: 'openid READ ingest:Products:append',
    })
    expect(data.me).toEqual({ tenant: 'globex', roles: ['ingest:products:append', 'read'] })
  })

  test('is refused where only another algorithm is allowed', async () => {
    await start({ JWT_ALGORITHMS: 'RS256,EdDSA' })
    expect(codesOf(await send({}))).toEqual(['UNAUTHENTICATED'])
  })

  test('is not replaced by the token that the gateway has for itself', async () => {
    await start({ INGESTION_TOKEN: 'own-token' })
    const response = await (own as Gateway).send(UPSERT, { rows: [product('A')] }, null)
    expect([response.status, codesOf(response)]).toEqual([401, ['UNAUTHENTICATED']])
  })
})

function unsigned(header: object, now: number): string {
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'acme', exp: now + 600 }
  return `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(claims))}.`
}

async function signedWithPublicKey(now: number): Promise<string> {
  const publicKey = new TextEncoder().encode(await exportSPKI(issuer.key.publicKey))
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'acme', exp: now + 600 }
  return await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(publicKey)
}

function tampered(jwt: string, now: number): string {
  const [header, , signature] = jwt.split('.')
  return [header, base64url.encode(JSON.stringify({ iss: ISSUER, aud: AUDIENCE, sub: 'acme', exp: now + 600 })), signature].join('.')
}

describe('roles', () => {
  const ALL = ['ingest:*', 'lifecycle', 'read']
  const RIGHTS = ['ingest:products:upsert', 'ingest:products:append', 'ingest:stock:upsert', 'lifecycle', 'read', 'outcomes'] as const

  test.each<[unknown, readonly string[]]>([
    [ALL, [...RIGHTS]],
    ['ingest:* lifecycle read', [...RIGHTS]],
    [['INGEST:Products:Upsert'], ['ingest:products:upsert', 'outcomes']],
    [['ingest:products:*'], ['ingest:products:upsert', 'ingest:products:append', 'outcomes']],
    [['ingest:*:upsert'], ['ingest:products:upsert', 'ingest:stock:upsert', 'outcomes']],
    [['ingest:*:*'], ['ingest:products:upsert', 'ingest:products:append', 'ingest:stock:upsert', 'outcomes']],
    [' read\n', ['read', 'outcomes']],
    [['lifecycle'], ['lifecycle']],
    [['admin', '*', 'ingest', 'ingest:', 'ingest:products', 'ingest:products:delete', 'ingest:**', 'reader', '__proto__'], []],
    [[7, null, ['read'], { read: true }], []],
    [{ read: true }, []],
    [undefined, []],
  ])('%j allow what the table says', (claim, rights) => {
    const may = rightsOf(readRoles(claim))
    expect(RIGHTS.filter(may)).toEqual(rights)
  })

  test('of any claim only those that are known come out, each once', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.constantFrom('read', 'READ', 'ingest:x:y', 'ingest:a_1:append')), (claim, more) => {
        const roles = readRoles(Array.isArray(claim) ? [...claim, ...more] : claim)
        expect(new Set(roles).size).toBe(roles.length)
        expect(roles.filter((role) => !/^(read|lifecycle|ingest:(\*|[a-z0-9_*]+:(upsert|append|\*)))$/.test(role))).toEqual([])
      }),
    )
  })

  test.each([
    ['mutation { upsertProducts(rows: []) { acceptedCount } }', 'ingest:products:upsert'],
    ['mutation { appendProducts(rows: []) { acceptedCount } }', 'ingest:products:append'],
    ['mutation { upsertProducts(rows: [], dryRun: true) { acceptedCount } }', 'ingest:products:upsert'],
    ['mutation { saveSchema(appName: "a", appVersion: "1.0.0") { appName } }', 'lifecycle'],
    [
      'mutation { rollout(input: { solutionName: "a", appName: "a", appVersion: "1.0.0", targetSchemaName: "S" }) { complete } }',
      'lifecycle',
    ],
    ['mutation { addAttribute(resource: "Products", name: "A", type: STRING) { name } }', 'lifecycle'],
    ['{ solutions { solutionName } }', 'read'],
    ['{ solutionSchema(solution: "INV_OOTB") { name } }', 'read'],
    ['{ schemaDrift(solution: "INV_OOTB") { inSync } }', 'read'],
    ['{ onboarding(solution: "INV_OOTB") { done } }', 'read'],
    ['{ dataQuality(solution: "INV_OOTB") { solution } }', 'read'],
    ['{ recentRejections { resource } }', 'read'],
  ])('%s without its role is FORBIDDEN, names the role, and asks nothing of the upstream', async (query, role) => {
    const before = upstream.arrived.length
    const others = ['ingest:*', 'lifecycle', 'read', 'ingest:products:append', 'ingest:products:upsert'].filter(
      (other) => other !== role && !(other === 'ingest:*' && role.startsWith('ingest:')),
    )
    const { errors } = await ask(query, { roles: others })
    expect(codesOf({ errors })).toEqual(['FORBIDDEN'])
    expect(errors?.[0]?.message).toBe(`This needs the role ${role}.`)
    expect(upstream.arrived).toHaveLength(before)
  })

  test('whoever has none may ask who he is, what the limits are and what may be ingested', async () => {
    const { data, errors } = await ask<{ me: object }>(
      '{ me { tenant mutations mayRead } limits { rowsPerMutation } resources(name: "Products") { name } }',
      {
        roles: [],
      },
    )
    expect([data.me, errors]).toEqual([{ tenant: 'acme', mutations: [], mayRead: false }, undefined])
    expect(codesOf(await ask('{ ingestRequest(idempotencyKey: "k") { state } }', { roles: [] }))).toEqual(['FORBIDDEN'])
    expect((await ask('{ ingestRequest(idempotencyKey: "k") { state } }', { roles: 'ingest:stock:append' })).errors).toBeUndefined()
  })

  test('a field that is not allowed takes none of the others along', async () => {
    const query =
      'mutation ($rows: [ProductsRowInput!]!) { a: appendProducts(rows: $rows) { acceptedCount } u: upsertProducts(rows: $rows) { acceptedCount } }'
    const jwt = await issuer.sign({ roles: 'ingest:products:upsert' })
    const { data, errors } = await gateway.send<object, object>(query, { rows: [product('A')] }, jwt)
    expect([data, codesOf({ errors }), errors?.[0]?.path]).toEqual([{ a: null, u: { acceptedCount: 1 } }, ['FORBIDDEN'], ['a']])
  })

  test.runIf(FAST)('rows of a large body that may not be sent are not read', async () => {
    const text = JSON.stringify({ query: UPSERT, variables: { rows: products(12_000) } })
    // No JSON any more, in the middle of a row: whoever reads that says so.
    const broken = `${text.slice(0, 1_000_000)}"${text.slice(1_000_000)}`
    const post = async (roles: string) => {
      const headers = { 'content-type': 'application/json', authorization: await issuer.sign({ roles }) }
      return await (await gateway.fetch({ method: 'POST', headers, body: broken })).json()
    }
    expect(codesOf(await post('read'))).toEqual(['FORBIDDEN'])
    expect(codesOf(await post('ingest:*'))).toEqual(['BAD_REQUEST'])
  })
})

describe('solutions', () => {
  test.each([
    ['globex', 'QP_OOTB'],
    ['globex', 'NOBODY_KNOWS'],
    ['globex', '__proto__'],
    ['initech', 'INV_OOTB'],
  ])('%s may not speak of %s: FORBIDDEN, also without rows, and whether or not there is one', async (sub, solution) => {
    const before = upstream.arrived.length
    for (const rows of [[], [product('A')]]) expect(codesOf(await send({ sub }, rows, solution))).toEqual(['FORBIDDEN'])
    const named = JSON.stringify(solution)
    for (const query of [
      `{ solutionSchema(solution: ${named}) { name } }`,
      `{ schemaDrift(solution: ${named}) { inSync } }`,
      `{ onboarding(solution: ${named}) { done } }`,
      `{ dataQuality(solution: ${named}) { solution } }`,
      `mutation { saveSchema(appName: "a", appVersion: "1.0.0", solution: ${named}) { appName } }`,
      `mutation { addAttribute(resource: "Products", solution: ${named}, name: "A", type: STRING) { name } }`,
      `mutation { rollout(input: { solutionName: ${named}, appName: "a", appVersion: "1.0.0", targetSchemaName: "S" }) { complete } }`,
      `mutation { rollout(input: { solutionName: ${named}, modules: ["quote"], appName: "a", appVersion: "1.0.0", targetSchemaName: "S" }) { complete } }`,
    ])
      expect([query, codesOf(await ask(query, { sub }))]).toEqual([query, ['FORBIDDEN']])
    expect(upstream.arrived).toHaveLength(before)
  })

  test('its own are used, also where none is named, and only they are listed', async () => {
    expect((await send({ sub: 'globex' })).data.upsertProducts).toEqual({ acceptedCount: 1 })
    expect((await send({ sub: 'globex' }, [product('A')], 'INV_OOTB')).data.upsertProducts).toEqual({ acceptedCount: 1 })
    // Products are of a module that none of its solutions has.
    const without = await send({ sub: 'initech' })
    expect(codesOf(without)).toEqual(['BAD_USER_INPUT'])
    expect(without.errors?.[0]?.message).toBe('No solution that you may use has the module inventory.')
    const listed = async (sub: string) =>
      (await ask<{ solutions: { solutionName: string }[] }>('{ solutions { solutionName } }', { sub })).data.solutions
    expect(await listed('acme')).toEqual([{ solutionName: 'INV_OOTB' }, { solutionName: 'QP_OOTB' }])
    expect(await listed('globex')).toEqual([{ solutionName: 'INV_OOTB' }])
  })
})

test('a tenant that the operator has not set up is FORBIDDEN, whatever it is called: a new JWT would not help', async () => {
  for (const sub of ['hooli', '__proto__', 'constructor', 'toString', 'Acme', 'acme ']) {
    const response = await send({ sub })
    expect([sub, response.status, codesOf(response)]).toEqual([sub, 403, ['FORBIDDEN']])
  }
})

test('me tells who you are here and what you may do', async () => {
  const query = '{ me { tenant identity roles mayRead mutations solutions } }'
  const { data } = await ask<{ me: { mutations: string[] } }>(query, { sub: 'globex', roles: 'read ingest:products:* lifecycle admin' })
  expect(data.me).toEqual({
    tenant: 'globex',
    identity: 'JWT',
    roles: ['ingest:products:*', 'lifecycle', 'read'],
    mayRead: true,
    mutations: ['upsertProducts', 'appendProducts', 'rollout', 'saveSchema', 'addAttribute'],
    solutions: ['INV_OOTB'],
  })

  const byToken = await startGateway({ INGESTION_URL: upstream.url })
  const { data: own } = await byToken.send<{ me: { mutations: string[] } }, object>(query, {}, 'a-token')
  const mutations = await byToken.send<{ __schema: { mutationType: { fields: { name: string }[] } } }, object>(
    '{ __schema { mutationType { fields { name } } } }',
  )
  await byToken.close()
  expect(own.me).toMatchObject({
    tenant: expect.stringMatching(/^[0-9a-f]{64}$/),
    identity: 'TOKEN',
    roles: null,
    solutions: null,
    mayRead: true,
  })
  expect([...own.me.mutations].sort()).toEqual(mutations.data.__schema.mutationType.fields.map(({ name }) => name).sort())
})

test.each([
  'ingest:products:upsert',
  'ingest:*:append',
  'ingest:products:* ingest:pricing:append',
  'ingest:*',
  'ingest:*:*',
  'read',
  'lifecycle',
  '',
])('me lists for the roles "%s" those mutations that are not FORBIDDEN, and no others', async (roles) => {
  const { data } = await ask<{ me: { mutations: string[] } }>('{ me { mutations } }', { roles })
  const fields = ['Products', 'Pricing'].flatMap((name) => [`upsert${name}`, `append${name}`])
  const calls = [
    ...fields.map((name) => `${name}(rows: []) { acceptedCount }`),
    'addAttribute(resource: "Products", solution: "INV_OOTB", name: "A", type: STRING, nonNull: true) { name }',
  ]
  const { errors = [] } = await ask(`mutation { ${calls.join(' ')} }`, { roles })
  const refused = errors.filter(({ extensions }) => extensions?.code === 'FORBIDDEN').map(({ path }) => path?.[0])
  const listed = [...fields, 'addAttribute'].filter((name) => data.me.mutations.includes(name))
  expect(listed).toEqual([...fields, 'addAttribute'].filter((name) => !refused.includes(name)))
})

test('what made-up tokens say is kept neither for many of them, nor for many letters', () => {
  const known = createByHeader<object>()
  const add = (count: number, header: (nth: number) => string) => {
    for (let nth = 0; nth < count; nth++) known.set(header(nth), {})
  }
  known.set('real', {})
  add(9_999, String)
  expect(known.get('real')).toBeDefined()
  add(480, (nth) => `${nth} ${'x'.repeat(8_192)}`)
  expect(known.get('real')).toBeDefined()
  add(500, (nth) => `more ${nth} ${'x'.repeat(8_192)}`)
  expect(known.get('real')).toBeUndefined()
})

test('a renewed JWT is the same tenant: what became of rows, and of a key, is known to it, and to no other tenant', async () => {
  const keyed = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows, idempotencyKey: "k1") { acceptedCount } }'
  const { send: sendOwn } = await start({})
  const before = upstream.arrived.length
  await sendOwn(keyed, { rows: [product('A')] }, await issuer.sign({ jti: '1' }))
  later(3_000)
  const again = await sendOwn<object, object>(keyed, { rows: [product('A')] }, await issuer.sign({ jti: '2' }))
  expect([again.data, upstream.arrived.length - before]).toEqual([{ upsertProducts: { acceptedCount: 1 } }, 1])

  const query = '{ dataQuality(solution: "INV_OOTB") { accepted } ingestRequest(idempotencyKey: "k1") { acceptedCount } }'
  const known = { dataQuality: { accepted: 1 }, ingestRequest: { acceptedCount: 1 } }
  later(3_000)
  expect((await ask(query, { jti: '3' })).data).toEqual(known)
  expect((await ask(query, { sub: 'globex' })).data).toEqual({ dataQuality: { accepted: 0 }, ingestRequest: null })
})

describe('the credentials file', () => {
  afterEach(() => issuer.settings(CREDENTIALS))

  const tokenSent = async (sub: string) => {
    await send({ sub })
    return upstream.arrived.at(-1)?.headers.authorization
  }

  test('is read anew when it changes: another token, another tenant, one less, also for a JWT that was seen before', async () => {
    const jwt = await issuer.sign({ sub: 'acme' })
    const tokenSentFor = async (authorization: string) => {
      await gateway.send(UPSERT, { rows: [product('A')] }, authorization)
      return upstream.arrived.at(-1)?.headers.authorization
    }
    expect([await tokenSent('acme'), await tokenSentFor(jwt)]).toEqual([CREDENTIALS.acme.token, CREDENTIALS.acme.token])
    await issuer.settings({ acme: { token: 'rotated-token' }, hooli: { token: 'hooli-token' } })
    later(1_000)
    expect([await tokenSent('acme'), await tokenSent('hooli'), await tokenSentFor(jwt)]).toEqual([
      'rotated-token',
      'hooli-token',
      'rotated-token',
    ])
    expect(codesOf(await send({ sub: 'globex' }))).toEqual(['FORBIDDEN'])
  })

  test('gives rows a new token also while others of their table, of the old one, are on their way; one key is never in both', async () => {
    const held: (() => void)[] = []
    const slow = await startFakeUpstream(
      ({ headers }) =>
        new Promise((resolve) => held.push(() => resolve({ status: headers.authorization === 'old' ? 401 : 200, body: {} }))),
    )
    const settings = { INGESTION_URL: slow.url, UPSTREAM_CONCURRENCY: '2' }
    const { send: sendOwn } = await start(settings, { acme: { token: 'old' } })
    const upsert = async (...ids: string[]) => {
      const answer = await sendOwn<{ upsertProducts: { acceptedCount: number } }, object>(
        UPSERT,
        { rows: ids.map((id) => product(id)) },
        await issuer.sign({}),
      )
      return answer.data?.upsertProducts.acceptedCount
    }
    const sent = () => slow.arrived.map(({ headers, body }) => [headers.authorization, body.data.map((row) => row.product_id).join()])

    const before = upsert('A')
    await expect.poll(() => held.length).toBe(1)
    await issuer.settings({ acme: { token: 'new' } })
    later(1_000)
    const after = upsert('A', 'B')
    await expect.poll(sent).toEqual([
      ['old', 'A'],
      ['new', 'B'],
    ])
    for (const answer of held.splice(0)) answer()
    await expect.poll(sent).toHaveLength(3)
    for (const answer of held.splice(0)) answer()
    expect([await before, await after, sent().at(-1)]).toEqual([0, 2, ['new', 'A']])
    await slow.close()
  })

  test('is read anew also where the clock was set back', async () => {
    await tokenSent('acme')
    later(-3_600_000)
    await issuer.settings({ acme: { token: 'rotated-token' } })
    expect(await tokenSent('acme')).toBe('rotated-token')
    later(3_600_000)
  })

  test.each<[string, unknown, RegExp]>([
    ['that is no JSON', `{ "acme": { "token": "${CANARY}-new" `, /not JSON/],
    ['that is a list', [{ token: `${CANARY}-new` }], /must be an object/],
    ['with a tenant that is no object', { acme: `${CANARY}-new` }, /\\"acme\\": must be an object/],
    ['without a token', { acme: {} }, /token: must be a string/],
    ['whose token has spaces', { acme: { token: `${CANARY} new` } }, /token: must be printable/],
    ['with a member that nobody knows', { acme: { token: 't', sollutions: [] } }, /\\"acme\\"/],
    ['with solutions that are no list', { acme: { token: 't', solutions: 'INV_OOTB' } }, /solutions: must be a list/],
    ['with two tenants on one token', { acme: { token: `${CANARY}-new` }, other: { token: `${CANARY}-new` } }, /acme.*other.*same token/],
    [
      'with a tenant twice',
      `{"acme":{"token":"${CANARY}-a"},"b":{"token":"b"},"acm\\u0065":{"token":"${CANARY}-c"}}`,
      /the name .*"acme.* twice/,
    ],
    ['with two tokens of a tenant', `{"acme":{"token":"${CANARY}-a","token":"${CANARY}-b"}}`, /the name \\"token/],
    ['that is not UTF-8', Buffer.from('{"acm\xe9":{"token":"t"}}', 'latin1'), /not UTF-8/],
    ['with a tenant without a name', { '': { token: 't' } }, /name of a tenant/],
    ['that is larger than any', 'x'.repeat(10_000_001), /more than 10000000 bytes/],
  ])('%s leaves the last good one in use, says so in one line, and is a reason not to start', async (_, content, words) => {
    expect(await tokenSent('acme')).toBe(CREDENTIALS.acme.token)
    const before = gateway.logged.length
    await issuer.settings(content)
    for (const ms of [1_000, 5_000]) {
      later(ms)
      expect(await tokenSent('acme')).toBe(CREDENTIALS.acme.token)
    }
    const lines = gateway.logged.slice(before).filter((line) => line.includes('CREDENTIALS_FILE'))
    expect(lines).toEqual([expect.stringMatching(words)])

    const refused = await start({}, content).catch((error: Error) => error.message)
    expect(refused).toMatch(/^CREDENTIALS_FILE: /)
    expect([...lines, refused].join('')).not.toContain(CANARY)
    await issuer.settings({ acme: { token: 'mended' } })
    later(1_000)
    expect(await tokenSent('acme')).toBe('mended')
    expect(gateway.logged.at(-1)).toMatch(/"CREDENTIALS_FILE".*can be used again/)
  })

  test('may begin with a byte order mark, and have the same names in several tenants', async () => {
    await issuer.settings('\uFEFF{"acme":{"token":"a:\\"{","limits":{"rows":9}},"globex":{"token":"}\\\\","limits":{"rows":9}}}')
    later(1_000)
    expect([await tokenSent('acme'), await tokenSent('globex')]).toEqual(['a:"{', '}\\'])
  })

  test('that is missing is a reason not to start, by the name of its setting', async () => {
    await expect(start({ CREDENTIALS_FILE: `${issuer.directory}/nothing.json` })).rejects.toThrow(
      /^CREDENTIALS_FILE: it cannot be read \(ENOENT\)$/,
    )
  })
})

test('tokens and values are found in no log, metric or answer', async () => {
  const noisy = await start({ LOG_LEVEL: 'trace' })
  const good = await issuer.sign({ jti: CANARY, [CANARY]: CANARY })
  const bad = await issuer.sign({ iss: CANARY, sub: `${CANARY}-tenant`, roles: CANARY })
  const claims = [
    await issuer.sign({ sub: `${CANARY}-hooli` }),
    await issuer.sign({ roles: [CANARY] }),
    await issuer.sign({ sub: { x: CANARY } }),
  ]
  const rows = [product('A', { description: CANARY }), product('B', { packSize: CANARY })]
  const texts: string[] = []
  for (const token of [good, bad, ...claims, `${CANARY} ${CANARY}`, CANARY])
    for (const [query, variables] of [
      [
        'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { rows { ... on RejectedRow { issues { message hint } } } } }',
        { rows },
      ],
      ['{ me { tenant roles solutions mutations } limits { rowsWaiting } dataQuality(solution: "INV_OOTB") { accepted } }', {}],
    ] as const)
      texts.push((await noisy.send(query, variables, token)).text)
  await writeFile(issuer.credentialsFile, `{ "acme": { "token": "${CANARY} is broken" }`)
  later(1_000)
  texts.push((await noisy.send('{ me { tenant } }', {}, good)).text, await (await noisy.fetch({ path: '/metrics' })).text())
  await noisy.close()
  const all = texts.join('') + noisy.logged.join('')
  expect(noisy.logged.join('')).toMatch(/CREDENTIALS_FILE.*not JSON/)
  expect(all).not.toContain(CANARY)
  for (const token of [good, bad, ...claims]) expect(all).not.toContain(token.slice(-40))
})
