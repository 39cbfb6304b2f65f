/** Rows of one time slice: then the event loop gets its turn, so that one large mutation does not starve small ones. */
export const ROWS_PER_SLICE = 2_000

/** How long one turn of the event loop may work before what takes long waits for another, in milliseconds. */
const TURN_MS = 20
/** And before everything does. */
const LONG_TURN_MS = 100

// One queue for the process: whatever takes long waits in it, and one of them runs a turn. All that arrived within one turn
// would otherwise be worked on before the next, however many they are.
const waiting: (() => void)[] = []
let turnBegan = 0

/** Resolves in a turn of its own; those who wait take turns in the order they came. */
export function nextSlice(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(runNext)
  })
}

/** The same where this turn has worked long enough; undefined where there is time left and nobody waits. */
export function sliceIfBusy(): Promise<void> | undefined {
  return isTurnOver(TURN_MS) || waiting.length > 0 ? nextSlice() : undefined
}

/** The same for what is done soon and waits for nobody: only thousands of it make a turn that long. */
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
  // Whoever has waited is not sent back for what others did before it in this turn.
  turnBegan = 0
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(runNext)
}

function endTurn(): void {
  turnBegan = 0
}

/** Does work for every index, a slice at a time, and something at the end of each; undefined when all was done in the first. */
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

/** Does work for one item after the other, each in a slice of its own; undefined when there was one at most. */
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
