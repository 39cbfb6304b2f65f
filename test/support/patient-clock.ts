import { createRequire } from 'node:module'
import { afterAll, beforeAll, vi } from 'vitest'

/** What undici lets tests do with the one timer that all its connections share. */
const connectionTimers: { reset(): void } = createRequire(import.meta.url)('undici/lib/util/timers.js')

/**
 * Gives the tests of a file a time that goes on by 2 ms at most in each turn of the event loop: what answers in time does so on a
 * machine that is busy with something else as well. `vi.advanceTimersByTime` lets more pass.
 */
export function usePatientClock(): void {
  beforeAll(() => {
    connectionTimers.reset()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true, advanceTimeDelta: 2 })
  })
  afterAll(() => {
    // It would go on by a clock that stands still from now on, and no other file of this process would see a time limit of undici's.
    connectionTimers.reset()
    vi.useRealTimers()
  })
}
