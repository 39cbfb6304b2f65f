import type { SeenRequest } from './model-upstream.ts'
import type { Run, Write } from './simulation.ts'

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
  'a request never has a key twice, nor one that another in flight has': ({ upstream }) =>
    upstream.seen.filter((request, at) => sharesKey(request, upstream.seen.slice(0, at))).map(describe),
  'no more requests are in flight than a tenant may have': ({ upstream, settings }) =>
    upstream.seen.filter((request) => inFlightAt(request, upstream.seen) > settings.concurrency).map(describe),
  'no second has more requests of a tenant than its rate': ({ upstream, settings }) =>
    upstream.seen.filter((request) => inSecondOf(request, upstream.seen) > settings.requestsPerSecond).map(describe),
  'repeats stay within the budget': ({ upstream }) =>
    ['first', 'second'].filter((tenantId) => !withinBudget(upstream.seen.filter((request) => request.tenantId === tenantId))),
  'every mutation is answered in its time': ({ durations, settings }) =>
    durations.filter((ms) => ms > settings.executionTimeoutMs + 1).map((ms) => `${ms} ms`),
}

function withStatus(writes: readonly Write[], status: string): Write[] {
  return writes.filter(({ outcome }) => outcome?.status === status)
}

function describe({ tenantId, fault, startedAt, rows }: SeenRequest): string {
  return `${tenantId} at ${startedAt} (${fault}): ${rows.map(({ write }) => write).join(' ')}`
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

function sharesKey(request: SeenRequest, earlier: readonly SeenRequest[]): boolean {
  const keys = new Set(request.rows.map(({ product_id }) => product_id))
  const together = earlier.filter(({ endedAt, tenantId }) => endedAt > request.startedAt && tenantId === request.tenantId)
  return keys.size < request.rows.length || together.some(({ rows }) => rows.some(({ product_id }) => keys.has(product_id)))
}

function inFlightAt({ startedAt, tenantId }: SeenRequest, all: readonly SeenRequest[]): number {
  return all.filter((other) => other.tenantId === tenantId && other.startedAt <= startedAt && other.endedAt > startedAt).length
}

function inSecondOf({ startedAt, tenantId }: SeenRequest, all: readonly SeenRequest[]): number {
  return all.filter((other) => other.tenantId === tenantId && other.startedAt >= startedAt && other.startedAt < startedAt + 1_000).length
}

/** A repeat is a request of rows that were all sent before; halves of a batch that was declined whole are none. */
function withinBudget(seen: readonly SeenRequest[]): boolean {
  if (seen.some(({ rows }) => rows.some(({ what }) => what === 'spoils'))) return true
  const known = new Set<unknown>()
  let repeats = 0
  for (const { rows } of seen) {
    if (rows.every(({ write }) => known.has(write))) repeats++
    for (const { write } of rows) known.add(write)
  }
  return repeats <= 0.2 * (seen.length - repeats) + 10
}
