import { type Counted, countIssues, type Minute, Minutes } from './minutes.ts'
import type { Settled, TakenTokens } from './taken-tokens.ts'

/** A query for minutes; without a resource, those of all resources of the solution. */
interface MinuteQuery {
  readonly tenantId: string
  readonly solution: string
  /** The GraphQL name. */
  readonly resource?: string | undefined
  /** Milliseconds since 1970: from `since` up to but not including `until`. */
  readonly since: number
  readonly until: number
}

/** Whether a minute of the tenant matches the query. */
export function isAskedFor(of: Counted, { solution, resource, since, until }: MinuteQuery): boolean {
  return of.solution === solution && (resource === undefined || of.resource === resource) && of.start >= since && of.start < until
}

/** The reading side of the ledger. */
export interface ReadLedger {
  /** The minutes with activity; one minute may come several times, counted by different processes. */
  minutes(query: MinuteQuery): readonly Minute[] | Promise<readonly Minute[]>
}

/** Counts outcomes per tenant, solution, resource and minute; it keeps no rows and no values. */
export interface Ledger {
  /** Adds the outcomes of a mutation; dry runs do not count. */
  record(event: Settled): void
  /** The minutes with activity, in order of time. */
  minutes(query: MinuteQuery): readonly Minute[]
  /** The minutes that have changed since the last call, with their tenants; only of tenants whose token the upstream has accepted. */
  takeChanged(): readonly (readonly [Minute, tenantId: string])[]
}

const MINUTE_MS = 60_000
/** How long a minute is remembered, in milliseconds. */
export const REMEMBERED_MS = 24 * 60 * MINUTE_MS
const MAX_MINUTES = 30_000
const MAX_MINUTES_OF_UNKNOWN = 3_000
const MAX_CHANGED = 10_000

/** A ledger in memory, bounded in time and number. Tenants whose token the upstream has not accepted have a separate, smaller bound. */
export function createLedger({ has: isTaken }: Pick<TakenTokens, 'has'>, now: () => number = Date.now): Ledger {
  const known = new Minutes(MAX_MINUTES)
  const unknown = new Minutes(MAX_MINUTES_OF_UNKNOWN)
  const changed = new Map<Minute, string>()
  let latest = 0

  function minutesOf(tenantId: string): Minutes {
    if (known.has(tenantId)) return known
    if (!isTaken(tenantId)) return unknown
    known.adopt(tenantId, unknown.of(tenantId))
    unknown.forget(tenantId)
    return known
  }

  function forgetOld(start: number): void {
    if (start === latest) return
    latest = start
    for (const minutes of [known, unknown]) minutes.forgetBefore(start - REMEMBERED_MS)
  }

  return {
    record({ result: { destination, counts, outcomes } }) {
      const { tenant, solution, resource, dryRun } = destination
      if (dryRun) return
      const start = Math.floor(now() / MINUTE_MS) * MINUTE_MS
      forgetOld(start)
      const minute = minutesOf(tenant.id).open(tenant.id, solution.name, resource.graphqlName, start)
      minute.mutations++
      for (const status of ['ACCEPTED', 'REJECTED', 'UNCONFIRMED'] as const) minute.rows[status] += counts[status]
      if (counts.REJECTED > 0) countIssues(outcomes, minute.issues)
      if (changed.size < MAX_CHANGED) changed.set(minute, tenant.id)
    },
    minutes: (query) =>
      minutesOf(query.tenantId)
        .of(query.tenantId)
        .filter((minute) => isAskedFor(minute, query)),
    takeChanged() {
      const taken = [...changed].filter(([, tenantId]) => isTaken(tenantId))
      changed.clear()
      return taken
    },
  }
}
