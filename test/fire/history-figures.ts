import { isRefused } from './history-laws.ts'
import { idOf, type Run, type UpstreamRequest, type Write } from './read-history.ts'

/** What one tenant's rows came to. */
interface TenantFigures {
  readonly tenant: string
  readonly upserts: number
  readonly unconfirmedUpserts: number
  readonly calls: number
  /** Calls with a row that was in none before. */
  readonly firstTries: number
  /** First tries a second, over the rate. */
  readonly load: number
}

/** What a history came to beside the laws. */
export interface Figures {
  readonly rows: Readonly<Record<string, number>>
  readonly tenants: readonly TenantFigures[]
  readonly callsPerBatch: number
  /** Unconfirmed rows by what became of the last request with them. */
  readonly unconfirmedAfter: Readonly<Record<string, number>>
  /** Unconfirmed rows that were never written. */
  readonly unconfirmedNotApplied: number
}

/** Counts a history. */
export function figuresOf(run: Run): Figures {
  const writes = [...run.writes.values()]
  const unconfirmed = writes.filter(({ told }) => told?.status === 'UNCONFIRMED')
  const first = firstTries(run.requests)
  const tenants = [...new Set(run.mutations.map(({ sent }) => sent.tenant))].sort().map((tenant) => figuresOfTenant(tenant, run, first))
  return {
    rows: countBy(writes, ({ told }) => told?.status ?? 'DECLINED'),
    tenants,
    callsPerBatch: run.requests.length / first.size,
    unconfirmedAfter: countBy(unconfirmed, lastOf),
    unconfirmedNotApplied: unconfirmed.filter(({ applied }) => applied.length === 0).length,
  }
}

function figuresOfTenant(tenant: string, run: Run, first: ReadonlySet<UpstreamRequest>): TenantFigures {
  const isOwn = ({ arrived }: UpstreamRequest) => arrived.tenant === tenant
  const upserts = [...run.writes.values()].filter(({ mutation: { sent } }) => sent.tenant === tenant && sent.operation === 'UPSERT')
  const own = run.requests.filter(isOwn)
  const seconds = ((own.at(-1)?.arrived.at ?? 0) - (own[0]?.arrived.at ?? 0)) / 1_000
  const tries = own.filter((request) => first.has(request)).length
  return {
    tenant,
    upserts: upserts.length,
    unconfirmedUpserts: upserts.filter(({ told }) => told?.status === 'UNCONFIRMED').length,
    calls: own.length,
    firstTries: tries,
    load: tries / Math.max(1, seconds) / run.settings.requestsPerSecond,
  }
}

function firstTries(requests: readonly UpstreamRequest[]): Set<UpstreamRequest> {
  const known = new Set<string>()
  const isFirst = ({ received }: UpstreamRequest) => {
    const ids = received?.rows.map(idOf) ?? []
    const isNew = ids.some((id) => !known.has(id))
    for (const id of ids) known.add(id)
    return isNew
  }
  return new Set(requests.filter(isFirst))
}

function lastOf({ attempts, told }: Write): string {
  const last = attempts.at(-1)
  if (last === undefined) return `nothing seen, ${told?.why}`
  return isRefused(last) ? `${last.received.fault}, refused, in doubt before` : last.received.fault
}

function countBy<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) {
    const name = nameOf(item)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
