import { hash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { print } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { startIssuer } from './support/issuer.ts'
import { UpsertProductsDocument } from './support/operations/graphql.ts'
import { product, products } from './support/rows.ts'

const GENERATED = new URL('support/operations/persisted-documents.json', import.meta.url).pathname
const ME = 'query Me { me { tenant } }'
const UPSERT = 'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { acceptedCount } }'
const sha256 = (text: string) => hash('sha256', text)

let directory: string
let manifest: string
let upstream: FakeUpstream
let gateway: Gateway | undefined

beforeAll(async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
  directory = await mkdtemp(join(tmpdir(), 'rowgate-documents-'))
  manifest = join(directory, 'manifest.json')
})
afterAll(async () => {
  await upstream.close()
  await rm(directory, { recursive: true })
})
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function start(documents: unknown, settings: Record<string, string> = {}): Promise<Gateway> {
  await writeFile(manifest, typeof documents === 'string' ? documents : JSON.stringify(documents))
  gateway = await startGateway({ INGESTION_URL: upstream.url, DOCUMENTS_MANIFEST: manifest, ...settings })
  return gateway
}

async function post(body: object, authorization = 'a-token') {
  const headers = { 'content-type': 'application/json', authorization }
  const response = await (gateway as Gateway).fetch({ method: 'POST', headers, body: JSON.stringify(body) })
  const { data, errors } = await response.json()
  return { status: response.status, data, code: errors?.[0]?.extensions.code, message: errors?.[0]?.message }
}

const apolloHash = (sha256Hash: unknown) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } })

describe('a document of the manifest', () => {
  test('is asked for by its id, as code generators write it, and by its hash with and without a prefix', async () => {
    await start(await readFile(GENERATED, 'utf8'))
    const id = (UpsertProductsDocument as unknown as { __meta__: { hash: string } }).__meta__.hash
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/)
    const variables = { rows: [product('A')] }
    for (const named of [{ documentId: id }, { documentId: id.slice(7) }, apolloHash(id), apolloHash(id.slice(7))])
      expect(await post({ ...named, variables })).toMatchObject({ status: 200, data: { upsertProducts: { acceptedCount: 1 } } })
  })

  test('is known by its hash in digits of either case, whoever wrote these', async () => {
    const upper = sha256(ME).toUpperCase()
    await start({ [upper]: ME })
    for (const named of [{ documentId: upper }, { documentId: `SHA256:${upper}` }, { documentId: sha256(ME) }, apolloHash(upper)])
      expect(await post(named)).toMatchObject({ status: 200 })
  })

  test('may have an id of another kind, and several may be asked for by the name of their operation', async () => {
    await start({ d41d8cd98f00b204e9800998ecf8427e: ME, both: 'query A { me { tenant } } query B { limits { rowsWaiting } }' })
    expect(await post({ documentId: 'd41d8cd98f00b204e9800998ecf8427e' })).toMatchObject({
      status: 200,
      data: { me: { tenant: expect.any(String) } },
    })
    expect(await post({ documentId: `sha256:${sha256(ME)}` })).toMatchObject({ status: 200 })
    expect(await post({ documentId: 'both', operationName: 'B' })).toMatchObject({ data: { limits: { rowsWaiting: 0 } } })
    expect(await post({ documentId: 'both' })).toMatchObject({ code: 'OPERATION_RESOLUTION_FAILURE' })
  })

  test('may be asked for by GET, but for mutations', async () => {
    await start({ me: ME, upsert: UPSERT })
    const get = async (id: string) =>
      await (gateway as Gateway).fetch({ path: `/graphql?documentId=${id}`, headers: { authorization: 'a' } })
    expect((await (await get('me')).json()).data).toEqual({ me: { tenant: sha256('a') } })
    expect((await get('upsert')).status).toBe(405)
  })

  test('has its rows read piece by piece like any other', async () => {
    await start({ upsert: UPSERT })
    expect(await post({ documentId: 'upsert', variables: { rows: products(6_000) } })).toMatchObject({
      data: { upsertProducts: { acceptedCount: 6_000 } },
    })
  })

  test.each<[string, object, string, number]>([
    ['an id that nobody knows', { documentId: `sha256:${'0'.repeat(64)}` }, 'PERSISTED_QUERY_NOT_FOUND', 400],
    ['a hash that nobody knows', apolloHash('0'.repeat(64)), 'PERSISTED_QUERY_NOT_FOUND', 400],
    ['__proto__', { documentId: '__proto__' }, 'PERSISTED_QUERY_NOT_FOUND', 400],
    ['an empty id', { documentId: '' }, 'PERSISTED_QUERY_NOT_FOUND', 400],
    ['a hash that is no text', apolloHash({ toString: 1 }), 'PERSISTED_QUERY_NOT_FOUND', 400],
    ['an id that is no text', { documentId: 7 }, 'INVALID_PARAMETERS', 422],
    ['nothing', {}, 'INVALID_PARAMETERS', 422],
  ])('is not found by %s', async (_, named, code, status) => {
    await start({ me: ME })
    expect(await post(named)).toMatchObject({ status, code })
  })

  test('cannot be asked for where there is no manifest', async () => {
    gateway = await startGateway({ INGESTION_URL: upstream.url })
    for (const named of [{ documentId: 'me' }, apolloHash('ab')])
      expect(await post(named)).toMatchObject({ status: 400, code: 'PERSISTED_QUERY_NOT_SUPPORTED', message: 'PersistedQueryNotSupported' })
  })
})

