import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { contract } from '../schema/index.ts'
import { FAILURES, SANDBOX_TOKEN } from '../src/sandbox/choices.ts'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { product, resourceNamed } from './support/rows.ts'
import { startSandboxHere } from './support/sandbox.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ contract, solutions: [], file: ':memory:', keepRequests: true, requestsPerSecond: 10_000 })
})
afterAll(() => sandbox.close())

async function post(path: string, body: unknown, token = 'sandbox-token') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(new URL(path, sandbox.url), { method: 'POST', headers: { authorization: token }, body: text })
  return {
    status: response.status,
    body: (await response.json()) as { failed?: { errors: { category: string }[] }[]; failedObjects?: object[] },
  }
}

const rule = (type: string, more: object = {}) => ({ type, ...more })
const add = (columnName: string, ask: object, token?: string) =>
  post('/api/v2/schema/PRODUCTS/add-attribute', { solutionName: 'INV_OOTB', columnName, validations: [rule('optional')], ...ask }, token)

describe('an added attribute is held to what it was declared as', () => {
  const cases: [string, object, [value: string, category: string | undefined][]][] = [
    [
      'lengths',
      { dataType: 'string', validations: [rule('optional'), rule('minLength', { value: 2 }), rule('maxLength', { value: 3 })] },
      [
        ['"ab"', undefined],
        ['"abc"', undefined],
        ['"a"', 'TOO_SHORT'],
        ['"abcd"', 'TOO_LONG'],
      ],
    ],
    [
      'precision and scale',
      { dataType: 'numeric', precision: 20, scale: 4 },
      [
        ['1234567890123456.7891', undefined],
        ['1e3', undefined],
        ['0.0001000', undefined],
        ['-1', undefined],
        ['12345678901234567.1', 'OUT_OF_RANGE'],
        ['1.23456', 'OUT_OF_RANGE'],
        ['1e-5', 'OUT_OF_RANGE'],
        ['1e17', 'OUT_OF_RANGE'],
        ['"1.5"', 'DATA_TYPE'],
      ],
    ],
    [
      'the plain form of timestamps',
      { dataType: 'timestamp', validations: [rule('optional'), rule('timestampFormat', { format: 'YYYY-MM-DD HH:MM:SS' })] },
      [
        ['"2025-01-28 14:30:00"', undefined],
        ['"2025-01-28T14:30:00Z"', 'FORMAT'],
      ],
    ],
    [
      'the ISO form of timestamps',
      { dataType: 'timestamp', validations: [rule('optional'), rule('timestampFormat', { format: 'YYYY-MM-DDTHH:MM:SSZ' })] },
      [
        ['"2025-01-28T14:30:00Z"', undefined],
        ['"2025-01-28 14:30:00"', 'FORMAT'],
      ],
    ],
  ]

  test.each(cases)('%s', async (name, ask, values) => {
    const token = `rules of ${name}`
    expect((await add('A', ask, token)).status).toBe(200)
    const example = JSON.stringify(resourceNamed('Products').example)
    const rows = values.map(([value], at) =>
      example.replace('{', `{"a": ${value}, "pack_size": ${at + 1},`).replace(/"pack_size":12,?/, ''),
    )
    const text = `{"solutionName": "INV_OOTB", "operationType": "APPEND", "data": [${rows.join(', ')}]}`
    const { body } = await post('/api/v2/objects/INV_PRODUCTS_OOTB', text, token)

    const found = new Map(
      (body.failed as { index: number; errors: { category: string }[] }[]).map(({ index, errors }) => [index, errors[0]?.category]),
    )
    expect(values.map((_, at) => found.get(at))).toEqual(values.map(([, category]) => category))
  })

  test('every digit of a decimal is kept', async () => {
    await add('A', { dataType: 'numeric', precision: 38, scale: 4 }, 'digits')
    const example = JSON.stringify(resourceNamed('Products').example)
    const rows = ['1234567890123456.7891', '12345678901234567890123456789012.3456', '1.50'].map((value) =>
      example.replace('{', `{"a": ${value},`),
    )
    await post(
      '/api/v2/objects/INV_PRODUCTS_OOTB',
      `{"solutionName": "INV_OOTB", "operationType": "APPEND", "data": [${rows.join(', ')}]}`,
      'digits',
    )
    const stored = await fetch(new URL('/sandbox/objects/INV_PRODUCTS_OOTB/rows', sandbox.url), { headers: { authorization: 'digits' } })

    expect([...(await stored.text()).matchAll(/"a":([^,}]*)/g)].map(([, digits]) => digits)).toEqual([
      '1234567890123456.7891',
      '12345678901234567890123456789012.3456',
      '1.50',
    ])
  })

  test('a default keeps every digit, in the schema and in the rows it is stored in', async () => {
    const digits = '12345678901234567890123456789012345678'
    expect((await add('A', { dataType: 'numeric', precision: 38, scale: 0, defaultValue: digits }, 'default')).status).toBe(200)
    const data = [resourceNamed('Products').example]
    await post('/api/v2/objects/INV_PRODUCTS_OOTB', { solutionName: 'INV_OOTB', operationType: 'APPEND', data }, 'default')
    const read = async (path: string) => await (await fetch(new URL(path, sandbox.url), { headers: { authorization: 'default' } })).text()

    expect(await read('/sandbox/objects/INV_PRODUCTS_OOTB/rows')).toContain(`"a":${digits}`)
    expect(await read('/api/v2/schema?solutionName=INV_OOTB')).toContain(`"defaultValue":"${digits}"`)
  })

  test('a default of a text is that text, whatever it looks like', async () => {
    expect((await add('A', { dataType: 'string', defaultValue: '12' }, 'text')).status).toBe(200)
  })

  test.each<[string, object]>([
    [
      'a name of ours for a pattern',
      { dataType: 'timestamp', validations: [rule('optional'), rule('timestampFormat', { format: 'ISO-8601 UTC' })] },
    ],
    [
      'a pattern of a day for a timestamp',
      { dataType: 'timestamp', validations: [rule('optional'), rule('timestampFormat', { format: 'YYYY-MM-DD' })] },
    ],
    ['a precision out of range', { dataType: 'numeric', precision: 39 }],
    ['a length of a number', { dataType: 'integer', validations: [rule('optional'), rule('maxLength', { value: 3 })] }],
    ['a default of another type', { dataType: 'integer', defaultValue: 'many' }],
    ['a number as the default of a text', { dataType: 'string', defaultValue: 12 }],
    ['an object as the default of a text', { dataType: 'string', defaultValue: {} }],
    ['a default with more digits than precision', { dataType: 'numeric', precision: 4, scale: 2, defaultValue: '100' }],
    ['a default with more decimals than scale', { dataType: 'numeric', precision: 4, scale: 2, defaultValue: '1.234' }],
    ['a default that would fit once it is rounded', { dataType: 'numeric', precision: 17, scale: 1, defaultValue: '1234567890123456.78' }],
    ['a default that is no number', { dataType: 'numeric', defaultValue: '"1"' }],
    ['both presences', { dataType: 'integer', validations: [rule('optional'), rule('required')] }],
    ['no rules at all', { dataType: 'integer', validations: null }],
  ])('%s is refused', async (_, ask) => {
    expect((await add('B', ask)).status).toBe(400)
  })
})

