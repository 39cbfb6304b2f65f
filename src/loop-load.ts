import { performance } from 'node:perf_hooks'

/** How busy the event loop is. */
export interface LoopLoad {
  /** Whether it worked for more than a third of the last moment: what comes then mostly waits behind other work. */
  isBusy(): boolean
  stop(): void
}

const MOMENT_MS = 20
// With a half, word of a refusal took 12 to 16 ms at five times capacity, with this 6 to 11 (p99, `npm run fire -- overload`).
const BUSY = 0.35

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
