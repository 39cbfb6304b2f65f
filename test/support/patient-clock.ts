import { afterAll, beforeAll, vi } from 'vitest'

/**
 * Gives the tests of a file a time that goes on by 2 ms at most in each turn of the event loop: what answers in time does so on a
 * machine that is busy with something else as well. `vi.advanceTimersByTime` lets more pass.
 */
export function usePatientClock(): void {
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true, advanceTimeDelta: 2 })
  })
  afterAll(() => {
    vi.useRealTimers()
  })
}
