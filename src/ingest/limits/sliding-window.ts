/** A request that has entered a window. */
export interface Passage {
  /** Notes that it has left, or never will; calling it again does nothing. */
  readonly noteLeft: () => void
  /** Notes that the request is over: it was answered, and so has arrived, or will never arrive. */
  readonly noteOver: () => void
}

/** How long the window is. */
export const SECOND_MS = 1_000

/** A request that was not answered yet counts as arrived so long after it left. */
const ARRIVES_WITHIN_MS = 50

/**
 * Counts the requests that the upstream may count in its current second: those that are not known to have arrived, and those that
 * arrived within the last second. A fixed window would let twice the rate pass around its edge. A request counts as arrived when it
 * is answered, or 50 ms after it left where the answer takes longer. `onChange` is called when a request has left or was answered:
 * from then on it may be known when it drops out. The clock is one that never jumps.
 */
export function createSlidingWindow(onChange: () => void) {
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

  function noteLeft(passage: Passage): void {
    leaving--
    underWay.set(passage, performance.now())
    onChange()
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
          if (isLeaving) noteLeft(passage)
          isLeaving = false
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
