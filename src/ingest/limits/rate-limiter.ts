/** A rate limiter: so many may pass in any one second, first come, first served. */
export interface RateLimiter {
  /** Lets the caller pass, synchronously where that is at once; undefined where the signal was aborted first. */
  pass(signal?: AbortSignal): Passage | Promise<Passage | undefined>
  /** How many have passed in the last second. */
  used(): number
  /** The current rate per second: less than configured for a while after a 429. */
  allowed(): number
  /** Milliseconds between two that pass at even intervals. */
  interval(): number
  /** Milliseconds until one may pass with room for `spared` more (at most the rate less one); infinite where that depends on requests that have not left yet. */
  untilFree(spared: number): number
  /** Halves the rate: the upstream answered 429 to a request that left at that time. */
  slowDown(leftAt: number): void
}

/** A sliding window with a rate that a 429 of the upstream halves. */
export function createRateLimiter(perSecond: number): RateLimiter {
  const rate = createAdaptiveRate(perSecond)
  const window = createSlidingWindow(callLater)
  const waiting: ((passage: Passage | undefined) => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let timedFor = Number.POSITIVE_INFINITY

  /** As `untilFree`; 0 is now. */
  function wait(spared = 0): number {
    const over = window.count() + spared - rate.allowed()
    return over < 0 ? 0 : Math.min(window.untilGone(over), rate.untilMore())
  }

  function letPass(): void {
    while (waiting.length > 0 && wait() === 0) waiting.shift()?.(window.enter())
    callLater()
  }

  /** Sets the timer, or sets it anew where a request was answered early and so drops out of the window earlier. */
  function callLater(): void {
    const at = waiting.length === 0 ? Number.POSITIVE_INFINITY : performance.now() + wait()
    if (at >= timedFor) return
    clearTimeout(timer)
    timedFor = at
    // On a busy event loop that time may have passed already.
    timer = setTimeout(onTime, Math.max(0, Math.ceil(at - performance.now())))
  }

  function onTime(): void {
    timedFor = Number.POSITIVE_INFINITY
    letPass()
  }

  /** A caller that has given up must not use the rate of those behind it. */
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
 * A rate that is halved when the upstream answers 429, and recovers by five a second every second, so that other jobs of the
 * tenant, and other replicas, get their share. A 429 to a request that left before the last halving says nothing about the
 * new rate.
 */
function createAdaptiveRate(perSecond: number) {
  let halvedTo = perSecond
  let halvedAt = Number.NEGATIVE_INFINITY

  function rate(): number {
    return Math.min(perSecond, halvedTo + ((performance.now() - halvedAt) * RECOVERY_PER_SECOND) / 1_000)
  }

  return {
    /** The current rate per second. */
    allowed: (): number => Math.max(1, Math.floor(rate())),
    /** Milliseconds until the rate is one higher; infinite at the full rate. */
    untilMore(): number {
      const now = rate()
      return now >= perSecond ? Number.POSITIVE_INFINITY : ((Math.floor(now) + 1 - now) * 1_000) / RECOVERY_PER_SECOND
    },
    /** Halves the rate: the upstream answered 429 to a request that left at that time. */
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
  /** Notes that the request is over: it was answered, or will never arrive. */
  readonly noteOver: () => void
}

const SECOND_MS = 1_000

/** A request without an answer counts as arrived this long after it left. */
const ARRIVES_WITHIN_MS = 50

/**
 * A sliding window over the requests that the upstream may count in its current second: those not known to have arrived, and those
 * that arrived within the last second. (A fixed window would let twice the rate pass around its edge.) A request counts as arrived
 * when it is answered, or 50 ms after it left where the answer takes longer. `onChange` is called when a request has left or was
 * answered, since it may now be known when it drops out.
 */
function createSlidingWindow(onChange: () => void) {
  let leaving = 0
  /** Requests that may not have arrived, and when they left, in that order. */
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
    /** Milliseconds until the entry at this place, counted from the oldest, drops out; infinite where it has not left yet. */
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

/** A queue of times, which are added in ascending order. */
function createArrivals() {
  let times: number[] = []
  // The first that is not forgotten: shifting thousands of entries one by one costs more than everything else here.
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
