import type { RateLimiter } from './rate-limiter.ts'

/** How soon rows are wanted: those of a mutation that fills one upstream request at most are interactive, unless it says that it may wait. */
export type Priority = 'interactive' | 'bulk'

/** Runs so many tasks at once; the others wait. */
export interface FairSemaphore {
  /** Runs a task when a permit is free. Its priority is asked for at that time: until then rows of another priority may have joined it. */
  run(priority: () => Priority, task: () => Promise<void>): void
  areBusy(): boolean
}

interface Waiting {
  readonly priority: () => Priority
  readonly task: () => Promise<void>
}

/**
 * A semaphore whose permits go to interactive and bulk callers alternately while both wait, so that neither starves the other;
 * tasks of bulk callers begin when their pace allows it.
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

/** When bulk work may begin, beside interactive work that shares its rate. */
export interface Pace {
  /** Milliseconds until the next may begin; 0 is now. */
  wait(): number
  noteBulk(): void
  noteInteractive(): void
}

/** How long interactive work is remembered: some of the rate is kept free for more of it. */
const REMEMBERED_MS = 2_000
const SECOND_MS = 1_000

/** The share of the rate that bulk always has; no more than that is kept free for interactive work that may come. */
const SHARE = 0.2

// Without interactive work, bulk is paced a little faster than the rate, so that the rate limiter decides.
const ALONE = 1.05

/** Bulk that has waited for so many intervals of the rate begins even where nothing is kept free, so that it does not starve. */
const STARVED_AFTER = 5

// How late a busy event loop may call: bulk that was due within that time begins at once, what was due before is not made up for.
const LATE_MS = 60

/**
 * When bulk work may begin under a rate limiter.
 *
 *  1. It begins at even intervals. Where the event loop was late, what was due meanwhile follows at once: that of 60 ms, or of one
 *     interval where that is longer.
 *  2. Without interactive work in the last two seconds it has the whole rate.
 *  3. With it, as many requests of each second are kept free as interactive work made in those two seconds: a fifth of the rate at
 *     most, and at least one more than it made in the last one.
 */
export function createBulkPace(rate: Pick<RateLimiter, 'interval' | 'untilFree' | 'allowed'>): Pace {
  const interactive = createRecent()
  let dueAt = Number.NEGATIVE_INFINITY
  let lastAt = Number.NEGATIVE_INFINITY

  /** Requests of interactive work in the last second, and how many further ones are kept free for it. */
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

/** Counts what was noted lately, in steps of a quarter of a second: the times of thousands a second need not be kept. */
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
