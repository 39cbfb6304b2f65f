import DataLoader from 'dataloader'
import type { Destination, QueuedChunk } from './batch.ts'
import { createDestinationQueue, type DestinationQueue, type SendingOptions, type SharedTable } from './destination-queue.ts'
import type { Priority } from './limits/fair-semaphore.ts'
import type { LimitsByTenant, TenantLimits } from './limits/tenant-limits.ts'
import type { Outcome } from './outcome.ts'
import { createKeyLocks } from './row-queue.ts'

/** How much of its limits a tenant uses. */
export interface Usage {
  /** The current rate limit. */
  readonly currentRequestsPerSecond: number
  readonly requestsInLastSecond: number
  readonly rowsWaiting: number
}

/** Collects the rows of all mutations and sends those of one destination in shared requests. */
export interface Batcher {
  /** Whether the queue has room for that many more rows. */
  admits(destination: Destination, priority: Priority, rows: number): boolean
  /** How much of its limits a tenant uses now. */
  usageOf(tenantId: string): Usage
  /** Whether a tenant's queue is nearly full. */
  isFull(tenantId: string): boolean
  /** Resolves with one outcome per row of the chunk, in order, and never rejects. */
  load(destination: Destination, chunk: QueuedChunk): Promise<Outcome[]>
  /** Resolves when no row is queued or in flight. */
  idle(): Promise<void>
  /** Settles all queued rows as not sent; those in flight come to their outcomes. */
  giveBack(): void
  /** Settles all rows at once: as not sent, or as unconfirmed where they are in flight. */
  giveUp(): void
}

interface BatcherOptions extends SendingOptions {
  readonly limitsByTenant: LimitsByTenant
  /** How long to collect rows, in milliseconds; 0 means until the end of the current turn of the event loop. */
  readonly windowMs: number
  /** How many interactive rows of a tenant may wait; bulk has fifty times the room. */
  readonly maxQueuedRows: number
}

const BULK_ROOM = 50
const ABOUT_FULL = 0.8

/** The batcher of the process: one queue per destination, with and without a journal. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { limitsByTenant, maxQueuedRows, windowMs } = options
  // Tokens come and go and must not pile up: a table is forgotten when its last row is settled and none of its keys is locked.
  const tables = new Map<string, TenantTable>()
  let chunksUnderWay = 0
  let whenIdle: (() => void)[] = []
  let withdrawn: Withdrawal | undefined

  function noteSettled(): void {
    if (--chunksUnderWay > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  function tableOf(destination: Destination): TenantTable {
    const key = tableKey(destination)
    const known = tables.get(key)
    if (known !== undefined) return known
    const shared = createShared(limitsByTenant.limitsOf(destination.tenant.id), noteSettled, () => tables.delete(key))
    const table = { ...shared, gather: gatherer(windowMs) }
    tables.set(key, table)
    return table
  }

  function addTo(queue: DestinationQueue, chunk: QueuedChunk): Promise<Outcome[]> {
    const outcomes = queue.add(chunk)
    if (withdrawn !== undefined) queue[withdrawn]()
    return outcomes
  }

  function withdraw(how: Withdrawal): void {
    withdrawn = how
    for (const { queues } of tables.values()) for (const queue of queues.values()) queue[how]()
  }

  return {
    admits({ tenant }, priority, rows) {
      const waiting = limitsByTenant.limitsOf(tenant.id).waiting[priority]
      return waiting === 0 || waiting + rows <= (priority === 'bulk' ? maxQueuedRows * BULK_ROOM : maxQueuedRows)
    },
    usageOf(tenantId) {
      const { allowed, used, waiting } = limitsByTenant.limitsOf(tenantId)
      const rowsWaiting = waiting.interactive + waiting.bulk
      return { currentRequestsPerSecond: allowed(), requestsInLastSecond: used(), rowsWaiting }
    },
    isFull: (tenantId) => limitsByTenant.limitsOf(tenantId).waiting.interactive > maxQueuedRows * ABOUT_FULL,
    load(destination, chunk) {
      const table = tableOf(destination)
      const queue = queueOf(destination, chunk, table, options)
      queue.chunks++
      chunksUnderWay++
      table.limits.waiting[chunk.priority] += chunk.rows.length
      return table.gather(() => addTo(queue, chunk))
    },
    idle: () => new Promise((resolve) => (chunksUnderWay === 0 ? resolve() : whenIdle.push(resolve))),
    giveBack: () => withdraw('giveBack'),
    giveUp: () => withdraw('giveUp'),
  }
}

type Withdrawal = 'giveBack' | 'giveUp'

/**
 * A table of one tenant while rows are on their way to it or a key of it is locked. Its queues, one for each way its rows are sent,
 * share the locks: an APPEND does not overtake an UPSERT of the same key either.
 */
interface TenantTable extends SharedTable {
  readonly queues: Map<string, CountedQueue>
  /** Queues a chunk, together with all others of the table that come within the window; resolves with its outcomes. */
  gather(add: AddChunk): Promise<Outcome[]>
}

type AddChunk = () => Promise<Outcome[]>

/** A queue, kept while chunks are on their way in it: a credential that was replaced goes with its last row. */
interface CountedQueue extends DestinationQueue {
  chunks: number
}

function createShared(limits: TenantLimits, onSettled: () => void, onUnused: () => void): Omit<TenantTable, 'gather'> {
  const queues: TenantTable['queues'] = new Map()
  // Batches whose keys outlive their chunks.
  let kept = 0
  const noteUnused = () => {
    if (kept === 0 && queues.size === 0) onUnused()
  }
  return {
    limits,
    keyLocks: createKeyLocks(),
    queues,
    leave() {
      noteUnused()
      onSettled()
    },
    keep(ms, letGo) {
      if (ms <= 0) return letGo()
      kept++
      setTimeout(() => {
        letGo()
        kept--
        noteUnused()
      }, ms)
    },
  }
}

/** The queue of a table for a chunk; a new one where none is in use. */
function queueOf(destination: Destination, chunk: QueuedChunk, table: TenantTable, options: BatcherOptions): CountedQueue {
  const key = queueKey(destination, chunk)
  const { queues } = table
  const known = queues.get(key)
  if (known !== undefined) return known
  const leave = () => {
    if (--queue.chunks === 0) queues.delete(key)
    table.leave()
  }
  const queue = { ...createDestinationQueue(destination, { ...table, leave }, options), chunks: 0 }
  queues.set(key, queue)
  return queue
}

/**
 * DataLoader hands all chunks of a window on together, uncached and in the order in which they came, whatever their queue: rows of one key
 * are written in that order. Each loads a promise of its outcomes, so that a small mutation does not wait for a large one of its window.
 */
function gatherer(windowMs: number): TenantTable['gather'] {
  const loader = new DataLoader<AddChunk, Promise<Outcome[]>>((gathered) => Promise.resolve(gathered.map((add) => add())), {
    cache: false,
    batchScheduleFn: (gather) => void (windowMs === 0 ? setImmediate(gather) : setTimeout(gather, windowMs)),
  })
  return (add) => loader.load(add) as Promise<unknown> as Promise<Outcome[]>
}

function tableKey({ tenant, solution, resource }: Destination): string {
  return `${tenant.id}\n${resource.module}.${resource.object}\n${solution.name}`
}

/** A credential and a solution can be given anew while rows of the table are on their way: later rows go by the new ones. */
function queueKey({ tenant, solution: { prefix, suffix }, operation, dryRun }: Destination, { journal }: QueuedChunk): string {
  return `${operation} ${dryRun} ${journal !== undefined} ${tenant.credential.reveal()}\n${prefix}\n${suffix}`
}
