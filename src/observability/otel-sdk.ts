import { setTimeout as pass } from 'node:timers/promises'
import type * as Api from '@opentelemetry/api'
import { errorCode } from '../util/error-code.ts'
import { createOncePerMinute } from '../util/once-per-minute.ts'
import { randomHex } from '../util/request-origin.ts'
import type { Logger } from './log.ts'

/** The parts of OpenTelemetry in use. */
export interface OtelSdk {
  readonly api: typeof Api
  /** Whether a request has spans, by the sampler that the environment names. */
  isSampled(head: SpanHead): boolean
  /** Starts the span of a sampled request, in the trace that was decided on. */
  startServerSpan(head: SpanHead): Api.Span
  /** For spans below a sampled request: every one is recorded. */
  readonly tracer: Api.Tracer
  /** Exports the remaining spans, and shuts down. */
  close(): Promise<void>
}

/** The beginning of a span, of a trace of its own where its context has no parent. */
export interface SpanHead {
  readonly name: string
  readonly traceId: string
  readonly parent: Api.Context
}

/** Where spans go, and whose they are. */
export interface OtelOptions {
  /** The base of an OTLP/HTTP receiver. */
  readonly endpoint: URL
  readonly replicaId: string
}

/** The span of a shared request may have as many links as it has rows. */
const MAX_LINKS = 1_000

/**
 * Loads the SDK lazily, since it costs 30 MB and half a second. It reads sampler, headers, queue, service name and further
 * attributes from the standard variables (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, ...) itself.
 */
export async function loadOtelSdk({ endpoint, replicaId }: OtelOptions, log: Logger): Promise<OtelSdk> {
  const [api, trace, { buildSamplerFromEnv }, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    // Its package exports it by this path alone.
    import('@opentelemetry/sdk-trace-base/build/src/config.js'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const report = createReport(log)
  const none = () => {}
  api.diag.setLogger(
    { error: report.failed, warn: report.said, info: none, debug: none, verbose: none },
    { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  const url = `${endpoint.href.replace(/\/+$/, '')}/v1/traces`
  const named = resources.resourceFromAttributes({ 'service.name': 'rowgate', 'service.instance.id': replicaId })
  const ids = createIds()
  const provider = new trace.NodeTracerProvider({
    resource: named.merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new trace.BatchSpanProcessor(new OTLPTraceExporter({ url }))],
    spanLimits: { linkCountLimit: MAX_LINKS },
    sampler: new trace.AlwaysOnSampler(),
    idGenerator: ids,
  })
  const sampler = buildSamplerFromEnv()
  const tracer = provider.getTracer('rowgate')
  return {
    api,
    isSampled({ parent, traceId, name }) {
      const { decision } = sampler.shouldSample(parent, traceId, name, api.SpanKind.SERVER, {}, [])
      return decision === trace.SamplingDecision.RECORD_AND_SAMPLED
    },
    startServerSpan: ({ name, traceId, parent }) =>
      ids.within(traceId, () => tracer.startSpan(name, { kind: api.SpanKind.SERVER }, parent)),
    tracer,
    async close() {
      // A receiver that is down must not delay shutdown.
      const late = pass(CLOSING_MS, { code: 'ETIMEDOUT' }, { ref: false }).then((error) => Promise.reject(error))
      await Promise.race([provider.shutdown(), late]).catch(report.failed)
    },
  }
}

/** Random ids, but for a trace whose id is decided on. */
function createIds() {
  let decided: string | undefined
  return {
    generateTraceId: () => decided ?? randomHex(32),
    generateSpanId: () => randomHex(16),
    within(traceId: string, start: () => Api.Span): Api.Span {
      decided = traceId
      const span = start()
      decided = undefined
      return span
    },
  }
}

/** How long exporting the last spans may take. */
const CLOSING_MS = 2_000

/** Messages of the SDK itself, which are safe to log, for errors without a code. */
const OWN_WORDS =
  /^(?:Request timed out|Export failed with (?:retryable status|unknown error)|OTLP export response body exceeded size limit)/

/** The name of an environment variable in a message of the SDK. */
const VARIABLE = /\bOTEL_[A-Z_]+/

/** Logs messages of the SDK: of errors only the code or the SDK's own message, since a receiver can answer anything; of variables only the name. */
function createReport(log: Logger) {
  const mayTell = createOncePerMinute()
  const named = new Set<string>()

  /** Logs a message about an environment variable, once for each; false where it is about something else. */
  function said(words: unknown): boolean {
    const setting = typeof words === 'string' ? VARIABLE.exec(words)?.[0] : undefined
    if (setting === undefined) return false
    if (!named.has(setting)) log.warn({ setting }, 'a setting of OpenTelemetry is invalid: its default is used instead')
    named.add(setting)
    return true
  }

  /** Logs that spans were lost, once a minute. */
  function failed(error: unknown): void {
    // The SDK mostly gives the error as JSON, with its stack and the receiver's answer.
    const told = typeof error === 'string' ? parsed(error) : error
    if ((told === undefined && said(error)) || !mayTell()) return
    log.warn({ cause: errorCode(told) ?? ownWords(told) }, 'traces could not be exported (logged once a minute)')
  }

  return { said, failed }
}

function ownWords(error: unknown): string | undefined {
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
  return OWN_WORDS.exec(message)?.[0]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
