/** Who wants a permit: a mutation that fills one upstream request at most, or a larger one. */
export type Caller = 'interactive' | 'bulk'

/** Runs so many tasks at once; the others wait. */
export interface FairSemaphore {
  run(caller: Caller, task: () => Promise<void>): void
  areBusy(): boolean
}

/** A semaphore whose permits go to interactive and bulk callers in turn while both wait, so that neither starves the other. */
export function createFairSemaphore(count: number): FairSemaphore {
  const waiting: Record<Caller, (() => Promise<void>)[]> = { interactive: [], bulk: [] }
  let taken = 0
  let last: Caller = 'bulk'

  function next(): (() => Promise<void>) | undefined {
    const other = last === 'bulk' ? 'interactive' : 'bulk'
    if (waiting[other].length > 0) last = other
    return waiting[last].shift()
  }

  async function work(): Promise<void> {
    taken++
    for (let task = next(); task !== undefined; task = next()) await task()
    taken--
  }

  return {
    run(caller, task) {
      waiting[caller].push(task)
      if (taken < count) void work()
    },
    areBusy: () => taken > 0,
  }
}
