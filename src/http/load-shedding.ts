import { GatewayError } from '../errors.ts'
import { watchEventLoop } from '../util/event-loop.ts'
import type { MemoryBudget } from '../util/memory-budget.ts'

/** Finds the requests that are not worth reading. */
export interface LoadShedding {
  /** The error to decline any request with; undefined while there is room. */
  ofAll(): GatewayError | undefined
  /** The error to decline a tenant's request with, unread; undefined for all that are to be read. */
  ofTenant(tenantId: string): GatewayError | undefined
  stop(): void
}

/** While the event loop is busy, what would be refused for a full queue anyway is refused before it is read; without memory, everything is. */
export function createLoadShedding(
  memory: MemoryBudget,
  isQueueFull: (tenantId: string) => boolean,
  onShed: (scope: 'process' | 'tenant') => void,
): LoadShedding {
  const loop = watchEventLoop()
  const queueFull = new GatewayError('OVERLOADED', "Overloaded: this token's queue is full. Nothing was read.")
  const memoryFull = new GatewayError(
    'OVERLOADED',
    'Overloaded: the requests under way hold all the memory there is for them. Nothing was read.',
  )
  const shed = (scope: 'process' | 'tenant', error: GatewayError) => {
    onShed(scope)
    return error
  }
  return {
    ofAll: () => (memory.isSpent() ? shed('process', memoryFull) : undefined),
    ofTenant: (tenantId) => (loop.isBusy() && isQueueFull(tenantId) ? shed('tenant', queueFull) : undefined),
    stop: loop.stop,
  }
}
