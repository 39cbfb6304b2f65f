import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleRow } from '../src/resource/define-resource.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { type Gateway, startPair } from './support/gateway.ts'
import { accepted, rejected } from './support/outcomes.ts'
import { product, products, resourceNamed } from './support/rows.ts'

let gateway: Gateway
let sandbox: Sandbox
let close: () => Promise<void>

beforeAll(async () => {
  ;({ gateway, sandbox, close } = await startPair())
})
afterAll(() => close())

test.each<[string, string]>([
  ['nothing', ''],
  ['a space', ' '],
  ['white space of many kinds', '\t\n\r\v\f\u00a0\u2003\u3000\u2028'],
  ['a zero-width space', '\u200b'],
  ['zero-width joiners and marks', '\u200c\u200d\u200e\u2060\ufeff'],
  ['a control character', '\u0001'],
  ['characters below and above ASCII that cannot be seen', '\u007f\u0085\u00ad'],
  ['fillers and variation selectors', '\u3164\u115f\ufe0f\u034f\u{e0020}'],
  ['an empty braille pattern', '\u2800'],
])('a key of %s is rejected, and its neighbours are not', async (_, productId) => {
  const { rows } = await gateway.ingest('upsertProducts', [product('A'), product(productId), product(' A\u200b')], { dryRun: true })

  expect(rows).toEqual([accepted(0), rejected(1, 'EMPTY_KEY', 'productId'), accepted(2)])
})

test.each(['é', '日本', '🚚', '-', 'ÿ\u200b', '\u200bx'])('a key of %j can be seen and is taken', async (productId) => {
  const { rows } = await gateway.ingest('upsertProducts', [product(productId)], { dryRun: true })

  expect(rows).toEqual([accepted(0)])
})

test('what is no key may be white space', async () => {
  const { rows } = await gateway.ingest('upsertProducts', [product('A', { productName: ' ' })], { dryRun: true })

  expect(rows).toEqual([accepted(0)])
})

type Payload = { rows: { __typename: string; issues?: { code: string; message: string }[] }[] }

const FIELD = 'rows { __typename ... on RejectedRow { issues { code message } } }'

async function send(document: string, variables: object, token: string): Promise<Record<string, Payload>> {
  const { data, text } = await gateway.send<Record<string, Payload>, object>(document, variables, token)
  expect(text).not.toContain('"errors"')
  return data
}

const issuesOf = (payload?: Payload) => payload?.rows.map(({ issues }) => issues?.map(({ code, message }) => `${code} ${message}`)[0])

describe('of rows that are appended', () => {
  test('one that repeats a key says which row it repeats', async () => {
    const rows = [...products(600), product('P7'), product('P599'), product('P7')]
    const document = `mutation ($rows: [ProductsRowInput!]!) { appendProducts(rows: $rows) { ${FIELD} } }`
    const { appendProducts } = await send(document, { rows }, 'repeats')

    expect(issuesOf(appendProducts)?.slice(600)).toEqual([
      'DUPLICATE_KEY Row 7 of this request has the same primary key.',
      'DUPLICATE_KEY Row 599 of this request has the same primary key.',
      'DUPLICATE_KEY Row 7 of this request has the same primary key.',
    ])
    expect(await sandbox.rows('INV_PRODUCTS_OOTB', 'repeats')).toHaveLength(600)
  })

  test('one whose key is written in the same letters, cut elsewhere, repeats nothing', async () => {
    const example = exampleRow(resourceNamed('LocationExtra'))
    const rows = [
      ['A1', '1'],
      ['A', '11'],
      ['A1', '1'],
    ].map(([locationId, locationExtraId]) => ({ ...example, locationId, locationExtraId }))
    const document = `mutation ($rows: [LocationExtraRowInput!]!) { appendLocationExtra(rows: $rows) { ${FIELD} } }`
    const { appendLocationExtra } = await send(document, { rows }, 'letters')

    expect(issuesOf(appendLocationExtra)).toEqual([undefined, undefined, 'DUPLICATE_KEY Row 0 of this request has the same primary key.'])
  })

  test('the document is the request: a later field may not repeat a key of an earlier one', async () => {
    const document = `mutation ($a: [ProductsRowInput!]!, $b: [ProductsRowInput!]!) {
      first: appendProducts(rows: $a) { ${FIELD} } ...Second
    } fragment Second on Mutation { second: appendProducts(rows: $b) { ${FIELD} } third: appendProducts(rows: $a) { ${FIELD} } }`
    const answer = await send(document, { a: [product('A'), product('B')], b: [product('C'), product('B')] }, 'aliases')

    expect(issuesOf(answer.first)).toEqual([undefined, undefined])
    expect(issuesOf(answer.second)).toEqual([undefined, 'DUPLICATE_KEY Row 1 of the field first of this request has the same primary key.'])
    expect(issuesOf(answer.third)).toEqual([
      'DUPLICATE_KEY Row 0 of the field first of this request has the same primary key.',
      'DUPLICATE_KEY Row 1 of the field first of this request has the same primary key.',
    ])
    expect((await sandbox.rows('INV_PRODUCTS_OOTB', 'aliases')).map((row) => row.product_id)).toEqual(['A', 'B', 'C'])
  })

  test('dry runs, upserts and other tables repeat nothing', async () => {
    const document = `mutation ($rows: [ProductsRowInput!]!) {
      dry: appendProducts(rows: $rows, dryRun: true) { ${FIELD} } upsert: upsertProducts(rows: $rows) { ${FIELD} }
      append: appendProducts(rows: $rows) { ${FIELD} } }`
    const answer = await send(document, { rows: [product('A')] }, 'others')

    expect(Object.values(answer).flatMap(issuesOf)).toEqual([undefined, undefined, undefined])
  })

  test('another request may append the key again', async () => {
    for (let nth = 0; nth < 2; nth++)
      expect((await gateway.ingest('appendProducts', [product('A')], { token: 'again' })).rows).toEqual([accepted(0)])
  })
})
