import { setImmediate as nextTurn } from 'node:timers/promises'

/** Rows worked on before the event loop is given back, so that one large mutation does not starve small ones. */
const ROWS_PER_TURN = 2_000

/** Does work for every index, a turn's worth at a time, and something at the end of each; undefined when all was done in the first. */
export function inTurns(count: number, work: (index: number) => void, endOfTurn: () => void = () => {}): Promise<void> | undefined {
  const end = Math.min(count, ROWS_PER_TURN)
  for (let index = 0; index < end; index++) work(index)
  endOfTurn()
  return end < count ? goOn(end, count, work, endOfTurn) : undefined
}

async function goOn(from: number, count: number, work: (index: number) => void, endOfTurn: () => void): Promise<void> {
  for (let start = from; start < count; start += ROWS_PER_TURN) {
    await nextTurn()
    for (let index = start; index < Math.min(count, start + ROWS_PER_TURN); index++) work(index)
    endOfTurn()
  }
}
