import type { QueuedChunk } from './destination-queue.ts'
import { createDestinations, type DestinationsOptions } from './destinations.ts'
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
  /** How much of its limits a tenant uses now. */
  usageOf(tenantId: string): Usage
  /** Whether a tenant has about as many rows waiting as may wait. */
  isFull(tenantId: string): boolean
  /** Resolves with one outcome per row of the chunk, in order, and never rejects. */
  load(destination: Destination, chunk: QueuedChunk): Promise<Outcome[]>
  /** Resolves when no row is on its way. */
  idle(): Promise<void>
  /** Answers at once for all rows on their way: not sent, or unconfirmed where they are in flight. */
  giveUp(): void
}

export interface BatcherOptions extends DestinationsOptions {
  /** Rows of a tenant's interactive callers that may wait; bulk callers have fifty times the room. */
  readonly maxQueuedRows: number
}

const BULK_ROOM = 50
const ABOUT_FULL = 0.8

/** The app-wide batcher: one loader per tenant, solution, resource, operation and dry run. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { limitsByTenant, maxQueuedRows } = options
  const destinations = createDestinations(options)
  return {
    admits({ tenant }, caller, rows) {
      const waiting = limitsByTenant.limitsOf(tenant.id).waiting[caller]
      return waiting === 0 || waiting + rows <= (caller === 'bulk' ? maxQueuedRows * BULK_ROOM : maxQueuedRows)
    },
    usageOf(tenantId) {
      const { used, waiting } = limitsByTenant.limitsOf(tenantId)
      return { requestsInLastSecond: used(), rowsWaiting: waiting.interactive + waiting.bulk }
    },
    isFull: (tenantId) => limitsByTenant.limitsOf(tenantId).waiting.interactive > maxQueuedRows * ABOUT_FULL,
    async load(destination, chunk) {
      const { loader, limits } = destinations.enter(destination)
      limits.waiting[chunk.caller] += chunk.rows.length
      return await await loader.load(chunk)
    },
    idle: destinations.idle,
    giveUp() {
      for (const queue of destinations.queues()) queue.giveUp()
    },
  }
}
