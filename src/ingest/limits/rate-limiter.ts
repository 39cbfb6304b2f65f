import { createAdaptiveRate } from './adaptive-rate.ts'
import { createSlidingWindow, type Passage, SECOND_MS } from './sliding-window.ts'

/** Lets so many pass in any one second, first come first. */
export interface RateLimiter {
  /** Comes when the caller may go, at once where it may go at once; undefined when the signal ended before, and it has not passed. */
  pass(signal?: AbortSignal): Passage | Promise<Passage | undefined>
  /** How many have passed in the last second. */
  used(): number
  /** How many may pass in any one second now; fewer than at first where the upstream asked for patience. */
  allowed(): number
  /** Milliseconds from one to the next where they pass at even intervals. */
  interval(): number
  /** Milliseconds until one may pass and so many more could, to all but one; infinite where that hangs on what is still leaving. */
  untilFree(spared: number): number
  /** Lets fewer pass for a while: the upstream asked for patience about a request that left then. */
  slowDown(leftAt: number): void
}

/** Lets pass what a sliding window has room for, at a rate that the upstream may halve. */
export function createRateLimiter(perSecond: number): RateLimiter {
  const rate = createAdaptiveRate(perSecond)
  const window = createSlidingWindow(callLater)
  const waiting: ((passage: Passage | undefined) => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let timedFor = Number.POSITIVE_INFINITY

  /** Milliseconds until the next may pass and so many are spared; 0 is now, infinite where that hangs on what is still leaving. */
  function wait(spared = 0): number {
    const over = window.count() + spared - rate.allowed()
    return over < 0 ? 0 : Math.min(window.untilGone(over), rate.untilMore())
  }

  function letPass(): void {
    while (waiting.length > 0 && wait() === 0) waiting.shift()?.(window.enter())
    callLater()
  }

  /** What was answered sooner than thought is gone sooner, so that the timer is set anew. */
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

  /** Whoever gives up leaves the queue: it would use up the rate of those behind it. */
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
