import type { Measured, MixedPoint } from './measured.ts'

/** What one tenant sends in a second. */
export interface Offered {
  /** Rows in mutations of 500 with a key, as the client and the import send them. */
  readonly bulkRows: number
  /** Mutations of one row without a key, and with one. */
  readonly plain: number
  readonly keyed: number
}

/** What things cost: microseconds of a core, and memory. */
export interface Costs {
  readonly bulkRowMicros: number
  readonly plainMicros: number
  readonly keyedMicros: number
  readonly baseMiB: number
  readonly tenantMiB: number
  readonly store: { readonly bulkMicros: number; readonly keyedMicros: number; readonly tenantSecondMicros: number }
}

/** What there is of each thing that runs out. */
export interface Limits {
  /** Requests that the upstream takes of a tenant in a second, and rows in each. */
  readonly requestsPerSecond: number
  readonly batchRows: number
  /** How long the upstream takes to answer, in seconds. */
  readonly upstreamSeconds: number
  /** Upstream requests that one gateway has under way. */
  readonly requestsInFlight: number
  readonly replicaMiB: number
  /** Tenants of whom a gateway remembers what it needs to know. */
  readonly tenants: number
  readonly storeCores: number
  readonly storeConnections: number
  readonly connectionsPerReplica: number
}

/** The things of a replica that run out, each in parts of all that there is. */
export interface ReplicaUse {
  readonly core: number
  readonly memory: number
  readonly permits: number
  readonly tenants: number
}

/** What a replica carries: CPU in microseconds a second, upstream requests a second, tenants. */
export interface Carried {
  micros: number
  requests: number
  tenants: number
}

/** The costs of a gateway on PostgreSQL, as they were measured. */
export function costsOf({ rowMicros, mutationMicros, memory, postgres }: Measured): Costs {
  const [first, last] = [memory[0], memory.at(-1)]
  if (first === undefined || last === undefined) throw new Error('The memory of tenants was not measured.')
  const tenantMiB = Math.max(0, (last.liveMiB - first.liveMiB) / (last.tenants - first.tenants))
  return {
    bulkRowMicros: rowMicros.postgres,
    plainMicros: mutationMicros.plain,
    keyedMicros: mutationMicros.postgres,
    baseMiB: Math.max(...memory.map(({ tenants, residentMiB }) => residentMiB - tenants * tenantMiB)),
    tenantMiB,
    store: postgres,
  }
}

/** What of a tenant's load goes through: no more requests than the upstream takes of it, small ones first. */
export function admitted({ bulkRows, plain, keyed }: Offered, { requestsPerSecond, batchRows }: Limits): Offered {
  const small = Math.min(1, requestsPerSecond / (plain + keyed || 1))
  const left = requestsPerSecond - (plain + keyed) * small
  return { bulkRows: Math.min(bulkRows, left * batchRows), plain: plain * small, keyed: keyed * small }
}

/** Upstream requests that it takes a second, if no two mutations share one. */
export function requestsOf({ bulkRows, plain, keyed }: Offered, { batchRows }: Limits): number {
  return bulkRows / batchRows + plain + keyed
}

/** CPU of the gateway, in microseconds a second. */
export function gatewayMicros({ bulkRows, plain, keyed }: Offered, costs: Costs): number {
  return bulkRows * costs.bulkRowMicros + plain * costs.plainMicros + keyed * costs.keyedMicros
}

/** CPU of PostgreSQL, in microseconds a second. */
export function storeMicros({ bulkRows, plain, keyed }: Offered, { store }: Costs, { batchRows }: Limits): number {
  const bulk = bulkRows / batchRows
  const activeSeconds = Math.min(1, bulk + plain + keyed)
  return bulk * store.bulkMicros + keyed * store.keyedMicros + activeSeconds * store.tenantSecondMicros
}

/** How much of a replica is used by what it carries. */
export function useOf({ micros, requests, tenants }: Carried, costs: Costs, limits: Limits): ReplicaUse {
  return {
    core: micros / 1e6,
    memory: (costs.baseMiB + tenants * costs.tenantMiB) / limits.replicaMiB,
    permits: (requests * limits.upstreamSeconds) / limits.requestsInFlight,
    tenants: tenants / limits.tenants,
  }
}

/** What the model says that a mixed load takes, over what it took: 1 where it is right. */
export function predictedOver(
  point: MixedPoint,
  costs: Costs,
  { batchRows }: Limits,
): { readonly gateway: number; readonly store: number } {
  const { bulk, plain, keyed } = point
  const gateway = gatewayMicros({ bulkRows: bulk * batchRows, plain, keyed }, costs)
  const store = bulk * costs.store.bulkMicros + keyed * costs.store.keyedMicros
  return { gateway: gateway / point.gatewayMicros, store: store / point.storeMicros }
}
