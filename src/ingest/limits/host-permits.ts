import { createOncePerMinute } from '../../util/once-per-minute.ts'

/** Requests of all tenants that may be in flight, each on its own connection; leaves most of 1,024 file descriptors to callers. */
export const MAX_REQUESTS_IN_FLIGHT = 256

/** How many of these only tenants get whom the upstream answers quickly. */
const FOR_QUICK_TENANTS = 64

/** Returns a permit; calling it again does nothing. */
type Release = () => void

/** Permits for requests in flight, shared by all tenants. */
export interface HostPermits {
  /**
   * Gives a permit, synchronously where one is free; undefined where the signal was aborted first. Some permits are reserved for
   * quick tenants, whose requests the upstream answers soon.
   */
  acquire(tenantId: string, isQuick: boolean, signal?: AbortSignal): Release | Promise<Release | undefined>
  /** How many permits are taken. */
  taken(): number
}

interface HostPermitsOptions {
  readonly count?: number
  /** How many of them only quick tenants get. */
  readonly forQuick?: number
  /** Called with the permits taken and the tenants waiting when one has to wait, once a minute at most. */
  readonly onFull: (requests: number, tenantsWaiting: number) => void
}

/** A free permit goes to the waiting tenant that holds the fewest, in turn among equals: no tenant can keep the others out. */
export function createHostPermits({
  count = MAX_REQUESTS_IN_FLIGHT,
  forQuick = FOR_QUICK_TENANTS,
  onFull,
}: HostPermitsOptions): HostPermits {
  const queue = createTenantQueue()
  const held = new Map<string, number>()
  const taken = { quick: 0, other: 0 }
  const mayTellFull = createOncePerMinute()
  const heldBy = (tenantId: string) => held.get(tenantId) ?? 0
  const allTaken = () => taken.quick + taken.other
  const isFree = (isQuick: boolean) => allTaken() < count && (isQuick || taken.other < count - forQuick)

  function hold(tenantId: string, isQuick: boolean, change: 1 | -1): void {
    taken[isQuick ? 'quick' : 'other'] += change
    const left = heldBy(tenantId) + change
    if (left > 0) held.set(tenantId, left)
    else held.delete(tenantId)
  }

  function take(tenantId: string, isQuick: boolean): Release {
    hold(tenantId, isQuick, 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      hold(tenantId, isQuick, -1)
      passOn()
    }
  }

  function passOn(): void {
    const next = queue.shift(heldBy, isFree)
    next?.go(take(next.tenantId, next.isQuick))
  }

  return {
    taken: allTaken,
    acquire(tenantId, isQuick, signal) {
      if (isFree(isQuick)) return take(tenantId, isQuick)
      return new Promise((resolve) => {
        const waiter = { tenantId, isQuick, go: resolve }
        queue.add(waiter)
        if (mayTellFull()) onFull(allTaken(), queue.tenants())
        signal?.addEventListener('abort', () => queue.remove(waiter), { once: true })
      })
    },
  }
}

interface Waiter {
  readonly tenantId: string
  readonly isQuick: boolean
  readonly go: (release: Release | undefined) => void
}

/** Waiting requests by tenant, in the order of the tenants' turns. */
function createTenantQueue() {
  const waiting = new Map<string, readonly Waiter[]>()

  function put(tenantId: string, waiters: readonly Waiter[]): void {
    if (waiters.length > 0) waiting.set(tenantId, waiters)
    else waiting.delete(tenantId)
  }

  return {
    tenants: () => waiting.size,
    add: (waiter: Waiter) => put(waiter.tenantId, [...(waiting.get(waiter.tenantId) ?? []), waiter]),
    /** Takes the first request of the tenant with the fewest permits, which then goes to the end of the order. */
    shift(heldBy: (tenantId: string) => number, isFree: (isQuick: boolean) => boolean): Waiter | undefined {
      let found: Waiter | undefined
      for (const [first] of waiting.values()) {
        if (first === undefined || !isFree(first.isQuick)) continue
        if (found === undefined || heldBy(first.tenantId) < heldBy(found.tenantId)) found = first
      }
      if (found === undefined) return undefined
      const others = (waiting.get(found.tenantId) ?? []).slice(1)
      waiting.delete(found.tenantId)
      put(found.tenantId, others)
      return found
    },
    remove(waiter: Waiter): void {
      put(
        waiter.tenantId,
        (waiting.get(waiter.tenantId) ?? []).filter((other) => other !== waiter),
      )
      waiter.go(undefined)
    },
  }
}
