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

/** A request that has entered a window. */
export interface Passage {
  /** Notes that it has left, or never will; calling it again does nothing. */
  readonly noteLeft: () => void
  /** Notes that the request is over: it was answered, and so has arrived, or will never arrive. */
  readonly noteOver: () => void
}

const SECOND_MS = 1_000

/** A request that was not answered yet counts as arrived so long after it left. */
const ARRIVES_WITHIN_MS = 50

/**
 * Counts the requests that the upstream may count in its current second: those that are not known to have arrived, and those that
 * arrived within the last second. A fixed window would let twice the rate pass around its edge. A request counts as arrived when it
 * is answered, or 50 ms after it left where the answer takes longer. `onChange` is called when a request has left or was answered:
 * from then on it may be known when it drops out. The clock is one that never jumps.
 */
function createSlidingWindow(onChange: () => void) {
  let leaving = 0
  /** When those left that may not have arrived, in that order. */
  const underWay = new Map<Passage, number>()
  const arrivals = createArrivals()

  function update(): void {
    const now = performance.now()
    for (const [passage, leftAt] of underWay) {
      if (now - leftAt < ARRIVES_WITHIN_MS) break
      underWay.delete(passage)
      arrivals.add(leftAt + ARRIVES_WITHIN_MS)
    }
    arrivals.forgetUntil(now - SECOND_MS)
  }

  /** When the entry of that place arrived, or will have at the latest. */
  function arrivalOf(place: number): number {
    const known = arrivals.at(place)
    if (known !== undefined) return known
    const leftAt = [...underWay.values()][place - arrivals.count()]
    return leftAt === undefined ? Number.POSITIVE_INFINITY : leftAt + ARRIVES_WITHIN_MS
  }

  return {
    count(): number {
      update()
      return leaving + underWay.size + arrivals.count()
    },
    /** Milliseconds until the entry of that place, from the oldest, is out of the window; infinite where it has not left yet. */
    untilGone: (place: number): number => SECOND_MS - (performance.now() - arrivalOf(place)),
    enter(): Passage {
      let isLeaving = true
      const passage: Passage = {
        noteLeft() {
          if (!isLeaving) return
          isLeaving = false
          leaving--
          underWay.set(passage, performance.now())
          onChange()
        },
        noteOver() {
          passage.noteLeft()
          update()
          if (underWay.delete(passage)) arrivals.add(performance.now())
          onChange()
        },
      }
      leaving++
      return passage
    },
  }
}

/** Times in the order in which they are added, which is their own. */
function createArrivals() {
  let times: number[] = []
  // Where those begin that are not forgotten: shifting thousands of entries one by one costs more than all else here.
  let first = 0

  return {
    count: () => times.length - first,
    at: (place: number) => times[first + place],
    add: (at: number) => void times.push(at),
    forgetUntil(time: number): void {
      while (first < times.length && (times[first] as number) <= time) first++
      if (first <= times.length / 2) return
      times = times.slice(first)
      first = 0
    },
  }
}
