import { type Outcome, runsOf } from '../ingest/outcome.ts'
import type { RowIssue, RowIssueCode } from '../rows/issue.ts'

/** How often an issue occurred. */
export interface IssueCount {
  readonly code: RowIssueCode
  readonly field?: string
  readonly count: number
}

/** Counts of issues by code and field. */
export type IssueCounts = Map<string, IssueCount & { count: number }>

/** The most pairs of code and field; beyond that, fields of a code are counted together: callers choose the names of unknown ones. */
const MAX_KINDS = 50

/** Adds the issues of all rejected rows to the counts, by code and field. */
export function countIssues(outcomes: readonly Outcome[], counts: IssueCounts): void {
  const found = new Map<RowIssueCode, Map<string | undefined, number>>()
  for (const { outcome, count } of runsOf(outcomes))
    if (outcome.status === 'REJECTED') for (const issue of outcome.issues) countIssue(found, issue, count)
  for (const [code, fields] of found)
    for (const [field, count] of fields) addCount(counts, { code, ...(field !== undefined && { field }) }, count)
}

/** Nested maps: a joint key of code and field for every issue was a tenth of the cost of a mutation of bad rows. */
function countIssue(found: Map<RowIssueCode, Map<string | undefined, number>>, { code, field }: RowIssue, count: number): void {
  const fields = found.get(code) ?? new Map<string | undefined, number>()
  found.set(code, fields.set(field, (fields.get(field) ?? 0) + count))
}

/** Adds to the count of a code and field. */
export function addCount(counts: IssueCounts, { code, field }: Pick<RowIssue, 'code' | 'field'>, count: number): void {
  const name = `${code} ${field ?? ''}`
  const known = counts.get(name)
  if (known !== undefined) known.count += count
  else if (field !== undefined && counts.size >= MAX_KINDS) addCount(counts, { code }, count)
  else counts.set(name, { code, ...(field !== undefined && { field }), count })
}

/** What one count is about: rows for one solution and resource in the minute that begins at `start` (milliseconds since 1970). */
export interface Counted {
  readonly solution: string
  /** The GraphQL name. */
  readonly resource: string
  readonly start: number
}

/** The counts of one such minute. */
export interface Minute extends Counted {
  mutations: number
  readonly rows: Record<Outcome['status'], number>
  /** Issues of rejected rows by code and field. */
  readonly issues: IssueCounts
}

/** The minutes of some tenants, in order of time for each tenant. */
export interface Minutes {
  has(tenantId: string): boolean
  of(tenantId: string): readonly Minute[]
  /** The minute of a tenant, created where there was none. */
  open(tenantId: string, solution: string, resource: string, start: number): Minute
  /** Takes over a tenant's minutes from elsewhere. */
  adopt(tenantId: string, minutes: readonly Minute[]): void
  forget(tenantId: string): void
  forgetBefore(start: number): void
}

/** At most this many minutes. Beyond that, the tenant with the most loses its oldest, so that no tenant loses its share to another. */
export function createMinutes(most: number): Minutes {
  const tenants = new Map<string, Minute[]>()
  const counts = createCounts()
  let count = 0

  /** Changes a tenant's minutes, and updates the counts. */
  function change(tenantId: string, act: (own: Minute[]) => void): void {
    const own = tenants.get(tenantId) ?? []
    const before = own.length
    act(own)
    count += own.length - before
    counts.move(tenantId, before, own.length)
    if (own.length > 0) tenants.set(tenantId, own)
    else tenants.delete(tenantId)
  }

  function keepBound(): void {
    while (count > most) change(counts.first(), (own) => own.shift())
  }

  return {
    has: (tenantId) => tenants.has(tenantId),
    of: (tenantId) => tenants.get(tenantId) ?? [],
    open(tenantId, solution, resource, start) {
      const known = tenants
        .get(tenantId)
        ?.findLast((minute) => minute.start < start || (minute.solution === solution && minute.resource === resource))
      if (known?.start === start) return known
      const rows = { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
      const minute = { solution, resource, start, mutations: 0, rows, issues: new Map() }
      change(tenantId, (own) => own.push(minute))
      keepBound()
      return minute
    },
    adopt(tenantId, minutes) {
      change(tenantId, (own) => own.push(...minutes))
      keepBound()
    },
    forget: (tenantId) =>
      change(tenantId, (own) => {
        own.length = 0
      }),
    forgetBefore(start) {
      for (const [tenantId, [oldest]] of tenants) {
        if (oldest === undefined || oldest.start >= start) continue
        change(tenantId, (own) => {
          const first = own.findIndex((minute) => minute.start >= start)
          own.splice(0, first < 0 ? own.length : first)
        })
      }
    },
  }
}

/** How many minutes each tenant has; finds the tenant with the most; of several, the one that has had that many for longest. */
function createCounts() {
  const tenantsWith: Set<string>[] = []
  return {
    move(tenantId: string, from: number, to: number): void {
      tenantsWith[from]?.delete(tenantId)
      while (tenantsWith.length <= to) tenantsWith.push(new Set())
      if (to > 0) tenantsWith[to]?.add(tenantId)
      while (tenantsWith.at(-1)?.size === 0) tenantsWith.pop()
    },
    first: (): string => tenantsWith.at(-1)?.values().next().value ?? '',
  }
}
