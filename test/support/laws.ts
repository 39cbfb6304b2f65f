import type { Operation, Outcome } from '../../src/ingest/outcome.ts'
import type { WireRow } from '../../src/rows/wire-row.ts'

/** One request as the upstream saw it. */
export interface Seen {
  readonly tenantId: string
  readonly operation: string
  readonly solution?: string
  readonly dryRun?: boolean
  readonly rows: readonly WireRow[]
  readonly startedAt: number
  readonly endedAt: number
  readonly fault: string
  /** A repeat after it costs no budget: it was certainly not taken. */
  readonly repeatIsFree: boolean
  /** Its rows may be sent again; unset where that is not known. */
  readonly mayBeRepeated?: boolean
}

/** An upstream that knows what it did. */
export interface Counting {
  readonly seen: readonly Seen[]
  /** How often a write was applied. */
  applications(write: unknown): number
  /** The write that a key of a tenant holds in the end. */
  state(tenantId: string, key: unknown, solution?: string): unknown
}

/** One row that a caller sent, and what it was told of it. */
export interface Write {
  readonly id: string
  readonly tenantId: string
  readonly operation: Operation
  readonly solution?: string
  readonly dryRun?: boolean
  readonly key: string
  readonly outcome: Outcome | undefined
  /** Whether its mutation has more rows than a request; unset, as the times are, where that is not known. */
  readonly isBulk?: boolean
  readonly sentAt?: number
  readonly answeredAt?: number
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
  /** What callers who come after all trouble were told, and what still waits then; unset where none came. */
  readonly afterwards?: { readonly outcomes: readonly Outcome[]; readonly rowsWaiting: number }
}

/** Limits that a run must keep to. */
export interface Settings {
  readonly requestsPerSecond: number
  readonly concurrency: number
  readonly maxBatchRows: number
  readonly executionTimeoutMs: number
  readonly attemptsTimeoutMs?: number
  readonly attemptTimeoutMs?: number
  readonly maxBatchBytes?: number
  readonly windowMs?: number
}

/** The fault of a model that answers 429. */
const LIMITED = 'limited'

/** What must hold of every run, whatever went wrong in it; each law lists the violations it finds, in words. */
const LAWS: Readonly<Record<string, (run: Run) => string[]>> = {
  'every row sent has one outcome, and nothing was a defect': ({ writes, defects }) => [
    ...writes.filter(({ outcome }) => outcome === undefined).map(({ id }) => `${id} has no outcome`),
    ...defects.map(String),
  ],
  'accepted means applied': ({ writes, upstream }) =>
    withStatus(writes, 'ACCEPTED')
      .filter(({ dryRun }) => !dryRun)
      .filter(({ id }) => upstream.applications(id) === 0)
      .map(({ id }) => id),
  'rejected means not applied': ({ writes, upstream }) =>
    withStatus(writes, 'REJECTED')
      .filter(({ id }) => upstream.applications(id) > 0)
      .map(({ id }) => id),
  'a dry run is not applied, and a request holds rows of its own destination only': ({ writes, upstream }) =>
    strayRows(writes, upstream.seen),
  'what may be repeated is repeated while time and budget last': ({ upstream, settings, writes }) => {
    return tenantsOf(upstream.seen).flatMap((own) => leftAlone(own, settings, writes).map(describe))
  },
  'once all is well again rows are accepted, and none waits': ({ afterwards }) => [
    ...(afterwards?.outcomes ?? []).filter(({ status }) => status !== 'ACCEPTED').map((outcome) => JSON.stringify(outcome)),
    ...((afterwards?.rowsWaiting ?? 0) === 0 ? [] : [`${afterwards?.rowsWaiting} rows wait`]),
  ],
  'an APPEND is applied once at most': ({ writes, upstream }) =>
    writes.filter(({ operation, id }) => operation === 'APPEND' && upstream.applications(id) > 1).map(({ id }) => id),
  'a key ends as the last accepted write, or an unconfirmed one after it': ({ writes, upstream }) =>
    byKey(writes.filter(({ dryRun }) => !dryRun))
      .filter((of) => !endsWell(of, upstream))
      .map(([{ id }]) => id),
  'a request never has a key twice, nor one that another in flight has': ({ upstream }) => meeting(upstream.seen, sharesKey).map(describe),
  'a request holds no more rows than it may': ({ upstream, settings }) =>
    upstream.seen.filter(({ rows }) => rows.length > settings.maxBatchRows).map(describe),
  'batches are as full as rows allow': leftBehind,
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
  const groups = Object.groupBy(writes, ({ tenantId, solution, key }) => `${tenantId} ${solution} ${key}`)
  return Object.values(groups) as [Write, ...Write[]][]
}

