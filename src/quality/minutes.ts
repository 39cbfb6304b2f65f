import type { Outcome } from '../ingest/outcome.ts'
import type { RowIssue, RowIssueCode } from '../rows/issue.ts'

/** How often one complaint was made. */
export interface IssueCount {
  readonly code: RowIssueCode
  readonly field?: string
  readonly count: number
}

/** Counts by code and field. */
export type IssueCounts = Map<string, IssueCount & { count: number }>

/** Kinds of complaint kept apart; further fields of a code are counted together, since callers choose the names of unknown ones. */
const MAX_KINDS = 50

/** Adds the issues of all rejected rows to the counts, by code and field. */
export function countIssues(outcomes: readonly Outcome[], counts: IssueCounts): void {
  const found = new Map<RowIssueCode, Map<string | undefined, number>>()
  for (const outcome of outcomes) if (outcome.status === 'REJECTED') for (const issue of outcome.issues) countIssue(found, issue)
  for (const [code, fields] of found)
    for (const [field, count] of fields) addCount(counts, { code, ...(field !== undefined && { field }) }, count)
}

/** By two maps: a name made of both for every issue was a tenth of what a mutation of bad rows costs. */
function countIssue(found: Map<RowIssueCode, Map<string | undefined, number>>, { code, field }: RowIssue): void {
  const fields = found.get(code) ?? new Map<string | undefined, number>()
  found.set(code, fields.set(field, (fields.get(field) ?? 0) + 1))
}

/** Adds so many to those of the same code and field. */
export function addCount(counts: IssueCounts, { code, field }: Pick<RowIssue, 'code' | 'field'>, count: number): void {
  const name = `${code} ${field ?? ''}`
  const known = counts.get(name)
  if (known !== undefined) known.count += count
  else if (field !== undefined && counts.size >= MAX_KINDS) addCount(counts, { code }, count)
  else counts.set(name, { code, ...(field !== undefined && { field }), count })
}

/** What is counted together: the rows for one solution and resource in one minute, which begins at `start` (milliseconds since 1970). */
export interface Counted {
  readonly solution: string
  /** The GraphQL name. */
  readonly resource: string
  readonly start: number
}

/** What became of such rows so far. */
export interface Minute extends Counted {
  mutations: number
  readonly rows: Record<Outcome['status'], number>
  /** Issues of rejected rows by code and field. */
  readonly issues: IssueCounts
}

/** The minutes of some tenants, each tenant's in the order of time. */
export interface Minutes {
  has(tenantId: string): boolean
  of(tenantId: string): readonly Minute[]
  /** The minute of a tenant, with nothing in it where there was none. */
  open(tenantId: string, solution: string, resource: string, start: number): Minute
  /** Takes over what was remembered elsewhere of a tenant. */
  adopt(tenantId: string, minutes: readonly Minute[]): void
  forget(tenantId: string): void
  forgetBefore(start: number): void
}

/** So many minutes at most. Where there are more, a tenant that has the most of them loses its oldest: each tenant has its share, and loses none of it to another. */
export function createMinutes(most: number): Minutes {
  const tenants = new Map<string, Minute[]>()
  const counts = createCounts()
  let count = 0

  /** Has a tenant's minutes changed, and takes note of how many there are. */
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

/** How much each tenant has, for the question who has the most; of several, it is who has had as much for longest. */
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