test('a column is added once, to an object that is there', async () => {
  const statuses = [await add('ONCE', { dataType: 'string' }), await add('ONCE', { dataType: 'string' })].map(({ status }) => status)
  const elsewhere = await post('/api/v2/schema/NOTHING/add-attribute', {
    ...{ solutionName: 'INV_OOTB', columnName: 'ONCE', dataType: 'string', validations: [rule('optional')] },
  })
  expect([...statuses, elsewhere.status]).toEqual([200, 409, 409])
})

test('each kind of failure has a code and a category of its own', () => {
  const kinds = Object.values(FAILURES)
  for (const part of ['code', 'category'] as const) expect(new Set(kinds.map((kind) => kind[part])).size).toBe(kinds.length)
})

test('a row is a duplicate where its whole key is that of another of its batch', async () => {
  const example = resourceNamed('Products').example
  const data = [example, { ...example, updated_at: '2026-01-01 00:00:00' }, example]
  const { body } = await post('/api/v2/objects/INV_PRODUCTS_OOTB', { solutionName: 'INV_OOTB', operationType: 'UPSERT', data }, 'keys')
  expect(body.failed).toMatchObject([{ index: 2, errors: [{ code: 'DI_E_10007', category: 'DUPLICATE_KEY' }] }])
})

test('a row that lacks a value differs from one that lacks a key which may be null', async () => {
  const example = resourceNamed('ProductCategory').example
  const data = [
    { ...example, name: undefined },
    { ...example, product_category_id: null },
    { ...example, product_category_id: undefined },
    { ...example, name: null },
  ]
  const sent = { solutionName: 'QP_OOTB', operationType: 'APPEND', data }
  const { body } = await post('/api/v2/objects/QP_PRODUCT_CATEGORY_OOTB', sent, 'lacking')
  expect(body.failed).toMatchObject([
    { index: 0, errors: [{ code: 'DI_E_10002', category: 'MISSING_KEY' }] },
    { index: 1, errors: [{ code: 'DI_E_10001', category: 'MISSING_VALUE' }] },
    { index: 2, errors: [{ code: 'DI_E_10001', category: 'MISSING_VALUE' }] },
  ])
})

