import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Contract } from '../src/resource/contract.ts'
import { defineResource } from '../src/resource/define-resource.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { startSandboxHere } from './support/sandbox.ts'

// What the sandbox answers is what all other tests are held against: all of it is recorded.

const columns = {
  thing_id: { type: 'string', presence: 'required', description: 'The key.' },
  at: { type: 'timestamp', presence: 'required', description: 'Part of the key.' },
  size: { type: 'integer', presence: 'required', min: 1, max: 9, description: 'A number.' },
  kind: { type: 'string', presence: 'optional', allowed: ['a', 'b'], description: 'A word.' },
  price: { type: 'float', presence: 'nullable', description: 'Must be a key of the row.' },
  is_new: { type: 'boolean', presence: 'optional', description: 'Yes or no.' },
  day: { type: 'date', presence: 'optional', description: 'A day.' },
} as const
const texts = { title: 'T', description: 'D' }
const row = { thing_id: 'A', at: '2025-01-28 14:30:00', size: 1, price: null }
const THING = defineResource({ ...texts, object: 'THING', module: 'one', primaryKey: ['thing_id', 'at'], columns, example: row })
const OTHER = defineResource({
  ...{ ...texts, object: 'THING', module: 'two', primaryKey: ['thing_id'], example: { thing_id: 'A', more: 'm' } },
  columns: {
    ...{ thing_id: columns.thing_id, more: { type: 'string', presence: 'required', description: 'More.' } },
    seen: { type: 'timestamp', presence: 'optional', description: 'In ISO.' },
  },
})
const solution = (name: string) => ({ name, prefix: `${name}_`, suffix: '_X' })
const CONTRACT: Contract = {
  resources: [THING, OTHER],
  modules: {
    one: { title: 'One', timestampFormat: 'YYYY-MM-DD HH:MM:SS', exampleSolution: solution('BOTH') },
    two: { title: 'Two', timestampFormat: 'ISO-8601 UTC', exampleSolution: solution('BOTH') },
  },
}

let sandbox: Sandbox
let tenant = ''
const told: string[] = []

beforeAll(async () => {
  const solutions = [{ ...solution('ONE'), modules: ['one'] }]
  sandbox = await startSandboxHere({
    contract: CONTRACT,
    solutions,
    file: ':memory:',
    port: 0,
    keepRequests: true,
    requestsPerSecond: 10_000,
  })
})
afterAll(() => sandbox.close())

/** Asks, and keeps what was asked and answered. */
async function ask(method: string, path: string, body?: unknown, token = tenant): Promise<void> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const init = { method, headers: { authorization: token, 'x-request-id': 'r' }, ...(text !== undefined && { body: text }) }
  const answer = await fetch(new URL(path, sandbox.url), init).then(
    async (response) => `${response.status} ${response.headers.get('retry-after') ?? ''}${await response.text().catch(() => 'breaks off')}`,
    () => 'no answer',
  )
  const asked = text !== undefined && text.length > 400 ? `${text.length} bytes` : (text ?? '')
  told.push(`${method} ${path} as ${token}: ${asked}\n  ${answer}`)
}

const send = (data: unknown, changes: object = {}, token?: string, object = 'BOTH_THING_X') =>
  ask('POST', `/api/v2/objects/${object}`, { solutionName: 'BOTH', operationType: 'UPSERT', data, ...changes }, token)
const shown = (list = 'rows', token?: string, object = 'BOTH_THING_X') => ask('GET', `/sandbox/objects/${object}/${list}`, undefined, token)
const rule = (type: string, more: object = {}) => ({ type, ...more })
const add = (columnName: unknown, more: object, solutionName: unknown = 'BOTH', object = 'THING') =>
  ask('POST', `/api/v2/schema/${object}/add-attribute`, { solutionName, columnName, validations: [rule('optional')], ...more })

test('what the sandbox answers to whoever asks wrongly is as recorded', async () => {
  tenant = 'asking'
  told.length = 0
  for (const token of ['', 'refused-token', 'Bearer a-token', 'forbidden-token']) await send([row], {}, token)
  for (const [method, path] of [
    ...[
      ['GET', '/nothing'],
      ['GET', '/api/v2/objects/BOTH_THING_X'],
      ['POST', '/api/v2/objects/A-B'],
      ['PUT', '/api/v2/schema'],
    ],
    ...[
      ['GET', '/api/v2/schema'],
      ['GET', '/api/v2/schema?solutionName=NONE'],
      ['GET', '/api/v2/schema/THING/add-attribute'],
    ],
  ] as const)
    await ask(method, path)
  for (const path of ['/api/v2/objects/', '/api/v2/object/', '/api/v2/ingest/object/'])
    await ask('POST', `${path}BOTH_THING_X`, { solutionName: 'BOTH', operationType: 'UPSERT', data: [] })
  for (const changes of [{ solutionName: 1 }, { operationType: 'DELETE' }, { dryRun: 'no' }, { data: {} }, { solutionName: 'NONE' }])
    await send([row], changes)
  await send([row], {}, undefined, 'BOTH_NONE_X')
  await send([row], { solutionName: 'ONE' })
  for (const count of [500, 501]) await send(Array(count).fill({ thing_id: 'A', more: 'm' }), { operationType: 'APPEND' })
  for (const bytes of [1_000_000, 1_000_001]) {
    const padded = { solutionName: 'BOTH', operationType: 'UPSERT', dryRun: true, data: [{ thing_id: 'A', more: '' }], note: '' }
    await ask('POST', '/api/v2/objects/BOTH_THING_X', { ...padded, note: 'x'.repeat(bytes - JSON.stringify(padded).length) })
  }
  await expect(text()).toMatchFileSnapshot('recorded/sandbox-refusals.txt')
})

