import type { RequestOrigin } from '../../util/request-origin.ts'
import type { Withheld } from '../upstream-port.ts'
import type { RequestResult } from './circuit-breaker.ts'
import { type LimitsByTenant, type Send, WAITED_TOO_LONG } from './tenant-limits.ts'

/** Makes a call that carries no rows under the limits of its tenant; it is not made where the signal is aborted first. */
export type LimitedCall = <T extends RequestResult>(
  tenantId: string,
  origins: readonly RequestOrigin[],
  send: Send<T>,
  signal?: AbortSignal,
) => Promise<T | Withheld>

/** Calls wait for permits like a tenant's interactive rows, for `maxWaitMs` at most. */
export function createLimitedCall(limitsByTenant: LimitsByTenant, maxWaitMs: number): LimitedCall {
  return (tenantId, origins, send, signal) =>
    new Promise((resolve, reject) => {
      const { withPermit, request } = limitsByTenant.limitsOf(tenantId)
      const turn = AbortSignal.any([AbortSignal.timeout(maxWaitMs), ...(signal ? [signal] : [])])
      // Answered at once, not when a permit is free: that may take long.
      const giveUp = () => resolve(WAITED_TOO_LONG)
      turn.addEventListener('abort', giveUp)
      const leave: typeof send = (noteLeft) => {
        turn.removeEventListener('abort', giveUp)
        return send(noteLeft)
      }
      withPermit(
        () => 'interactive',
        async () => {
          if (turn.aborted) return giveUp()
          await request(origins, leave, turn).then(resolve, reject)
        },
      )
    })
}
