import { createRateLimiter, type NoteLeft, type RateLimiter } from '../util/rate-limiter.ts'
import type { RequestOrigin } from '../util/request-origin.ts'
import { type Breaker, createBreaker, type RequestResult, UPSTREAM_DOWN } from './circuit-breaker.ts'
import { type Caller, createFairSemaphore, type FairSemaphore } from './fair-semaphore.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'
import type { Withheld } from './upstream-port.ts'

/** What bounds one tenant's requests to the upstream; nothing of it is shared with another tenant. */
export interface TenantLimits {
  readonly withPermit: FairSemaphore['run']
  readonly budget: RetryBudget
  /** Rows that wait to be sent. */
  readonly waiting: Record<Caller, number>
  /** Requests made in the last second. */
  used(): number
  /** Makes one request for these origins when the rate allows it, unless the breaker withholds it or the signal ends the wait before that. */
  request<T extends RequestResult>(origins: readonly RequestOrigin[], send: Send<T>, signal?: AbortSignal): Promise<T | Withheld>
}

/** Sends a request, and notes when it has left; one of which that is not noted counts as leaving until it is over. */
export type Send<T> = (noteLeft: NoteLeft) => Promise<T>

/** The limits of all tenants. */
export interface LimitsByTenant {
  /** The limits of a tenant; its rate, budget and breaker are remembered for a minute after the last use. */
  limitsOf(tenantId: string): TenantLimits
  /** Rows of all tenants that wait to be sent. */
  rowsWaiting(): number
}

export interface LimitsByTenantOptions {
  /** Upstream requests in flight per tenant. */
  readonly concurrency: number
  readonly requestsPerSecond: number
  /** Told when a tenant's requests begin to be withheld from a failing upstream, when they are let through again, and whose rows showed it. */
  readonly onBreaker: (tenantId: string, isOpen: boolean, origins: readonly RequestOrigin[]) => void
}

/** The result of a request whose turn did not come in time. */
export const WAITED_TOO_LONG: Withheld = Object.freeze({ kind: 'withheld', failure: 'FINAL', code: 'OVERLOADED' })

const TOO_MANY_REQUESTS = 429
const REMEMBERED_MS = 60_000
const MAX_TENANTS = 10_000

/** Limits of no tenant yet. Those of a tenant are let go of when nobody has used it for a minute: tokens come and go. */
export function createLimitsByTenant(options: LimitsByTenantOptions): LimitsByTenant {
  // In the order of last use, to a second, so that the idle ones are found at the front. No lru-cache: that would let go of busy
  // ones too, whose permits would then be given twice.
  const tenants = new Map<string, { limits: TenantLimits; busy: () => boolean; usedAt: number }>()

  function forgetIdle(now: number): void {
    for (const [tenantId, entry] of tenants) {
      if (now - entry.usedAt < REMEMBERED_MS && tenants.size <= MAX_TENANTS) return
      tenants.delete(tenantId)
      if (!entry.busy()) continue
      tenants.set(tenantId, { ...entry, usedAt: now })
      if (tenants.size > MAX_TENANTS) return
    }
  }

  return {
    rowsWaiting: () => [...tenants.values()].reduce((sum, { limits: { waiting } }) => sum + waiting.interactive + waiting.bulk, 0),
    limitsOf(tenantId) {
      const now = performance.now()
      const known = tenants.get(tenantId)
      if (known !== undefined && now - known.usedAt < 1_000) return known.limits
      const entry = known ?? { ...createTenantLimits(tenantId, options), usedAt: now }
      entry.usedAt = now
      tenants.delete(tenantId)
      tenants.set(tenantId, entry)
      forgetIdle(now)
      return entry.limits
    },
  }
}

function createTenantLimits(
  tenantId: string,
  { concurrency, requestsPerSecond, onBreaker }: LimitsByTenantOptions,
): { limits: TenantLimits; busy: () => boolean } {
  const waiting = { interactive: 0, bulk: 0 }
  const semaphore = createFairSemaphore(concurrency)
  const rate = createRateLimiter(requestsPerSecond)
  const breaker = createBreaker((isOpen, origins) => onBreaker(tenantId, isOpen, origins))
  const limits = { withPermit: semaphore.run, budget: createRetryBudget(), waiting, used: rate.used, request: requester(rate, breaker) }
  return { limits, busy: semaphore.areBusy }
}

function requester(rate: RateLimiter, breaker: Breaker): TenantLimits['request'] {
  return async (origins, send, signal) => {
    // An open breaker answers at once: nothing waits for a rate that nobody uses.
    if (breaker.isOpen()) return UPSTREAM_DOWN
    const passed = rate.pass(signal)
    const noteLeft = passed instanceof Promise ? await passed : passed
    try {
      if (noteLeft === undefined || signal?.aborted) return WAITED_TOO_LONG
      const leftAt = performance.now()
      const result = await breaker.run(origins, () => send(noteLeft))
      if ('status' in result && result.status === TOO_MANY_REQUESTS) rate.slowDown(leftAt)
      return result
    } finally {
      noteLeft?.()
    }
  }
}
