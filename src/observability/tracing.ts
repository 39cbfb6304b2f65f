import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Attributes, Context, Span, SpanContext } from '@opentelemetry/api'
import type { Batch, Destination } from '../ingest/batch.ts'
import type { Events, IngestEvents } from '../ingest/events.ts'
import { countOutcomes } from '../ingest/ingest.ts'
import type { SendBatch } from '../ingest/send-batch.ts'
import type { FollowCall } from '../upstream/call-reports.ts'
import { type RequestOrigin, randomHex, readOrigin, traceOf } from '../util/request-origin.ts'
import type { Logger } from './log.ts'
import { loadOtelSdk, type OtelOptions, type OtelSdk, type SpanHead } from './otel-sdk.ts'

/** Spans of requests, of the work done for them, and of each attempt at the upstream; their attributes never hold a value of a row. */
interface Tracing {
  /** Starts the span of a request, which ends with its response; the origin carries its context to everything done for it. */
  originOf(request: IncomingMessage, response: ServerResponse): RequestOrigin
  /** Names the span of a request. */
  noteOperation(origin: RequestOrigin, type: string, name: string | undefined): void
  /** Wraps sending in a span per batch, with a link to each request whose rows are in it. */
  followBatches(sendBatch: SendBatch): SendBatch
  readonly followCall: FollowCall
  close(): Promise<void>
}

/** A sampled request, and since when its rows have been queued. */
interface Sampled {
  readonly span: Span
  /** The context of its child spans. */
  readonly context: Context
  queuedAt: number | undefined
}

// A property of the origin: a WeakMap here costs the garbage collector time for finished requests.
const SAMPLED = Symbol('sampled')

/** The origin of a traced request; the property is always there, sampled or not. */
interface TracedOrigin extends RequestOrigin {
  readonly [SAMPLED]: Sampled | undefined
}

/** Tracing by OpenTelemetry, which is loaded here and nowhere else. */
export async function createTracing(options: OtelOptions & { readonly path: string }, events: Events, log: Logger): Promise<Tracing> {
  const sdk = await loadOtelSdk(options, log)
  listenToRows(sdk, events)
  return {
    ...createBatchTracing(sdk),
    close: sdk.close,
    originOf(request, response) {
      const origin = readOrigin(request)
      if (request.method === 'OPTIONS' || !isFor(options.path, request.url)) return origin
      const head = requestHead(sdk, request, origin)
      // Asked first: most requests have no span, and starting one to find that out costs ten times as much.
      if (!sdk.isSampled(head)) return tracedOrigin(origin, { traceId: head.traceId, spanId: randomHex(16), traceFlags: 0 }, undefined)
      const span = startServerSpan(sdk, head, request, origin)
      response.once('close', () => endServerSpan(sdk, span, response))
      const context = sdk.api.trace.setSpan(sdk.api.ROOT_CONTEXT, span)
      return tracedOrigin(origin, span.spanContext(), { span, context, queuedAt: undefined })
    },
    noteOperation(origin, type, name) {
      const span = sampledOf(origin)?.span
      span?.updateName(type)
      span?.setAttributes({ 'graphql.operation.type': type, ...(name !== undefined && { 'graphql.operation.name': name.slice(0, 100) }) })
    },
  }
}

function isFor(path: string, url = ''): boolean {
  return url.startsWith(path) && (url.length === path.length || url[path.length] === '?')
}

function tracedOrigin({ requestId }: RequestOrigin, context: SpanContext, sampled: Sampled | undefined): TracedOrigin {
  return Object.freeze({ requestId, traceparent: traceparentOf(context), [SAMPLED]: sampled })
}

/** What is known of the span of a request before it is started. */
function requestHead({ api }: OtelSdk, { method = '' }: IncomingMessage, { traceparent }: RequestOrigin): SpanHead {
  const name = `${method} graphql`
  const trace = traceOf(traceparent)
  if (trace === undefined) return { name, traceId: randomHex(32), parent: api.ROOT_CONTEXT }
  return { name, traceId: trace.traceId, parent: api.trace.setSpanContext(api.ROOT_CONTEXT, { ...trace, isRemote: true }) }
}

function startServerSpan(sdk: OtelSdk, head: SpanHead, { method = '' }: IncomingMessage, { requestId }: RequestOrigin): Span {
  // Given to the start of a span, attributes would be copied three times.
  return sdk.startServerSpan(head).setAttributes({ 'http.request.method': method, 'rowgate.request_id': requestId })
}

function endServerSpan({ api }: OtelSdk, span: Span, { statusCode, writableFinished }: ServerResponse): void {
  span.setAttributes({ 'http.response.status_code': statusCode, ...(!writableFinished && { 'error.type': 'caller_left' }) })
  if (statusCode >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR })
  span.end()
}

