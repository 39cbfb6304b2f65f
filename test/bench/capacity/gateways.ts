import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGatewayProcess } from '../../fire/gateway-process.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { counting, keyedRing, plainBody } from '../keyed-bodies.ts'
import { openDriver, type Until } from '../measure/drive.ts'
import { cpuMicroseconds } from '../measure/process-usage.ts'
import type { Running } from '../measure/start-process.ts'

/** Rows of a large mutation. */
export const BULK_ROWS = 500

// Neither the rate nor the queue of a tenant is what is measured.
const SETTINGS = { REQUESTS_PER_SECOND: '1000000', MAX_QUEUED_ROWS: '1000000', LOG_LEVEL: 'warn' }
/** Callers take turns, so that hardly any two mutations share an upstream request. */
const TENANTS = 200

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A gateway with a file of its own; the file. */
export async function startOnFile(upstream: URL): Promise<{ readonly gateway: Running; readonly file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-capacity-'))
  folders.push(folder)
  const file = join(folder, 'store.sqlite')
  return { gateway: await startGatewayProcess(upstream.origin, { ...SETTINGS, STORE_FILE: file }), file }
}

/** A gateway on a new database of a server. */
export async function startOnPostgres(upstream: URL, server: PostgresServer, database: string): Promise<Running> {
  return await startGatewayProcess(upstream.origin, { ...SETTINGS, DATABASE_URL: await server.create(database) })
}

/** What is sent: rows of each mutation, with a key or without, over so many connections. */
export interface Kind {
  readonly rows: number
  readonly keyed: boolean
  readonly connections: number
}

/** Sends mutations of a kind for a while; how many. Throws where one was not accepted. */
export async function send(
  { url }: Running,
  { rows, keyed, connections }: Kind,
  until: Until,
  nextToken = rotating(TENANTS),
): Promise<number> {
  const driver = openDriver(url, connections, nextToken)
  try {
    const { requests, sample } = await driver.drive(bodiesOf(rows, keyed), until)
    if (!sample.includes(`"acceptedCount":${rows},`)) throw new Error(`A mutation was not accepted: ${sample.slice(0, 400)}`)
    return requests
  } finally {
    await driver.close()
  }
}

/** How often mutations of a kind are sent: counts, since a busy machine does little in a second and its code stays cold. */
const COUNTS = { one: { warmUp: 3_000, turn: 1_200 }, many: { warmUp: 200, turn: 60 } }
const TURNS = 3

/** Has mutations of a kind come so often that their code is as fast as it gets. */
export async function warmUp(gateway: Running, kind: Kind): Promise<void> {
  await send(gateway, kind, { requests: countsOf(kind).warmUp })
}

/** CPU time of the process for a mutation of a kind: the middle of three turns. */
export async function microsPerMutation(gateway: Running, kind: Kind): Promise<number> {
  await warmUp(gateway, kind)
  const turns: number[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const before = cpuMicroseconds(gateway.pid)
    const requests = await send(gateway, kind, { requests: countsOf(kind).turn })
    turns.push((cpuMicroseconds(gateway.pid) - before) / requests)
  }
  return turns.toSorted((a, b) => a - b)[1] ?? Number.NaN
}

function countsOf({ rows }: Kind) {
  return rows === 1 ? COUNTS.one : COUNTS.many
}

/** Tokens of so many tenants, in turn. */
export function rotating(tenants: number): () => string {
  let turn = 0
  return () => `tenant-${turn++ % tenants}`
}

function bodiesOf(rows: number, keyed: boolean): () => Buffer {
  const size = rows === 1 ? 1_000 : 40
  if (keyed) return keyedRing(size, rows, nextKey)
  const ring = Array.from({ length: size }, (_, n) => plainBody(n, rows))
  let turn = 0
  return () => ring[turn++ % size] as Buffer
}

/** No key is given out twice, whoever asks. */
const nextKey = counting()
