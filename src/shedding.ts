import type { IncomingMessage } from 'node:http'
import { GatewayError } from './errors.ts'
import type { Batcher } from './ingest/batcher.ts'
import { watchLoopLag } from './loop-lag.ts'
import { type Secret, tenantIdOf } from './tenant.ts'

/** Finds the requests that are not worth reading. */
export interface Shedding {
  /** The error to decline a request with, unread; undefined for all that are to be read. */
  refusal(request: IncomingMessage): GatewayError | undefined
  stop(): void
}

const BREATHLESS_MS = 5

/** While the process is out of breath, what would be refused for a full queue anyway is refused before it is read. */
export function createShedding(batcher: Batcher, fallbackToken: Secret | undefined): Shedding {
  const lag = watchLoopLag()
  const overloaded = new GatewayError(
    'OVERLOADED',
    'There is too much to do, and rows of this token wait already. Send it again after a second.',
  )
  return {
    refusal({ method, headers }) {
      if (method !== 'POST' || lag.now() <= BREATHLESS_MS) return undefined
      const tenantId = tenantIdOf(headers.authorization, fallbackToken)
      return tenantId !== undefined && batcher.isFull(tenantId) ? overloaded : undefined
    },
    stop: lag.stop,
  }
}