function endsWell(of: readonly Write[], upstream: Run['upstream']): boolean {
  const { tenantId, key, solution } = of[0] as Write
  const state = upstream.state(tenantId, key, solution)
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
  const together = ofTenant(request, underWay).filter(({ solution }) => solution === request.solution)
  return keys.size < request.rows.length || together.some(({ rows }) => rows.some(({ product_id }) => keys.has(product_id)))
}

function inSecondOf({ startedAt, tenantId }: Seen, all: readonly Seen[]): number {
  return all.filter((other) => other.tenantId === tenantId && other.startedAt >= startedAt && other.startedAt < startedAt + 1_000).length
}

/** Whether a request goes where a row is to go. */
function isHome({ tenantId, operation, solution, dryRun }: Write, request: Seen): boolean {
  return tenantId === request.tenantId && operation === request.operation && solution === request.solution && dryRun === request.dryRun
}

/** Rows that travelled with rows of another destination. */
function strayRows(writes: readonly Write[], seen: readonly Seen[]): string[] {
  const byId = new Map<unknown, Write>(writes.map((write) => [write.id, write]))
  return seen.flatMap((request) =>
    request.rows.flatMap((row) => {
      const write = byId.get(nameOf(row))
      return write === undefined || isHome(write, request)
        ? []
        : [`${write?.id} in a request of ${request.tenantId} ${request.operation} ${request.solution} ${request.dryRun}`]
    }),
  )
}

/** A rate that no run uses up, and of which two 429s leave enough. */
const AMPLE_RATE = 1_000

/** Rows that could have travelled with a request of their destination that had room for them, and waited on. */
function leftBehind({ writes, upstream: { seen }, settings }: Run): string[] {
  const { maxBatchRows, requestsPerSecond, maxBatchBytes = 0, windowMs = 0 } = settings
  // Else a request may wait for the rate when it is packed, or be cut: a row of the model is a byte.
  const leavesAsPacked = requestsPerSecond >= AMPLE_RATE && seen.filter(({ fault }) => fault === LIMITED).length <= 2
  if (!leavesAsPacked || maxBatchRows > maxBatchBytes) return []
  const byId = new Map<unknown, Write>(writes.map((write) => [write.id, write]))
  const firstTries = firstTriesOf(seen)
  return seen.flatMap((request, nth) => {
    const isFirstTry = request.rows.every((row) => firstTries.get(nameOf(row)) === nth)
    if (!isFirstTry || request.rows.length >= maxBatchRows) return []
    const isBulkOnly = request.rows.every((row) => byId.get(nameOf(row))?.isBulk)
    return writes
      .filter(
        (write) =>
          isHome(write, request) &&
          waitsAt(request.startedAt - windowMs, request.startedAt, write) &&
          (firstTries.get(write.id) ?? seen.length) > nth,
      )
      .filter((write) => !(isBulkOnly && write.isBulk) && isKeyFree(write, request.startedAt, writes, seen, settings))
      .map(({ id }) => `${id} beside ${describe(request)}`)
  })
}

