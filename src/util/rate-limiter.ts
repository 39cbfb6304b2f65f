import { createAdaptiveRate } from './adaptive-rate.ts'

/** Lets so many pass in any one second, first come first. */
export interface RateGate {
  /** Resolves when the caller may go, or when the signal ends: it has not passed then. Undefined when it may go at once. */
  pass(signal?: AbortSignal): Promise<void> | undefined
  /** How many have passed in the last second. */
  used(): number
  /** Lets fewer pass for a while: the upstream asked for patience about a request that left then. */
  slowDown(leftAt: number): void
}

// Requests that leave a second apart may arrive closer together; the upstream counts what arrives.
const WINDOW_MS = 1_050

/** A sliding window on a clock that never jumps: not a fixed one, which lets twice the rate pass around its edge. */
export function createRateGate(perSecond: number): RateGate {
  const rate = createAdaptiveRate(perSecond)
  let passed: number[] = []
  // Where the window begins in it: shifting thousands of entries one by one costs more than all else here.
  let first = 0
  const waiting: (() => void)[] = []
  let isTimed = false

  /** Milliseconds until the next may pass; 0 is now. */
  function wait(): number {
    const now = performance.now()
    while (first < passed.length && now - (passed[first] as number) >= WINDOW_MS) first++
    if (first > passed.length / 2) {
      passed = passed.slice(first)
      first = 0
    }
    const over = passed.length - first - rate.allowed()
    return over < 0 ? 0 : Math.min(WINDOW_MS - (now - (passed[first + over] as number)), rate.untilMore())
  }

  function letPass(): void {
    while (waiting.length > 0 && wait() === 0) {
      passed.push(performance.now())
      waiting.shift()?.()
    }
    callLater()
  }

  function callLater(): void {
    if (isTimed || waiting.length === 0) return
    isTimed = true
    setTimeout(() => {
      isTimed = false
      letPass()
    }, Math.ceil(wait()))
  }

  /** Whoever gives up leaves the queue: it would use up the rate of those behind it. */
  function withdraw(go: () => void): void {
    const at = waiting.indexOf(go)
    if (at >= 0) waiting.splice(at, 1)
    go()
  }

  return {
    slowDown: rate.slowDown,
    used: () => {
      wait()
      return passed.length - first
    },
    pass(signal) {
      if (waiting.length === 0 && wait() === 0) return void passed.push(performance.now())
      return new Promise((resolve) => {
        waiting.push(resolve)
        signal?.addEventListener('abort', () => withdraw(resolve), { once: true })
        callLater()
      })
    },
  }
}