describe('rollouts', () => {
  const column = (columnName: string, primaryKey: boolean) => ({
    columnName,
    dataType: 'string',
    primaryKey,
    validations: [rule('required')],
  })
  const table = (object: string, module: string) => {
    const found = contract.resources.find((one) => one.object === object && one.module === module)
    return { tableName: object, columns: found?.columns.map(({ name, isKey }) => column(name.toUpperCase(), isKey)) }
  }
  const save = (appVersion: string, tables: unknown, token?: string) =>
    post('/api/v2/schema', { appName: 'shop', appVersion, schemaDefinition: JSON.stringify(tables) }, token)
  const rollOut = (appVersion: string, token?: string) =>
    post('/api/v2/schema/rollout', { solutionName: 'ACME', appName: 'shop', appVersion, targetSchemaName: 'STAGE' }, token)

  test('of no tables at all are not saved', async () => {
    expect((await save('0.0.1', [])).status).toBe(422)
  })

  test('of a version that was never saved are refused', async () => {
    expect((await rollOut('9.9.9')).status).toBe(422)
    await save('9.9.9', [table('SALE', 'quote')], 'another-tenant')
    expect((await rollOut('9.9.9')).status).toBe(422)
  })

  test('add to what is there, and fail where a table has another key', async () => {
    await save('1.0.0', [table('PRODUCT', 'markdown')], 'new-adds')
    await save('2.0.0', [table('SALE', 'quote'), table('PRODUCT', 'quote')], 'new-adds')
    expect(await rollOut('1.0.0', 'new-adds')).toMatchObject({
      status: 200,
      body: { successfulObjects: [{ name: 'PRODUCT' }], failedObjects: [] },
    })
    expect(await rollOut('2.0.0', 'new-adds')).toMatchObject({
      status: 207,
      body: {
        successfulObjects: [{ name: 'SALE' }],
        failedObjects: [{ name: 'PRODUCT', message: 'The table exists with another key.' }],
      },
    })
    const { tableName, columns = [] } = table('PRODUCT', 'markdown')
    await save('3.0.0', [{ tableName, columns: columns.map((one) => ({ ...one, primaryKey: true })) }], 'new-adds')
    expect((await rollOut('3.0.0', 'new-adds')).body).toEqual({ successfulObjects: [], failedObjects: [] })
    const listed = await fetch(new URL('/api/v2/schema/solutions', sandbox.url), { headers: { authorization: 'new-adds' } })
    expect(await listed.json()).toMatchObject({ solutions: [{ solutionName: 'ACME', tableCount: 2 }] })
  })

  test.each<[string, unknown]>([
    ['no columns', [{ tableName: 'T', columns: [null] }]],
    ['rules that are no list', [{ tableName: 'T', columns: [{ ...column('A', true), validations: 'required' }] }]],
    [
      'a name of ours for a pattern',
      [
        {
          tableName: 'T',
          columns: [
            {
              ...column('A', true),
              dataType: 'timestamp',
              validations: [rule('required'), rule('timestampFormat', { format: 'ISO-8601 UTC' })],
            },
          ],
        },
      ],
    ],
  ])('a schema with %s is refused', async (_, tables) => {
    expect((await save('3.0.0', tables)).status).toBe(422)
  })
})

test.each<[string, string, string]>([
  ['rows that are no JSON', '/api/v2/objects/INV_PRODUCTS_OOTB', '{"data": ['],
  ['null', '/api/v2/objects/INV_PRODUCTS_OOTB', 'null'],
  ['a rollout that is a list', '/api/v2/schema/rollout', '[]'],
  ['an attribute that is text', '/api/v2/schema/PRODUCTS/add-attribute', '"x"'],
])('%s: answered, not dropped', async (_, path, body) => {
  expect((await post(path, body)).status).toBe(400)
})

test('a crash inside is an answer 500, and the next request is served', async () => {
  const deep = `{"solutionName": "INV_OOTB", "operationType": "UPSERT", "data": [{"product_id": ${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`
  const crashed = await post('/api/v2/objects/INV_PRODUCTS_OOTB', deep, 'crash')
  expect(crashed).toMatchObject({ status: 500, body: { code: 'DI_E_00500' } })
  expect((await post('/api/v2/schema/rollout', '{}')).status).toBe(400)
})

