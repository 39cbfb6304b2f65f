import type { RateLimiter } from './rate-limiter.ts'
import { SECOND_MS } from './sliding-window.ts'

/** When bulk work may begin, beside interactive work that shares its rate. */
export interface Pace {
  /** Milliseconds until the next may begin; 0 is now. */
  wait(): number
  noteBulk(): void
  noteInteractive(): void
}

/** Interactive work of so long ago still tells how much of the rate is to be free for more of it. */
const REMEMBERED_MS = 2_000

/** What is kept free for interactive work that may come is no more of the rate than that; nor has bulk a smaller share. */
const SHARE = 0.2

// A little faster than the rate, which then decides.
const ALONE = 1.05

/** Bulk that was kept waiting for so many times the interval of the rate goes even where nothing is free, so that it does not starve. */
const STARVED_AFTER = 5

// How late a busy event loop may be: what was missed meanwhile is made up for, and no more than that.
const LATE_MS = 40

/**
 * The pace of a rate limiter. 1. Bulk begins at even intervals; only what was late follows at once. 2. Without interactive work in
 * the last two seconds it has the whole rate. 3. With it, bulk leaves of each second as much as interactive work used in those two,
 * to a fifth of the rate, and never less than it uses now and one more: so much may come at once.
 */
export function createBulkPace(rate: Pick<RateLimiter, 'interval' | 'untilFree' | 'allowed'>): Pace {
  const interactive = createRecent()
  let dueAt = Number.NEGATIVE_INFINITY
  let lastAt = Number.NEGATIVE_INFINITY

  /** What interactive work uses of a second, and what is to be left for more of it. */
  function needs(): { readonly used: number; readonly spared: number } {
    const recent = interactive.within(REMEMBERED_MS)
    const used = interactive.within(SECOND_MS)
    return { used, spared: recent === 0 ? 0 : Math.max(1, Math.min(recent, Math.floor(rate.allowed() * SHARE)) - used) }
  }

  function interval(): number {
    const { used, spared } = needs()
    const allowed = rate.allowed()
    return (rate.interval() * allowed) / (spared === 0 ? allowed * ALONE : Math.max(allowed * SHARE, allowed - used - spared))
  }

  return {
    wait() {
      const now = performance.now()
      const untilStarved = lastAt + STARVED_AFTER * rate.interval() - now
      return Math.max(0, dueAt - now, Math.min(rate.untilFree(needs().spared), untilStarved))
    },
    noteBulk() {
      const now = performance.now()
      lastAt = now
      dueAt = Math.max(dueAt, now - Math.max(LATE_MS, interval())) + interval()
    },
    noteInteractive: interactive.note,
  }
}

const STEP_MS = 250

/** Counts what was noted lately, to a step: the times of thousands a second need not be kept. */
function createRecent() {
  const counts: number[] = Array(REMEMBERED_MS / STEP_MS).fill(0)
  let latest = 0

  function update(): number {
    const step = Math.floor(performance.now() / STEP_MS)
    for (let past = Math.max(latest + 1, step - counts.length + 1); past <= step; past++) counts[past % counts.length] = 0
    latest = step
    return step
  }

  return {
    note(): void {
      const at = update() % counts.length
      counts[at] = (counts[at] as number) + 1
    },
    within(ms: number): number {
      const step = update()
      let sum = 0
      for (let past = 0; past < ms / STEP_MS; past++) sum += counts[(step - past + counts.length) % counts.length] as number
      return sum
    },
  }
}
