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

/**
 * The minutes of some tenants, in order of time for each tenant, and at most so many. Beyond that, the tenant with the most loses its
 * oldest, so that no tenant loses its share to another.
 */
export class Minutes {
  readonly #most: number
  readonly #tenants = new Map<string, Minute[]>()
  readonly #counts = createCounts()
  #count = 0

  constructor(most: number) {
    this.#most = most
  }

  has(tenantId: string): boolean {
    return this.#tenants.has(tenantId)
  }

  of(tenantId: string): readonly Minute[] {
    return this.#tenants.get(tenantId) ?? []
  }

  /** The minute of a tenant, created where there was none. */
  open(tenantId: string, solution: string, resource: string, start: number): Minute {
    const known = this.#tenants
      .get(tenantId)
      ?.findLast((minute) => minute.start < start || (minute.solution === solution && minute.resource === resource))
    if (known?.start === start) return known
    const rows = { ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
    const minute = { solution, resource, start, mutations: 0, rows, issues: new Map() }
    this.adopt(tenantId, [minute])
    return minute
  }

  /** Takes over a tenant's minutes from elsewhere. */
  adopt(tenantId: string, minutes: readonly Minute[]): void {
    this.#change(tenantId, (own) => own.push(...minutes))
    while (this.#count > this.#most) this.#change(this.#counts.first(), (own) => own.shift())
  }

  forget(tenantId: string): void {
    this.#change(tenantId, (own) => own.splice(0))
  }

  forgetBefore(start: number): void {
    for (const [tenantId, [oldest]] of this.#tenants) {
      if (oldest === undefined || oldest.start >= start) continue
      this.#change(tenantId, (own) => {
        const first = own.findIndex((minute) => minute.start >= start)
        own.splice(0, first < 0 ? own.length : first)
      })
    }
  }

  /** Changes a tenant's minutes, and updates the counts. */
  #change(tenantId: string, act: (own: Minute[]) => void): void {
    const own = this.#tenants.get(tenantId) ?? []
    const before = own.length
    act(own)
    this.#count += own.length - before
    this.#counts.move(tenantId, before, own.length)
    if (own.length > 0) this.#tenants.set(tenantId, own)
    else this.#tenants.delete(tenantId)
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
