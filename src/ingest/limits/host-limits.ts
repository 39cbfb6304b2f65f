import type { RequestOrigin } from '../../util/request-origin.ts'
import { createSharedPermits, type SharedPermits } from '../../util/shared-permits.ts'
import type { Withheld } from '../upstream-port.ts'
import { type Breaker, createBreaker, isFailure, type RequestResult } from './circuit-breaker.ts'

/** Requests of all tenants together that may be under way, so many connections: a process of 1,024 descriptors has as many callers beside them. */
export const MAX_REQUESTS_IN_FLIGHT = 256

/** How many of these are kept for tenants whom the upstream answers quickly. */
const FOR_QUICK_TENANTS = 64

/** What all tenants share on the way to the one upstream host. */
export interface HostLimits {
  readonly permits: SharedPermits
  readonly breaker: HostBreaker
}

export interface HostLimitsOptions {
  /** Told when the breaker of the host opens or closes; `origins` are the requests that showed it. */
  readonly onBreaker: (isOpen: boolean, origins: readonly RequestOrigin[]) => void
  /** Told once a minute at most when requests wait because as many as may be are under way. */
  readonly onFull: (requests: number, tenantsWaiting: number) => void
}

/** Limits nobody has used yet. */
export function createHostLimits({ onBreaker, onFull }: HostLimitsOptions): HostLimits {
  const permits: SharedPermits = createSharedPermits({
    count: MAX_REQUESTS_IN_FLIGHT,
    forQuick: FOR_QUICK_TENANTS,
    onFull: (tenantsWaiting) => onFull(permits.taken(), tenantsWaiting),
  })
  return { permits, breaker: createHostBreaker(onBreaker) }
}

/** Keeps the requests of all tenants from a host that fails one tenant after the other. */
interface HostBreaker extends Pick<Breaker, 'isOpen'> {
  run<T extends RequestResult>(tenantId: string, origins: readonly RequestOrigin[], send: () => Promise<T>): Promise<T | Withheld>
}

/** Failures of one tenant that count; further ones concern its own breaker only. */
const COUNTED_PER_TENANT = 2

/**
 * A breaker for all tenants, of which none can open it alone. 1. Of one tenant two failures in a row count, so ten are those of
 * five tenants. 2. A failure counts unless somebody was answered after its request had left: what times out now was lost
 * long ago. 3. Any answer begins the count anew. 4. While it is open only its probe counts.
 */
function createHostBreaker(onChange: HostLimitsOptions['onBreaker']): HostBreaker {
  const failures = new Map<string, number>()
  let answeredAt = Number.NEGATIVE_INFINITY
  let isShut = false
  const breaker = createBreaker((isOpen, origins) => {
    isShut = isOpen
    failures.clear()
    onChange(isOpen, origins)
  })

  function counts(tenantId: string, result: RequestResult, leftAt: number): boolean {
    if (result.kind === 'withheld') return false
    if (!isFailure(result)) {
      answeredAt = performance.now()
      const endsCount = failures.size > 0
      failures.clear()
      return endsCount
    }
    const earlier = failures.get(tenantId) ?? 0
    if (leftAt < answeredAt || earlier >= COUNTED_PER_TENANT) return false
    failures.set(tenantId, earlier + 1)
    return true
  }

  return {
    isOpen: breaker.isOpen,
    async run(tenantId, origins, send) {
      if (isShut) return await breaker.run(origins, send)
      const leftAt = performance.now()
      const result = await send()
      if (!isShut && counts(tenantId, result, leftAt)) await breaker.run(origins, async () => result)
      return result
    },
  }
}
