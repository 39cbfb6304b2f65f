import type { Events } from '../ingest/events.ts'
import { isFailure } from '../ingest/limits/circuit-breaker.ts'
import type { Logger } from './log.ts'

const MINUTE_MS = 60_000

/** Says in the log, once a minute while something is wrong, what the mutations and upstream requests of that minute came to. */
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
    if (unconfirmed + withheld + failedRequests > 0) log.warn(totals, 'totals of a minute in which something was wrong')
    totals = none()
  }, MINUTE_MS).unref()
}
