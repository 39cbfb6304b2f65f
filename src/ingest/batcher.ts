import DataLoader from 'dataloader'
import { GatewayError } from '../errors.ts'
import type { Deliver } from './deliver.ts'
import { type Chunk, createLane, type Lane } from './lane.ts'
import type { Outcome } from './outcome.ts'
import type { Caller } from './slots.ts'
import type { Traffic } from './traffic.ts'
import type { Destination } from './upstream-port.ts'

/** Gathers the rows of all mutations of the process and sends those that belong together in shared requests. */
export interface Batcher {
  /** Throws `OVERLOADED` where so many further rows may not wait. */
  admit(destination: Destination, caller: Caller, rows: number): void
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
  /** Rows of a tenant's interactive callers that may wait; bulk callers have five times the room. */
  readonly maxQueuedRows: number
  readonly executionTimeoutMs: number
  /** How long to gather, in milliseconds; 0 is to the end of the current event-loop turn. */
  readonly windowMs: number
  readonly onDefect: (error: unknown) => void
}

const BULK_ROOM = 5

/** A lane and the loader that gathers for it; both live as long as rows are on their way. */
interface Road {
  readonly lane: Lane
  readonly loader: DataLoader<Chunk, Promise<Outcome[]>>
  chunks: number
}

/** The app-wide batcher: one loader per tenant, solution, resource, operation and dry run. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { traffic, maxQueuedRows, windowMs } = options
  // Tokens come and go, and none may pile up: a road is taken down when its last row is settled.
  const roads = new Map<string, Road>()
  let whenIdle: (() => void)[] = []

  function openRoad(key: string, destination: Destination): Road {
    const line = traffic.lineOf(destination.tenant.id)
    const lane = createLane(destination, { ...options, line, onSettled: () => leave(key, road) })
    const loader = new DataLoader<Chunk, Promise<Outcome[]>>(
      // Each chunk gets a promise of its own, so a small mutation does not wait for a large one of the same window.
      (chunks) => Promise.resolve(chunks.map((chunk) => lane.add(chunk))),
      { cache: false, batchScheduleFn: (gather) => void (windowMs === 0 ? setImmediate(gather) : setTimeout(gather, windowMs)) },
    )
    const road: Road = { lane, loader, chunks: 0 }
    roads.set(key, road)
    return road
  }

  function leave(key: string, road: Road): void {
    if (--road.chunks === 0) roads.delete(key)
    if (roads.size > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  return {
    admit({ tenant }, caller, rows) {
      const waiting = traffic.lineOf(tenant.id).waiting[caller]
      const room = caller === 'bulk' ? maxQueuedRows * BULK_ROOM : maxQueuedRows
      if (waiting > 0 && waiting + rows > room)
        throw new GatewayError(
          'OVERLOADED',
          'Too many rows of this token wait to be sent. Nothing of this mutation was sent; send it again later.',
        )
    },
    async load(destination, chunk) {
      const key = laneKey(destination)
      const road = roads.get(key) ?? openRoad(key, destination)
      road.chunks++
      return await await road.loader.load(chunk)
    },
    idle: () => new Promise((resolve) => (roads.size === 0 ? resolve() : whenIdle.push(resolve))),
    giveUp() {
      for (const { lane } of [...roads.values()]) lane.giveUp()
    },
  }
}

function laneKey({ tenant, solution, resource, operation, dryRun }: Destination): string {
  return `${tenant.id} ${operation} ${dryRun} ${resource.module}.${resource.object} ${solution.name}`
}
