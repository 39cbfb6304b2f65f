import { createBodyPool } from '../body-pool.ts'
import type { Answer, Batch, UpstreamPort } from '../ingest/upstream-port.ts'
import type { RowIssueCode } from '../resource/issue.ts'
import { objectName } from '../resource/solutions.ts'
import type { Client, Exchange } from './client.ts'
import { valueAt } from './loose-object.ts'
import { type AnswerReading, readAnswer, readError } from './read-answer.ts'
import { readRetryAfter } from './retry-after.ts'

/** Where rows are posted: a path with `{object}` in it. */
export interface IngestWireOptions extends AnswerReading {
  readonly ingestionPath: string
}

/** The upstream's ingest endpoint as the port `ingest` sends through. */
export function createIngestWire(client: Client, options: IngestWireOptions): UpstreamPort {
  const bodies = createBodyPool()
  return {
    encode: ({ destination: { solution, operation, dryRun }, rows }) =>
      bodies.write(
        `{"solutionName":${JSON.stringify(solution.name)},"data":`,
        rows.json(),
        `,"operationType":"${operation}","dryRun":${dryRun}}`,
      ),
    async send(batch, body, signal) {
      const { tenant, solution, resource } = batch.destination
      const object = encodeURIComponent(objectName(solution, resource))
      const path = options.ingestionPath.replace('{object}', object)
      const exchange = await client.call({ method: 'POST', path, tenant, body, origins: batch.origins, signal })
      if (exchange.kind !== 'reply' || !exchange.isSent) bodies.abandon(body)
      return readExchange(exchange, batch, options)
    },
    release: bodies.giveBack,
  }
}

/** Statuses by which the upstream says it did not take the request; every other one leaves the fate of the rows open. */
const REFUSALS: Readonly<Record<number, { code: RowIssueCode; retryable: boolean; divisible?: true }>> = {
  400: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false, divisible: true },
  401: { code: 'UPSTREAM_UNAUTHORIZED', retryable: false },
  403: { code: 'UPSTREAM_UNAUTHORIZED', retryable: false },
  404: { code: 'UPSTREAM_NOT_FOUND', retryable: false },
  405: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false },
  406: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false },
  410: { code: 'UPSTREAM_NOT_FOUND', retryable: false },
  411: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false },
  413: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false, divisible: true },
  414: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false },
  415: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false },
  421: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false },
  422: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false, divisible: true },
  425: { code: 'UPSTREAM_REFUSED_BATCH', retryable: true },
  429: { code: 'UPSTREAM_RATE_LIMITED', retryable: true },
  431: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false },
  // A redirect that keeps the method asks for the request elsewhere: it was not taken here, and none is followed.
  307: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false },
  308: { code: 'UPSTREAM_REFUSED_BATCH', retryable: false },
}

function readExchange(exchange: Exchange, batch: Batch, reading: AnswerReading): Answer {
  if (exchange.kind !== 'reply') return exchange
  const { status, text, retryAfter } = exchange
  if (status === 200 || status === 207) return { kind: 'answered', verdicts: readAnswer(status, text, batch, reading) }
  const refusal = REFUSALS[status]
  if (refusal !== undefined)
    return { kind: 'refused', divisible: false, ...refusal, ...readRetryAfter(retryAfter), status, error: readRefusal(text) }
  if (status < 500) return { kind: 'lost', reason: 'UNREADABLE_ANSWER' }
  return { kind: 'lost', reason: 'UPSTREAM_ERROR', ...(status === 503 && readRetryAfter(retryAfter)) }
}

/** The upstream's words on a declined request, where its body is JSON and has any. */
function readRefusal(text: string | undefined): ReturnType<typeof readError> {
  try {
    const answer: unknown = JSON.parse(text ?? '')
    return readError(valueAt(answer, ['error']) ?? answer)
  } catch {
    return {}
  }
}
