import { setTimeout as pause } from 'node:timers/promises'
import type { PostgresServer } from '../../support/postgres.ts'
import { cpuMicroseconds } from '../measure/process-usage.ts'
import type { Running } from '../measure/start-process.ts'
import { type Kind, rotating, send, startOnPostgres, warmUp } from './gateways.ts'
import { BULK, KEYED, PLAIN } from './measure-gateway.ts'
import type { Measured, MixedPoint } from './measured.ts'

const KEYED_COUNT = 5_000
const BULK_COUNT = 60
/** Mutations of 500 rows, of one row, and of one row with a key. */
const MIXES = [
  [20, 1_500, 1_500],
  [120, 600, 600],
] as const
const MANY_CALLERS: Kind = { ...KEYED, connections: 64 }
/** Notes are written once a second. */
const NOTES_MS = 2_500
const NOTED_TENANTS = 2_000

interface Spent {
  readonly micros: number
  readonly logBytes: number
  readonly commits: number
}

/** What PostgreSQL takes for mutations with a key, and for the notes of tenants. */
export async function measurePostgres(server: PostgresServer, gateway: Running, database: string): Promise<Measured['postgres']> {
  const requests: Record<'bulk' | 'keyed', number> = { bulk: 0, keyed: 0 }
  const bulk = await spentDuring(server, database, async () => {
    requests.bulk = await send(gateway, BULK, { requests: BULK_COUNT })
  })
  const began = performance.now()
  const keyed = await spentDuring(server, database, async () => {
    requests.keyed = await send(gateway, MANY_CALLERS, { requests: KEYED_COUNT })
  })
  const seconds = (performance.now() - began) / 1_000
  const idle = await spentDuring(server, database, () => pause(NOTES_MS))
  const noted = await spentDuring(server, database, async () => {
    await send(gateway, PLAIN, { requests: NOTED_TENANTS }, rotating(NOTED_TENANTS))
    await pause(NOTES_MS)
  })
  return {
    bulkMicros: bulk.micros / requests.bulk,
    keyedMicros: keyed.micros / requests.keyed,
    tenantSecondMicros: Math.max(0, noted.micros - idle.micros) / NOTED_TENANTS,
    logBytes: keyed.logBytes / requests.keyed,
    commits: keyed.commits / requests.keyed,
    keyedPerSecond: requests.keyed / seconds,
  }
}

/** Bytes of the tables and their indexes for a key, when what was replaced is cleared away; each in a database of its own. */
export async function measureTables(upstream: URL, server: PostgresServer): Promise<{ readonly one: number; readonly many: number }> {
  const bytesFor = async (kind: Kind, requests: number, database: string) => {
    const gateway = await startOnPostgres(upstream, server, database)
    const before = await sizeOf(server, database)
    await send(gateway, kind, { requests })
    await gateway.stop()
    await server.query('VACUUM FULL', [], database)
    return ((await sizeOf(server, database)) - before) / requests
  }
  return { one: await bytesFor(KEYED, 2_000, 'one'), many: await bytesFor(BULK, 100, 'many') }
}

/** All kinds of mutations at once, at two proportions: what the simulation is held against. */
export async function measureMixed(server: PostgresServer, gateway: Running, database: string): Promise<MixedPoint[]> {
  const points: MixedPoint[] = []
  await warmUp(gateway, PLAIN)
  for (const [bulk, plain, keyed] of MIXES) {
    const before = cpuMicroseconds(gateway.pid)
    const store = await spentDuring(server, database, () =>
      Promise.all([
        send(gateway, BULK, { requests: bulk }),
        send(gateway, PLAIN, { requests: plain }),
        send(gateway, KEYED, { requests: keyed }),
      ]),
    )
    points.push({ bulk, plain, keyed, gatewayMicros: cpuMicroseconds(gateway.pid) - before, storeMicros: store.micros })
  }
  return points
}

/** CPU of all processes of the server that lived through it, bytes of its log, and commits. */
async function spentDuring(server: PostgresServer, database: string, act: () => Promise<unknown>): Promise<Spent> {
  const pids = (await server.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()')).map(({ pid }) => pid)
  const before = new Map(pids.map((pid) => [pid, cpuOf(pid)]))
  const [from] = await writtenBy(server, database)
  await act()
  const [to] = await writtenBy(server, database)
  const micros = (await server.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()'))
    .map(({ pid }) => cpuOf(pid) - (before.get(pid) ?? 0))
    .reduce((sum, one) => sum + one, 0)
  return { micros, logBytes: (to?.bytes ?? 0) - (from?.bytes ?? 0), commits: (to?.commits ?? 0) - (from?.commits ?? 0) }
}

function writtenBy(server: PostgresServer, database: string) {
  return server.query<{ bytes: number; commits: number }>(
    `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS bytes,
      (SELECT xact_commit::float8 FROM pg_stat_database WHERE datname = $1) AS commits`,
    [database],
  )
}

async function sizeOf(server: PostgresServer, database: string): Promise<number> {
  const [found] = await server.query<{ bytes: number }>(
    `SELECT (pg_total_relation_size('rowgate_record') + pg_total_relation_size('rowgate_entry'))::float8 AS bytes`,
    [],
    database,
  )
  return found?.bytes ?? 0
}

/** 0 of a process that has ended. */
function cpuOf(pid: number): number {
  try {
    return cpuMicroseconds(pid)
  } catch {
    return 0
  }
}