/** Child spans of a request for judging rows and for their time in the queue. */
function listenToRows({ tracer }: OtelSdk, events: Events): void {
  function addSpan(name: string, { context }: Sampled, since: number, until: number, attributes: Attributes): void {
    tracer.startSpan(name, { startTime: since }, context).setAttributes(attributes).end(until)
  }
  function endWait(request: Sampled, attributes: Attributes): void {
    if (request.queuedAt !== undefined) addSpan('queue wait', request, request.queuedAt, performance.now(), attributes)
    request.queuedAt = undefined
  }
  events.on('mutation:judged', ({ origin, destination, rows, since, until }) => {
    const request = sampledOf(origin)
    if (request === undefined) return
    request.span.setAttribute('rowgate.tenant', destination.tenant.id)
    request.queuedAt = until
    addSpan('judge', request, since, until, { ...aboutOf(destination), 'rowgate.rows': rows })
  })
  events.on('batch:sent', ({ batch }) => {
    for (const request of allSampledOf(batch.origins)) endWait(request, { 'rowgate.sent': true })
  })
  events.on('mutation:settled', ({ origin, result }) => {
    const request = sampledOf(origin)
    if (request === undefined) return
    if (result.sent.rows === 0) request.queuedAt = undefined
    endWait(request, { 'rowgate.sent': false })
    request.span.addEvent('mutation settled', { ...aboutOf(result.destination), ...countsOf(result.counts) })
  })
}

function aboutOf({ resource, operation, dryRun }: Destination): Attributes {
  return { 'rowgate.resource': resource.graphqlName, 'rowgate.operation': operation, ...(dryRun && { 'rowgate.dry_run': true }) }
}

function countsOf({ ACCEPTED, REJECTED, UNCONFIRMED }: IngestEvents['mutation:settled']['result']['counts']): Attributes {
  return { 'rowgate.rows.accepted': ACCEPTED, 'rowgate.rows.rejected': REJECTED, 'rowgate.rows.unconfirmed': UNCONFIRMED }
}

/** Spans of batches, with child spans of attempts. */
function createBatchTracing(sdk: OtelSdk): Pick<Tracing, 'followBatches' | 'followCall'> {
  const { api, tracer } = sdk
  // By the list of origins, which all attempts at a batch share.
  const batches = new Map<readonly RequestOrigin[], { readonly context: Context; attempts: number }>()
  async function follow(span: Span, { origins }: Batch, sent: ReturnType<SendBatch>): ReturnType<SendBatch> {
    try {
      const result = await sent
      span.setAttributes(countsOf(countOutcomes(result.outcomes)))
      return result
    } finally {
      batches.delete(origins)
      span.end()
    }
  }
  return {
    followBatches: (sendBatch) => (batch, limits, refusals) => {
      const span = startBatchSpan(sdk, batch)
      if (span === undefined) return sendBatch(batch, limits, refusals)
      batches.set(batch.origins, { context: api.trace.setSpan(api.ROOT_CONTEXT, span), attempts: 0 })
      return follow(span, batch, sendBatch(batch, limits, refusals))
    },
    followCall({ method, origins, rows }) {
      const batch = batches.get(origins)
      const context = batch?.context ?? allSampledOf(origins)[0]?.context
      if (context === undefined || (batch === undefined && rows !== undefined)) return undefined
      const span = tracer
        .startSpan(rows === undefined ? `${method} schema` : 'send rows', { kind: api.SpanKind.CLIENT }, context)
        .setAttributes({ 'http.request.method': method, ...(rows !== undefined && { 'rowgate.rows': rows }) })
      if (batch !== undefined && batch.attempts++ > 0) span.setAttribute('http.request.resend_count', batch.attempts - 1)
      return {
        traceparent: traceparentOf(span.spanContext()),
        end({ kind, status, reason }) {
          if (status !== undefined) span.setAttribute('http.response.status_code', status)
          else span.setAttribute('error.type', reason ?? kind)
          if (status === undefined || status >= 400) span.setStatus({ code: api.SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
  }
}

/** A batch of one request is part of its trace; one of several has a trace of its own, since no caller may see that of another. */
function startBatchSpan({ api, tracer }: OtelSdk, { destination, rows, origins }: Batch): Span | undefined {
  const sampled = allSampledOf(origins)
  const [first] = sampled
  if (first === undefined) return undefined
  const requests = new Set(origins).size
  return tracer
    .startSpan('batch', undefined, requests > 1 ? api.ROOT_CONTEXT : first.context)
    .addLinks(sampled.map(({ span }) => ({ context: span.spanContext() })))
    .setAttributes({ ...aboutOf(destination), 'rowgate.rows': rows.length, 'rowgate.requests': requests })
}

/** The `traceparent` header of a span. */
function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

/** The sampled request of an origin; undefined where it is not sampled. */
function sampledOf(origin: RequestOrigin): Sampled | undefined {
  return (origin as Partial<TracedOrigin>)[SAMPLED]
}

const NONE: readonly Sampled[] = []

/** The sampled requests among some origins, without duplicates. */
function allSampledOf(origins: readonly RequestOrigin[]): readonly Sampled[] {
  return origins.some(sampledOf) ? [...new Set(origins.flatMap((origin) => sampledOf(origin) ?? []))] : NONE
}
