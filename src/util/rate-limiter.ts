import { createAdaptiveRate } from './adaptive-rate.ts'

/** Notes that a request has left, or never will; said again it notes nothing. */
export type NoteLeft = () => void

/** Lets so many pass in any one second, first come first. */
export interface RateLimiter {
  /** Comes when the caller may go, at once where it may go at once; undefined when the signal ended before, and it has not passed. */
  pass(signal?: AbortSignal): NoteLeft | Promise<NoteLeft | undefined>
  /** How many have passed in the last second. */
  used(): number
  /** How many may pass in any one second now; fewer than at first where the upstream asked for patience. */
  allowed(): number
  /** Milliseconds from one to the next where they pass at even intervals. */
  interval(): number
  /** Milliseconds until one may pass and a share of the rate, less than 1, is still free; infinite where that hangs on what is still leaving. */
  untilFree(share: number): number
  /** Lets fewer pass for a while: the upstream asked for patience about a request that left then. */
  slowDown(leftAt: number): void
}

// Requests that leave a second apart may arrive closer together; the upstream counts what arrives.
const WINDOW_MS = 1_050

/**
 * A sliding window on a clock that never jumps: not a fixed one, which lets twice the rate pass around its edge. What has
 * passed counts from when it left: it may have waited for a connection, and the upstream counts what arrives.
 */
export function createRateLimiter(perSecond: number): RateLimiter {
  const rate = createAdaptiveRate(perSecond)
  const window = createWindow(callLater)
  const waiting: ((left: NoteLeft | undefined) => void)[] = []
  let isTimed = false

  /** Milliseconds until the next may pass and so many are spared; 0 is now, infinite where that hangs on what is still leaving. */
  function wait(spared = 0): number {
    const over = window.count() + spared - rate.allowed()
    return over < 0 ? 0 : Math.min(window.untilGone(over), rate.untilMore())
  }

  function letPass(): void {
    while (waiting.length > 0 && wait() === 0) waiting.shift()?.(window.enter())
    callLater()
  }

  function callLater(): void {
    const ms = isTimed || waiting.length === 0 ? Number.POSITIVE_INFINITY : wait()
    if (ms === Number.POSITIVE_INFINITY) return
    isTimed = true
    setTimeout(() => {
      isTimed = false
      letPass()
    }, Math.ceil(ms))
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
    interval: () => WINDOW_MS / rate.allowed(),
    untilFree: (share) => wait(Math.min(Math.ceil(rate.allowed() * share), rate.allowed() - 1)),
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

/** What has passed and is still leaving, or left within the last second; tells when something has left. */
function createWindow(onLeft: () => void) {
  let left: number[] = []
  // Where the window begins in it: shifting thousands of entries one by one costs more than all else here.
  let first = 0
  let leaving = 0

  return {
    count(): number {
      const now = performance.now()
      while (first < left.length && now - (left[first] as number) >= WINDOW_MS) first++
      if (first > left.length / 2) {
        left = left.slice(first)
        first = 0
      }
      return left.length - first + leaving
    },
    /** Milliseconds until the entry of that place, from the oldest, is out of the window; infinite where it has not left yet. */
    untilGone: (place: number) => WINDOW_MS - (performance.now() - (left[first + place] ?? Number.POSITIVE_INFINITY)),
    enter(): NoteLeft {
      let isLeaving = true
      leaving++
      return () => {
        if (!isLeaving) return
        isLeaving = false
        leaving--
        left.push(performance.now())
        onLeft()
      }
    },
  }
}
