import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ApolloClient, type ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache, setLogVerbosity } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { cacheExchange, fetchExchange, Client as UrqlClient } from '@urql/core'
import { buildSchema, isAbstractType, isScalarType, specifiedScalarTypes } from 'graphql'
import { batchRequests, ClientError, GraphQLClient } from 'graphql-request'
import Relay, { type FetchFunction, type GraphQLResponse, type MutationParameters } from 'relay-runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import codegen from '../codegen.ts'
import { startPair } from './support/gateway.ts'
import { resourcesQuery, upsertProductsMutation } from './support/relay-documents.ts'
import { product } from './support/rows.ts'

// Every client is a tenant of its own, and is set up as its own guide for beginners does.
const QUERY = 'query Resources { resources { name } }'
const MUTATION = `mutation UpsertProducts($rows: [ProductsRowInput!]!) {
  upsertProducts(rows: $rows) {
    acceptedCount
    rejectedCount
    rows { __typename ... on IngestedRow { index key } ... on RejectedRow { issues { code field } } }
  }
}`
const variables = { rows: [product('GOOD'), product('BAD', { packSize: 0 })] }

const resources = { resources: expect.arrayContaining([expect.objectContaining({ name: 'Products' })]) }
const outcomes = {
  upsertProducts: {
    acceptedCount: 1,
    rejectedCount: 1,
    rows: [
      { __typename: 'AcceptedRow', index: 0, key: { productId: 'GOOD' } },
      { __typename: 'RejectedRow', index: 1, key: { productId: 'BAD' }, issues: [{ code: 'BELOW_MINIMUM', field: 'packSize' }] },
    ],
  },
}
const declined = [{ message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } }]

// The possible types as they stand in the README.
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const possibleTypes = Object.fromEntries(
  [...readme.matchAll(/^ +(\w+): \[(.*)\],$/gm)].map(([, name = '', types = '']) => [name, types.replaceAll("'", '').split(', ')]),
)

const schema = buildSchema(await readFile(new URL('../schema/schema.graphql', import.meta.url), 'utf8'))

test('a code generator finds the types of all scalars in the README, and they are those that are used here', () => {
  const [, words = ''] = readme.split('Code generators type')
  const told = Object.fromEntries([...words.matchAll(/`(\w+): '([\w<>, ]+)'`/g)].map(([, name, type]) => [name, type]))
  const ours = Object.values(schema.getTypeMap()).filter((type) => isScalarType(type) && !specifiedScalarTypes.includes(type))
  expect(Object.keys(told).sort()).toEqual(ours.map(({ name }) => name).sort())
  expect(Object.values(codegen.generates)).toMatchObject([{ config: { scalars: told } }])
})

let pair: Awaited<ReturnType<typeof startPair>>
let url: string

beforeAll(async () => {
  pair = await startPair()
  url = new URL('/graphql', await pair.gateway.listen()).href
})
afterAll(() => pair.close())

const storedIds = async (token: string) => (await pair.sandbox.rows('INV_PRODUCTS_OOTB', token)).map((row) => row.product_id)
const authorization = (token: string | undefined): Record<string, string> => (token === undefined ? {} : { authorization: token })

describe('Apollo Client', () => {
  const http = (token?: string) => new HttpLink({ uri: url, headers: authorization(token) })
  const client = (token?: string, link: ApolloLink = http(token)) => new ApolloClient({ link, cache: new InMemoryCache({ possibleTypes }) })

  test('gets an answer to a query, from its cache the second time', async () => {
    const apollo = client()
    expect((await apollo.query({ query: gql(QUERY) })).data).toMatchObject(resources)
    expect((await apollo.query({ query: gql(QUERY), fetchPolicy: 'cache-only' })).data).toMatchObject(resources)
  })

  test('gets an outcome for each row, with index and key', async () => {
    const { data, error } = await client('apollo-rows').mutate({ mutation: gql(MUTATION), variables })
    expect([data, error]).toMatchObject([outcomes, undefined])
    expect(await storedIds('apollo-rows')).toEqual(['GOOD'])
  })

  test('gets the code of a declined request', async () => {
    const failure: unknown = await client()
      .mutate({ mutation: gql(MUTATION), variables })
      .catch((error: unknown) => error)
    expect(CombinedGraphQLErrors.is(failure) && failure.errors).toMatchObject(declined)
  })

  test('falls back from hashes to whole documents', async () => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
    const apollo = client('apollo-hashes', new PersistedQueryLink({ sha256 }).concat(http('apollo-hashes')))
    expect((await apollo.query({ query: gql(QUERY) })).data).toMatchObject(resources)
    expect((await apollo.mutate({ mutation: gql(MUTATION), variables })).data).toMatchObject(outcomes)
    expect(await storedIds('apollo-hashes')).toEqual(['GOOD'])
  })

  test('drops index and key where nobody gave it the possible types', async () => {
    setLogVerbosity('silent')
    const apollo = new ApolloClient({ link: http('apollo-bare'), cache: new InMemoryCache() })
    const { data } = await apollo.mutate<typeof outcomes>({ mutation: gql(MUTATION), variables })
    expect(data?.upsertProducts.rows).toEqual([{ __typename: 'AcceptedRow' }, { __typename: 'RejectedRow', issues: expect.anything() }])
  })

  test('finds the possible types of the whole schema in the README', () => {
    const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType)
    const types = abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)])
    expect(possibleTypes).toEqual(Object.fromEntries(types))
  })
})

