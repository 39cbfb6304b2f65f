import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { type IngestMetrics, ingestMetrics } from './ingest-metrics.ts'
import { type StoreMetrics, storeMetrics } from './store-metrics.ts'

/** The metrics of the process, for Prometheus; callers cannot choose the value of any label. */
export interface Metrics extends IngestMetrics, StoreMetrics {
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
  /** Registers a gauge that is read when metrics are scraped. */
  watch(name: keyof typeof GAUGES, read: () => number): void
}

/** Gauges whose values other parts hold. */
const GAUGES = {
  rowgate_upstream_requests_in_flight: 'Upstream requests of all tenants that are under way; 256 may be.',
  rowgate_rows_waiting: 'Rows of all tenants that wait to be sent.',
  rowgate_memory_held_bytes: 'Bytes that bodies and answers under way hold in memory, of MEMORY_BUDGET_BYTES.',
  rowgate_memory_budget_bytes: 'MEMORY_BUDGET_BYTES: what bodies and answers may hold.',
} as const

/** The metrics of one gateway. */
export function createMetrics(replicaId: string): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'rowgate_' })
  const drift = new Gauge({
    name: 'rowgate_schema_drift_differences',
    help: "Differences between the declarations and the upstream's tables, as found at start with INGESTION_TOKEN.",
    labelNames: ['solution'],
    registers,
  })
  const unknownAnswers = new Counter({
    name: 'rowgate_upstream_unknown_answers_total',
    help: 'Answers to rows that were believed on their status alone: no word in them is known to mean yes. The log has their names.',
    registers,
  })
  return {
    ...ingestMetrics(registers),
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
    help: 'Always 1; its label is REPLICA_ID, as it stands in log lines and in the header x-rowgate-replica.',
    labelNames: ['replica'],
    registers,
  })
  replica.set({ replica: replicaId }, 1)
  const together = new Gauge({
    name: 'rowgate_tenants_on_two_replicas',
    help: 'Tenants for which another replica has sent within ten seconds as well, as a common PostgreSQL database shows; a few while tenants move.',
    registers,
  })
  return (tenants) => together.set(tenants)
}

function declinedCounters(registers: Registry[]): Pick<Metrics, 'countShed' | 'countLimited' | 'countDeclined'> {
  const shed = new Counter({
    name: 'rowgate_requests_shed_total',
    help: 'HTTP requests that were declined unread: the process has no memory left for them, or the queue of their tenant is full.',
    labelNames: ['scope'],
    registers,
  })
  const limited = new Counter({
    name: 'rowgate_requests_limited_total',
    help: 'HTTP requests, or fields of them, that were declined because their tenant had sent as many requests or rows as it may in a while.',
    labelNames: ['what'],
    registers,
  })
  const declined = new Counter({
    name: 'rowgate_requests_declined_total',
    help: 'HTTP requests that were declined, whole or in some of their fields, by the code of the error; those shed and limited are among them.',
    labelNames: ['code'],
    registers,
  })
  for (const scope of ['process', 'tenant']) shed.inc({ scope }, 0)
  return {
    countShed: (scope) => shed.inc({ scope }),
    countLimited: (what) => limited.inc({ what }),
    countDeclined: (code) => declined.inc({ code }),
  }
}
