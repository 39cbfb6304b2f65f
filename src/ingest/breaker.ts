import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult, type IBackoff } from 'cockatiel'
import type { RequestOrigin } from '../request-origin.ts'
import type { Answer } from './upstream-port.ts'

/** Keeps requests from an upstream that fails one after the other. */
export interface Breaker {
  /** Whether a request would be withheld now. */
  isOpen(): boolean
  /** Sends rows of these origins, or answers at once that they were withheld. */
  run(origins: readonly RequestOrigin[], send: () => Promise<Answer>): Promise<Answer>
}

const FAILURES_TO_OPEN = 10
const PROBE_EVERY_MS = 1_050

/** The answer to rows that were not sent because the upstream has been failing. */
export const UPSTREAM_DOWN: Answer = Object.freeze({ kind: 'withheld', code: 'UPSTREAM_UNAVAILABLE' })

/**
 * A breaker that opens after ten failures in a row and then lets one probe a second through. Answers of any kind, refusals
 * and 429 among them, show that the upstream is there; only silence, broken connections and 5xx count as failures.
 */
export function createBreaker(onChange: (isOpen: boolean, origins: readonly RequestOrigin[]) => void): Breaker {
  let shutUntil = 0
  let wasOpen = false
  // A probe that fails opens it once more, which is no news.
  const note = (isOpen: boolean, origins: readonly RequestOrigin[]) => {
    if (isOpen !== wasOpen) onChange(isOpen, origins)
    wasOpen = isOpen
  }
  // Cockatiel reads the wall clock, and a jump of that would hold the breaker open; this pause ends by a clock that never jumps.
  const pause: IBackoff<unknown> = {
    get duration() {
      return performance.now() < shutUntil ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    },
    next: () => {
      shutUntil = performance.now() + PROBE_EVERY_MS
      return pause
    },
  }
  const policy = circuitBreaker(
    handleWhenResult((answer) => isFailure(answer as Answer)),
    { halfOpenAfter: pause, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  )
  // Half open, cockatiel has others wait for the probe, which may take as long as an attempt; here they are answered at once.
  const isOpen = () => policy.state === CircuitState.HalfOpen || (policy.state === CircuitState.Open && performance.now() < shutUntil)
  return {
    isOpen,
    async run(origins, send) {
      if (isOpen()) return UPSTREAM_DOWN
      try {
        return await policy.execute(send)
      } finally {
        note(policy.state !== CircuitState.Closed, origins)
      }
    },
  }
}

function isFailure(answer: Answer): boolean {
  return answer.kind === 'unsent' || (answer.kind === 'lost' && answer.reason !== 'UNREADABLE_ANSWER')
}
