import { setImmediate as nextTurn } from 'node:timers/promises'

/** Rows worked on before the event loop is given back, so that one large mutation does not starve small ones. */
const ROWS_PER_TURN = 2_000

/** Does work for every index, a turn's worth at a time; undefined when it was all done in the first. */
export function inTurns(count: number, work: (index: number) => void): Promise<void> | undefined {
  const end = Math.min(count, ROWS_PER_TURN)
  for (let index = 0; index < end; index++) work(index)
  return end < count ? goOn(end, count, work) : undefined
}

async function goOn(from: number, count: number, work: (index: number) => void): Promise<void> {
  for (let index = from; index < count; index++) {
    if (index % ROWS_PER_TURN === 0) await nextTurn()
    work(index)
  }
}
