import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult, type IBackoff } from 'cockatiel'
import type { RequestOrigin } from '../util/request-origin.ts'
import type { UnconfirmedReason } from './outcome.ts'
import type { Withheld } from './upstream-port.ts'

/** What breaker and rate look at in the result of a request: how it ended, with which status and, where no answer can be relied on, why. */
export interface RequestResult {
  readonly kind: string
  readonly status?: number
  readonly reason?: UnconfirmedReason
}

/** Keeps requests from an upstream that fails one after the other. */
export interface Breaker {
  /** Whether a request would be withheld now. */
  isOpen(): boolean
  /** Sends something for these origins, or answers at once that it was withheld. */
  run<T extends RequestResult>(origins: readonly RequestOrigin[], send: () => Promise<T>): Promise<T | Withheld>
}

const FAILURES_TO_OPEN = 10
const PROBE_EVERY_MS = 1_050

/** The result of a request that was not sent because the upstream has been failing. */
export const UPSTREAM_DOWN: Withheld = Object.freeze({ kind: 'withheld', code: 'UPSTREAM_UNAVAILABLE' })

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
    handleWhenResult((result) => isFailure(result as RequestResult)),
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

/** Whether a result says that the upstream is not there: nothing left, or no answer came but a 5xx. */
export function isFailure({ kind, reason }: RequestResult): boolean {
  return kind === 'unsent' || (kind === 'lost' && reason !== 'UNREADABLE_ANSWER')
}
