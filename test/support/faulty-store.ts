import { StoreError } from '../../src/idempotency/store-error.ts'
import type { IdempotencyStore } from '../../src/idempotency/store-port.ts'
import { type Life, outside } from './process-life.ts'
import { pass } from './virtual-clock.ts'

/** What goes wrong with one call of a store. */
export interface StoreFault {
  /** Milliseconds until it is durable, and from there until the caller hears of it. */
  readonly thereMs: number
  readonly backMs: number
  /** It fails before or after it is durable. */
  readonly fails?: 'before' | 'after'
}

/**
 * A store as one process reaches it, with a fault for each call. Where the process holds the store itself, as a file, what is
 * under way as it is killed is not done; a server does what has reached it.
 */
export function createFaultyStore(store: IdempotencyStore, life: Life, isFile: boolean, nextFault: () => StoreFault): IdempotencyStore {
  async function ask<T>(work: () => Promise<T>): Promise<T> {
    await life.step()
    const { thereMs, backMs, fails } = nextFault()
    if (thereMs > 0) await outside(() => pass(thereMs))
    if (isFile && life.isDead()) await life.step()
    const result = fails === 'before' ? undefined : await work()
    if (backMs > 0) await outside(() => pass(backMs))
    await life.step()
    if (fails !== undefined) throw new StoreError(`lost ${fails} it was durable`)
    return result as T
  }
  return {
    open: (requests) => ask(() => store.open(requests)),
    write: (writes) => ask(() => store.write(writes)),
    read: (id) => ask(() => store.read(id)),
    beat: () => ask(store.beat),
    sweep: (olderThanMs, limit) => ask(() => store.sweep(olderThanMs, limit)),
    stats: () => ask(store.stats),
    // What cannot be told is found out when the lease runs out.
    close: () => ask(store.close).catch(() => {}),
  }
}
