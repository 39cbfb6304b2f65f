import type { RateLimiter } from './rate-limiter.ts'

/** How urgent rows are: by default those of a mutation that fits into one upstream request are interactive, others bulk. */
export type Priority = 'interactive' | 'bulk'

/** A semaphore that is fair between the two priorities. */
export interface FairSemaphore {
  /** Runs a task when a permit is free. `priority` is called then: rows of another priority may have joined meanwhile. */
  run(priority: () => Priority, task: () => Promise<void>): void
  areBusy(): boolean
}

interface Waiting {
  readonly priority: () => Priority
  readonly task: () => Promise<void>
}

/**
 * A semaphore of `count` permits, which go to interactive and bulk tasks alternately while both wait, so that neither starves;
 * bulk tasks start only when the pace allows it.
 */
export function createFairSemaphore(count: number, pace: Pace): FairSemaphore {
  const waiting: Waiting[] = []
  let taken = 0
  let last: Priority = 'bulk'
  let isTimed = false

  function next(): Waiting | undefined {
    const other = last === 'bulk' ? 'interactive' : 'bulk'
    return takeOf(other) ?? takeOf(last)
  }

  function takeOf(priority: Priority): Waiting | undefined {
    if (priority === 'bulk' && pace.wait() > 0) return undefined
    const at = waiting.findIndex((entry) => entry.priority() === priority)
    if (at < 0) return undefined
    last = priority
    if (priority === 'bulk') pace.noteBulk()
    return waiting.splice(at, 1)[0]
  }

  async function work({ task }: Waiting): Promise<void> {
    taken++
    await task()
    taken--
    begin()
  }

  function begin(): void {
    while (taken < count && waiting.length > 0) {
      const entry = next()
      if (entry === undefined) {
        beginLater()
        return
      }
      void work(entry)
    }
  }

  function beginLater(): void {
    if (isTimed) return
    isTimed = true
    setTimeout(() => {
      isTimed = false
      begin()
    }, Math.ceil(pace.wait()))
  }

  return {
    run(priority, task) {
      if (priority() === 'interactive') pace.noteInteractive()
      waiting.push({ priority, task })
      begin()
    },
    areBusy: () => taken > 0 || waiting.length > 0,
  }
}

/** Paces bulk work, which shares a rate limit with interactive work. */
export interface Pace {
  /** Milliseconds until the next bulk task may start; 0 is now. */
  wait(): number
  noteBulk(): void
  noteInteractive(): void
}

/** How long interactive work is remembered: some of the rate is kept free for more of it. */
const REMEMBERED_MS = 2_000
const SECOND_MS = 1_000

/** The share of the rate that bulk always has, and the most that is kept free for interactive work. */
const SHARE = 0.2

// Without interactive work, bulk is paced a little faster than the rate, so that the rate limiter decides.
const ALONE = 1.05

/** After so many intervals of the rate, waiting bulk work starts even if it uses what is kept free, so that it does not starve. */
const STARVED_AFTER = 5

// How far a busy event loop may fall behind: bulk work due within this time starts at once, earlier work is not caught up on.
const LATE_MS = 60

/**
 * When bulk work may begin under a rate limiter.
 *
 *  1. It starts at even intervals. Where the event loop was late, tasks due in the last 60 ms (or in one interval, where that is
 *     longer) follow at once.
 *  2. Without interactive work in the last two seconds it has the whole rate.
 *  3. Otherwise as many requests per second are kept free as interactive work made in those two seconds: at most a fifth of the
 *     rate, and at least one more than it made in the last second.
 */
export function createBulkPace(rate: Pick<RateLimiter, 'untilFree' | 'allowed'>): Pace {
  const interactive = createRecent()
  let dueAt = Number.NEGATIVE_INFINITY
  let lastAt = Number.NEGATIVE_INFINITY

  /** Interactive requests in the last second, and how many more are kept free. */
  function needs(): { readonly used: number; readonly spared: number } {
    const recent = interactive.within(REMEMBERED_MS)
    const used = interactive.within(SECOND_MS)
    return { used, spared: recent === 0 ? 0 : Math.max(1, Math.min(recent, Math.floor(rate.allowed() * SHARE)) - used) }
  }

  function interval(): number {
    const { used, spared } = needs()
    const allowed = rate.allowed()
    return SECOND_MS / (spared === 0 ? allowed * ALONE : Math.max(allowed * SHARE, allowed - used - spared))
  }

  return {
    wait() {
      const now = performance.now()
      const untilStarved = lastAt + (STARVED_AFTER * SECOND_MS) / rate.allowed() - now
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

/** Counts recent events in buckets of a quarter of a second, so that thousands of times need not be kept. */
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
