import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type FakeUpstream, startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway } from './support/gateway.ts'
import { startPostgres } from './support/postgres.ts'
import { product, resourceNamed } from './support/rows.ts'

const folder = await mkdtemp(join(tmpdir(), 'rowgate-replicas-'))
const postgres = await startPostgres()
afterAll(async () => {
  await postgres?.remove()
  await rm(folder, { recursive: true, force: true })
})

const DECLARED = resourceNamed('Products').columns.map(({ name, type }) => ({ columnName: name.toUpperCase(), dataType: type }))
/** What the table has beside what is declared. */
let custom: string[] = []
let upstream: FakeUpstream
let gateways: Gateway[] = []

afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()))
  await upstream.close()
  gateways = []
  custom = []
})

async function startUpstream(): Promise<void> {
  upstream = await startFakeUpstream(({ method, url, headers }) => {
    if (headers.authorization === 'refused') return { status: 401 }
    if (url.endsWith('/rollout'))
      return { status: 200, body: { successfulObjects: ['MY_PRODUCTS_OWN', 'INV_PRODUCTS_OOTB'], failedObjects: [] } }
    if (method === 'POST') return { status: 200, body: {} }
    const columns = [...DECLARED, ...custom.map((columnName) => ({ columnName, dataType: 'integer' }))]
    return { status: 200, body: { tables: [{ name: 'INV_PRODUCTS_OOTB', columns }] } }
  })
}

async function startReplica(settings: Record<string, string>): Promise<Gateway> {
  const gateway = await startGateway({ INGESTION_URL: upstream.url, ...settings })
  gateways.push(gateway)
  return gateway
}

const QUALITY = '{ dataQuality(solution: "INV_OOTB") { mutations accepted rejected topIssues { code count } buckets { accepted } } }'
async function qualityOf(gateway: Gateway, token = 'fine') {
  return (await gateway.send<{ dataQuality: object }, object>(QUALITY, {}, token)).data.dataQuality
}

const ROLLOUT = `mutation { rollout(input: { solutionName: "INV_OOTB", appName: "inventory", appVersion: "1.0.0", targetSchemaName: "STAGE",
  prefix: "MY_", suffix: "_OWN" }) { complete } }`
const paths = () => upstream.arrived.filter(({ url }) => url.includes('/objects/')).map(({ url }) => url.split('/').at(-1))

test('data quality and learnt solutions outlive a restart of a process with a file of its own', async () => {
  await startUpstream()
  const STORE_FILE = join(folder, 'store.sqlite')
  const before = await startReplica({ STORE_FILE })
  await before.ingest('upsertProducts', [product('A'), {}], { token: 'fine' })
  await before.ingest('upsertProducts', [product('A')], { token: 'refused' })
  await before.send(ROLLOUT, {}, 'fine')
  await before.close()
  gateways = []

  const after = await startReplica({ STORE_FILE })
  await after.ingest('upsertProducts', [product('B')], { token: 'fine' })
  expect(await qualityOf(after)).toMatchObject({ mutations: 2, accepted: 2, rejected: 1 })
  // Anybody can make up tokens that the upstream does not take: nothing is kept for them.
  expect(await qualityOf(after, 'refused')).toMatchObject({ mutations: 0 })
  expect(paths()).toEqual(['INV_PRODUCTS_OOTB', 'INV_PRODUCTS_OOTB', 'MY_PRODUCTS_OWN'])
})