/** Which request brought each row first. */
function firstTriesOf(seen: readonly Seen[]): ReadonlyMap<unknown, number> {
  const firstTries = new Map<unknown, number>()
  for (const [nth, { rows }] of seen.entries()) for (const name of rows.map(nameOf)) if (!firstTries.has(name)) firstTries.set(name, nth)
  return firstTries
}

/** Whether a row had come before a time and was not answered at another. */
function waitsAt(from: number, to: number, { sentAt = from, answeredAt = to }: Write): boolean {
  return sentAt < from && to < answeredAt
}

/** Whether it is certain that nothing sent earlier had the key of a row then, nor locked it: a batch lets all its keys go together. */
function isKeyFree(write: Write, ms: number, writes: readonly Write[], seen: readonly Seen[], { attemptTimeoutMs = 0 }: Settings): boolean {
  const isGone = ({ id, answeredAt = ms, outcome }: Write) =>
    answeredAt < ms && outcome?.status !== 'UNCONFIRMED' && withBatchOf(id, seen).every(({ endedAt }) => endedAt + attemptTimeoutMs < ms)
  const earlier = writes.slice(0, writes.indexOf(write))
  return earlier
    .filter(({ tenantId, solution, key }) => tenantId === write.tenantId && solution === write.solution && key === write.key)
    .every(isGone)
}

/** The requests that brought a row, or another of its batch: its first request brought them all, where none is cut. */
function withBatchOf(name: unknown, seen: readonly Seen[]): Seen[] {
  const first = seen.find(({ rows }) => rows.some((row) => nameOf(row) === name))
  const batch = new Set(first?.rows.map(nameOf))
  return seen.filter(({ rows }) => rows.some((row) => batch.has(nameOf(row))))
}

const MAX_ATTEMPTS = 5
// Hanging up, the longest wait an upstream of the model asks for, and what is left for an attempt.
const BETWEEN_MS = 100 + 200 + 20

// What is kept of the time of rows for telling what their attempts came to.
const SENDING_SHARE = 0.98

/** Requests that were to be repeated and were not, though neither time nor budget nor breaker stood against it. */
function leftAlone(own: readonly Seen[], settings: Settings, writes: readonly Write[]): Seen[] {
  const { attemptsTimeoutMs = 0, executionTimeoutMs, requestsPerSecond } = settings
  const failures = own.filter(({ fault }) => fault !== 'none').length
  if (failures >= 10 || own.filter(({ fault }) => fault === LIMITED).length > 2 || requestsPerSecond < 100) return []
  return own.filter((request, nth) => {
    const [row] = request.rows
    if (!request.mayBeRepeated || row === undefined) return false
    const withRow = (other: Seen) => other.rows.some((one) => nameOf(one) === nameOf(row))
    const before = own.slice(0, nth).filter(withRow)
    const attempts = before.length + 1
    const first = before[0] ?? request
    const oldest = Math.min(first.startedAt, ...ofBatch(first, writes, settings).map(({ sentAt = first.startedAt }) => sentAt))
    const until = Math.min(first.startedAt + attemptsTimeoutMs, oldest + executionTimeoutMs * SENDING_SHARE)
    const isInTime = request.endedAt + BETWEEN_MS + 100 * 2 ** attempts < until
    return attempts < MAX_ATTEMPTS && isInTime && !own.slice(nth + 1).some(withRow)
  })
}

/** The rows that may be of the batch of a first request, which they share their time with; more than its own where it may be a part that was cut off. */
function ofBatch(first: Seen, writes: readonly Write[], { maxBatchRows, maxBatchBytes = maxBatchRows }: Settings): Write[] {
  const names = new Set(first.rows.map(nameOf))
  const mayBeCut = maxBatchRows > maxBatchBytes
  return writes.filter(
    (write) => names.has(write.id) || (mayBeCut && isHome(write, first) && waitsAt(first.startedAt, first.startedAt, write)),
  )
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
