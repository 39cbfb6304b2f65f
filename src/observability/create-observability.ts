import type { Events } from '../ingest/events.ts'
import type { SendBatch } from '../ingest/send-batch.ts'
import { createUpstreamCalls } from '../upstream/call-reports.ts'
import { readOrigin } from '../util/request-origin.ts'
import type { Logger } from './log.ts'
import { logEvents } from './log-events.ts'
import { createMetrics } from './metrics.ts'
import { createReports } from './reports.ts'
import type { ObservabilityConfig } from './settings.ts'
import { createTracing } from './tracing.ts'

/** Log, metrics, traces, and the reports on upstream calls that callers can ask for. */
export type Observability = Awaited<ReturnType<typeof createObservability>>

/** Creates them, as listeners to the events; OpenTelemetry is loaded only where tracing is configured. */
export async function createObservability({ replicaId, tracing }: ObservabilityConfig, path: string, events: Events, log: Logger) {
  const metrics = createMetrics(replicaId, events)
  logEvents(events, log)
  const calls = createUpstreamCalls()
  const traces = tracing && (await createTracing({ ...tracing, replicaId, path }, events, log))
  return {
    log,
    metrics,
    reports: createReports(log, metrics),
    originOf: traces?.originOf ?? readOrigin,
    /** Undefined without tracing. */
    onOperation: traces?.noteOperation,
    watchUpstream: calls.watch,
    /** Notified of every call to the upstream. */
    followers: traces === undefined ? [calls.follow] : [calls.follow, traces.followCall],
    /** Wraps sending in a span per batch, with tracing. */
    followBatches: traces?.followBatches ?? ((sendBatch: SendBatch) => sendBatch),
    close: async () => await traces?.close(),
  }
}
