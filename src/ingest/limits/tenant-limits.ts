import type { RequestOrigin } from '../../util/request-origin.ts'
import type { Events } from '../events.ts'
import { createRetryBudget, type RetryBudget } from '../retry-policy.ts'
import type { Withheld } from '../upstream-port.ts'
import { createBreaker, createHostBreaker, type HostBreaker, isFailure, type RequestResult, UPSTREAM_DOWN } from './circuit-breaker.ts'
import { createBulkPace, createFairSemaphore, type FairSemaphore, type Priority } from './fair-semaphore.ts'
import { createHostPermits, type HostPermits } from './host-permits.ts'
import { createRateLimiter } from './rate-limiter.ts'

/** The limits on one tenant's requests to the upstream; tenants share only the limits of the host. */
export interface TenantLimits {
  readonly withPermit: FairSemaphore['run']
  readonly budget: RetryBudget
  /** Rows that wait to be sent. */
  readonly waiting: Record<Priority, number>
  /** Requests that count in its rate now. */
  used(): number
  /** The current rate limit per second. */
  allowed(): number
  /** Makes one request when the rate allows it, unless a breaker withholds it or the signal is aborted first. */
  request<T extends RequestResult>(origins: readonly RequestOrigin[], send: Send<T>, signal?: AbortSignal): Promise<T | Withheld>
}

/** Sends a request; calls `noteLeft` when it starts to leave the process, without which it counts as leaving until it is over. */
export type Send<T> = (noteLeft: () => void) => Promise<T>

/** The limits of all tenants. */
export interface LimitsByTenant {
  /** The limits of a tenant; its rate, budget and breaker are remembered for a minute after the last use. */
  limitsOf(tenantId: string): TenantLimits
  /** Rows waiting to be sent, for all tenants. */
  rowsWaiting(): number
  /** Requests of all tenants that are under way. */
  requestsInFlight(): number
}

interface LimitsByTenantOptions {
  /** Upstream requests in flight per tenant. */
  readonly concurrency: number
  readonly requestsPerSecond: number
  readonly events: Pick<Events, 'emit'>
}

/** The result of a request that could not leave in the time it had. */
export const WAITED_TOO_LONG: Withheld = Object.freeze({ kind: 'withheld', failure: 'FINAL', code: 'OVERLOADED' })

const TOO_MANY_REQUESTS = 429
const REMEMBERED_MS = 60_000
const MAX_TENANTS = 10_000
/** Remembered tenants without an accepted request yet, whose tokens may be made up: these never evict the others. */
const MAX_UNKNOWN = 1_000

/** What all tenants share: the limits of the one upstream host. */
interface HostLimits {
  readonly permits: HostPermits
  readonly breaker: HostBreaker
}

interface Entry {
  readonly limits: TenantLimits
  isBusy(): boolean
  usedAt: number
}

/** The limits of all tenants. Those of a tenant are forgotten when unused for a minute: tokens come and go. */
export function createLimitsByTenant(options: LimitsByTenantOptions): LimitsByTenant {
  const { events } = options
  const host = {
    permits: createHostPermits({ onFull: (requests, tenantsWaiting) => events.emit('host:full', { requests, tenantsWaiting }) }),
    breaker: createHostBreaker((isOpen, origins) => events.emit('breaker:changed', { tenantId: undefined, isOpen, origins })),
  }
  // Both in order of last use, to a second, so that idle ones are at the front. Not an lru-cache: that would evict busy ones
  // too, whose permits would then be given twice.
  const taken = new Map<string, Entry>()
  const unknown = new Map<string, Entry>()

  function noteTaken(tenantId: string): void {
    const entry = unknown.get(tenantId)
    if (entry === undefined) return
    unknown.delete(tenantId)
    taken.set(tenantId, entry)
  }

  return {
    rowsWaiting: () =>
      [...taken.values(), ...unknown.values()].reduce((sum, { limits: { waiting } }) => sum + waiting.interactive + waiting.bulk, 0),
    requestsInFlight: host.permits.taken,
    limitsOf(tenantId) {
      const now = performance.now()
      const home = taken.has(tenantId) ? taken : unknown
      const known = home.get(tenantId)
      if (known !== undefined && now - known.usedAt < 1_000) return known.limits
      const entry = known ?? createEntry(tenantId, host, options, () => noteTaken(tenantId))
      entry.usedAt = now
      home.delete(tenantId)
      home.set(tenantId, entry)
      forgetIdle(taken, MAX_TENANTS, now)
      forgetIdle(unknown, MAX_UNKNOWN, now)
      return entry.limits
    },
  }
}

function forgetIdle(tenants: Map<string, Entry>, most: number, now: number): void {
  for (const [tenantId, entry] of tenants) {
    if (now - entry.usedAt < REMEMBERED_MS && tenants.size <= most) return
    tenants.delete(tenantId)
    if (!entry.isBusy()) continue
    tenants.set(tenantId, entry)
    entry.usedAt = now
    if (tenants.size > most) return
  }
}

function createEntry(
  tenantId: string,
  host: HostLimits,
  { concurrency, requestsPerSecond, events }: LimitsByTenantOptions,
  onTaken: () => void,
): Entry {
  const rate = createRateLimiter(requestsPerSecond)
  const semaphore = createFairSemaphore(concurrency, createBulkPace(rate))
  const breaker = createBreaker((isOpen, origins) => events.emit('breaker:changed', { tenantId, isOpen, origins }))
  const record = createRecord(onTaken)

  const request: TenantLimits['request'] = async (origins, send, signal) => {
    const isWithheld = () => breaker.isOpen() || host.breaker.isOpen()
    // With an open breaker nothing waits for the rate limit.
    if (isWithheld()) return UPSTREAM_DOWN
    const passed = rate.pass(signal)
    const passage = passed instanceof Promise ? await passed : passed
    if (passage === undefined) return WAITED_TOO_LONG
    const permit = host.permits.acquire(tenantId, record.isQuick(), signal)
    const release = permit instanceof Promise ? await permit : permit
    try {
      if (release === undefined || signal?.aborted) return WAITED_TOO_LONG
      // Checked again after the wait: if one breaker withheld the other's probe, that would pass for an answer to it.
      if (isWithheld()) return UPSTREAM_DOWN
      const leftAt = performance.now()
      const result = await host.breaker.run(tenantId, origins, () => breaker.run(origins, () => send(passage.noteLeft)))
      record.note(result, performance.now() - leftAt)
      if ('status' in result && result.status === TOO_MANY_REQUESTS) rate.slowDown(leftAt)
      return result
    } finally {
      release?.()
      passage.noteOver()
    }
  }
  const { used, allowed } = rate
  const limits = { withPermit: semaphore.run, budget: createRetryBudget(), waiting: { interactive: 0, bulk: 0 }, used, allowed, request }
  return { limits, isBusy: semaphore.areBusy, usedAt: 0 }
}

const QUICK_MS = 1_000

/** Whether the upstream has ever accepted a tenant's token, and whether it answered the last request within a second. */
function createRecord(onTaken: () => void) {
  let isTaken = false
  let isQuick = false
  return {
    isQuick: () => isQuick,
    note(result: RequestResult, ms: number): void {
      if (result.kind === 'withheld') return
      const showsTaken = result.kind === 'answered' || (result.kind === 'replied' && (result.status ?? 0) < 300)
      if (showsTaken && !isTaken) onTaken()
      isTaken ||= showsTaken
      isQuick = ms < QUICK_MS && !isFailure(result)
    },
  }
}
