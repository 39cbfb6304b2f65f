import { MAX_REQUESTS_IN_FLIGHT } from '../../../src/ingest/limits/host-permits.ts'
import type { Limits } from './model.ts'
import type { Group } from './plan.ts'

/** What there is: the settings' defaults, the upstream's ceiling, the memory of `deploy/kubernetes.yaml`, a PostgreSQL of four cores as it comes. */
export const LIMITS: Limits = {
  requestsPerSecond: 50,
  batchRows: 500,
  upstreamSeconds: 0.1,
  requestsInFlight: MAX_REQUESTS_IN_FLIGHT,
  replicaMiB: 1_024,
  tenants: 10_000,
  storeCores: 4,
  storeConnections: 100,
  connectionsPerReplica: 5,
}

/** How so many tenants behave together. */
export interface Scenario {
  readonly name: string
  readonly groupsOf: (tenants: number) => readonly Group[]
}

/** The numbers of tenants that are planned for. */
export const SIZES: readonly number[] = [10, 1_000, 100_000]

const CEILING_ROWS = LIMITS.requestsPerSecond * LIMITS.batchRows
const DAY = { bulkRows: 0, plain: 0.25, keyed: 0.25 }
const QUIET = { bulkRows: 0, plain: 0.025, keyed: 0.025 }
const LOADING = { bulkRows: CEILING_ROWS, plain: 0, keyed: 0 }
const LOADING_SHARE = 0.01

/** By day everybody sends single rows; by night some load files, as fast as the upstream lets them. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'day', groupsOf: (tenants) => [{ tenants, each: DAY }] },
  {
    name: 'night',
    groupsOf(tenants) {
      const loading = Math.ceil(tenants * LOADING_SHARE)
      return [
        { tenants: loading, each: LOADING },
        { tenants: tenants - loading, each: QUIET },
      ]
    },
  },
]
