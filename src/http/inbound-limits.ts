import { LRUCache } from 'lru-cache'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { GatewayError } from '../errors.ts'
import type { Caller, InboundQuotas } from '../identity.ts'
import type { HttpAnswer } from './write-answer.ts'

export interface InboundLimitsOptions extends InboundQuotas {
  /** The length of a quota window; it opens with a tenant's first request, or first rows. */
  readonly windowMs: number
  readonly onLimited: (what: 'requests' | 'rows') => void
}

type Answering = [answer: () => Promise<HttpAnswer>, decline: (error: GatewayError) => HttpAnswer]

/** The quotas of one tenant. */
type Bounds = InboundQuotas & { readonly tenantId: string }

/** What a caller's tenant may send per window. */
interface Quotas {
  /** Answers a request, or declines it if the quota is spent; the answer's headers tell what is left. */
  within(...how: Answering): Promise<HttpAnswer>
  /** Undefined if nothing limits the rows. */
  readonly takeRows: TakeRows | undefined
}

/** The quotas of callers. */
export interface InboundLimits {
  /** Undefined if nothing limits the caller. */
  quotasOf(caller: Caller): Quotas | undefined
}

/** Counts the rows of a request before any is sent; rejects with `RATE_LIMITED` or `TOO_MANY_ROWS`. */
export type TakeRows = (count: number) => Promise<void> | undefined

/** Tenants whose counts are kept; the least recently seen is dropped, and counts from zero again. */
const MAX_TENANTS = 50_000

/** Counts by tenant; a tenant's own limits take precedence over the common ones. */
export function createInboundLimits({ windowMs, onLimited, ...common }: InboundLimitsOptions): InboundLimits {
  const seconds = windowMs / 1_000
  const declineFor = (what: 'requests' | 'rows') => (limit: number, retryAfterMs: number) => {
    onLimited(what)
    const message = `This tenant may send at most ${limit} ${what} in ${seconds} s. Nothing was executed.`
    return new GatewayError('RATE_LIMITED', message, { limit, retryAfterMs })
  }
  const counts = {
    requests: createCounts(windowMs, declineFor('requests')),
    rows: createCounts(windowMs, declineFor('rows')),
  }

  /** The quotas of a caller's tenant; undefined if there are none, or the caller is unknown. */
  function boundsOf(caller: Caller): Bounds | undefined {
    if (!('tenant' in caller)) return undefined
    const { requests = common.requests, rows = common.rows } = caller.grant?.limits ?? {}
    return requests === undefined && rows === undefined ? undefined : { tenantId: caller.tenant.id, requests, rows }
  }

  function headersFor(tenantId: string, quotas: InboundQuotas): readonly string[] {
    let policy = ''
    let state = ''
    for (const what of ['requests', 'rows'] as const) {
      const quota = quotas[what]
      if (quota === undefined) continue
      const comma = policy && ', '
      policy += `${comma}"${what}";q=${quota};w=${seconds}${what === 'rows' ? ';qu="rows"' : ''}`
      state += `${comma}"${what}"${stateOf(counts[what].now(tenantId), quota)}`
    }
    return ['ratelimit-policy', policy, 'ratelimit', state]
  }

  async function answerWithin(bounds: Bounds, ...[answer, decline]: Answering): Promise<HttpAnswer> {
    const { tenantId, requests } = bounds
    const answered = await (requests === undefined ? answer() : counts.requests.take(tenantId, requests, 1).then(answer, decline))
    answered.headers.push(...headersFor(tenantId, bounds))
    return answered
  }

  function takerOf({ tenantId, rows: quota }: Bounds): TakeRows | undefined {
    if (quota === undefined) return undefined
    return (count) => {
      if (count > quota) return Promise.reject(tooManyRows(quota, count, seconds))
      return count === 0 ? undefined : counts.rows.take(tenantId, quota, count)
    }
  }

  return {
    quotasOf(caller) {
      const bounds = boundsOf(caller)
      return bounds && { within: (answer, decline) => answerWithin(bounds, answer, decline), takeRows: takerOf(bounds) }
    },
  }
}

/** What is left of a quota, and the seconds until it is whole again, which are left out while no window is open. */
function stateOf(window: Window | undefined, quota: number): string {
  if (window === undefined) return `;r=${quota}`
  return `;r=${Math.max(0, quota - window.taken)};t=${Math.ceil(window.msLeft / 1_000)}`
}

function tooManyRows(limit: number, actual: number, seconds: number): GatewayError {
  const message = `The request has ${actual} rows; this tenant may send at most ${limit} in ${seconds} s. Split it, and send the parts one after the other.`
  return new GatewayError('TOO_MANY_ROWS', message, { limit, actual })
}

/** What was taken in a window, and how long it still lasts. */
interface Window {
  readonly taken: number
  readonly msLeft: number
}

/** Counts by tenant, one window each; bounded, since made-up tokens must not fill the memory. */
function createCounts(windowMs: number, declined: (quota: number, retryAfterMs: number) => GatewayError) {
  // Quotas differ by tenant and are compared by the caller, so the limiter's own must never be reached.
  const limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: windowMs / 1_000 })
  // Bounded by size, since `max` would allocate for all entries up front.
  const known = new LRUCache<string, { taken: number; endsAt: number }>({
    maxSize: MAX_TENANTS,
    sizeCalculation: () => 1,
    dispose: (_, tenantId) => void limiter.delete(tenantId),
  })
  /** What the limiter said last, for synchronous use in headers: the limiter itself answers by promise only. */
  function now(tenantId: string): Window | undefined {
    const { taken = 0, endsAt = 0 } = known.get(tenantId) ?? {}
    const msLeft = endsAt - performance.now()
    return msLeft > 0 ? { taken, msLeft } : undefined
  }
  function keep(tenantId: string, { consumedPoints, msBeforeNext }: RateLimiterRes): Window {
    // The limiter ends windows by a timer, but computes the remaining time from a clock that may have been set back since.
    const msLeft = Math.min(msBeforeNext, windowMs)
    const endsAt = performance.now() + msLeft
    const before = known.get(tenantId)
    if (before === undefined) known.set(tenantId, { taken: consumedPoints, endsAt })
    else {
      before.taken = consumedPoints
      before.endsAt = endsAt
    }
    return { taken: consumedPoints, msLeft }
  }
  async function giveBack(tenantId: string, count: number, error: GatewayError): Promise<never> {
    keep(tenantId, await limiter.reward(tenantId, count))
    throw error
  }
  return {
    now,
    /** Takes from a quota, or nothing if too little is left: then it rejects with the error to decline with. */
    take(tenantId: string, quota: number, count: number): Promise<void> {
      return limiter.consume(tenantId, count).then((state) => {
        const { taken, msLeft } = keep(tenantId, state)
        return taken <= quota ? undefined : giveBack(tenantId, count, declined(quota, msLeft))
      })
    },
  }
}
