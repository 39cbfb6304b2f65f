import type { IngestEvents } from '../ingest/events.ts'
import { idsOf, type RequestOrigin } from '../util/request-origin.ts'
import type { Logger } from './log.ts'

/** Says in the log when the requests of a tenant, or of all, begin to be withheld from a failing upstream, and when they are sent again. */
export function reportBreaker(log: Logger) {
  return ({ tenantId, isOpen, origins }: IngestEvents['breaker:changed']): void => {
    const about = { ...(tenantId !== undefined && { tenant: tenantId }), ...idsOf(origins) }
    const whose = tenantId === undefined ? 'all tenants' : 'this tenant'
    if (isOpen) log.warn(about, `the upstream keeps failing: requests of ${whose} are withheld, one probe a second goes out`)
    else log.info(about, `the upstream answers again: requests of ${whose} are sent`)
  }
}

/** Says in the log that requests wait because the upstream is slow to answer those under way. */
export function reportFull(log: Logger) {
  return (about: IngestEvents['host:full']): void =>
    log.warn(about, 'as many upstream requests are under way as may be, others wait for their turn; said once a minute')
}

/** Says in the log which names stood in an answer that was believed on its status alone. */
export function reportUnknownAnswer(log: Logger) {
  return (names: readonly string[]): void =>
    log.info({ names }, 'the upstream answered in words that are not known, and was believed on its status: is it a yes?')
}

/** What of an answer that says nothing of its rows is logged. */
interface UnusableAnswer {
  readonly status: number
  readonly body: string
  readonly tenantId: string
  readonly origins: readonly RequestOrigin[]
}

/** Says in the log with which status and kind of body the upstream answered where that tells nothing of the rows. */
export function reportUnusableAnswer(log: Logger) {
  return ({ status, body, tenantId, origins }: UnusableAnswer): void =>
    log.warn(
      { status, body, tenant: tenantId, ...idsOf(origins) },
      'the upstream, or something before it, answered what tells nothing of the rows; said once a minute for each status and kind of body',
    )
}

/** Says in the log why the upstream could not be reached. */
export function reportConnectionError(log: Logger, host: string) {
  return (cause: string): void =>
    log.warn({ cause, host }, 'the upstream could not be reached, or broke a connection; said once a minute for each cause')
}
