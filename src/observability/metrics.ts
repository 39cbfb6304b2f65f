import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Events } from '../ingest/events.ts'
import { addIngestMetrics } from './ingest-metrics.ts'
import { type StoreMetrics, storeMetrics } from './store-metrics.ts'

/** The metrics of the process, for Prometheus; callers cannot choose the value of any label. */
export interface Metrics extends StoreMetrics {
  readonly contentType: string
  /** All metrics in the Prometheus text format. */
  print(): Promise<string>
  /** Sets the number of differences between a solution's tables and the declarations. */
  noteDrift(solution: string, differences: number): void
  /** Sets the number of tenants for which another replica sends as well. */
  noteTogether(tenants: number): void
  /** Counts an answer that was believed on its status alone. */
  countUnknownAnswer(): void
  /** Counts a request that was declined unread. */
  countShed(scope: 'process' | 'tenant'): void
  /** Counts a request that was declined because its tenant had sent too much. */
  countLimited(what: 'requests' | 'rows'): void
  /** Counts a request that was declined, whole or in a field, by error code. */
  countDeclined(code: string): void
  /** Counts a connection that was dropped because there were too many. */
  countDropped(): void
  /** Registers a gauge that is read when metrics are scraped. */
  watch(name: keyof typeof GAUGES, read: () => number): void
}

/** Gauges whose values other parts hold. */
const GAUGES = {
  rowgate_upstream_requests_in_flight: 'Upstream requests in flight, for all tenants; at most 256.',
  rowgate_rows_waiting: 'Rows waiting to be sent, for all tenants.',
  rowgate_memory_held_bytes: 'Bytes of memory held by bodies and answers in progress, out of MEMORY_BUDGET_BYTES.',
  rowgate_memory_budget_bytes: 'MEMORY_BUDGET_BYTES: the most memory that bodies and answers may hold.',
} as const

/** The metrics of one gateway; those of rows count its events. */
export function createMetrics(replicaId: string, events: Events): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'rowgate_' })
  const drift = new Gauge({
    name: 'rowgate_schema_drift_differences',
    help: "Differences between the declarations and the upstream's tables, found at start with INGESTION_TOKEN.",
    labelNames: ['solution'],
    registers,
  })
  const unknownAnswers = new Counter({
    name: 'rowgate_upstream_unknown_answers_total',
    help: 'Answers about rows for which only the status was relied on: no word in them is known to mean success. The log lists their names.',
    registers,
  })
  addIngestMetrics(registers, events)
  return {
    ...storeMetrics(registers),
    ...declinedCounters(registers),
    noteTogether: replicaGauges(registers, replicaId),
    contentType: registry.contentType,
    print: () => registry.metrics(),
    noteDrift: (solution, differences) => drift.set({ solution }, differences),
    countUnknownAnswer: () => unknownAnswers.inc(),
    watch: (name, read) =>
      void new Gauge({
        name,
        help: GAUGES[name],
        registers,
        collect() {
          this.set(read())
        },
      }),
  }
}

/** Registers the gauges about replicas; returns the setter of the number of shared tenants. */
function replicaGauges(registers: Registry[], replicaId: string): Metrics['noteTogether'] {
  const replica = new Gauge({
    name: 'rowgate_replica_info',
    help: 'Always 1; the label is REPLICA_ID, as in log lines and in the header x-rowgate-replica.',
    labelNames: ['replica'],
    registers,
  })
  replica.set({ replica: replicaId }, 1)
  const together = new Gauge({
    name: 'rowgate_tenants_on_two_replicas',
    help: 'Tenants that another replica has also sent for in the last ten seconds, as the shared PostgreSQL database shows; a few are normal while tenants move.',
    registers,
  })
  return (tenants) => together.set(tenants)
}

function declinedCounters(registers: Registry[]): Pick<Metrics, 'countShed' | 'countLimited' | 'countDeclined' | 'countDropped'> {
  const shed = new Counter({
    name: 'rowgate_requests_shed_total',
    help: 'HTTP requests declined unread, because the process has no memory left for them or the queue of their tenant is full.',
    labelNames: ['scope'],
    registers,
  })
  const limited = new Counter({
    name: 'rowgate_requests_limited_total',
    help: 'HTTP requests, or fields of them, declined because their tenant had used up its quota of requests or rows.',
    labelNames: ['what'],
    registers,
  })
  const declined = new Counter({
    name: 'rowgate_requests_declined_total',
    help: 'HTTP requests declined, whole or in some of their fields, by error code; includes those shed and limited, and bytes that are no HTTP request.',
    labelNames: ['code'],
    registers,
  })
  const dropped = new Counter({
    name: 'rowgate_connections_dropped_total',
    help: 'Connections dropped unread, because there were MAX_CONNECTIONS already.',
    registers,
  })
  for (const scope of ['process', 'tenant']) shed.inc({ scope }, 0)
  return {
    countShed: (scope) => shed.inc({ scope }),
    countLimited: (what) => limited.inc({ what }),
    countDeclined: (code) => declined.inc({ code }),
    countDropped: () => dropped.inc(),
  }
}
