import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { readConfig } from '../src/config.ts'
import { createEndpoint } from '../src/graphql/endpoint.ts'
import { createEngine } from '../src/graphql/engine.ts'
import { readTenant } from '../src/identity.ts'
import { createBatcher } from '../src/ingest/batcher.ts'
import { createEvents } from '../src/ingest/events.ts'
import { createIngest, type Ingest } from '../src/ingest/ingest.ts'
import { createLimitsByTenant } from '../src/ingest/limits/tenant-limits.ts'
import { createSendBatch } from '../src/ingest/send-batch.ts'
import { logDefects } from '../src/observability/log.ts'
import { createMemoryBudget } from '../src/util/memory-budget.ts'
import { requestIdsOf } from '../src/util/request-origin.ts'
import { bareSchema } from './support/bare-schema.ts'
import { FAST } from './support/gateway.ts'
import { product } from './support/rows.ts'
import { upstreamOf } from './support/upstream-of.ts'

const config = readConfig({}, contract.modules)

/** A gateway whose ingest step is ours to break, and what it logs. */
function brokenGateway(ingest: Ingest) {
  const logged: string[] = []
  const log = pino({ base: null }, new Writable({ write: (line, _, done) => done(void logged.push(String(line)) as never) }))
  const engine = createEngine({ schema: bareSchema(ingest), introspection: true, maxRowsPerMutation: 100, fast: FAST })
  const endpoint = createEndpoint({
    engine,
    fast: FAST,
    maxJsonValues: 1_000,
    chooseDocument: ({ query = '' }) => query,
    watchUpstream: () => () => ({}),
    onDeclined: () => {},
    onDefect: logDefects(log, 'defect'),
  })
  const query =
    'mutation ($rows: [ProductsRowInput!]!) { upsertProducts(rows: $rows) { unconfirmedCount rows { __typename ... on UnconfirmedRow { reason } } } }'
  const bytes = Buffer.from(JSON.stringify({ query, variables: { rows: [product('hunter2')] } }))
  const send = async () => {
    const { body } = await endpoint.answer({
      method: 'POST',
      search: '',
      headers: { 'content-type': 'application/json' },
      caller: { tenant: readTenant('hunter2-token', undefined) },
      origin: { requestId: 'order-7', traceparent: undefined },
      memory: createMemoryBudget(1_000_000).open(),
      takeRows: undefined,
      readBody: ({ take }) => take({ bytes, isLarge: false, release: undefined }),
    })
    return body.join('')
  }
  return { logged, send }
}

test('a defect is masked, logged once, and shows neither stack nor value', async () => {
  const { logged, send } = brokenGateway(() => Promise.reject(new TypeError('cannot read hunter2')))
  const text = await send()

  expect(JSON.parse(text).errors).toEqual([
    expect.objectContaining({ extensions: expect.objectContaining({ code: 'INTERNAL_SERVER_ERROR' }) }),
  ])
  expect(text).not.toMatch(/hunter2|\.ts|at /)
  expect(logged).toHaveLength(1)
  expect(logged[0]).toMatch(/TypeError[\s\S]*order-7|order-7[\s\S]*TypeError/)
  expect(logged[0]).not.toContain('hunter2')
})

test('a defect while a batch is under way leaves its rows unconfirmed, and names the requests they came with', async () => {
  const defects: unknown[] = []
  const upstream = upstreamOf(() => Promise.reject(new TypeError('oops')))
  const events = createEvents()
  const sendBatch = createSendBatch(upstream, { ...config.ingest, ...config.batch, events })
  events.on('defect', ({ origins }) => defects.push(requestIdsOf(origins)))
  const limitsByTenant = createLimitsByTenant({ ...config.ingest, concurrency: 1, events })
  const batcher = createBatcher({
    ...config.ingest,
    ...config.batch,
    sendBatch,
    limitsByTenant,
    events,
  })
  const { send } = brokenGateway(createIngest({ batcher, maxBatchRows: 500, events }))

  expect(JSON.parse(await send())).toMatchObject({
    data: { upsertProducts: { unconfirmedCount: 1, rows: [{ __typename: 'UnconfirmedRow', reason: 'NO_VERDICT' }] } },
  })
  expect(defects).toEqual([['order-7']])
})
