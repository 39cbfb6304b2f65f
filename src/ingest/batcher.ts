import DataLoader from 'dataloader'
import type { RequestOrigin } from '../request-origin.ts'
import type { Deliver } from './deliver.ts'
import { createKeyHolds, type KeyHolds } from './key-holds.ts'
import { type Chunk, createLane, type Lane } from './lane.ts'
import type { Outcome } from './outcome.ts'
import type { Waiter } from './row-queue.ts'
import type { Caller } from './slots.ts'
import type { Line, Traffic } from './traffic.ts'
import type { Destination } from './upstream-port.ts'

/** How much of its limits a tenant uses. */
export interface Usage {
  readonly requestsInLastSecond: number
  readonly rowsWaiting: number
}

/** Gathers the rows of all mutations of the process and sends those that belong together in shared requests. */
export interface Batcher {
  /** Whether so many further rows may wait. */
  admits(destination: Destination, caller: Caller, rows: number): boolean
  /** What a tenant makes use of at this moment. */
  usageOf(tenantId: string): Usage
  /** Whether a tenant has about as many rows waiting as may wait. */
  isFull(tenantId: string): boolean
  /** Resolves with one outcome per row of the chunk, in order, and never rejects. */
  load(destination: Destination, chunk: Chunk): Promise<Outcome[]>
  /** Resolves when no row is on its way. */
  idle(): Promise<void>
  /** Answers at once for all rows on their way: not sent, or unconfirmed where they are in flight. */
  giveUp(): void
}

export interface BatcherOptions {
  readonly deliver: Deliver
  readonly traffic: Traffic
  readonly maxBatchRows: number
  /** Rows of a tenant's interactive callers that may wait; bulk callers have fifty times the room. */
  readonly maxQueuedRows: number
  readonly executionTimeoutMs: number
  /** How long to gather, in milliseconds; 0 is to the end of the current event-loop turn. */
  readonly windowMs: number
  readonly onDefect: (error: unknown, origins: readonly RequestOrigin[]) => void
}

const BULK_ROOM = 50
const ABOUT_FULL = 0.8

type Loader = DataLoader<Chunk, Promise<Outcome[]>>

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

/** The app-wide batcher: one loader per tenant, solution, resource, operation and dry run. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { traffic, maxQueuedRows, windowMs } = options
  // Tokens come and go, and none may pile up: a table is forgotten when its last row is settled and no key of it is locked.
  const tables = new Map<string, Table>()
  let chunks = 0
  let whenIdle: (() => void)[] = []

  function openTable(key: string, { tenant }: Destination): Table {
    const table = { holds: createKeyHolds<Waiter>(), lanes: new Map(), line: traffic.lineOf(tenant.id), chunks: 0, locks: 0 }
    tables.set(key, table)
    return table
  }

  function openLane(table: Table, key: string, destination: Destination) {
    const lane = createLane(destination, {
      ...options,
      ...table,
      onSettled: () => leave(key, table),
      lock: (ms, letGo) => lock(key, table, ms, letGo),
    })
    const loader: Loader = new DataLoader(
      // Each chunk gets a promise of its own, so a small mutation does not wait for a large one of the same window.
      (chunks) => Promise.resolve(chunks.map((chunk) => lane.add(chunk))),
      { cache: false, batchScheduleFn: (gather) => void (windowMs === 0 ? setImmediate(gather) : setTimeout(gather, windowMs)) },
    )
    const entry = { lane, loader }
    table.lanes.set(`${destination.operation} ${destination.dryRun}`, entry)
    return entry
  }

  function forgetUnused(key: string, { chunks, locks }: Table): void {
    if (chunks === 0 && locks === 0) tables.delete(key)
  }

  function lock(key: string, table: Table, ms: number, letGo: () => void): void {
    table.locks++
    setTimeout(() => {
      letGo()
      table.locks--
      forgetUnused(key, table)
    }, ms)
  }

  function leave(key: string, table: Table): void {
    table.chunks--
    forgetUnused(key, table)
    if (--chunks > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  return {
    admits({ tenant }, caller, rows) {
      const waiting = traffic.lineOf(tenant.id).waiting[caller]
      return waiting === 0 || waiting + rows <= (caller === 'bulk' ? maxQueuedRows * BULK_ROOM : maxQueuedRows)
    },
    usageOf(tenantId) {
      const { used, waiting } = traffic.lineOf(tenantId)
      return { requestsInLastSecond: used(), rowsWaiting: waiting.interactive + waiting.bulk }
    },
    isFull: (tenantId) => traffic.lineOf(tenantId).waiting.interactive > maxQueuedRows * ABOUT_FULL,
    async load(destination, chunk) {
      const key = tableKey(destination)
      const table = tables.get(key) ?? openTable(key, destination)
      const { loader } = table.lanes.get(`${destination.operation} ${destination.dryRun}`) ?? openLane(table, key, destination)
      table.chunks++
      chunks++
      table.line.waiting[chunk.caller] += chunk.rows.length
      return await await loader.load(chunk)
    },
    idle: () => new Promise((resolve) => (chunks === 0 ? resolve() : whenIdle.push(resolve))),
    giveUp() {
      for (const { lanes } of [...tables.values()]) for (const { lane } of lanes.values()) lane.giveUp()
    },
  }
}

function tableKey({ tenant, solution, resource }: Destination): string {
  return `${tenant.id} ${resource.module}.${resource.object} ${solution.name}`
}