describe('urql', () => {
  const client = (token?: string, options: { preferGetMethod?: false } = {}) => {
    const fetchOptions = { headers: authorization(token) }
    return new UrqlClient({ url, exchanges: [cacheExchange, fetchExchange], fetchOptions, ...options })
  }

  test('gets an answer to a query by GET', async () => {
    const { data, error } = await client('urql-query').query(QUERY, {})
    expect([data, error]).toMatchObject([resources, undefined])
  })

  test('is to POST a query without a token, as any page could send that GET', async () => {
    expect((await client().query(QUERY, {})).error?.response).toMatchObject({ status: 403 })
    expect((await client(undefined, { preferGetMethod: false }).query(QUERY, {})).data).toMatchObject(resources)
  })

  test('gets an outcome for each row, with index and key', async () => {
    const { data, error } = await client('urql-rows').mutation(MUTATION, variables)
    expect([data, error]).toMatchObject([outcomes, undefined])
    expect(await storedIds('urql-rows')).toEqual(['GOOD'])
  })

  test('gets the code of a declined request', async () => {
    const { error } = await client().mutation(MUTATION, variables)
    expect(error?.graphQLErrors).toMatchObject(declined)
  })
})

describe('graphql-request', () => {
  const client = (token?: string) => new GraphQLClient(url, { headers: authorization(token) })

  test('gets an answer to a query', async () => {
    expect(await client().request(QUERY)).toMatchObject(resources)
  })

  test('gets an outcome for each row, with index and key', async () => {
    expect(await client('request-rows').request(MUTATION, variables)).toMatchObject(outcomes)
    expect(await storedIds('request-rows')).toEqual(['GOOD'])
  })

  test('gets the code of a declined request', async () => {
    const failure: unknown = await client()
      .request(MUTATION, variables)
      .catch((error: unknown) => error)
    expect(failure instanceof ClientError && failure.response.errors).toMatchObject(declined)
  })

  test('is told that a batch is not taken', async () => {
    const batch = [{ document: '{ __typename }' }, { document: '{ __typename }' }]
    await expect(batchRequests(url, batch)).rejects.toThrow('Batches of requests are not supported: send each request as one JSON object.')
  })
})

describe('Relay', () => {
  const environment = (token?: string) => {
    const fetchFn: FetchFunction = async ({ text }, variables) => {
      const headers = { 'content-type': 'application/json', ...authorization(token) }
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: text, variables }) })
      return (await response.json()) as GraphQLResponse
    }
    return new Relay.Environment({ network: Relay.Network.create(fetchFn), store: new Relay.Store(new Relay.RecordSource()) })
  }
  const commit = (token?: string) =>
    new Promise((resolve, reject) =>
      Relay.commitMutation<MutationParameters>(environment(token), {
        mutation: upsertProductsMutation,
        variables,
        onCompleted: (data, errors) => resolve([data, errors]),
        onError: reject,
      }),
    )

  test('gets an answer to a query', async () => {
    expect(await Relay.fetchQuery(environment(), resourcesQuery, {}).toPromise()).toMatchObject(resources)
  })

  test('gets an outcome for each row, with index and key', async () => {
    expect(await commit('relay-rows')).toMatchObject([outcomes, null])
    expect(await storedIds('relay-rows')).toEqual(['GOOD'])
  })

  test('gets the code of a declined request', async () => {
    const failure: unknown = await commit().catch((error: unknown) => error)
    expect(failure).toMatchObject({ source: { errors: declined } })
  })
})
