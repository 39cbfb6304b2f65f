import { createOncePerMinute } from '../../util/once-per-minute.ts'

/** Requests of all tenants together that may be under way, so many connections: a process of 1,024 descriptors has as many callers beside them. */
export const MAX_REQUESTS_IN_FLIGHT = 256

/** How many of these are kept for tenants whom the upstream answers quickly. */
const FOR_QUICK_TENANTS = 64

/** Gives a permit back; calling it again does nothing. */
type Release = () => void

/** Permits for requests under way, which all tenants share. */
export interface HostPermits {
  /**
   * Resolves when a tenant has a permit; not a promise where one is free. Undefined where the signal was aborted before. Some
   * permits are kept for quick tenants, whose requests the upstream answers soon.
   */
  acquire(tenantId: string, isQuick: boolean, signal?: AbortSignal): Release | Promise<Release | undefined>
  /** Permits that somebody has. */
  taken(): number
}

interface HostPermitsOptions {
  readonly count?: number
  /** How many of them only quick tenants get. */
  readonly forQuick?: number
  /** Told how many permits are taken and how many tenants wait when one has to, once a minute at most. */
  readonly onFull: (requests: number, tenantsWaiting: number) => void
}

/** Permits that go to the waiting tenant which has the fewest, in turn where several have as few: however much one asks for, it keeps nobody out. */
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

/** Who waits, by tenant, in the order of the tenants' turns. */
function createTenantQueue() {
  const waiting = new Map<string, readonly Waiter[]>()

  function put(tenantId: string, waiters: readonly Waiter[]): void {
    if (waiters.length > 0) waiting.set(tenantId, waiters)
    else waiting.delete(tenantId)
  }

  return {
    tenants: () => waiting.size,
    add: (waiter: Waiter) => put(waiter.tenantId, [...(waiting.get(waiter.tenantId) ?? []), waiter]),
    /** Takes the first out of the tenant that has the fewest permits, whose next turn comes after those of the others. */
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
