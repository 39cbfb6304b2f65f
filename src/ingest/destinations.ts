import DataLoader from 'dataloader'
import type { RequestOrigin } from '../util/request-origin.ts'
import { createDestinationQueue, type DestinationQueue, type QueuedChunk } from './destination-queue.ts'
import { createKeyLocks, type KeyLocks } from './key-locks.ts'
import type { Outcome } from './outcome.ts'
import type { Waiter } from './row-queue.ts'
import type { SendBatch } from './send-batch.ts'
import type { LimitsByTenant, TenantLimits } from './tenant-limits.ts'
import type { Destination } from './upstream-port.ts'

/** The tables that rows are on their way to, of all tenants. */
export interface Destinations {
  /** The loader and the limits of a destination, for one chunk more that goes there. */
  enter(destination: Destination): { readonly loader: Loader; readonly limits: TenantLimits }
  queues(): readonly DestinationQueue[]
  /** Resolves when no row is on its way. */
  idle(): Promise<void>
}

/** What queues need, and how rows are gathered for them. */
export interface DestinationsOptions {
  readonly sendBatch: SendBatch
  readonly limitsByTenant: LimitsByTenant
  readonly maxBatchRows: number
  readonly executionTimeoutMs: number
  /** How long to gather, in milliseconds; 0 is to the end of the current event-loop turn. */
  readonly windowMs: number
  readonly onDefect: (error: unknown, origins: readonly RequestOrigin[]) => void
}

/** Gathers chunks that belong together. */
export type Loader = DataLoader<QueuedChunk, Promise<Outcome[]>>

/** A table of one tenant while rows are on their way to it: a queue, and a loader that gathers for it, per operation. */
interface TenantTable {
  /** Shared by its queues, so that an APPEND does not overtake an UPSERT of the same key either. */
  readonly keyLocks: KeyLocks<Waiter>
  readonly queues: Map<string, { readonly queue: DestinationQueue; readonly loader: Loader }>
  readonly limits: TenantLimits
  chunks: number
  /** Batches that are settled and whose keys are still locked. */
  lockedBatches: number
}

/** No tables yet. Tokens come and go, and none may pile up: a table is forgotten when its last row is settled and no key of it is locked. */
export function createDestinations(options: DestinationsOptions): Destinations {
  const tables = new Map<string, TenantTable>()
  let chunksUnderWay = 0
  let whenIdle: (() => void)[] = []

  function forgetUnused(key: string, table: TenantTable): void {
    // A permit asked for in vain may come when the table is forgotten already, and another stands in its place.
    if (table.chunks === 0 && table.lockedBatches === 0 && tables.get(key) === table) tables.delete(key)
  }

  function lock(key: string, table: TenantTable, ms: number, letGo: () => void): void {
    table.lockedBatches++
    const unlock = () => {
      letGo()
      table.lockedBatches--
      forgetUnused(key, table)
    }
    if (ms > 0) setTimeout(unlock, ms)
    else unlock()
  }

  function leave(key: string, table: TenantTable): void {
    table.chunks--
    forgetUnused(key, table)
    if (--chunksUnderWay > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  function openQueue(table: TenantTable, key: string, destination: Destination) {
    const onSettled = () => leave(key, table)
    const queue = createDestinationQueue(destination, { ...options, ...table, onSettled, lock: (ms, letGo) => lock(key, table, ms, letGo) })
    const entry = { queue, loader: createLoader(queue, options.windowMs) }
    table.queues.set(queueKey(destination), entry)
    return entry
  }

  return {
    enter(destination) {
      const key = tableKey(destination)
      const table = tables.get(key) ?? openTenantTable(options.limitsByTenant.limitsOf(destination.tenant.id))
      tables.set(key, table)
      table.chunks++
      chunksUnderWay++
      const { loader } = table.queues.get(queueKey(destination)) ?? openQueue(table, key, destination)
      return { loader, limits: table.limits }
    },
    queues: () => [...tables.values()].flatMap(({ queues }) => [...queues.values()].map(({ queue }) => queue)),
    idle: () => new Promise((resolve) => (chunksUnderWay === 0 ? resolve() : whenIdle.push(resolve))),
  }
}

function openTenantTable(limits: TenantLimits): TenantTable {
  return { keyLocks: createKeyLocks<Waiter>(), queues: new Map(), limits, chunks: 0, lockedBatches: 0 }
}

function createLoader(queue: DestinationQueue, windowMs: number): Loader {
  return new DataLoader(
    // Each chunk gets a promise of its own, so a small mutation does not wait for a large one of the same window.
    (chunks) => Promise.resolve(chunks.map((chunk) => queue.add(chunk))),
    { cache: false, batchScheduleFn: (gather) => void (windowMs === 0 ? setImmediate(gather) : setTimeout(gather, windowMs)) },
  )
}

function tableKey({ tenant, solution, resource }: Destination): string {
  return `${tenant.id} ${resource.module}.${resource.object} ${solution.name}`
}

function queueKey({ operation, dryRun }: Destination): string {
  return `${operation} ${dryRun}`
}
