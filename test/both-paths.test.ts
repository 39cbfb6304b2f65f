import fc from 'fast-check'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCompiledSelection } from '../src/graphql/fast/compiled-selection.ts'
import { bareSchema } from './support/bare-schema.ts'
import { drawing, drawRequest } from './support/documents.ts'
import { type Arrived, type FakeAnswer, type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'

/** Changes nothing in the answer, and sends the document down the plain path. */
const DETOUR = ' @include(if: true)'

let upstream: FakeUpstream
let gateway: Gateway
const realRandom = Math.random

beforeAll(async () => {
  upstream = await startFakeUpstream(answerByKey)
  gateway = await startGateway({ INGESTION_URL: upstream.url, REQUESTS_PER_SECOND: '100000' })
  // Without jitter and a rate that holds them back, repeats follow at once: every contradictory answer is asked for five times.
  Math.random = () => 0
})
afterAll(async () => {
  Math.random = realRandom
  await gateway.close()
  await upstream.close()
})

test('a directive below rows sends the document down the plain path', () => {
  const { compile } = createCompiledSelection(bareSchema())
  const document = (mark: string) =>
    parse(`mutation { upsertProducts(rows: []) { rows { ... on IngestedRow${mark} { ...K } } } } fragment K on IngestedRow { key }`)

  expect(compile(document(''))).toBeDefined()
  expect(compile(document(DETOUR))).toBeUndefined()
})

test('both paths answer every document in the same bytes', async () => {
  let answered = 0
  const property = fc.asyncProperty(fc.gen(), async (gen) => {
    const { document, variables } = drawRequest(drawing(gen as never, (max) => fc.nat(max)))
    const compiled = await gateway.send<unknown, object>(document(''), variables)
    const ordinary = await gateway.send<unknown, object>(document(DETOUR), variables)

    if (compiled.text !== ordinary.text) throw new Error(`${document('')}\n${compiled.text}\n${ordinary.text}`)
    if (compiled.data) answered++
  })
  await fc.assert(property, { seed: 20250115, numRuns: 150, endOnFailure: true })
  expect(answered).toBeGreaterThan(120)
})

/** Rejects a row, or contradicts itself about it, as the row's key says. */
function answerByKey({ method, body }: Arrived): FakeAnswer {
  if (method === 'GET') return { status: 404 }
  const failed = body.data.flatMap((row, index) => {
    const id = String(row.product_id)
    const error = { column: 'product_id', message: `"${id}" is\nnot "good"` }
    if (id.startsWith('REJECT')) return [{ index, error: { code: 'DI_E_10003', ...error } }]
    return id.startsWith('CONTRADICT') ? ['A', 'B'].map((code) => ({ index, error: { code, ...error } })) : []
  })
  return failed.length === 0 ? { status: 200, body: { message: 'buffered' } } : { status: 207, body: { failed } }
}
