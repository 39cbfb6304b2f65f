import { Counter, Histogram, type Registry } from 'prom-client'
import type { Events } from '../ingest/events.ts'
import type { Operation, Outcome } from '../ingest/outcome.ts'
import type { Answer } from '../ingest/upstream-port.ts'

/** Registers the metrics of rows and of the upstream requests that carry them, which count what happens from now on. */
export function addIngestMetrics(registers: Registry[], events: Events): void {
  countWithheld(registers, events)
  observeWaits(registers, events)
  countBreakers(registers, events)
  countMutations(registers, events)
  countRequests(registers, events)
}

function countWithheld(registers: Registry[], events: Events): void {
  const withheld = new Counter({
    name: 'rowgate_rows_withheld_total',
    help: 'Rows refused without being sent, because too many rows of their tenant were already waiting.',
    registers,
  })
  events.on('rows:withheld', ({ rows }) => withheld.inc(rows))
}

function countBreakers(registers: Registry[], events: Events): void {
  const breakers = new Counter({
    name: 'rowgate_breaker_changes_total',
    help: 'How often requests of a tenant, or of all tenants (host), were stopped because the upstream kept failing (open), and let through again (closed).',
    labelNames: ['scope', 'state'],
    registers,
  })
  // Start at 0: Prometheus sees no increase in a counter that first appears with a value.
  for (const scope of ['host', 'tenant']) for (const state of ['open', 'closed']) breakers.inc({ scope, state }, 0)
  events.on('breaker:changed', ({ tenantId, isOpen }) =>
    breakers.inc({ scope: tenantId === undefined ? 'host' : 'tenant', state: isOpen ? 'open' : 'closed' }),
  )
}

/** Counts in plain numbers that are copied when metrics are scraped: looking up labels for each mutation costs more than the rest of a small one. */
function countMutations(registers: Registry[], events: Events): void {
  const counts = new Map<
    string,
    Record<Outcome['status'] | 'mutations', number> & { readonly resource: string; readonly operation: Operation }
  >()
  new Counter({
    name: 'rowgate_mutations_total',
    help: 'Mutations in which every row got an outcome, dry runs included.',
    labelNames: ['resource', 'operation'],
    registers,
    collect() {
      this.reset()
      for (const { resource, operation, mutations } of counts.values()) this.inc({ resource, operation }, mutations)
    },
  })
  new Counter({
    name: 'rowgate_rows_total',
    help: 'Rows by outcome, dry runs excluded.',
    labelNames: ['resource', 'operation', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const { resource, operation, ...count } of counts.values())
        for (const outcome of ['ACCEPTED', 'REJECTED', 'UNCONFIRMED'] as const) this.inc({ resource, operation, outcome }, count[outcome])
    },
  })
  events.on('mutation:settled', ({ result: { destination, counts: rows } }) => {
    const { resource, operation } = destination
    const name = resource.graphqlName + operation
    const known = counts.get(name) ?? { resource: resource.graphqlName, operation, mutations: 0, ACCEPTED: 0, REJECTED: 0, UNCONFIRMED: 0 }
    counts.set(name, known)
    known.mutations++
    if (destination.dryRun) return
    known.ACCEPTED += rows.ACCEPTED
    known.REJECTED += rows.REJECTED
    known.UNCONFIRMED += rows.UNCONFIRMED
  })
}

function observeWaits(registers: Registry[], events: Events): void {
  const waits = new Histogram({
    name: 'rowgate_upstream_wait_seconds',
    help: 'How long rows waited before a request with them left: in the queue, for a permit, for the rate limit, or to be sent again.',
    buckets: [0.001, 0.01, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  })
  events.on('batch:sent', ({ waitedMs }) => waits.observe(waitedMs / 1_000))
}

function countRequests(registers: Registry[], events: Events): void {
  const counts = new Map<string, { readonly operation: Operation; readonly result: string; count: number }>()
  new Counter({
    name: 'rowgate_upstream_requests_total',
    help: 'Requests with rows, by result: answered, refused with the status, the reason why their rows are unconfirmed, unsent, or withheld.',
    labelNames: ['operation', 'result'],
    registers,
    collect() {
      this.reset()
      for (const { operation, result, count } of counts.values()) this.inc({ operation, result }, count)
    },
  })
  const seconds = new Histogram({
    name: 'rowgate_upstream_request_seconds',
    help: 'How long the upstream takes to answer requests with rows.',
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  })
  events.on('batch:answered', ({ batch, answer, ms }) => {
    const { operation } = batch.destination
    const result = resultOf(answer)
    const known = counts.get(operation + result) ?? { operation, result, count: 0 }
    counts.set(operation + result, known)
    known.count++
    seconds.observe(ms / 1_000)
  })
}

function resultOf(answer: Answer): string {
  if (answer.kind === 'refused') return `refused_${answer.status}`
  // An answer without a verdict on any row, such as an HTML page with 200, may be an outage.
  if (answer.kind === 'answered' && answer.verdicts.every(({ kind }) => kind === 'none')) return 'unreadable_answer'
  return answer.kind === 'lost' ? answer.reason.toLowerCase() : answer.kind
}
