/** Rows worked on in one time slice; then the event loop continues, so that a large mutation does not starve small ones. */
export const ROWS_PER_SLICE = 2_000

/** How long one turn of the event loop may work before long tasks wait for another turn, in milliseconds. */
const TURN_MS = 20
/** The same for all tasks. */
const LONG_TURN_MS = 100

// One queue for the process, of which one task runs per turn. Otherwise all tasks that arrived in one turn would run before the
// next, however many there are.
const waiting: (() => void)[] = []
let turnBegan = 0

/** Resolves in a later turn of the event loop, shared with no other waiting task; first come, first served. */
export function nextSlice(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(runNext)
  })
}

/** As `nextSlice`, if this turn has worked long enough or others wait; otherwise undefined. */
export function sliceIfBusy(): Promise<void> | undefined {
  return isTurnOver(TURN_MS) || waiting.length > 0 ? nextSlice() : undefined
}

/** As `nextSlice`, for short tasks that do not queue: only if this turn has worked for very long; otherwise undefined. */
export function sliceIfLate(): Promise<void> | undefined {
  return isTurnLong() ? nextSlice() : undefined
}

/** Whether this turn has worked so long that everything else is to wait for another. */
export function isTurnLong(): boolean {
  return isTurnOver(LONG_TURN_MS)
}

function isTurnOver(limitMs: number): boolean {
  const now = performance.now()
  if (turnBegan === 0) {
    turnBegan = now
    setImmediate(endTurn)
  }
  return now - turnBegan > limitMs
}

function runNext(): void {
  // A task that has waited gets a full turn, whatever others did before it in this one.
  turnBegan = 0
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(runNext)
}

function endTurn(): void {
  turnBegan = 0
}

/** Does work for every index, a slice at a time, and calls `endOfSlice` after each; undefined when one slice was enough. */
export function inSlices(count: number, work: (index: number) => void, endOfSlice: () => void = () => {}): Promise<void> | undefined {
  return eachInSlice(startsOf(count), (start) => {
    const end = Math.min(count, start + ROWS_PER_SLICE)
    for (let index = start; index < end; index++) work(index)
    endOfSlice()
  })
}

function* startsOf(count: number): Iterable<number> {
  for (let start = 0; start < count || start === 0; start += ROWS_PER_SLICE) yield start
}

/** Does work for each item in turn, each in its own slice; undefined if there was at most one item. */
export function eachInSlice<Item>(items: Iterable<Item>, work: (item: Item) => void): Promise<void> | undefined {
  const left = items[Symbol.iterator]()
  const first = left.next()
  if (first.done) return undefined
  work(first.value)
  const second = left.next()
  return second.done ? undefined : goOn(second, left, work)
}

async function goOn<Item>(first: IteratorResult<Item>, left: Iterator<Item>, work: (item: Item) => void): Promise<void> {
  for (let next = first; !next.done; next = left.next()) {
    await nextSlice()
    work(next.value)
  }
}
