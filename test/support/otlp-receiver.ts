import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { listening } from './listening.ts'

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly events: readonly (Pick<ReceivedSpan, 'attributes'> & { readonly name: string })[]
  readonly status: { readonly code?: number }
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: Pick<ReceivedSpan, 'attributes'>
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[]
  }[]
}

/** A receiver of OTLP over HTTP, in JSON. */
export interface OtlpReceiver {
  readonly url: string
  /** Everything that arrived, as it was written. */
  readonly texts: readonly string[]
  readonly spans: () => readonly ReceivedSpan[]
  /** The attributes of whatever sent the spans. */
  readonly resource: () => Readonly<Record<string, unknown>>
  close(): Promise<void>
}

/** Takes what is sent to /v1/traces and nothing else. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const texts: string[] = []
  const server = createServer(async (request, response) => {
    const sent = await text(request)
    if (request.url === '/v1/traces') texts.push(sent)
    response.writeHead(request.url === '/v1/traces' ? 200 : 404, { 'content-type': 'application/json' }).end('{}')
  })
  const received = () => texts.flatMap((text) => (JSON.parse(text) as Export).resourceSpans)
  return {
    ...(await listening(server)),
    texts,
    spans: () => received().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    resource: () => attributesOf(received()[0]?.resource ?? { attributes: [] }),
  }
}

/** Attributes by their names. */
export function attributesOf({ attributes }: Pick<ReceivedSpan, 'attributes'>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
