import DataLoader from 'dataloader'
import pLimit from 'p-limit'
import type { Deliver } from './deliver.ts'
import { type Chunk, createLane, type Gate } from './lane.ts'
import type { Outcome } from './outcome.ts'
import type { Destination } from './upstream-port.ts'

/** Gathers the rows of all mutations of the process and sends those that belong together in shared requests. */
export interface Batcher {
  /** Resolves with one outcome per row of the chunk, in order, and never rejects. */
  load(destination: Destination, chunk: Chunk): Promise<Outcome[]>
}

export interface BatcherOptions {
  readonly deliver: Deliver
  readonly maxBatchRows: number
  /** Upstream requests in flight per tenant. */
  readonly concurrency: number
  /** How long to gather, in milliseconds; 0 is to the end of the current event-loop turn. */
  readonly windowMs: number
  readonly onDefect: (error: unknown) => void
}

type Loader = DataLoader<Chunk, Promise<Outcome[]>>

/** A map whose entries live as long as somebody uses them: tokens come and go, and none may pile up. */
function createShelf<T>(): { use<R>(key: string, make: () => T, work: (value: T) => Promise<R>): Promise<R> } {
  const shelf = new Map<string, { value: T; users: number }>()
  return {
    async use(key, make, work) {
      const entry = shelf.get(key) ?? { value: make(), users: 0 }
      shelf.set(key, entry)
      entry.users++
      try {
        return await work(entry.value)
      } finally {
        if (--entry.users === 0) shelf.delete(key)
      }
    },
  }
}

/** The app-wide batcher: one loader per tenant, solution, resource, operation and dry run. */
export function createBatcher({ deliver, maxBatchRows, concurrency, windowMs, onDefect }: BatcherOptions): Batcher {
  const gates = createShelf<Gate>()
  const loaders = createShelf<Loader>()

  function createLoader(destination: Destination, gate: Gate): Loader {
    const lane = createLane(destination, { maxBatchRows, deliver, gate, onDefect })
    return new DataLoader<Chunk, Promise<Outcome[]>>(
      // Each chunk gets a promise of its own, so a small mutation does not wait for a large one of the same window.
      (chunks) => Promise.resolve(chunks.map((chunk) => lane.add(chunk))),
      { cache: false, batchScheduleFn: (gather) => void (windowMs === 0 ? setImmediate(gather) : setTimeout(gather, windowMs)) },
    )
  }

  return {
    load: (destination, chunk) =>
      gates.use(
        destination.tenant.id,
        () => pLimit(concurrency),
        (gate) =>
          loaders.use(
            laneKey(destination),
            () => createLoader(destination, gate),
            async (loader) => await loader.load(chunk),
          ),
      ),
  }
}

function laneKey({ tenant, solution, resource, operation, dryRun }: Destination): string {
  return `${tenant.id} ${operation} ${dryRun} ${resource.module}.${resource.object} ${solution.name}`
}
