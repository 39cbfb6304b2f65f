import type { IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
import { GatewayError } from '../errors.ts'
import type { Authenticate, Caller } from '../identity.ts'
import type { MemoryBudget } from '../util/memory-budget.ts'
import { type Cors, isOfOwnPage } from './cors.ts'
import { countHeader } from './request-head.ts'

export interface AdmissionOptions {
  readonly authenticate: Authenticate
  /** The gateway lends callers a token of its own, so pages of foreign origins are refused. */
  readonly lendsToken: boolean
  readonly cors: Cors
  readonly memory: MemoryBudget
  /** Whether a tenant's queue of rows is about full. */
  readonly isQueueFull: (tenantId: string) => boolean
  readonly onShed: (scope: 'process' | 'tenant') => void
}

/** Decides whether a request is read at all. */
export interface Admission {
  /** The caller, or the error to decline the request with before any of it is read. */
  admit(request: IncomingMessage): Caller | GatewayError | Promise<Caller | GatewayError>
  stop(): void
}

const FOREIGN_PAGE = new GatewayError(
  'ORIGIN_NOT_ALLOWED',
  'Pages of this origin may not use the token of this gateway; its operator can list them in CORS_ORIGINS.',
)
const MEMORY_FULL = new GatewayError(
  'OVERLOADED',
  'Overloaded: requests in progress hold all the memory set aside for them. Nothing was read.',
)
const QUEUE_FULL = new GatewayError('OVERLOADED', "Overloaded: this token's queue is full. Nothing was read.")

// Node joins them into one key, which nobody sent.
const TWO_KEYS = new GatewayError('BAD_REQUEST', 'This request has more than one Idempotency-Key header: send one.')

// Node keeps the first, a balancer may hash the last, so neither identifies the caller.
const TWO_TOKENS = {
  refusal: new GatewayError('UNAUTHENTICATED', 'This request has more than one Authorization header: send one, with your token.'),
}

/**
 * Checks in this order: foreign pages, shedding for the process, repeated headers, authentication, shedding for the tenant. With the memory
 * spent, every request is shed; while the event loop is busy, only those that a full queue would refuse anyway.
 */
export function createAdmission({ authenticate, lendsToken, cors, memory, isQueueFull, onShed }: AdmissionOptions): Admission {
  const loop = watchEventLoop()
  const shed = (scope: 'process' | 'tenant', error: GatewayError) => {
    onShed(scope)
    return error
  }
  const shedOfTenant = (tenantId: string) => (loop.isBusy() && isQueueFull(tenantId) ? shed('tenant', QUEUE_FULL) : undefined)

  return {
    admit(request) {
      const { method, headers, rawHeaders } = request
      if (lendsToken && !isOfOwnPage(request, cors)) return FOREIGN_PAGE
      if (memory.isSpent()) return shed('process', MEMORY_FULL)
      if (countHeader(rawHeaders, 'idempotency-key') > 1) return TWO_KEYS
      const orShed = (caller: Caller) => ('tenant' in caller && method === 'POST' && shedOfTenant(caller.tenant.id)) || caller
      const caller = countHeader(rawHeaders, 'authorization') > 1 ? TWO_TOKENS : authenticate(headers)
      return caller instanceof Promise ? caller.then(orShed) : orShed(caller)
    },
    stop: loop.stop,
  }
}

const SAMPLE_MS = 20
// At 0.5, refusals took 12 to 16 ms at five times capacity, at this value 6 to 11 (p99, `npm run fire -- overload`).
const BUSY = 0.35

/** Measures event-loop utilisation over one to two samples: while it is busy, a new request mostly waits behind other work. */
function watchEventLoop() {
  let before = performance.eventLoopUtilization()
  let last = before
  const timer = setInterval(() => {
    before = last
    last = performance.eventLoopUtilization()
  }, SAMPLE_MS).unref()
  return { isBusy: () => performance.eventLoopUtilization(before).utilization > BUSY, stop: () => clearInterval(timer) }
}