describe('other documents', () => {
  test('are taken beside those of the manifest, unless only these are trusted', async () => {
    await start({ me: ME })
    expect(await post({ query: '{ limits { rowsWaiting } }' })).toMatchObject({ status: 200 })
    await gateway?.close()
    await start({ me: ME }, { DOCUMENTS: 'trusted' })
    for (const query of ['{ limits { rowsWaiting } }', `${ME} `, '{ __schema { queryType { name } } }', '{'])
      expect(await post({ query })).toMatchObject({ status: 403, code: 'DOCUMENT_NOT_TRUSTED', data: undefined })
    expect(await post({ query: UPSERT, variables: { rows: [] }, documentId: 'me' })).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' })
    expect(await post({ query: '{ resources { name } }' }, '')).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' })
    expect(await post({ query: ME })).toMatchObject({ status: 200 })
    expect(await post({ documentId: 'me' })).toMatchObject({ status: 200 })
  })

  test('are allowed or not for each tenant', async () => {
    const issuer = await startIssuer()
    const credentials = { acme: { token: 'a', documents: 'trusted' }, globex: { token: 'b', documents: 'any' }, initech: { token: 'c' } }
    const query = '{ me { documents } }'
    const answers = async (documents: string) => {
      await start({ me: query }, { ...(await issuer.settings(credentials)), DOCUMENTS: documents })
      const answered = ['acme', 'globex', 'initech'].map(async (sub) => {
        const jwt = await issuer.sign({ sub })
        return [(await post({ query }, jwt)).data.me.documents, (await post({ query: `${query} ` }, jwt)).status]
      })
      const all = await Promise.all(answered)
      await gateway?.close()
      return all
    }
    expect(await answers('any')).toEqual([
      ['TRUSTED', 403],
      ['ANY', 200],
      ['ANY', 200],
    ])
    expect(await answers('trusted')).toEqual([
      ['TRUSTED', 403],
      ['ANY', 200],
      ['TRUSTED', 403],
    ])
    gateway = undefined
    await expect(startGateway(await issuer.settings(credentials))).rejects.toThrow(
      /^CREDENTIALS_FILE: the tenant "acme": documents: .*DOCUMENTS_MANIFEST/,
    )
    await issuer.close()
  })
})

describe('Apollo Client', () => {
  async function askApollo(documents: unknown, settings: Record<string, string> = {}) {
    const { url } = await start(documents, settings)
    const sent: string[] = []
    const http = new HttpLink({
      uri: new URL('/graphql', url).href,
      headers: { authorization: 'a-token' },
      fetch: async (address, init) => {
        sent.push(
          Object.keys(JSON.parse(String(init?.body)))
            .sort()
            .join(' '),
        )
        return await fetch(address, init)
      },
    })
    const link = new PersistedQueryLink({ sha256: async (text: string) => sha256(text) }).concat(http)
    const client = new ApolloClient({ cache: new InMemoryCache(), link })
    const answer = await client.query({ query: gql(ME) }).catch((error: Error) => error)
    client.stop()
    return { answer, sent }
  }

  test('sends no document that the manifest has, and falls back to sending one that it has not', async () => {
    // As its cache has it sent.
    const asked = print(gql('query Me { me { tenant __typename } }'))
    const known = await askApollo({ [sha256(asked)]: asked })
    expect(known.answer).toMatchObject({ data: { me: { tenant: sha256('a-token') } } })
    expect(known.sent).toEqual(['extensions operationName variables'])
    await gateway?.close()

    const unknown = await askApollo({})
    expect(unknown.answer).toMatchObject({ data: { me: { tenant: sha256('a-token') } } })
    expect(unknown.sent).toEqual(['extensions operationName variables', 'extensions operationName query variables'])
    await gateway?.close()

    const refused = await askApollo({}, { DOCUMENTS: 'trusted' })
    expect(refused.answer).toBeInstanceOf(Error)
  })
})

test.each<[string, unknown, RegExp]>([
  ['is no JSON', '{"me": ', /^DOCUMENTS_MANIFEST: it is not JSON$/],
  ['has an id twice', `{"me": "{ me { tenant } }", "me": "{ canary }"}`, /^DOCUMENTS_MANIFEST: it has the name "me" twice in one object$/],
  ['is a list', [ME], /^DOCUMENTS_MANIFEST: it must be an object of ids and documents$/],
  ['has a document that is no text', { me: { body: ME } }, /^DOCUMENTS_MANIFEST: the document me is not a string$/],
  ['has a document that is no GraphQL', { me: 'canary {' }, /^DOCUMENTS_MANIFEST: the document me is not GraphQL$/],
  [
    'has another document than its hash says',
    { [`sha256:${sha256(ME)}`]: `${ME} ` },
    /^DOCUMENTS_MANIFEST: the document sha256:\w+ does not match its hash$/,
  ],
  ['has another document than its hash in capitals says', { [sha256(ME).toUpperCase()]: '{ canary }' }, /does not match its hash$/],
  ['has another document than its bare hash says', { [sha256(ME)]: '{ canary }' }, /does not match its hash$/],
])('a manifest that %s is a reason not to start, in one line', async (_, documents, words) => {
  const refused = await start(documents).catch((error: Error) => error.message)
  expect(refused).toMatch(words)
  expect(refused).not.toMatch(/canary|\n/)
})

test('a manifest that is missing is a reason not to start, and trusted documents need one', async () => {
  await expect(startGateway({ DOCUMENTS_MANIFEST: join(directory, 'nothing.json') })).rejects.toThrow(
    /^DOCUMENTS_MANIFEST: it cannot be read \(ENOENT\)$/,
  )
  await expect(startGateway({ DOCUMENTS: 'trusted' })).rejects.toThrow(/^DOCUMENTS_MANIFEST: must be set/)
})
