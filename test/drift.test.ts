import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { GatewayError } from '../src/errors.ts'
import { findDrift } from '../src/lifecycle/drift.ts'
import { checkDrift } from '../src/lifecycle/drift-check.ts'
import { SANDBOX_TOKEN } from '../src/sandbox/choices.ts'
import { secret } from '../src/util/secret.ts'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway, startPair } from './support/gateway.ts'
import { SchemaDriftDocument } from './support/operations/graphql.ts'
import { resourceNamed } from './support/rows.ts'

const ROOT = new URL('..', import.meta.url).pathname
const SOLUTIONS = JSON.stringify([{ name: 'S', modules: ['inventory'], prefix: 'A_', suffix: '_Z' }])

let upstream: FakeUpstream | undefined
let gateway: Gateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = upstream = undefined
})

type Column = { name: string; type: string; validations: string[]; isKey?: boolean; defaultValue?: string }

/** The columns of products as an upstream of another spelling lists them, after a change behind our back. */
function columns(change: (columns: Column[]) => Column[]): Column[] {
  const { columns: declared } = resourceNamed('Products')
  return change(declared.map(({ name, type, presence, isKey }) => ({ name: name.toUpperCase(), type, validations: [presence], isKey })))
}

async function startBefore(changed: Column[]): Promise<void> {
  const body = { result: { tables: [{ tableName: 'A_PRODUCTS_Z', attributes: changed }] } }
  upstream = await startFakeUpstream(() => ({ status: 200, body }))
}

async function differencesOf(change: (columns: Column[]) => Column[]) {
  await startBefore(columns(change))
  gateway = await startGateway({ INGESTION_URL: upstream?.url ?? '', SOLUTIONS })
  const { data } = await gateway.send(SchemaDriftDocument, { solution: 'S' })
  return (data.schemaDrift?.differences ?? []).filter(({ kind }) => kind !== 'MISSING_TABLE')
}

test('the sandbox is in sync with the declarations', async () => {
  const pair = await startPair()
  for (const solution of ['INV_OOTB', 'QP_OOTB'])
    expect((await pair.gateway.send(SchemaDriftDocument, { solution })).data.schemaDrift).toEqual({
      solution,
      inSync: true,
      differences: [],
    })
  await pair.close()
})

test('tables that are not rolled out are named', async () => {
  await startBefore(columns((all) => all))
  gateway = await startGateway({ INGESTION_URL: upstream?.url ?? '', SOLUTIONS })
  const { data } = await gateway.send(SchemaDriftDocument, { solution: 'S' })
  expect(data.schemaDrift?.differences).toHaveLength(18)
  expect(data.schemaDrift?.differences).toContainEqual(
    expect.objectContaining({ kind: 'MISSING_TABLE', object: 'A_STOCK_Z', column: null }),
  )
})

test('a changed upstream is reported by exactly what changed', async () => {
  const changed = await differencesOf((all) => [
    ...all
      .filter(({ name }) => name !== 'SOURCE_ID')
      .map((column) => (column.name === 'PACK_SIZE' ? { ...column, type: 'VARCHAR(20)' } : column))
      .map((column) => (column.name === 'UPDATED_AT' ? { ...column, isKey: false } : column)),
    { name: 'SHELF_LIFE', type: 'numeric(10,2)', validations: ['required'] },
  ])
  expect(changed.map(({ kind, column, declared, found }) => [kind, column, declared, found])).toEqual([
    ['MISSING_COLUMN', 'source_id', 'string', null],
    ['OTHER_TYPE', 'pack_size', 'integer', 'VARCHAR(20)'],
    ['OTHER_KEY', 'updated_at', 'key', 'no key'],
    ['EXTRA_COLUMN', 'shelf_life', null, 'numeric(10,2)'],
  ])
  expect(changed[3]).toMatchObject({
    meaning: 'Rows are refused unless they carry it in extra.',
    declaration: "shelf_life: { type: 'float', presence: 'optional', description: '' },",
  })
})

test('a further column that must be there refuses no row where it has a default', async () => {
  const validations = ['required']
  const changed = await differencesOf((all) => [...all, { name: 'SHELF_LIFE', type: 'integer', validations, defaultValue: '3' }])
  expect(changed).toMatchObject([
    { kind: 'EXTRA_COLUMN', column: 'shelf_life', meaning: 'Rows may carry it in extra; nothing is refused without it.' },
  ])
})

test('other words for the same types and keys are no difference, nor is what is not said', async () => {
  const words: Record<string, string> = {
    string: 'varchar(255)',
    integer: 'BIGINT',
    float: 'numeric(38, 9)',
    timestamp: 'DATETIME',
    boolean: 'Bool',
  }
  const reworded = ({ isKey, ...column }: Column) => ({ ...column, type: words[column.type] ?? column.type, ...(isKey && { isKey }) })
  expect(await differencesOf((all) => all.map(reworded))).toEqual([])
})

test('an unknown solution is declined with the known ones, an unreadable answer is an error', async () => {
  upstream = await startFakeUpstream(() => ({ status: 200, body: '<html>' }))
  gateway = await startGateway({ INGESTION_URL: upstream.url, SOLUTIONS })
  const codeFor = async (solution: string) => (await gateway?.send(SchemaDriftDocument, { solution }))?.errors?.[0]?.extensions?.code
  expect(await codeFor('T')).toBe('BAD_USER_INPUT')
  expect(upstream.arrived.map(({ url }) => url)).toEqual(['/api/v2/schema/solutions'])
  expect(await codeFor('S')).toBe('UPSTREAM_UNREADABLE')
})

