import type { RequestOrigin } from '../../util/request-origin.ts'
import type { UnconfirmedReason } from '../outcome.ts'
import type { Withheld } from '../upstream-port.ts'

/** As much of the result of a request as breakers and metrics need: how it ended, its status, and why no answer is reliable. */
export interface RequestResult {
  readonly kind: string
  readonly status?: number
  readonly reason?: UnconfirmedReason
}

/** A circuit breaker: stops sending to an upstream that keeps failing. */
interface Breaker {
  /** Whether a request would be withheld now. */
  isOpen(): boolean
  /** Sends a request, or answers at once that it was withheld. */
  run<T extends RequestResult>(origins: readonly RequestOrigin[], send: () => Promise<T>): Promise<T | Withheld>
}

const FAILURES_TO_OPEN = 10
const PROBE_EVERY_MS = 1_050

/** The result of a request that was not sent because the upstream has been failing. */
export const UPSTREAM_DOWN: Withheld = Object.freeze({ kind: 'withheld', failure: 'FINAL', code: 'UPSTREAM_UNAVAILABLE' })

/**
 * A breaker that opens after ten failures in a row and then lets one probe a second through. Answers of any kind, refusals
 * and 429 among them, show that the upstream is there; only silence, broken connections and 5xx count as failures.
 */
export function createBreaker(onChange: (isOpen: boolean, origins: readonly RequestOrigin[]) => void): Breaker {
  let failures = 0
  // When a probe may go (`performance.now`); undefined while the breaker is closed.
  let probeAt: number | undefined
  let isProbing = false

  function turn(isOpen: boolean, origins: readonly RequestOrigin[]): void {
    const wasOpen = probeAt !== undefined
    probeAt = isOpen ? performance.now() + PROBE_EVERY_MS : undefined
    // A probe that fails leaves it open, which is no change.
    if (isOpen !== wasOpen) onChange(isOpen, origins)
  }

  function note(hasFailed: boolean, isProbe: boolean, origins: readonly RequestOrigin[]): void {
    failures = hasFailed ? failures + 1 : 0
    // Results of requests that left before it opened no longer count: the probe decides.
    if (isProbe) turn(hasFailed, origins)
    else if (probeAt === undefined && failures >= FAILURES_TO_OPEN) turn(true, origins)
  }

  // Others do not wait for a probe, which may take as long as an attempt: they are withheld meanwhile.
  const isOpen = () => probeAt !== undefined && (isProbing || performance.now() < probeAt)
  return {
    isOpen,
    async run(origins, send) {
      if (isOpen()) return UPSTREAM_DOWN
      const isProbe = probeAt !== undefined
      isProbing = isProbe
      try {
        const result = await send()
        // A request that was withheld further on says nothing about the upstream.
        if (result.kind !== 'withheld') note(isFailure(result), isProbe, origins)
        return result
      } finally {
        if (isProbe) isProbing = false
      }
    },
  }
}

/** Whether a result counts as a failure: nothing left, no answer came, or a 5xx. */
export function isFailure({ kind, reason }: RequestResult): boolean {
  return kind === 'unsent' || (kind === 'lost' && reason !== 'UNREADABLE_ANSWER')
}

/** A circuit breaker of the host, shared by all tenants. */
export interface HostBreaker extends Pick<Breaker, 'isOpen'> {
  run<T extends RequestResult>(tenantId: string, origins: readonly RequestOrigin[], send: () => Promise<T>): Promise<T | Withheld>
}

/** How many failures of one tenant count here; further ones count for its own breaker only. */
const COUNTED_PER_TENANT = 2

/**
 * A breaker for all tenants that no tenant can open alone. 1. Of each tenant two failures in a row count, so opening it takes
 * five tenants. 2. A failure counts only if nobody was answered after its request had left: a timeout tells of the past.
 * 3. Any answer resets the count. 4. While it is open, only its probe counts.
 */
export function createHostBreaker(onChange: Parameters<typeof createBreaker>[0]): HostBreaker {
  const failures = new Map<string, number>()
  let answeredAt = Number.NEGATIVE_INFINITY
  let isShut = false
  const breaker = createBreaker((isOpen, origins) => {
    isShut = isOpen
    failures.clear()
    onChange(isOpen, origins)
  })

  function counts(tenantId: string, result: RequestResult, leftAt: number): boolean {
    if (result.kind === 'withheld') return false
    if (!isFailure(result)) {
      answeredAt = performance.now()
      const endsCount = failures.size > 0
      failures.clear()
      return endsCount
    }
    const earlier = failures.get(tenantId) ?? 0
    if (leftAt < answeredAt || earlier >= COUNTED_PER_TENANT) return false
    failures.set(tenantId, earlier + 1)
    return true
  }

  return {
    isOpen: breaker.isOpen,
    async run(tenantId, origins, send) {
      if (isShut) return await breaker.run(origins, send)
      const leftAt = performance.now()
      const result = await send()
      if (!isShut && counts(tenantId, result, leftAt)) await breaker.run(origins, async () => result)
      return result
    },
  }
}
