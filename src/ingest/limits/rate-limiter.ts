import { createSlidingWindow, type Passage, SECOND_MS } from './sliding-window.ts'

/** Lets so many pass in any one second, first come first. */
export interface RateLimiter {
  /** Resolves when the caller may go; not a promise where that is at once. Undefined where the signal was aborted before. */
  pass(signal?: AbortSignal): Passage | Promise<Passage | undefined>
  /** How many have passed in the last second. */
  used(): number
  /** How many may pass in any one second now: fewer than configured for a while after a 429. */
  allowed(): number
  /** Milliseconds from one to the next where they pass at even intervals. */
  interval(): number
  /** Milliseconds until one may pass and so many further ones could (no more than the rate less one); infinite where that depends on requests that have not left yet. */
  untilFree(spared: number): number
  /** Lets fewer pass for a while: the upstream answered 429 to a request that left then. */
  slowDown(leftAt: number): void
}

/** Lets pass what a sliding window has room for, at a rate that a 429 of the upstream halves. */
export function createRateLimiter(perSecond: number): RateLimiter {
  const rate = createAdaptiveRate(perSecond)
  const window = createSlidingWindow(callLater)
  const waiting: ((passage: Passage | undefined) => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let timedFor = Number.POSITIVE_INFINITY

  /** Milliseconds until the next may pass and so many stay free; 0 is now, infinite where that depends on requests that have not left yet. */
  function wait(spared = 0): number {
    const over = window.count() + spared - rate.allowed()
    return over < 0 ? 0 : Math.min(window.untilGone(over), rate.untilMore())
  }

  function letPass(): void {
    while (waiting.length > 0 && wait() === 0) waiting.shift()?.(window.enter())
    callLater()
  }

  /** A request that is answered early drops out of the window earlier: then the timer is set anew. */
  function callLater(): void {
    const at = waiting.length === 0 ? Number.POSITIVE_INFINITY : performance.now() + wait()
    if (at >= timedFor) return
    clearTimeout(timer)
    timedFor = at
    // A busy event loop may have let that time pass.
    timer = setTimeout(onTime, Math.max(0, Math.ceil(at - performance.now())))
  }

  function onTime(): void {
    timedFor = Number.POSITIVE_INFINITY
    letPass()
  }

  /** A caller that has given up must not use up the rate of those behind it. */
  function withdraw(go: (typeof waiting)[number]): void {
    const at = waiting.indexOf(go)
    if (at >= 0) waiting.splice(at, 1)
    go(undefined)
  }

  return {
    slowDown: rate.slowDown,
    used: window.count,
    allowed: rate.allowed,
    interval: () => SECOND_MS / rate.allowed(),
    untilFree: (spared) => wait(Math.min(spared, rate.allowed() - 1)),
    pass(signal) {
      if (waiting.length === 0 && wait() === 0) return window.enter()
      return new Promise((resolve) => {
        waiting.push(resolve)
        signal?.addEventListener('abort', () => withdraw(resolve), { once: true })
        callLater()
      })
    },
  }
}

const RECOVERY_PER_SECOND = 5

/**
 * How many requests a tenant may make in a second: a rate that is halved when the upstream answers 429, and recovers by five a
 * second, so that other jobs of the tenant, and other replicas, get their share. A 429 to a request that left before the rate was
 * halved last says nothing of the new rate.
 */
function createAdaptiveRate(perSecond: number) {
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
