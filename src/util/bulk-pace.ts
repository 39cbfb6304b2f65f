import type { RateLimiter } from './rate-limiter.ts'

/** When bulk work may begin, beside interactive work that shares its rate. */
export interface Pace {
  /** Milliseconds until the next may begin; 0 is now. */
  wait(): number
  noteBulk(): void
  noteInteractive(): void
}

/** What of the rate is bulk's while there is interactive work, what it leaves free at any time, and how long that is so after the last of it. */
const SHARE = 0.8
const SPARED = 0.04
const SHARED_FOR_MS = 2_000

// A little faster than the rate, which then decides.
const ALONE = 1.05

/** Bulk that was kept waiting for so many times its interval goes even where nothing of the rate is free, so that it does not starve. */
const STARVED_AFTER = 5

// What one turn of a busy event loop may take; without it a rate of thousands would be that of timers.
const LATE_MS = 5

/**
 * The pace of a rate limiter. 1. Bulk begins at even intervals, never in a burst. 2. Without interactive work in the last
 * two seconds it has the whole rate. 3. With it, bulk has four fifths, and does not use the last free requests of a second.
 */
export function createBulkPace(rate: Pick<RateLimiter, 'interval' | 'untilFree'>): Pace {
  let interactiveAt = Number.NEGATIVE_INFINITY
  let dueAt = Number.NEGATIVE_INFINITY
  let lastAt = Number.NEGATIVE_INFINITY
  const isShared = () => performance.now() - interactiveAt < SHARED_FOR_MS
  const interval = () => rate.interval() / (isShared() ? SHARE : ALONE)

  return {
    wait() {
      const now = performance.now()
      const untilStarved = lastAt + STARVED_AFTER * interval() - now
      return Math.max(0, dueAt - now, Math.min(rate.untilFree(isShared() ? SPARED : 0), untilStarved))
    },
    noteBulk() {
      const now = performance.now()
      lastAt = now
      // Timers are late; what one missed is made up for, and no more than that.
      dueAt = Math.max(dueAt, now - Math.max(LATE_MS, interval())) + interval()
    },
    noteInteractive() {
      interactiveAt = performance.now()
    },
  }
}
