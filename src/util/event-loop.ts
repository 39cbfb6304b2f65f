import { performance } from 'node:perf_hooks'

/** How busy the event loop is. */
export interface EventLoopLoad {
  /** Whether it worked for more than a third of the last 20 to 40 ms: what comes then mostly waits behind other work. */
  isBusy(): boolean
  stop(): void
}

const SAMPLE_MS = 20
// With a half, word of a refusal took 12 to 16 ms at five times capacity, with this 6 to 11 (p99, `npm run fire -- overload`).
const BUSY = 0.35

/** Watches event-loop utilisation over one to two samples. */
export function watchEventLoop(): EventLoopLoad {
  let before = performance.eventLoopUtilization()
  let last = before
  const timer = setInterval(() => {
    before = last
    last = performance.eventLoopUtilization()
  }, SAMPLE_MS).unref()
  return { isBusy: () => performance.eventLoopUtilization(before).utilization > BUSY, stop: () => clearInterval(timer) }
}
