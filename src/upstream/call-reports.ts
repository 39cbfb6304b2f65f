import type { RequestResult } from '../ingest/limits/circuit-breaker.ts'
import type { UnconfirmedReason } from '../ingest/outcome.ts'
import type { RequestOrigin } from '../util/request-origin.ts'

/** One call to the upstream, as followers see it. */
export interface UpstreamCall {
  readonly method: 'GET' | 'POST'
  /** The requests it is made for; all attempts at a batch share the same list object. */
  readonly origins: readonly RequestOrigin[]
  /** How many rows it carries; undefined for schema calls. */
  readonly rows?: number
  /** The request of each row, where these are not all the same. */
  readonly rowOrigins?: readonly RequestOrigin[] | undefined
  /** Since when (`performance.now`) the rows have been waiting. */
  readonly waitingSince?: number
}

/** Follows one call to its end. */
interface CallFollower {
  /** The trace context that it is to carry. */
  readonly traceparent?: string
  end(end: RequestResult): void
}

/** Called for each call as it leaves; returns a follower, or undefined where it need not be followed. */
export type FollowCall = (call: UpstreamCall) => CallFollower | undefined

interface ReportedCall {
  readonly rows?: number
  /** How long its rows had waited: in the queue, for a permit and the rate limit, or for a retry. */
  readonly waitedMs?: number
  readonly ms: number
  readonly status?: number
  /** Why there is no status. */
  readonly failure?: UnconfirmedReason | 'NOT_SENT'
}

const MAX_REPORTED = 100

/** The upstream calls made for one request. */
interface Watched {
  /** The first hundred, in the order in which they ended. */
  readonly reported: ReportedCall[]
  calls: number
  /** All of them together, in milliseconds. */
  ms: number
  /** When the last attempt for these requests ended. */
  readonly endedAt: WeakMap<readonly RequestOrigin[], number>
}

/** Reports upstream calls to the callers who ask for them; a request of which nobody asks costs one look-up per call. */
export function createUpstreamCalls() {
  // Whoever asks holds the origin as long as the answer is awaited.
  const watched = new WeakMap<RequestOrigin, Watched>()
  return {
    follow(call: UpstreamCall): CallFollower | undefined {
      if (!call.origins.some((origin) => watched.has(origin))) return undefined
      const own = new Set((call.rowOrigins ?? call.origins).flatMap((origin) => watched.get(origin) ?? []))
      const startedAt = performance.now()
      return {
        end(end) {
          for (const one of own) noteCall(one, call, startedAt, end)
        },
      }
    },
    /** Records the calls made for a request from now on; the returned function gives the report. */
    watch(origin: RequestOrigin): () => object {
      const own: Watched = { reported: [], calls: 0, ms: 0, endedAt: new WeakMap() }
      watched.set(origin, own)
      return () => ({ calls: own.calls, ms: Math.round(own.ms), attempts: own.reported })
    },
  }
}

function noteCall(own: Watched, call: UpstreamCall, startedAt: number, { kind, status, reason }: RequestResult): void {
  const now = performance.now()
  const { rows, waitingSince = startedAt, origins } = call
  const waitedMs = startedAt - Math.max(waitingSince, own.endedAt.get(origins) ?? 0)
  own.endedAt.set(origins, now)
  own.calls++
  own.ms += now - startedAt
  if (own.reported.length === MAX_REPORTED) return
  const failure = kind === 'unsent' ? 'NOT_SENT' : reason
  own.reported.push({
    ...(rows !== undefined && { rows, waitedMs: Math.round(waitedMs) }),
    ms: Math.round(now - startedAt),
    ...(status !== undefined && { status }),
    ...(failure !== undefined && { failure }),
  })
}
