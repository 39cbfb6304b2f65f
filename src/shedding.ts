import type { IncomingMessage } from 'node:http'
import { GatewayError } from './errors.ts'
import type { Batcher } from './ingest/batcher.ts'
import { watchLoopLoad } from './loop-load.ts'
import { type Secret, tenantIdOf } from './tenant.ts'

/** Finds the requests that are not worth reading. */
export interface Shedding {
  /** The error to decline a request with, unread; undefined for all that are to be read. */
  refusal(request: IncomingMessage): GatewayError | undefined
  stop(): void
}

/** While the process is out of breath, what would be refused for a full queue anyway is refused before it is read. */
export function createShedding(batcher: Batcher, fallbackToken: Secret | undefined): Shedding {
  const loop = watchLoopLoad()
  const overloaded = new GatewayError(
    'OVERLOADED',
    'There is too much to do, and rows of this token wait already. Send it again after a second.',
  )
  return {
    refusal({ method, headers }) {
      if (method !== 'POST' || !loop.isBusy()) return undefined
      const tenantId = tenantIdOf(headers.authorization, fallbackToken)
      return tenantId !== undefined && batcher.isFull(tenantId) ? overloaded : undefined
    },
    stop: loop.stop,
  }
}
