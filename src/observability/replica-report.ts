import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import { createOnceAMinute } from './once-a-minute.ts'

const MAX_NAMED = 10

/** Warns in the log of tenants for whom another replica sends as well, once a minute, and sets their metric. */
export function reportTogether(log: Logger, metrics: Pick<Metrics, 'noteTogether'>) {
  const mayBeSaid = createOnceAMinute()
  return (tenantIds: readonly string[]): void => {
    metrics.noteTogether(tenantIds.length)
    if (tenantIds.length === 0 || !mayBeSaid()) return
    log.warn(
      { tenants: tenantIds.slice(0, MAX_NAMED), count: tenantIds.length },
      'another replica sends for these tenants as well: they have moved, or the load balancer does not keep them on one; said once a minute',
    )
  }
}
