import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Events } from '../ingest/events.ts'
import type { SendBatch } from '../ingest/send-batch.ts'
import { createUpstreamCalls, type FollowCall, type UpstreamCalls } from '../upstream/call-reports.ts'
import { type RequestOrigin, readOrigin } from '../util/request-origin.ts'
import type { Logger } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { observe } from './observe.ts'
import { createReports, type Reports } from './reports.ts'
import type { ObservabilityConfig } from './settings.ts'
import { createTracing, type Tracing } from './tracing.ts'

/** All that listens: log, metrics, tracing, and the reports on the upstream that callers ask for. */
export interface Observability {
  readonly log: Logger
  readonly metrics: Metrics
  readonly reports: Reports
  readonly originOf: (request: IncomingMessage, response: ServerResponse) => RequestOrigin
  /** Absent where nothing is traced. */
  readonly onOperation: Tracing['noteOperation'] | undefined
  readonly watchUpstream: UpstreamCalls['watch']
  /** Those who are told of every call of the upstream. */
  readonly followers: readonly FollowCall[]
  /** The same sending, with a span for each batch where anything is traced. */
  followBatches(sendBatch: SendBatch): SendBatch
  listen(events: Events): void
  close(): Promise<void>
}

/** Nothing was seen yet. What traces needs is loaded only where there is somewhere to send them. */
export async function createObservability({ replicaId, tracing }: ObservabilityConfig, path: string, log: Logger): Promise<Observability> {
  const metrics = createMetrics(replicaId)
  const calls = createUpstreamCalls()
  const traces = tracing && (await createTracing({ ...tracing, replicaId, path }, log))
  return {
    log,
    metrics,
    reports: createReports(log, metrics),
    originOf: traces?.originOf ?? readOrigin,
    onOperation: traces?.noteOperation,
    watchUpstream: calls.watch,
    followers: traces === undefined ? [calls.follow] : [calls.follow, traces.followCall],
    followBatches: traces?.followBatches ?? ((sendBatch) => sendBatch),
    listen(events) {
      observe(events, log, metrics)
      traces?.listen(events)
    },
    close: async () => await traces?.close(),
  }
}