test.each<[string, () => Record<string, string>, RegExp]>([
  ['a port that is none', () => ({ PORT: 'x' }), /^PORT: must be/],
  ['a port that is taken', () => ({ PORT: sandbox.url.port, SANDBOX_FILE: ':memory:' }), /^PORT and SANDBOX_FILE: .*EADDRINUSE/],
  ['a file that cannot be', () => ({ PORT: '0', SANDBOX_FILE: '/proc/nowhere/rows.sqlite' }), /^PORT and SANDBOX_FILE: .*ENOENT/],
])('started alone with %s it says so in one line', async (_, settings, words) => {
  const env = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '', ...settings() }
  // Not `spawnSync`: a connection that the sandbox closes meanwhile would be taken for an open one afterwards.
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, ['src/sandbox/main.ts'], { env }, (error, _, stderr) => resolve({ code: error?.code, stderr })),
  )
  const [first, second, ...others] = stderr.trim().split('\n')
  expect([code, first, second, others]).toEqual([1, 'The sandbox cannot start with these settings:', expect.stringMatching(words), []])
})

test('a dry run keeps neither good rows nor bad ones', async () => {
  const send = (dryRun: boolean) =>
    post('/api/v2/objects/INV_PRODUCTS_OOTB', { solutionName: 'INV_OOTB', operationType: 'UPSERT', dryRun, data: [{}] }, 'dry')
  const failedRows = async () =>
    (await fetch(new URL('/sandbox/objects/INV_PRODUCTS_OOTB/failed-rows', sandbox.url), { headers: { authorization: 'dry' } })).json()

  expect((await send(true)).body.failed).toHaveLength(1)
  expect([await sandbox.rows('INV_PRODUCTS_OOTB', 'dry'), await failedRows()]).toEqual([[], []])
  expect((await send(false)).body.failed).toHaveLength(1)
  expect(await failedRows()).toMatchObject([{ row: {} }])
})

test('no more requests of a token are taken in a second than its rate', async () => {
  const slow = await startSandbox({ contract, solutions: [], file: ':memory:', requestsPerSecond: 3 })
  const ask = () => fetch(new URL('/api/v2/schema/solutions', slow.url), { headers: { authorization: 'sandbox-token' } })
  const began = performance.now()
  const answers = await Promise.all(Array.from({ length: 20 }, ask))
  const statuses = answers.map(({ status }) => status)
  const taken = statuses.filter((status) => status === 200).length

  expect(taken).toBeGreaterThanOrEqual(3)
  expect(taken).toBeLessThanOrEqual(3 * Math.ceil((performance.now() - began) / 1_000))
  expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`))).toEqual(new Set(['200 null', '429 1']))
  // The first of them were longest ago.
  vi.useFakeTimers({ toFake: ['performance'] })
  const here = await startSandboxHere({ contract, solutions: [], file: ':memory:', port: 0, keepRequests: false, requestsPerSecond: 2 })
  const statusAfter = async (ms: number) => {
    vi.advanceTimersByTime(ms)
    return (await fetch(new URL('/api/v2/schema/solutions', here.url), { headers: { authorization: 'sandbox-token' } })).status
  }
  expect([await statusAfter(0), await statusAfter(400), await statusAfter(599), await statusAfter(1), await statusAfter(0)]).toEqual([
    ...[200, 200, 429, 200, 429],
  ])
  vi.useRealTimers()
  await Promise.all([slow.close(), here.close()])
})

test('an embedded sandbox makes the folders of its file, keeps its rows from one start to the next, and goes with its gateway', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-sandbox-'))
  const settings = { SANDBOX_FILE: join(folder, 'one', 'two', 'sandbox.sqlite'), STORE_FILE: join(folder, 'three', 'four', 'store.sqlite') }
  const stored = async ({ sandbox: url }: Gateway) =>
    await (await fetch(new URL('/sandbox/objects/INV_PRODUCTS_OOTB/rows', url?.href), { headers: { authorization: SANDBOX_TOKEN } })).json()
  const first = await startGateway(settings)
  expect(await first.ingest('upsertProducts', [product('KEPT')])).toMatchObject({ acceptedCount: 1 })
  await first.close()
  await expect(stored(first)).rejects.toThrow()

  const second = await startGateway(settings)
  expect(await stored(second)).toMatchObject([{ product_id: 'KEPT' }])
  await second.close()
  await rm(folder, { recursive: true })
})
