import { Counter, Gauge, Registry } from 'prom-client'

/** What the process tells of itself in the Prometheus text format. */
export interface Metrics {
  readonly contentType: string
  /** All figures as text. */
  print(): Promise<string>
  /** Notes in how many ways the tables of a solution differ from their declarations. */
  noteDrift(solution: string, differences: number): void
  /** Counts an answer that was believed on its status alone. */
  countUnknownAnswer(): void
}

/** Metrics of one gateway, empty at first. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const drift = new Gauge({
    name: 'rowgate_schema_drift_differences',
    help: "Differences between the declarations and the upstream's tables, as found at start with INGESTION_TOKEN.",
    labelNames: ['solution'],
    registers: [registry],
  })
  const unknownAnswers = new Counter({
    name: 'rowgate_upstream_unknown_answers_total',
    help: 'Answers to rows that were believed on their status alone: no word in them is known to mean yes. The log has their names.',
    registers: [registry],
  })
  return {
    contentType: registry.contentType,
    print: () => registry.metrics(),
    noteDrift: (solution, differences) => drift.set({ solution }, differences),
    countUnknownAnswer: () => unknownAnswers.inc(),
  }
}
