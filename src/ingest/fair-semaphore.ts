import type { Pace } from '../util/bulk-pace.ts'

/** Who wants a permit: a mutation that fills one upstream request at most, or a larger one. */
export type Caller = 'interactive' | 'bulk'

/** Runs so many tasks at once; the others wait. */
export interface FairSemaphore {
  /** Whose task it is, is asked when it may begin: until then others may have joined it. */
  run(caller: () => Caller, task: () => Promise<void>): void
  areBusy(): boolean
}

interface Waiting {
  readonly caller: () => Caller
  readonly task: () => Promise<void>
}

/**
 * A semaphore whose permits go to interactive and bulk callers in turn while both wait, so that neither starves the other;
 * tasks of bulk callers begin at a pace.
 */
export function createFairSemaphore(count: number, pace: Pace): FairSemaphore {
  const waiting: Waiting[] = []
  let taken = 0
  let last: Caller = 'bulk'
  let isTimed = false

  function next(): Waiting | undefined {
    const other = last === 'bulk' ? 'interactive' : 'bulk'
    return takeOf(other) ?? takeOf(last)
  }

  function takeOf(caller: Caller): Waiting | undefined {
    if (waiting.length === 0 || (caller === 'bulk' && pace.wait() > 0)) return undefined
    const at = waiting.findIndex((entry) => entry.caller() === caller)
    if (at < 0) return undefined
    last = caller
    if (caller === 'bulk') pace.noteBulk()
    else pace.noteInteractive()
    return waiting.splice(at, 1)[0]
  }

  async function work({ task }: Waiting): Promise<void> {
    taken++
    await task()
    taken--
    begin()
  }

  function begin(): void {
    for (let entry = taken < count ? next() : undefined; entry !== undefined; entry = taken < count ? next() : undefined) void work(entry)
    if (taken < count && waiting.length > 0) beginLater()
  }

  function beginLater(): void {
    if (isTimed) return
    isTimed = true
    setTimeout(() => {
      isTimed = false
      begin()
    }, Math.ceil(pace.wait()))
  }

  return {
    run(caller, task) {
      if (caller() === 'interactive') pace.noteInteractive()
      waiting.push({ caller, task })
      begin()
    },
    areBusy: () => taken > 0 || waiting.length > 0,
  }
}
