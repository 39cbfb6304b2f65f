import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { IngestEvents } from '../ingest/events.ts'
import type { IngestResult } from '../ingest/ingest-result.ts'
import type { Operation, Outcome } from '../ingest/outcome.ts'
import type { Answer } from '../ingest/upstream-port.ts'
import { type ReplicaMetrics, replicaMetrics } from './replica-metrics.ts'
import { type StoreMetrics, storeMetrics } from './store-metrics.ts'

/** What the process tells of itself in the Prometheus text format; no label is anything that a caller can choose. */
export interface Metrics extends StoreMetrics, ReplicaMetrics {
  readonly contentType: string
  /** All figures as text. */
  print(): Promise<string>
  /** Notes in how many ways the tables of a solution differ from their declarations. */
  noteDrift(solution: string, differences: number): void
  /** Counts an answer that was believed on its status alone. */
  countUnknownAnswer(): void
  countMutation(result: IngestResult): void
  countRequest(event: IngestEvents['batch:answered']): void
  countWithheld(rows: number): void
  /** Notes how long rows have waited before a request with them leaves. */
  observeWait(event: IngestEvents['batch:sent']): void
  /** Counts a request that was declined unread. */
  countShed(scope: 'process' | 'tenant'): void
  /** Counts a request that was declined because its tenant had sent too much. */
  countLimited(what: 'requests' | 'rows'): void
  countBreaker(event: IngestEvents['breaker:changed']): void
  /** Prints a figure that somebody else holds. */
  watch(name: keyof typeof GAUGES, read: () => number): void
}

/** Figures that other parts hold and are asked for when they are printed. */
const GAUGES = {
  rowgate_upstream_requests_in_flight: 'Upstream requests of all tenants that are under way; 256 may be.',
  rowgate_rows_waiting: 'Rows of all tenants that wait to be sent.',
  rowgate_memory_held_bytes: 'Bytes that bodies and answers under way hold in memory, of MEMORY_BUDGET_BYTES.',
  rowgate_memory_budget_bytes: 'MEMORY_BUDGET_BYTES: what bodies and answers may hold.',
} as const

/** Metrics of one gateway, empty at first. */
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
  const withheld = new Counter({
    name: 'rowgate_rows_withheld_total',
    help: 'Rows that were refused unsent because too many of their tenant waited already.',
    registers,
  })
  const breakers = new Counter({
    name: 'rowgate_breaker_changes_total',
    help: 'How often the requests of a tenant, or of all (host), began to be withheld from a failing upstream (open), and were sent again (closed).',
    labelNames: ['scope', 'state'],
    registers,
  })
  // A counter that is first seen when it counts has not grown, as Prometheus sees it.
  for (const scope of ['host', 'tenant']) for (const state of ['open', 'closed']) breakers.inc({ scope, state }, 0)
  return {
    ...storeMetrics(registers),
    ...declinedCounters(registers),
    ...replicaMetrics(registers, replicaId),
    contentType: registry.contentType,
    print: () => registry.metrics(),
    noteDrift: (solution, differences) => drift.set({ solution }, differences),
    countUnknownAnswer: () => unknownAnswers.inc(),
    countWithheld: (rows) => withheld.inc(rows),
    observeWait: waitHistogram(registers),
    countBreaker: ({ tenantId, isOpen }) =>
      breakers.inc({ scope: tenantId === undefined ? 'host' : 'tenant', state: isOpen ? 'open' : 'closed' }),
    countMutation: mutationCounters(registry),
    countRequest: requestCounters(registry),
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

function declinedCounters(registers: Registry[]): Pick<Metrics, 'countShed' | 'countLimited'> {
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
  for (const scope of ['process', 'tenant']) shed.inc({ scope }, 0)
  return { countShed: (scope) => shed.inc({ scope }), countLimited: (what) => limited.inc({ what }) }
}

type Counts = Record<Outcome['status'] | 'mutations', number>

/** Counted in plain numbers and printed when somebody asks: labels are looked up by their text, which costs more than all else of a small mutation. */
function mutationCounters(registry: Registry): Metrics['countMutation'] {
  const counts = new Map<string, Counts & { readonly resource: string; readonly operation: Operation }>()
  new Counter({
    name: 'rowgate_mutations_total',
    help: 'Mutations of rows that have an outcome for every row, dry runs among them.',
    labelNames: ['resource', 'operation'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { resource, operation, mutations } of counts.values()) this.inc({ resource, operation }, mutations)
    },
  })
  new Counter({
    name: 'rowgate_rows_total',
    help: 'Rows by what became of them.',
    labelNames: ['resource', 'operation', 'outcome'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { resource, operation, ...count } of counts.values())
        for (const outcome of ['ACCEPTED', 'REJECTED', 'UNCONFIRMED'] as const) this.inc({ resource, operation, outcome }, count[outcome])
    },
  })
  return ({ destination: { resource, operation }, counts: rows }) => {
    const name = resource.graphqlName + operation
    const known = counts.get(name) ?? { resource: resource.graphqlName, operation, mutations: 0, ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
    counts.set(name, known)
    known.mutations++
    known.ACCEPTED += rows.ACCEPTED
    known.REJECTED += rows.REJECTED
    known.UNCONFIRMED += rows.UNCONFIRMED
  }
}

function waitHistogram(registers: Registry[]): Metrics['observeWait'] {
  const waits = new Histogram({
    name: 'rowgate_upstream_wait_seconds',
    help: 'How long rows wait before a request with them leaves: in the queue, for a permit and the rate, or to be sent again.',
    buckets: [0.001, 0.01, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  })
  return ({ waitedMs }) => waits.observe(waitedMs / 1_000)
}

function requestCounters(registry: Registry): Metrics['countRequest'] {
  const counts = new Map<string, { readonly operation: Operation; readonly result: string; count: number }>()
  new Counter({
    name: 'rowgate_upstream_requests_total',
    help: 'Requests with rows by what they came to: answered, refused with the status, a reason of unconfirmed rows, unsent, or withheld.',
    labelNames: ['operation', 'result'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { operation, result, count } of counts.values()) this.inc({ operation, result }, count)
    },
  })
  const seconds = new Histogram({
    name: 'rowgate_upstream_request_seconds',
    help: 'How long the upstream takes to answer requests with rows.',
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers: [registry],
  })
  return ({ batch, answer, ms }) => {
    const { operation } = batch.destination
    const result = resultOf(answer)
    const known = counts.get(operation + result) ?? { operation, result, count: 0 }
    counts.set(operation + result, known)
    known.count++
    seconds.observe(ms / 1_000)
  }
}

function resultOf(answer: Answer): string {
  if (answer.kind === 'refused') return `refused_${answer.status}`
  return answer.kind === 'lost' ? answer.reason.toLowerCase() : answer.kind
}
