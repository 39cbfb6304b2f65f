import type { Operation, Outcome } from '../../src/ingest/outcome.ts'
import type { WireRow } from '../../src/resource/wire-row.ts'

/** One request as the upstream saw it. */
export interface Seen {
  readonly tenantId: string
  readonly operation: string
  readonly rows: readonly WireRow[]
  readonly startedAt: number
  readonly endedAt: number
  readonly fault: string
  /** A repeat after it costs no budget: it was certainly not taken. */
  readonly repeatIsFree: boolean
}

/** An upstream that knows what it did. */
export interface Counting {
  readonly seen: readonly Seen[]
  /** How often a write was applied. */
  applications(write: unknown): number
  /** The write that a key of a tenant holds in the end. */
  state(tenantId: string, key: unknown): unknown
}

/** One row that a caller sent, and what it was told of it. */
export interface Write {
  readonly id: string
  readonly tenantId: string
  readonly operation: Operation
  readonly key: string
  readonly outcome: Outcome | undefined
}

/** A whole simulated run, for the invariants to be checked on. */
export interface Run {
  readonly seed: number
  readonly settings: Settings
  readonly upstream: Counting
  /** In the order sent. */
  readonly writes: readonly Write[]
  /** Milliseconds that each mutation took. */
  readonly durations: readonly number[]
  readonly defects: readonly unknown[]
}

/** Limits that a run must keep to. */
export interface Settings {
  readonly requestsPerSecond: number
  readonly concurrency: number
  readonly maxBatchRows: number
  readonly executionTimeoutMs: number
}

/** The fault of a model that answers 429. */
const LIMITED = 'limited'

/** What must hold of every run, whatever went wrong in it; each law lists the violations it finds, in words. */
export const LAWS: Readonly<Record<string, (run: Run) => string[]>> = {
  'every row sent has one outcome, and nothing was a defect': ({ writes, defects }) => [
    ...writes.filter(({ outcome }) => outcome === undefined).map(({ id }) => `${id} has no outcome`),
    ...defects.map(String),
  ],
  'accepted means applied': ({ writes, upstream }) =>
    withStatus(writes, 'ACCEPTED')
      .filter(({ id }) => upstream.applications(id) === 0)
      .map(({ id }) => id),
  'rejected means not applied': ({ writes, upstream }) =>
    withStatus(writes, 'REJECTED')
      .filter(({ id }) => upstream.applications(id) > 0)
      .map(({ id }) => id),
  'an APPEND is applied once at most': ({ writes, upstream }) =>
    writes.filter(({ operation, id }) => operation === 'APPEND' && upstream.applications(id) > 1).map(({ id }) => id),
  'a key ends as the last accepted write, or an unconfirmed one after it': ({ writes, upstream }) =>
    byKey(writes)
      .filter((of) => !endsWell(of, upstream))
      .map(([{ id }]) => id),
  'a request never has a key twice, nor one that another in flight has': ({ upstream }) => meeting(upstream.seen, sharesKey).map(describe),
  'no more requests are in flight than a tenant may have': ({ upstream, settings }) =>
    meeting(upstream.seen, (request, underWay) => ofTenant(request, underWay).length >= settings.concurrency).map(describe),
  'no second has more requests of a tenant than its rate': ({ upstream, settings }) =>
    upstream.seen.filter((request) => inSecondOf(request, upstream.seen) > settings.requestsPerSecond).map(describe),
  'a 429 halves the rate, which recovers by five a second': ({ upstream, settings }) =>
    tenantsOf(upstream.seen).flatMap((own) => overAdaptedRate(own, settings.requestsPerSecond).map(describe)),
  'repeats stay within the budget': ({ upstream }) =>
    tenantsOf(upstream.seen)
      .filter((own) => !withinBudget(own))
      .map(([{ tenantId }]) => tenantId),
  'every mutation is answered in its time': ({ durations, settings }) =>
    durations.filter((ms) => ms > settings.executionTimeoutMs + 1).map((ms) => `${ms} ms`),
}

/** Every law that a run broke, in words that name the seed. */
export function violations(run: Run): string[] {
  return Object.entries(LAWS).flatMap(([law, check]) => check(run).map((found) => `seed ${run.seed}: ${law}: ${found}`))
}