test('what is kept of them and is damaged, or in the words of a newer Rowgate, is passed over', async () => {
  await startUpstream()
  const STORE_FILE = join(folder, 'damaged.sqlite')
  const before = await startReplica({ STORE_FILE })
  await before.ingest('upsertProducts', [product('A'), product('B', { packSize: 0 })], { token: 'fine' })
  await before.send(ROLLOUT, {}, 'fine')
  await before.close()
  gateways = []
  const database = new DatabaseSync(STORE_FILE)
  const insert = 'INSERT INTO rowgate_note SELECT kind, tenant, ?, writer, ?, noted_at + 1 FROM rowgate_note WHERE kind = ? LIMIT 1'
  for (const [kind, body] of [
    ['minute', '{'],
    ['minute', '{"solution":"INV_OOTB"}'],
    ['solution', '{"name":"INV_OOTB"}'],
    ['solution', '[1'],
  ] as const)
    database.prepare(insert).run(`damaged ${body}`, body, kind)
  database.exec(`UPDATE rowgate_note SET body = replace(body, '"BELOW_MINIMUM"', '"BELOW_EVERYTHING"')`)
  database.close()

  const after = await startReplica({ STORE_FILE })
  expect(await qualityOf(after)).toMatchObject({ mutations: 1, accepted: 1, rejected: 1, topIssues: [] })
  await after.ingest('upsertProducts', [product('C')], { token: 'fine' })
  expect(paths().at(-1)).toBe('MY_PRODUCTS_OWN')
})

describe.skipIf(postgres === undefined)('replicas with a database in common', () => {
  let databases = 0
  async function startTwo(): Promise<readonly [Gateway, Gateway]> {
    await startUpstream()
    const DATABASE_URL = (await postgres?.create(`replicas${++databases}`)) ?? ''
    return [await startReplica({ DATABASE_URL, REPLICA_ID: 'one' }), await startReplica({ DATABASE_URL, REPLICA_ID: 'two' })]
  }
  const figure = async (gateway: Gateway, name: string) =>
    Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await (await gateway.fetch({ path: '/metrics' })).text())?.[1])

  test('each tells what became of the rows of a tenant on all of them', async () => {
    const [one, two] = await startTwo()
    await one.ingest('upsertProducts', [product('A'), {}], { token: 'fine' })
    await two.ingest('upsertProducts', [product('B')], { token: 'fine' })
    const all = { mutations: 2, accepted: 2, rejected: 1 }
    await expect.poll(() => qualityOf(one)).toMatchObject(all)
    await expect.poll(() => qualityOf(two)).toMatchObject(all)
  })

  test('what a tenant has rolled out by one is known to the other', async () => {
    const [one, two] = await startTwo()
    await one.send(ROLLOUT, {}, 'fine')
    await expect
      .poll(async () => {
        await two.ingest('upsertProducts', [product('A')], { token: 'fine' })
        return paths().at(-1)
      })
      .toBe('MY_PRODUCTS_OWN')
  })

  test('a schema that was changed by one is read again by the other', async () => {
    const [one, two] = await startTwo()
    const reads = () => upstream.arrived.filter(({ method }) => method === 'GET').length
    custom = ['COLOUR']
    const send = async () => void (await two.ingest('upsertProducts', [product('A', { extra: { COLOUR: 1 } })], { token: 'fine' }))
    await send()
    await send()
    expect(reads()).toBe(1)
    await one.send(ROLLOUT.replace('MY_', 'INV_').replace('_OWN', '_OOTB'), {}, 'fine')
    await expect
      .poll(async () => {
        await send()
        return reads()
      })
      .toBe(2)
  })

  test('a tenant that two of them send for is a metric and a line in the log; one that moved is none any more', async () => {
    const [one, two] = await startTwo()
    const both = async () => {
      await one.ingest('upsertProducts', [product('A')], { token: 'fine' })
      await two.ingest('upsertProducts', [product('A')], { token: 'fine' })
      await one.ingest('upsertProducts', [product('A')], { token: 'alone' })
      return await figure(one, 'rowgate_tenants_on_two_replicas')
    }
    await expect.poll(both).toBe(1)
    // Nobody sends for it any more.
    await expect.poll(() => figure(one, 'rowgate_tenants_on_two_replicas')).toBe(0)
    const lines = one.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith('another replica'))
    expect(lines).toEqual([expect.objectContaining({ level: 40, count: 1, tenants: [expect.stringMatching(/^[0-9a-f]{64}$/)] })])
  })
})
