import { vi } from 'vitest'

/**
 * Time that goes on by 2 ms at most in each turn of the event loop, until `vi.useRealTimers`: what answers in time does so on a
 * machine that is busy with something else as well. `vi.advanceTimersByTime` lets more pass.
 */
export function takePatientClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true, advanceTimeDelta: 2 })
}
