import type { Events, IngestEvents } from '../ingest/events.ts'
import type { IngestResult } from '../ingest/ingest-result.ts'
import { isFailure } from '../ingest/limits/circuit-breaker.ts'
import { type Outcome, runsOf } from '../ingest/outcome.ts'
import { idsOf, type RequestOrigin, traceOf } from '../util/request-origin.ts'
import { type Logger, logDefects } from './log.ts'

/** Logs the events of ingestion. */
export function logEvents(events: Events, log: Logger): void {
  const logDefect = logDefects(log, 'defect while sending a batch')
  events.on('defect', ({ error, origins }) => logDefect(error, idsOf(origins)))
  events.on('breaker:changed', (event) => reportBreaker(event, log))
  events.on('host:full', (about) =>
    log.warn(about, 'the limit of upstream requests in flight is reached: further requests wait (logged once a minute)'),
  )
  events.on('mutation:settled', ({ result, origin, ms }) => {
    const { UNCONFIRMED, REJECTED } = result.counts
    if (UNCONFIRMED > 0)
      log.warn(summaryOf(result, origin, ms), 'a mutation ended with unconfirmed rows: they may or may not have been written')
    else if (REJECTED > 0) log.info(summaryOf(result, origin, ms), 'a mutation ended with rejected rows')
  })
  reportMinutes(events, log)
}

function reportBreaker({ tenantId, isOpen, origins }: IngestEvents['breaker:changed'], log: Logger): void {
  const about = { ...(tenantId !== undefined && { tenant: tenantId }), ...idsOf(origins) }
  const whose = tenantId === undefined ? 'all tenants' : 'this tenant'
  if (isOpen) log.warn(about, `the upstream keeps failing: requests of ${whose} are not sent, except for one probe a second`)
  else log.info(about, `the upstream answers again: requests of ${whose} are sent again`)
}

/** The most codes in one log line. */
const MAX_CODES = 10

/** The log entry of a mutation, without values and field names of rows. Callers can choose the request id and the solution's name in it. */
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
  const add = (code: string, count: number) => counts.set(code, (counts.get(code) ?? 0) + count)
  for (const { outcome, count } of runsOf(outcomes)) {
    if (outcome.status === 'REJECTED') for (const { code } of outcome.issues) add(code, count)
    if (outcome.status === 'UNCONFIRMED') add(outcome.reason, count)
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a).slice(0, MAX_CODES))
}

const MINUTE_MS = 60_000

/** Logs totals of mutations and upstream requests for each minute in which something went wrong. */
export function reportMinutes(events: Events, log: Logger): void {
  const none = () => ({ mutations: 0, accepted: 0, rejected: 0, unconfirmed: 0, withheld: 0, requests: 0, failedRequests: 0 })
  let totals = none()
  events.on('mutation:settled', ({ result: { counts } }) => {
    totals.mutations++
    totals.accepted += counts.ACCEPTED
    totals.rejected += counts.REJECTED
    totals.unconfirmed += counts.UNCONFIRMED
  })
  events.on('rows:withheld', ({ rows }) => {
    totals.withheld += rows
  })
  events.on('batch:answered', ({ answer }) => {
    totals.requests++
    if (isFailure(answer)) totals.failedRequests++
  })
  setInterval(() => {
    const { unconfirmed, withheld, failedRequests } = totals
    if (unconfirmed + withheld + failedRequests > 0) log.warn(totals, 'totals for a minute in which something went wrong')
    totals = none()
  }, MINUTE_MS).unref()
}
