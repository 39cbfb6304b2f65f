import type { Events } from '../ingest/events.ts'
import type { SendBatch } from '../ingest/send-batch.ts'
import { createUpstreamCalls } from '../upstream/call-reports.ts'
import { readOrigin } from '../util/request-origin.ts'
import type { Logger } from './log.ts'
import { createMetrics } from './metrics.ts'
import { observe } from './observe.ts'
import { createReports } from './reports.ts'
import type { ObservabilityConfig } from './settings.ts'
import { createTracing } from './tracing.ts'

/** All that listens: log, metrics, tracing, and the reports on the upstream that callers ask for. */
export type Observability = Awaited<ReturnType<typeof createObservability>>

/** Nothing was seen yet. What traces needs is loaded only where there is somewhere to send them. */
export async function createObservability({ replicaId, tracing }: ObservabilityConfig, path: string, log: Logger) {
  const metrics = createMetrics(replicaId)
  const calls = createUpstreamCalls()
  const traces = tracing && (await createTracing({ ...tracing, replicaId, path }, log))
  return {
    log,
    metrics,
    reports: createReports(log, metrics),
    originOf: traces?.originOf ?? readOrigin,
    /** Absent where nothing is traced. */
    onOperation: traces?.noteOperation,
    watchUpstream: calls.watch,
    /** Those who are told of every call of the upstream. */
    followers: traces === undefined ? [calls.follow] : [calls.follow, traces.followCall],
    /** The same sending, with a span for each batch where anything is traced. */
    followBatches: traces?.followBatches ?? ((sendBatch: SendBatch) => sendBatch),
    listen(events: Events): void {
      observe(events, log, metrics)
      traces?.listen(events)
    },
    close: async () => await traces?.close(),
  }
}