test('what the sandbox makes of rows is as recorded', async () => {
  tenant = 'rows'
  told.length = 0
  const wrong = [
    ...[{ thing_id: '' }, { thing_id: null }, { thing_id: 7 }, { at: '2025-02-30 00:00:00' }, { at: '2025-01-28T14:30:00Z' }],
    ...[{ size: 0 }, { size: 1 }, { size: 9 }, { size: 10 }, { size: 1.5 }, { size: '1' }, { kind: 'b' }, { kind: 'c' }, { kind: null }],
    ...[{ price: '1' }, { price: 1.5 }, { price: undefined }, { size: undefined }, { is_new: 1 }, { is_new: true }],
    ...[{ day: '2025-02-29' }, { day: '2024-02-29' }, { day: '2024-2-9' }, { kind: 'x'.repeat(3), day: 'x' }],
  ]
  await send(
    wrong.map((changes, at) => ({ ...row, thing_id: `W${at}`, ...changes })),
    {},
    'wrong',
  )
  const seen = [
    '2025-01-28T14:30:00Z',
    '2025-01-28T14:30:00.250Z',
    '2025-01-28 14:30:00',
    '2025-01-28T14:30:00+00:00',
    '2025-02-29T14:30:00Z',
  ]
  await send(
    seen.map((one, at) => ({ thing_id: `S${at}`, more: 'm', seen: one })),
    {},
    'seen',
  )
  await shown('rows', 'wrong')
  await shown('failed-rows', 'wrong')
  await send([row, { ...row, SIZE: undefined, Size: 2, Note: 'n' }, 'x', null, [row], { ...row, at: '2025-01-28 14:30:01' }])
  await send([{ ...row, size: 3 }])
  await send([{ THING_ID: 'U', At: '2025-01-28 14:30:00', Size: 2, price: null }])
  await send([
    { ...row, thing_id: 'Z', size: 0 },
    { ...row, thing_id: 'Z' },
  ])
  await send([
    { thing_id: 'A', more: 'other' },
    { thing_id: 'A', more: 'twice' },
  ])
  await shown()
  await send(
    [
      { ...row, size: 4 },
      { ...row, size: 5 },
    ],
    { operationType: 'APPEND' },
  )
  await send([{ ...row, size: 6, deep: { a: [1.5] } }], { dryRun: true })
  await send([{ ...row, size: 0 }], { dryRun: true })
  await shown()
  await shown('failed-rows')
  await shown('rows', 'other-token')
  await shown('rows', '')
  await shown('nothing')
  await expect(text()).toMatchFileSnapshot('recorded/sandbox-rows.txt')
})

