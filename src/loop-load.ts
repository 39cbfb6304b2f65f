import { performance } from 'node:perf_hooks'

/** How busy the event loop is. */
export interface LoopLoad {
  /** Whether it worked for most of the last moment: whatever is added then waits behind all else. */
  isBusy(): boolean
  stop(): void
}

const MOMENT_MS = 20
const BUSY = 0.5

/** Watches the share of time for which the event loop was not idle, over one to two moments. */
export function watchLoopLoad(): LoopLoad {
  let before = performance.eventLoopUtilization()
  let last = before
  const timer = setInterval(() => {
    before = last
    last = performance.eventLoopUtilization()
  }, MOMENT_MS).unref()
  return { isBusy: () => performance.eventLoopUtilization(before).utilization > BUSY, stop: () => clearInterval(timer) }
}
