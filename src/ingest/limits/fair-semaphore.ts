import type { Pace } from './bulk-pace.ts'

/** How soon rows are wanted: those of a mutation that fills one upstream request at most are interactive, unless it says that it may wait. */
export type Priority = 'interactive' | 'bulk'

/** Runs so many tasks at once; the others wait. */
export interface FairSemaphore {
  /** Runs a task when a permit is free. Its priority is asked for at that time: until then rows of another priority may have joined it. */
  run(priority: () => Priority, task: () => Promise<void>): void
  areBusy(): boolean
}

interface Waiting {
  readonly priority: () => Priority
  readonly task: () => Promise<void>
}

/**
 * A semaphore whose permits go to interactive and bulk callers alternately while both wait, so that neither starves the other;
 * tasks of bulk callers begin when their pace allows it.
 */
export function createFairSemaphore(count: number, pace: Pace): FairSemaphore {
  const waiting: Waiting[] = []
  let taken = 0
  let last: Priority = 'bulk'
  let isTimed = false

  function next(): Waiting | undefined {
    const other = last === 'bulk' ? 'interactive' : 'bulk'
    return takeOf(other) ?? takeOf(last)
  }

  function takeOf(priority: Priority): Waiting | undefined {
    if (priority === 'bulk' && pace.wait() > 0) return undefined
    const at = waiting.findIndex((entry) => entry.priority() === priority)
    if (at < 0) return undefined
    last = priority
    if (priority === 'bulk') pace.noteBulk()
    return waiting.splice(at, 1)[0]
  }

  async function work({ task }: Waiting): Promise<void> {
    taken++
    await task()
    taken--
    begin()
  }

  function begin(): void {
    while (taken < count && waiting.length > 0) {
      const entry = next()
      if (entry === undefined) {
        beginLater()
        return
      }
      void work(entry)
    }
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
    run(priority, task) {
      if (priority() === 'interactive') pace.noteInteractive()
      waiting.push({ priority, task })
      begin()
    },
    areBusy: () => taken > 0 || waiting.length > 0,
  }
}
