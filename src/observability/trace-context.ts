import type * as Api from '@opentelemetry/api'
import { type RequestOrigin, traceOf } from '../util/request-origin.ts'

/** The context in which spans of a trace are made; undefined where a text is no trace. */
export function contextOf(api: typeof Api, { traceparent }: Pick<RequestOrigin, 'traceparent'>, isRemote = false): Api.Context | undefined {
  const trace = traceOf(traceparent)
  return trace && api.trace.setSpanContext(api.ROOT_CONTEXT, { ...trace, isRemote })
}

/** A span as the header `traceparent` says it. */
export function traceparentOf({ traceId, spanId, traceFlags }: Api.SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

/** The requests that are sampled, each once. */
export function sampledOf(origins: readonly RequestOrigin[]): readonly RequestOrigin[] {
  return [...new Set(origins)].filter(({ traceparent }) => ((traceOf(traceparent)?.traceFlags ?? 0) & 1) === 1)
}
