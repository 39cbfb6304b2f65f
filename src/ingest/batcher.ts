import type { Chunk } from './destination-queue.ts'
import { createTables, type TablesOptions } from './destinations.ts'
import type { Caller } from './fair-semaphore.ts'
import type { Outcome } from './outcome.ts'
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

export interface BatcherOptions extends TablesOptions {
  /** Rows of a tenant's interactive callers that may wait; bulk callers have fifty times the room. */
  readonly maxQueuedRows: number
}

const BULK_ROOM = 50
const ABOUT_FULL = 0.8

/** The app-wide batcher: one loader per tenant, solution, resource, operation and dry run. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { traffic, maxQueuedRows } = options
  const tables = createTables(options)
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
      const { loader, line } = tables.enter(destination)
      line.waiting[chunk.caller] += chunk.rows.length
      return await await loader.load(chunk)
    },
    idle: tables.idle,
    giveUp() {
      for (const lane of tables.lanes()) lane.giveUp()
    },
  }
}
