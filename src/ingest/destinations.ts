import DataLoader from 'dataloader'
import type { RequestOrigin } from '../util/request-origin.ts'
import { type Chunk, createLane, type Lane } from './destination-queue.ts'
import { createKeyHolds, type KeyHolds } from './key-locks.ts'
import type { Outcome } from './outcome.ts'
import type { Waiter } from './row-queue.ts'
import type { Deliver } from './send-batch.ts'
import type { Line, Traffic } from './tenant-limits.ts'
import type { Destination } from './upstream-port.ts'

/** The tables that rows are on their way to, of all tenants. */
export interface Tables {
  /** The loader and the line of a destination, for one chunk more that goes there. */
  enter(destination: Destination): { readonly loader: Loader; readonly line: Line }
  lanes(): readonly Lane[]
  /** Resolves when no row is on its way. */
  idle(): Promise<void>
}

/** What lanes need, and how rows are gathered for them. */
export interface TablesOptions {
  readonly deliver: Deliver
  readonly traffic: Traffic
  readonly maxBatchRows: number
  readonly executionTimeoutMs: number
  /** How long to gather, in milliseconds; 0 is to the end of the current event-loop turn. */
  readonly windowMs: number
  readonly onDefect: (error: unknown, origins: readonly RequestOrigin[]) => void
}

/** Gathers chunks that belong together. */
export type Loader = DataLoader<Chunk, Promise<Outcome[]>>

/** A table of one tenant while rows are on their way to it: a lane, and a loader that gathers for it, per operation. */
interface Table {
  /** Shared by its lanes, so that an APPEND does not overtake an UPSERT of the same key either. */
  readonly holds: KeyHolds<Waiter>
  readonly lanes: Map<string, { readonly lane: Lane; readonly loader: Loader }>
  readonly line: Line
  chunks: number
  /** Batches that are settled and whose keys are still locked. */
  locks: number
}

/** No tables yet. Tokens come and go, and none may pile up: a table is forgotten when its last row is settled and no key of it is locked. */
export function createTables(options: TablesOptions): Tables {
  const tables = new Map<string, Table>()
  let chunksUnderWay = 0
  let whenIdle: (() => void)[] = []

  function forgetUnused(key: string, { chunks, locks }: Table): void {
    if (chunks === 0 && locks === 0) tables.delete(key)
  }

  function lock(key: string, table: Table, ms: number, letGo: () => void): void {
    table.locks++
    const unlock = () => {
      letGo()
      table.locks--
      forgetUnused(key, table)
    }
    if (ms > 0) setTimeout(unlock, ms)
    else unlock()
  }

  function leave(key: string, table: Table): void {
    table.chunks--
    forgetUnused(key, table)
    if (--chunksUnderWay > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  function openLane(table: Table, key: string, destination: Destination) {
    const onSettled = () => leave(key, table)
    const lane = createLane(destination, { ...options, ...table, onSettled, lock: (ms, letGo) => lock(key, table, ms, letGo) })
    const entry = { lane, loader: createLoader(lane, options.windowMs) }
    table.lanes.set(laneKey(destination), entry)
    return entry
  }

  return {
    enter(destination) {
      const key = tableKey(destination)
      const table = tables.get(key) ?? openTable(options.traffic.lineOf(destination.tenant.id))
      tables.set(key, table)
      table.chunks++
      chunksUnderWay++
      const { loader } = table.lanes.get(laneKey(destination)) ?? openLane(table, key, destination)
      return { loader, line: table.line }
    },
    lanes: () => [...tables.values()].flatMap(({ lanes }) => [...lanes.values()].map(({ lane }) => lane)),
    idle: () => new Promise((resolve) => (chunksUnderWay === 0 ? resolve() : whenIdle.push(resolve))),
  }
}

function openTable(line: Line): Table {
  return { holds: createKeyHolds<Waiter>(), lanes: new Map(), line, chunks: 0, locks: 0 }
}

function createLoader(lane: Lane, windowMs: number): Loader {
  return new DataLoader(
    // Each chunk gets a promise of its own, so a small mutation does not wait for a large one of the same window.
    (chunks) => Promise.resolve(chunks.map((chunk) => lane.add(chunk))),
    { cache: false, batchScheduleFn: (gather) => void (windowMs === 0 ? setImmediate(gather) : setTimeout(gather, windowMs)) },
  )
}

function tableKey({ tenant, solution, resource }: Destination): string {
  return `${tenant.id} ${resource.module}.${resource.object} ${solution.name}`
}

function laneKey({ operation, dryRun }: Destination): string {
  return `${operation} ${dryRun}`
}