test('npm run drift says by its exit code whether there is drift', async () => {
  const run = async (settings: Record<string, string>) => {
    const env = { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '', ...settings }
    const child = spawn(process.execPath, ['src/cli/check-drift.ts'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const parts: Buffer[] = []
    for (const output of [child.stdout, child.stderr]) output.on('data', (part: Buffer) => parts.push(part))
    const [code] = await once(child, 'close')
    return { code, text: Buffer.concat(parts).toString() }
  }
  expect(await run({})).toMatchObject({ code: 0, text: 'INV_OOTB: in sync\nQP_OOTB: in sync\n' })

  await startBefore(columns((all) => [...all, { name: 'SHELF_LIFE', type: 'integer', validations: ['optional'] }]))
  const drifted = await run({ INGESTION_URL: upstream?.url ?? '', INGESTION_TOKEN: 'token', SOLUTIONS })
  expect(drifted.code).toBe(1)
  expect(drifted.text).toContain("to declare it: shelf_life: { type: 'integer', presence: 'optional', description: '' },")

  expect(await run({ INGESTION_URL: 'http://127.0.0.1:1', INGESTION_TOKEN: 'token' })).toMatchObject({ code: 2 })
  expect(await run({ INGESTION_URL: 'http://127.0.0.1:1' })).toMatchObject({
    code: 2,
    text: expect.stringContaining('INGESTION_TOKEN: must'),
  })
})

test('at start the service token’s tables are compared: a warning in the log and a metric, no answer waits for it', async () => {
  await startBefore(columns((all) => all.slice(1)))
  gateway = await startGateway({ INGESTION_URL: upstream?.url ?? '', SOLUTIONS, INGESTION_TOKEN: 'service-token' })
  const url = await gateway.listen()
  await expect.poll(() => gateway?.logged.join('')).toContain("the upstream's tables differ from the declarations")
  const metrics = await (await fetch(new URL('/metrics', url))).text()

  expect(JSON.parse(gateway.logged[0] ?? '')).toMatchObject({ solution: 'S', kinds: { MISSING_COLUMN: 1, MISSING_TABLE: 18 } })
  expect(metrics).toContain('rowgate_schema_drift_differences{solution="S"} 19')
  expect(gateway.logged.join('')).not.toContain('service-token')
})

test('without a service token nothing is asked at start, tables as declared are no warning, and an upstream that does not say is one', async () => {
  upstream = await startFakeUpstream(() => ({ status: 500 }))
  gateway = await startGateway({ INGESTION_URL: upstream.url, SOLUTIONS })
  await gateway.listen()
  expect(upstream.arrived).toEqual([])
  expect(gateway.logged).toEqual([])
  await gateway.close()

  gateway = await startGateway({ INGESTION_TOKEN: SANDBOX_TOKEN })
  const figures = new URL('/metrics', await gateway.listen())
  await expect.poll(async () => await (await fetch(figures)).text()).toContain('rowgate_schema_drift_differences{solution="QP_OOTB"} 0')
  expect(gateway.logged).toEqual([])
  await gateway.close()

  gateway = await startGateway({ INGESTION_URL: upstream.url, SOLUTIONS, INGESTION_TOKEN: 'service-token' })
  await gateway.listen()
  await expect.poll(() => gateway?.logged.join('')).toContain('could not be compared')
})

test('a missing column keeps all rows out where all carry it, else those that do', () => {
  const resource = resourceNamed('Products')
  const solution = { name: 'S', modules: [resource.module], prefix: '', suffix: '' }
  const meaningOf = (missing: string) => {
    const columns = resource.columns.filter(({ name }) => name !== missing).map(({ name }) => ({ name: name.toUpperCase() }))
    return findDrift(solution, [resource], [{ name: resource.object, columns }]).map(({ kind, column, meaning }) => [kind, column, meaning])
  }
  for (const { name, presence } of resource.columns) {
    const words = presence === 'optional' ? 'Rows that carry it may be refused' : 'the upstream may refuse every row'
    expect(meaningOf(name)).toEqual([['MISSING_COLUMN', name, expect.stringContaining(words)]])
  }
})

test('a solution that cannot be read is told of, and the next one compared; a defect is told as one', async () => {
  const told: unknown[] = []
  const check = (failure: (name: string) => Error | undefined) =>
    checkDrift({
      solutions: ['A', 'B'].map((name) => ({ name, modules: [], prefix: '', suffix: '' })),
      resources: [],
      schema: {
        async solutionSchema(_: unknown, name: string) {
          const error = failure(name)
          if (error !== undefined) throw error
          return []
        },
      } as never,
      tenant: { id: 'T', credential: secret('t') },
      onCompared: (result) => told.push('fault' in result ? result.fault.code : result),
      onDefect: (error) => told.push(error),
    })
  const unreadable = new GatewayError('UPSTREAM_UNREADABLE', 'no JSON')
  await check((name) => (name === 'A' ? unreadable : undefined))
  const defect = new TypeError('oops')
  await check((name) => (name === 'A' ? defect : undefined))
  expect(told).toEqual(['UPSTREAM_UNREADABLE', { solution: 'B', differences: [] }, defect])
})