function withStatus(writes: readonly Write[], status: string): Write[] {
  return writes.filter(({ outcome }) => outcome?.status === status)
}

function describe({ tenantId, fault, startedAt, rows }: Seen): string {
  return `${tenantId} at ${startedAt} (${fault}): ${rows.map(nameOf).join(' ')}`
}

function byKey(writes: readonly Write[]): [Write, ...Write[]][] {
  const groups = Object.groupBy(writes, ({ tenantId, key }) => `${tenantId} ${key}`)
  return Object.values(groups) as [Write, ...Write[]][]
}

function endsWell(of: readonly Write[], upstream: Run['upstream']): boolean {
  const { tenantId, key } = of[0] as Write
  const state = upstream.state(tenantId, key)
  const lastAccepted = of.findLastIndex(({ outcome }) => outcome?.status === 'ACCEPTED')
  if (state === undefined) return lastAccepted < 0
  const at = of.findIndex(({ id }) => id === state)
  return at >= lastAccepted && of[at]?.outcome?.status !== 'REJECTED'
}

/** The requests of which something holds when they meet those that are under way as they arrive; in the order of arrival. */
function meeting(seen: readonly Seen[], holds: (request: Seen, underWay: readonly Seen[]) => boolean): Seen[] {
  let underWay: Seen[] = []
  return seen.filter((request) => {
    underWay = underWay.filter(({ endedAt }) => endedAt > request.startedAt)
    underWay.push(request)
    return holds(request, underWay.slice(0, -1))
  })
}

function ofTenant({ tenantId }: Seen, requests: readonly Seen[]): readonly Seen[] {
  return requests.filter((other) => other.tenantId === tenantId)
}

function sharesKey(request: Seen, underWay: readonly Seen[]): boolean {
  const keys = new Set(request.rows.map(({ product_id }) => product_id))
  const together = ofTenant(request, underWay)
  return keys.size < request.rows.length || together.some(({ rows }) => rows.some(({ product_id }) => keys.has(product_id)))
}

function inSecondOf({ startedAt, tenantId }: Seen, all: readonly Seen[]): number {
  return all.filter((other) => other.tenantId === tenantId && other.startedAt >= startedAt && other.startedAt < startedAt + 1_000).length
}

function tenantsOf(seen: readonly Seen[]): [Seen, ...Seen[]][] {
  return Object.values(Object.groupBy(seen, ({ tenantId }) => tenantId)) as [Seen, ...Seen[]][]
}

/** The requests that came while the rate was used up, as the 429s answered before had left it. */
function overAdaptedRate(own: readonly Seen[], perSecond: number): Seen[] {
  const refused = own.filter(({ fault }) => fault === LIMITED).sort((a, b) => a.endedAt - b.endedAt)
  let halvedTo = perSecond
  let halvedAt = Number.NEGATIVE_INFINITY
  const rateAt = (ms: number) => Math.min(perSecond, halvedTo + ((ms - halvedAt) * 5) / 1_000)
  return own.filter((request) => {
    while (refused[0] !== undefined && refused[0].endedAt < request.startedAt) {
      const { startedAt, endedAt } = refused.shift() as Seen
      if (startedAt < halvedAt) continue
      halvedTo = rateAt(endedAt) / 2
      halvedAt = endedAt
    }
    const inLastSecond = own.filter(({ startedAt }) => startedAt > request.startedAt - 1_000 && startedAt <= request.startedAt)
    return inLastSecond.length > Math.max(1, Math.floor(rateAt(request.startedAt) + 1e-6))
  })
}

/** Repeats that cost budget: a fifth of the other requests, ten at once, and ten a second. */
function withinBudget(seen: readonly Seen[]): boolean {
  const latest = new Map<unknown, Seen>()
  let repeats = 0
  for (const request of seen) {
    const before = request.rows.map((row) => latest.get(nameOf(row)))
    if (before.every((earlier) => earlier !== undefined && !earlier.repeatIsFree)) repeats++
    for (const row of request.rows) latest.set(nameOf(row), request)
  }
  const seconds = ((seen.at(-1)?.startedAt ?? 0) - (seen[0]?.startedAt ?? 0)) / 1_000
  return repeats <= 0.2 * (seen.length - repeats) + 10 + 10 * seconds
}

function nameOf({ write, source_id }: WireRow): unknown {
  return write ?? source_id
}
