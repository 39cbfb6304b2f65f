import type { IngestResult } from '../ingest/ingest-result.ts'
import type { Outcome } from '../ingest/outcome.ts'
import { countIssues, type IssueCount, type IssueCounts } from './issue-counts.ts'

/** What became of the rows of some mutations. */
export interface Tally {
  readonly mutations: number
  readonly rows: Readonly<Record<Outcome['status'], number>>
  /** Issues of rejected rows by code and field. */
  readonly issues: ReadonlyMap<string, IssueCount>
}

/** The tally of one minute, which begins at `start` (milliseconds since 1970). */
interface MinuteTally extends Tally {
  readonly start: number
}

/** Which tallies are asked for; without a resource, those of all resources of the solution. */
interface TallyQuery {
  readonly tenantId: string
  readonly solution: string
  /** The GraphQL name. */
  readonly resource?: string | undefined
  /** Milliseconds since 1970: from `since` up to but not including `until`. */
  readonly since: number
  readonly until: number
}

/** Counts what becomes of rows, per tenant, solution, resource and minute; it keeps no row and no value of one. */
export interface Ledger {
  /** Takes a mutation's outcomes in; dry runs do not count. */
  record(result: IngestResult): void
  /** The minutes in which there was anything, each series in the order of time. */
  minutes(query: TallyQuery): MinuteTally[]
}

interface MutableTally extends MinuteTally {
  mutations: number
  readonly rows: Record<Outcome['status'], number>
  readonly issues: IssueCounts
}

interface Series {
  readonly solution: string
  readonly resource: string
  readonly minutes: MutableTally[]
}

const MINUTE_MS = 60_000
/** How long a minute is remembered, in milliseconds. */
export const REMEMBERED_MS = 24 * 60 * MINUTE_MS
const MAX_MINUTES = 30_000

/** An empty ledger in memory, bounded in time and number: the oldest minutes are forgotten first. */
export function createLedger(now: () => number = Date.now): Ledger {
  const tenants = new Map<string, Map<string, Series>>()
  // All minutes of all series in the order they began.
  let oldest: { tenantId: string; key: string; start: number }[] = []
  let first = 0

  function openMinute(tenantId: string, key: string, series: Series): MutableTally {
    const start = Math.floor(now() / MINUTE_MS) * MINUTE_MS
    const last = series.minutes.at(-1)
    if (last?.start === start) return last
    const minute = { start, mutations: 0, rows: { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }, issues: new Map() }
    series.minutes.push(minute)
    oldest.push({ tenantId, key, start })
    forgetOldest(start - REMEMBERED_MS)
    return minute
  }

  function forgetOldest(before: number): void {
    for (let next = oldest[first]; next && (next.start < before || oldest.length - first > MAX_MINUTES); next = oldest[++first]) {
      const mine = tenants.get(next.tenantId)
      const series = mine?.get(next.key)
      series?.minutes.shift()
      if (series?.minutes.length === 0) mine?.delete(next.key)
      if (mine?.size === 0) tenants.delete(next.tenantId)
    }
    if (first < oldest.length / 2) return
    oldest = oldest.slice(first)
    first = 0
  }

  function seriesOf({ tenant, solution, resource }: IngestResult['destination'], key: string): Series {
    const mine = tenants.get(tenant.id) ?? new Map<string, Series>()
    const series = mine.get(key) ?? { solution: solution.name, resource: resource.graphqlName, minutes: [] }
    tenants.set(tenant.id, mine.set(key, series))
    return series
  }

  return {
    record({ destination, counts, outcomes }) {
      if (destination.dryRun) return
      const key = `${destination.resource.graphqlName} ${destination.solution.name}`
      const minute = openMinute(destination.tenant.id, key, seriesOf(destination, key))
      minute.mutations++
      for (const status of ['ACCEPTED', 'REJECTED', 'UNCONFIRMED'] as const) minute.rows[status] += counts[status]
      if (counts.REJECTED > 0) countIssues(outcomes, minute.issues)
    },
    minutes({ tenantId, solution, resource, since, until }) {
      const mine = [...(tenants.get(tenantId)?.values() ?? [])].filter((series) => series.solution === solution)
      const wanted = mine.filter((series) => resource === undefined || series.resource === resource)
      return wanted.flatMap(({ minutes }) => minutes.filter(({ start }) => start >= since && start < until))
    },
  }
}