test('what the sandbox makes of schemas, attributes and rollouts is as recorded', async () => {
  tenant = 'schemas'
  told.length = 0
  await ask('GET', '/api/v2/schema/solutions')
  await ask('GET', '/api/v2/schema?solutionName=BOTH')
  const [name, of] = ['X', { dataType: 'string' }]
  for (const [columnName, more] of [
    ...[
      ['x', of],
      [undefined, of],
      [name, {}],
      [name, { dataType: 'uuid' }],
      [name, { ...of, validations: [] }],
    ],
    ...[
      [name, { ...of, validations: [rule('required'), rule('optional')] }],
      [name, { ...of, validations: [rule('optional'), rule('nonNull')] }],
    ],
    ...[[name, { dataType: 'integer', validations: [rule('optional'), rule('minLength', { value: 1 })] }]],
    ...[[name, { ...of, validations: [rule('optional'), rule('maxLength', { value: 65_536 })] }]],
    ...[
      [name, { ...of, precision: 3 }],
      [name, { dataType: 'numeric', precision: 39 }],
      [name, { dataType: 'numeric', scale: 38 }],
    ],
    ...[[name, { dataType: 'date', validations: [rule('optional'), rule('timestampFormat', { format: 'YYYY-MM-DD HH:MM:SS' })] }]],
    ...[
      [name, { dataType: 'integer', defaultValue: 'one' }],
      ['SIZE', of],
    ],
  ] as const)
    await add(columnName, more)
  await add('X', of, 7)
  await add('X', of, 'NONE')
  await add('X', of, 'BOTH', 'NONE')
  await add('TEXTS', {
    dataType: 'string',
    validations: [rule('required'), rule('nonNull'), rule('minLength', { value: 0 }), rule('maxLength', { value: 65_535 })],
  })
  await add('NUMBERS', { dataType: 'numeric', precision: 38, scale: 37, validations: [rule('required')] })
  await add('COUNTS', { dataType: 'integer', defaultValue: '7' })
  await add('COUNTS', { dataType: 'integer' })
  await ask('POST', '/api/v2/schema/THING/add-attribute', {
    solutionName: 'BOTH',
    attributeName: 'DAYS',
    dataType: 'date',
    validations: [rule('optional')],
  })
  await ask('GET', '/api/v2/schema?solutionName=BOTH')
  await send([
    { ...row, thing_id: 'C', texts: 't', numbers: 1.0 },
    { ...row, thing_id: 'D', numbers: null, counts: 1 },
  ])
  const safe = { ...row, texts: 't', numbers: 1 }
  await send([
    { ...safe, thing_id: 'E', counts: 2 ** 53 - 1 },
    { ...safe, thing_id: 'F', counts: 2 ** 53 },
  ])
  await shown()

  const table = (keys: readonly string[], names = ['THING_ID', 'MORE', 'SEEN']) => ({
    tableName: 'THING',
    columns: names.map((columnName) => ({
      columnName,
      dataType: 'string',
      primaryKey: keys.includes(columnName),
      validations: [rule('required')],
    })),
  })
  const save = (appVersion: string, tables: unknown, more: object = {}) =>
    ask('POST', '/api/v2/schema', { appName: 'app', appVersion, schemaDefinition: JSON.stringify(tables), ...more }, 'new-tenant')
  const rollOut = (changes: object, token = 'new-tenant') =>
    ask('POST', '/api/v2/schema/rollout', { solutionName: 'S', appName: 'app', appVersion: '1', targetSchemaName: 'T', ...changes }, token)
  await ask('GET', '/api/v2/schema/solutions', undefined, 'new-tenant')
  for (const tables of [[], {}, [{}], [{ tableName: 'THING', columns: [] }], [table([], ['thing'])]]) await save('0', tables)
  await save('0', [table(['THING_ID'])], { schemaDefinition: [] })
  await save('1', [table(['THING_ID'])], { dryRun: true })
  await rollOut({})
  await save('1', [table(['THING_ID'])])
  await save('1', [table(['THING_ID'])])
  await save('2', [table(['THING_ID', 'MORE'])])
  await save('3', [table(['THING_ID', 'AT'], ['THING_ID', 'MORE', 'SEEN', ...Object.keys(columns).map((one) => one.toUpperCase())])])
  for (const missing of ['solutionName', 'appName', 'appVersion', 'targetSchemaName']) await rollOut({ [missing]: '' })
  for (const changes of [
    { appVersion: '9' },
    {},
    { appVersion: '2' },
    { appVersion: '3' },
    { solutionName: 'P', prefix: 'P_', suffix: '_S' },
  ])
    await rollOut(changes)
  await rollOut({ appName: 'one', appVersion: '1.0.0' })
  await rollOut({ appName: 'one', appVersion: '1.0.0', solutionName: 'NEXT' }, 'old-tenant')
  await ask('GET', '/api/v2/schema/solutions', undefined, 'new-tenant')
  await ask('GET', '/api/v2/schema?solutionName=P', undefined, 'new-tenant')
  await send([{ thing_id: 'A', more: 'm' }], { solutionName: 'P' }, 'new-tenant', 'P_THING_S')
  await send([{ thing_id: 'A', more: 'm' }], { solutionName: 'S' }, 'new-tenant', 'P_THING_S')
  await expect(text()).toMatchFileSnapshot('recorded/sandbox-schemas.txt')
})

test('what the sandbox does where it is told to fail is as recorded', async () => {
  tenant = 'faults'
  told.length = 0
  const faults = [
    ...[
      { kind: 'status', status: 503, headers: { 'retry-after': '7' } },
      { kind: 'status', status: 418, body: { a: 1 } },
    ],
    ...[{ kind: 'resetBefore' }, { kind: 'resetAfter' }, { kind: 'truncate' }, { kind: 'miscount' }],
  ] as const
  for (const fault of faults) await sandbox.fault(fault)
  for (const at of faults.keys()) await send([{ thing_id: `F${at}`, more: 'm' }], {}, 'faults')
  await shown('rows', 'faults')
  const requests = (await sandbox.requests('faults')).map(({ path, requestId, body }) => [path, requestId, body.data])
  told.push(JSON.stringify(requests), String(await sandbox.mostAtOnce()))
  await expect(text()).toMatchFileSnapshot('recorded/sandbox-faults.txt')
})

function text(): string {
  return `${told.join('\n')}\n`
}
