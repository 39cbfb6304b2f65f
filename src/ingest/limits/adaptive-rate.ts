const RECOVERY_PER_SECOND = 5

/**
 * How many requests a tenant may make in a second: a rate that is halved when the upstream answers 429, and recovers by five a
 * second, so that other jobs of the tenant, and other replicas, get their share. A 429 to a request that left before the rate was
 * halved last says nothing of the new rate.
 */
export function createAdaptiveRate(perSecond: number) {
  let halvedTo = perSecond
  let halvedAt = Number.NEGATIVE_INFINITY

  function rate(): number {
    return Math.min(perSecond, halvedTo + ((performance.now() - halvedAt) * RECOVERY_PER_SECOND) / 1_000)
  }

  return {
    /** Requests that any one second may have now. */
    allowed: (): number => Math.max(1, Math.floor(rate())),
    /** Milliseconds until one more is allowed; infinite where the rate is whole. */
    untilMore(): number {
      const now = rate()
      return now >= perSecond ? Number.POSITIVE_INFINITY : ((Math.floor(now) + 1 - now) * 1_000) / RECOVERY_PER_SECOND
    },
    /** Halves the rate: the upstream answered 429 to a request that left then. */
    slowDown(leftAt: number): void {
      if (leftAt < halvedAt) return
      halvedTo = rate() / 2
      halvedAt = performance.now()
    },
  }
}
