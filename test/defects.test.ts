import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { readConfig } from '../src/config.ts'
import { createGraphQLServer } from '../src/graphql/server.ts'
import { createAttempt } from '../src/ingest/attempts.ts'
import { createBatcher } from '../src/ingest/batcher.ts'
import { createDeliver } from '../src/ingest/deliver.ts'
import { createIngest, type Ingest } from '../src/ingest/ingest.ts'
import { createTraffic } from '../src/ingest/traffic.ts'
import { createMetrics } from '../src/metrics.ts'
import { requestIdsOf } from '../src/request-origin.ts'
import { bareSchema } from './support/bare-schema.ts'
import { product } from './support/rows.ts'

const config = readConfig({}, contract.modules)

/** A gateway whose ingest step is ours to break, and what it logs. */
function brokenGateway(ingest: Ingest) {
  const logged: string[] = []
  const log = pino({ base: null }, new Writable({ write: (line, _, done) => done(void logged.push(String(line)) as never) }))
  const schema = bareSchema(ingest)
  const yoga = createGraphQLServer({ ...config, schema, log, graphiql: undefined, isReady: () => true, metrics: createMetrics() })
  const query =
    'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { unconfirmedCount rows { __typename ... on UnconfirmedRow { reason } } } }'
  const send = () =>
    yoga.fetch('http://rowgate.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'hunter2-token', 'x-request-id': 'order-7' },
      body: JSON.stringify({ query, variables: { rows: [product('hunter2')] } }),
    })
  return { logged, send }
}

test('a defect is masked, logged once, and shows neither stack nor value', async () => {
  const { logged, send } = brokenGateway(() => Promise.reject(new TypeError('cannot read hunter2')))
  const text = await (await send()).text()

  expect(JSON.parse(text).errors).toEqual([
    expect.objectContaining({ extensions: expect.objectContaining({ code: 'INTERNAL_SERVER_ERROR' }) }),
  ])
  expect(text).not.toMatch(/hunter2|\.ts|at /)
  expect(logged).toHaveLength(1)
  expect(logged[0]).toContain('TypeError')
  expect(logged[0]).not.toContain('hunter2')
})

test('a defect while a batch is under way leaves its rows unconfirmed, and names the requests they came with', async () => {
  const defects: unknown[] = []
  const upstream = { encode: () => Buffer.from('{}'), release: () => {}, send: () => Promise.reject(new TypeError('oops')) }
  const deliver = createDeliver(upstream, createAttempt(upstream, config, config.retry), config)
  const traffic = createTraffic({ ...config, concurrency: 1, onBreaker: () => {} })
  const batcher = createBatcher({ ...config, deliver, traffic, windowMs: 0, onDefect: (_, origins) => defects.push(requestIdsOf(origins)) })
  const { send } = brokenGateway(createIngest({ batcher, maxBatchRows: 500 }))

  expect(await (await send()).json()).toMatchObject({
    data: { upsertProducts: { unconfirmedCount: 1, rows: [{ __typename: 'UnconfirmedRow', reason: 'NO_VERDICT' }] } },
  })
  expect(defects).toEqual([['order-7']])
})
