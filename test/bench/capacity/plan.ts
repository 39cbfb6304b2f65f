import {
  admitted,
  type Carried,
  type Costs,
  gatewayMicros,
  type Limits,
  type Offered,
  type ReplicaUse,
  requestsOf,
  storeMicros,
  useOf,
} from './model.ts'

/** Tenants that are alike. */
export interface Group {
  readonly tenants: number
  readonly each: Offered
}

/** Something that runs out, and how much of it is used. */
export interface Bottleneck {
  readonly name: keyof ReplicaUse | 'upstream' | 'store' | 'connections'
  readonly use: number
}

/** How many replicas some tenants need, and what runs out first, most used first. */
export interface Plan {
  readonly replicas: number
  readonly rowsPerSecond: number
  readonly storeCores: number
  readonly bottlenecks: readonly Bottleneck[]
}

/** No more than this of anything is used on average: what is left is for restarts, and for loads that were not foreseen. */
export const FULL = 0.7
/** So much of what is offered may meet a replica that has nothing left: there it waits. */
export const LATE = 0.01
/** As many ways as tenants are spread over replicas. */
const SPREADS = 10
const MOST_REPLICAS = 10_000
/** Where no number of them is enough, as many as this are looked at for why. */
const LOOKED_AT = 5_000
const ONE_BY_ONE = 40
const STEP = 1.05
const OF_A_HUNDRED = 0.99

/** The smallest number of replicas (of those that are tried: all up to forty, then in steps of a twentieth) that carry it; infinite where one tenant is too much for any. */
export function planOf(groups: readonly Group[], costs: Costs, limits: Limits): Plan {
  const loads = groups.map(({ tenants, each }) => ({ tenants, each: admitted(each, limits) }))
  const replicas = candidates().find((count) => isCarried(loads, count, costs, limits)) ?? Number.POSITIVE_INFINITY
  const storeUse = sum(loads, (each) => storeMicros(each, costs, limits)) / 1e6
  const busiest = Math.max(...groups.map(({ each }) => requestsOf(each, limits)))
  const fullest = Object.entries(fullestOf(usesOf(loads, Math.min(replicas, LOOKED_AT), costs, limits))) as [keyof ReplicaUse, number][]
  const bottlenecks: Bottleneck[] = [
    ...fullest.map(([name, use]) => ({ name, use })),
    { name: 'upstream', use: busiest / limits.requestsPerSecond },
    { name: 'store', use: storeUse / limits.storeCores },
    { name: 'connections', use: (replicas * limits.connectionsPerReplica) / limits.storeConnections },
  ]
  return {
    replicas,
    rowsPerSecond: sum(loads, ({ bulkRows, plain, keyed }) => bulkRows + plain + keyed),
    storeCores: storeUse / FULL,
    bottlenecks: bottlenecks.toSorted((a, b) => b.use - a.use),
  }
}

/** The numbers of replicas that are tried, the same for every load. */
function candidates(): number[] {
  const counts = Array.from({ length: ONE_BY_ONE }, (_, at) => at + 1)
  for (let count = ONE_BY_ONE; count < MOST_REPLICAS; counts.push(count)) count = Math.ceil(count * STEP)
  return counts
}

/** Whether so many replicas carry it: on average none is too full, and of no thing is more than a little late. */
export function isCarried(loads: readonly Group[], replicas: number, costs: Costs, limits: Limits): boolean {
  if (Math.max(...Object.values(averageUse(loads, replicas, costs, limits))) > FULL) return false
  const late = lateOf(usesOf(loads, replicas, costs, limits))
  return Math.max(...Object.values(late)) <= LATE
}

function averageUse(loads: readonly Group[], replicas: number, costs: Costs, limits: Limits): ReplicaUse {
  const of = (each: (offered: Offered) => number) => sum(loads, each) / replicas
  const average = {
    micros: of((each) => gatewayMicros(each, costs)),
    requests: of((each) => requestsOf(each, limits)),
    tenants: of(() => 1),
  }
  return useOf(average, costs, limits)
}

/** What is used of every replica, in all ways to spread the tenants. */
function usesOf(loads: readonly Group[], replicas: number, costs: Costs, limits: Limits): ReplicaUse[] {
  return Array.from({ length: SPREADS }, (_, seed) => spread(loads, replicas, seed, costs, limits)).flatMap((carried) =>
    carried.map((one) => useOf(one, costs, limits)),
  )
}

/** Of each thing the part that is asked of replicas beyond all that they have. */
export function lateOf(uses: readonly ReplicaUse[]): ReplicaUse {
  return perThing((of) => {
    const total = uses.reduce((all, use) => all + of(use), 0)
    return total === 0 ? 0 : uses.reduce((late, use) => late + Math.max(0, of(use) - 1), 0) / total
  })
}

/** Of each thing the use of the replica that one in a hundred is fuller than. */
function fullestOf(uses: readonly ReplicaUse[]): ReplicaUse {
  return perThing((of) => uses.map(of).toSorted((a, b) => a - b)[Math.floor((uses.length - 1) * OF_A_HUNDRED)] ?? 0)
}

function perThing(figure: (of: (use: ReplicaUse) => number) => number): ReplicaUse {
  return {
    core: figure(({ core }) => core),
    memory: figure(({ memory }) => memory),
    permits: figure(({ permits }) => permits),
    tenants: figure(({ tenants }) => tenants),
  }
}

/** What each replica carries when a balancer hashes every tenant to one of them. */
export function spread(loads: readonly Group[], replicas: number, seed: number, costs: Costs, limits: Limits): Carried[] {
  const carried = Array.from({ length: replicas }, emptyCarried)
  let nth = 0
  for (const { tenants, each } of loads) {
    const [micros, requests] = [gatewayMicros(each, costs), requestsOf(each, limits)]
    for (let count = 0; count < tenants; count++) {
      const chosen = carried[hashed(nth++, seed) % replicas]
      if (chosen !== undefined) add(chosen, { micros, requests, tenants: 1 })
    }
  }
  return carried
}

function emptyCarried(): Carried {
  return { micros: 0, requests: 0, tenants: 0 }
}

function add(to: Carried, { micros, requests, tenants }: Carried): void {
  to.micros += micros
  to.requests += requests
  to.tenants += tenants
}

/** As even as HAProxy's `consistent sdbm avalanche` was found to be: no more and no less than chance is. */
function hashed(nth: number, seed: number): number {
  let mixed = Math.imul(nth + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function sum(loads: readonly Group[], of: (each: Offered) => number): number {
  return loads.reduce((total, { tenants, each }) => total + tenants * of(each), 0)
}
