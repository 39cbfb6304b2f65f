import { setImmediate as nextTurn } from 'node:timers/promises'

/** Rows worked on before the event loop is given back, so that one large mutation does not starve small ones. */
export const ROWS_PER_TURN = 2_000

/** Does work for every index, a turn's worth at a time, and something at the end of each; undefined when all was done in the first. */
export function inTurns(count: number, work: (index: number) => void, endOfTurn: () => void = () => {}): Promise<void> | undefined {
  return eachInTurn(startsOf(count), (start) => {
    const end = Math.min(count, start + ROWS_PER_TURN)
    for (let index = start; index < end; index++) work(index)
    endOfTurn()
  })
}

function* startsOf(count: number): Iterable<number> {
  for (let start = 0; start < count || start === 0; start += ROWS_PER_TURN) yield start
}

/** Does work for one item after the other, each in a turn of its own; undefined when there was one at most. */
export function eachInTurn<Item>(items: Iterable<Item>, work: (item: Item) => void): Promise<void> | undefined {
  const left = items[Symbol.iterator]()
  const first = left.next()
  if (first.done) return undefined
  work(first.value)
  const second = left.next()
  return second.done ? undefined : goOn(second, left, work)
}

async function goOn<Item>(first: IteratorResult<Item>, left: Iterator<Item>, work: (item: Item) => void): Promise<void> {
  for (let next = first; !next.done; next = left.next()) {
    await nextTurn()
    work(next.value)
  }
}
