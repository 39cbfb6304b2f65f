/** How many requests a tenant may make in a second, as its upstream lets it. */
export interface AdaptiveRate {
  /** Requests that any one second may have now. */
  allowed(): number
  /** Milliseconds until one more is allowed; infinite where the rate is whole. */
  untilMore(): number
  /** Takes note that the upstream asked for patience about a request that left then. */
  slowDown(leftAt: number): void
}

const RECOVERY_PER_SECOND = 5

/**
 * A rate that an upstream halves by asking for patience, and that recovers by five a second: what else the tenant runs, or
 * another replica, gets its share. What had left before the rate was halved says nothing of the new rate.
 */
export function createAdaptiveRate(perSecond: number): AdaptiveRate {
  let halvedTo = perSecond
  let halvedAt = Number.NEGATIVE_INFINITY

  function rate(): number {
    return Math.min(perSecond, halvedTo + ((performance.now() - halvedAt) * RECOVERY_PER_SECOND) / 1_000)
  }

  return {
    allowed: () => Math.max(1, Math.floor(rate())),
    untilMore() {
      const now = rate()
      return now >= perSecond ? Number.POSITIVE_INFINITY : ((Math.floor(now) + 1 - now) * 1_000) / RECOVERY_PER_SECOND
    },
    slowDown(leftAt) {
      if (leftAt < halvedAt) return
      halvedTo = rate() / 2
      halvedAt = performance.now()
    },
  }
}
