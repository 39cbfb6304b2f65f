import { expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { ConfigError, readConfig } from '../src/config.ts'

const read = (env: Record<string, string>) => readConfig(env, contract.modules)

test('without any setting the gateway runs on the embedded sandbox with the documented defaults', () => {
  expect(read({})).toMatchObject({
    port: 4000,
    upstream: { kind: 'sandbox' },
    ingestionPath: '/api/v2/objects/{object}',
    fallbackToken: undefined,
    maxBatchRows: 500,
    maxBatchBytes: 1_000_000,
    maxRowsPerMutation: 20_000,
    upstreamConcurrency: 8,
    attemptTimeoutMs: 10_000,
    batchWindowMs: 0,
    rowIndexBase: 0,
    rowKeyCase: 'lower',
    corsOrigins: [],
    solutions: [
      { name: 'INV_OOTB', modules: ['inventory'], prefix: 'INV_', suffix: '_OOTB' },
      { name: 'QP_OOTB', modules: ['markdown', 'quote'], prefix: 'QP_', suffix: '_OOTB' },
    ],
  })
})

test('every complaint is made at once, by the name of its setting and without its value', () => {
  const wrong = {
    PORT: 'hunter2',
    INGESTION_URL: 'ftp://hunter2',
    INGESTION_PATH: '/no-placeholder',
    INGESTION_TOKEN: 'hunter2 with spaces',
    SOLUTIONS: '[{"name":"hunter2","modules":["nope"],"prefix":"a/../b"}]',
    MAX_BATCH_ROWS: '0',
    UPSTREAM_CONCURRENCY: '-1',
    ROW_INDEX_BASE: '2',
    ROW_KEY_CASE: 'camel',
    CORS_ORIGINS: '*',
    GRAPHIQL: 'maybe',
    LOG_LEVEL: 'loud',
  }
  const complaints = (() => {
    try {
      read(wrong)
      return ''
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      return (error as ConfigError).message
    }
  })()
  for (const name of Object.keys(wrong)) expect(complaints).toContain(`${name}:`)
  expect(complaints).toContain('must be one of inventory, markdown, quote')
  expect(complaints).not.toContain('hunter2')
})

test('an empty setting counts as unset', () => {
  expect(read({ PORT: '', INGESTION_URL: ' ' })).toMatchObject({ port: 4000, upstream: { kind: 'sandbox' } })
})

test('the token in a configuration cannot be printed', () => {
  expect(JSON.stringify(read({ INGESTION_TOKEN: 'hunter2' }))).not.toContain('hunter2')
})
