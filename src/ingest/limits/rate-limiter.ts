/** A rate limiter: so many may pass in any one second, first come, first served. */
export interface RateLimiter {
  /** Lets the caller pass, synchronously where that is at once; undefined where the signal was aborted first. */
  pass(signal?: AbortSignal): Passage | Promise<Passage | undefined>
  /** How many count now: those of the last second, and the latest without an answer. */
  used(): number
  /** The current rate per second: less than configured for a while after a 429. */
  allowed(): number
  /** Milliseconds until one may pass with room for `spared` more (at most the rate less one); infinite where that depends on requests that have not left yet, or on answers. */
  untilFree(spared: number): number
  /** Halves the rate: the upstream answered 429 to a request that left at that time. */
  slowDown(leftAt: number): void
}

/** A sliding window with a rate that a 429 of the upstream halves. */
export function createRateLimiter(perSecond: number): RateLimiter {
  const rate = createAdaptiveRate(perSecond)
  const window = createSlidingWindow(() => Math.floor(rate.allowed() * HELD_SHARE), callLater)
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

/** A request without an answer counts as arrived this long after it left, unless it is held. */
const ARRIVES_WITHIN_MS = 50

/** The share of the rate that requests without an answer may hold: 8 of 50, which is all that a tenant may have in flight by default. */
const HELD_SHARE = 1 / 6

/**
 * A sliding window over the requests that the upstream may count in its current second: those not known to have arrived, and those
 * that arrived within the last second. (A fixed window would let twice the rate pass around its edge.) An answer shows that a request
 * has arrived. The latest `held()` without one count until it comes, since a busy machine may deliver them at any time; those before
 * them count as arrived 50 ms after they left, so that slow answers do not use the rate up. `onChange` is called when a request has left
 * or was answered, since it may now be known when it drops out.
 */
function createSlidingWindow(held: () => number, onChange: () => void) {
  const leaving = new Set<Passage>()
  /** Requests that may not have arrived, and when they left, in that order. */
  const underWay = new Map<Passage, number>()
  const arrivals = createArrivals()

  function update(): void {
    const now = performance.now()
    for (const [passage, leftAt] of underWay) {
      if (underWay.size <= held() || now - leftAt < ARRIVES_WITHIN_MS) break
      underWay.delete(passage)
      arrivals.add(leftAt + ARRIVES_WITHIN_MS)
    }
    arrivals.forgetUntil(now - SECOND_MS)
  }

  /** When the entry of that place arrived, or will have at the latest; infinite where that is open. */
  function arrivalOf(place: number): number {
    const known = arrivals.at(place)
    if (known !== undefined) return known
    const at = place - arrivals.count()
    const leftAt = at < underWay.size - held() ? [...underWay.values()][at] : undefined
    return leftAt === undefined ? Number.POSITIVE_INFINITY : leftAt + ARRIVES_WITHIN_MS
  }

  return {
    count(): number {
      update()
      return leaving.size + underWay.size + arrivals.count()
    },
    /** Milliseconds until the entry at this place, counted from the oldest, drops out; infinite where it has not left yet, or is held. */
    untilGone: (place: number): number => SECOND_MS - (performance.now() - arrivalOf(place)),
    enter(): Passage {
      const passage: Passage = {
        noteLeft() {
          if (!leaving.delete(passage)) return
          underWay.set(passage, performance.now())
          onChange()
        },
        noteOver() {
          update()
          if (leaving.delete(passage) || underWay.delete(passage)) arrivals.add(performance.now())
          onChange()
        },
      }
      leaving.add(passage)
      return passage
    },
  }
}

/** A queue of times in ascending order: one that is earlier than the last counts as the last. */
function createArrivals() {
  let times: number[] = []
  // The first that is not forgotten: shifting thousands of entries one by one costs more than everything else here.
  let first = 0

  return {
    count: () => times.length - first,
    at: (place: number) => times[first + place],
    add: (at: number) => void times.push(Math.max(at, times.at(-1) ?? at)),
    forgetUntil(time: number): void {
      while (first < times.length && (times[first] as number) <= time) first++
      if (first <= times.length / 2) return
      times = times.slice(first)
      first = 0
    },
  }
}
