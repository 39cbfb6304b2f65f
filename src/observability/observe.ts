import type { Events, IngestEvents } from '../ingest/events.ts'
import type { IngestResult } from '../ingest/ingest-result.ts'
import type { Outcome } from '../ingest/outcome.ts'
import { idsOf, type RequestOrigin, traceOf } from '../util/request-origin.ts'
import { type Logger, logDefects } from './log.ts'
import type { Metrics } from './metrics.ts'
import { reportMinutes } from './minute-totals.ts'

/** Has log and metrics listen to what happens to rows. */
export function observe(events: Events, log: Logger, metrics: Metrics): void {
  const logDefect = logDefects(log, 'defect while sending a batch')
  events.on('defect', ({ error, origins }) => logDefect(error, idsOf(origins)))
  reportMinutes(events, log)
  events.on('breaker:changed', (event) => reportBreaker(event, log))
  events.on('breaker:changed', metrics.countBreaker)
  events.on('host:full', (about) =>
    log.warn(about, 'as many upstream requests are under way as may be, others wait for their turn; said once a minute'),
  )
  events.on('rows:withheld', ({ rows }) => metrics.countWithheld(rows))
  events.on('mutation:settled', ({ result }) => metrics.countMutation(result))
  events.on('batch:sent', metrics.observeWait)
  events.on('batch:answered', metrics.countRequest)
  events.on('mutation:settled', ({ result, origin, ms }) => {
    const { UNCONFIRMED, REJECTED } = result.counts
    if (UNCONFIRMED > 0)
      log.warn(summaryOf(result, origin, ms), 'a mutation ended with rows of which nobody knows whether they were written')
    else if (REJECTED > 0) log.info(summaryOf(result, origin, ms), 'a mutation ended with rejected rows')
  })
}

function reportBreaker({ tenantId, isOpen, origins }: IngestEvents['breaker:changed'], log: Logger): void {
  const about = { ...(tenantId !== undefined && { tenant: tenantId }), ...idsOf(origins) }
  const whose = tenantId === undefined ? 'all tenants' : 'this tenant'
  if (isOpen) log.warn(about, `the upstream keeps failing: requests of ${whose} are withheld, one probe a second goes out`)
  else log.info(about, `the upstream answers again: requests of ${whose} are sent`)
}

/** Codes in one log line, at most. */
const MAX_CODES = 10

/** What a mutation came to: no value and no field name of a row. Of what a caller can choose it has the request's id and the solution's name. */
function summaryOf({ requestId, destination, counts, outcomes }: IngestResult, { traceparent }: RequestOrigin, ms: number) {
  const { tenant, solution, resource, operation, dryRun } = destination
  const { ACCEPTED: accepted, REJECTED: rejected, UNCONFIRMED: unconfirmed } = counts
  return {
    requestId,
    ...(traceparent && { traceId: traceOf(traceparent)?.traceId }),
    tenant: tenant.id,
    solution: solution.name,
    resource: resource.graphqlName,
    operation,
    ...(dryRun && { dryRun }),
    rows: { accepted, rejected, unconfirmed },
    codes: codesOf(outcomes),
    ms: Math.round(ms),
  }
}

function codesOf(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  const count = (code: string) => counts.set(code, (counts.get(code) ?? 0) + 1)
  for (const outcome of outcomes) {
    if (outcome.status === 'REJECTED') for (const { code } of outcome.issues) count(code)
    if (outcome.status === 'UNCONFIRMED') count(outcome.reason)
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a).slice(0, MAX_CODES))
}
