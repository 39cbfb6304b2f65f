/** How late the event loop is, in milliseconds. */
export interface LoopLag {
  now(): number
  stop(): void
}

const EVERY_MS = 5

/** Watches the event loop by a timer that ought to fire every few milliseconds. */
export function watchLoopLag(): LoopLag {
  let due = performance.now() + EVERY_MS
  let last = 0
  const timer = setInterval(() => {
    const now = performance.now()
    last = now - due
    due = now + EVERY_MS
  }, EVERY_MS).unref()
  return { now: () => Math.max(last, performance.now() - due), stop: () => clearInterval(timer) }
}
