import type { Answer, Batch, UpstreamPort } from '../ingest/upstream-port.ts'
import { objectName } from '../resource/solutions.ts'
import type { RowIssueCode } from '../rows/issue.ts'
import { createBufferPool } from '../util/buffer-pool.ts'
import type { Client, Exchange } from './client.ts'
import type { AnswerReading } from './match-rows.ts'
import { ANSWERS, readAnswer, readRefusal } from './read-answer.ts'
import { readRetryAfter } from './retry-after.ts'

/** Where rows are posted: a path with `{object}` in it. */
export interface IngestWireOptions extends AnswerReading {
  readonly ingestionPath: string
  /** Told of each answer that was believed on its status alone, with the names at its top; names can be anything. */
  readonly onUnknownAnswer: OnUnknownAnswer
}

/** Takes the names at the top of an answer with no word that is known, and the batch that it is about. */
export type OnUnknownAnswer = (names: readonly string[], batch: Batch) => void

/** The upstream's ingest endpoint as the port `ingest` sends through. */
export function createIngestWire(client: Client, options: IngestWireOptions): UpstreamPort {
  const bodies = createBufferPool()
  return {
    prepare(batch) {
      const { tenant, solution, resource, operation, dryRun } = batch.destination
      const object = encodeURIComponent(objectName(solution, resource))
      const path = options.ingestionPath.replace('{object}', object)
      const body = bodies.write(
        `{"solutionName":${JSON.stringify(solution.name)},"data":`,
        batch.rows.json(),
        `,"operationType":"${operation}","dryRun":${dryRun}}`,
      )
      return {
        byteLength: body.byteLength,
        async send(signal, onHeadersSent) {
          const exchange = await client.call({ method: 'POST', path, tenant, body, origins: batch.origins, signal, onHeadersSent })
          if (exchange.kind !== 'reply' || !exchange.isSent) bodies.abandon(body)
          return readExchange(exchange, batch, options)
        },
        [Symbol.dispose]: () => bodies.giveBack(body),
      }
    },
  }
}

interface Refusal {
  readonly code: RowIssueCode
  readonly retryable: boolean
  readonly divisible: boolean
}

const PLAIN_REFUSAL: Refusal = { code: 'UPSTREAM_REFUSED_BATCH', retryable: false, divisible: false }

/** Refusals with a meaning of their own; every other status of a refusal means no more than that. */
const MEANINGS: Readonly<Record<number, Partial<Refusal>>> = {
  400: { divisible: true },
  401: { code: 'UPSTREAM_UNAUTHORIZED' },
  403: { code: 'UPSTREAM_UNAUTHORIZED' },
  404: { code: 'UPSTREAM_NOT_FOUND' },
  409: { divisible: true },
  410: { code: 'UPSTREAM_NOT_FOUND' },
  413: { divisible: true },
  422: { divisible: true },
  425: { retryable: true },
  429: { code: 'UPSTREAM_RATE_LIMITED', retryable: true },
}

// The request may have been taken: the server gave up on the rest of it (408), or whoever stands before it did on the answer.
const OPEN_4XX: ReadonlySet<number> = new Set([408, 444, 460, 499])

/**
 * What a status refuses, undefined where it leaves the fate of the rows open. Of 4xx a client treats each that it does not
 * know as a 400. A redirect that keeps the method asks for the request elsewhere: it was not taken here, and none is followed.
 */
function refusalOf(status: number): Refusal | undefined {
  const isRefusal = status === 307 || status === 308 || (status >= 400 && status < 500 && !OPEN_4XX.has(status))
  return isRefusal ? { ...PLAIN_REFUSAL, ...MEANINGS[status] } : undefined
}

function readExchange(exchange: Exchange, batch: Batch, options: IngestWireOptions): Answer {
  if (exchange.kind !== 'reply') return exchange
  const { status, text, retryAfter } = exchange
  if (ANSWERS.has(status)) {
    const { verdicts, unknownShape } = readAnswer(status, text, batch, options)
    if (unknownShape) options.onUnknownAnswer(unknownShape, batch)
    return { kind: 'answered', verdicts }
  }
  const refusal = refusalOf(status)
  if (refusal === undefined) {
    if (status < 500) return { kind: 'lost', reason: 'UNREADABLE_ANSWER' }
    return { kind: 'lost', reason: 'UPSTREAM_ERROR', ...(status === 503 && readRetryAfter(retryAfter)) }
  }
  const { error, named } = readRefusal(text, batch, options)
  const isOfRows = refusal.code === 'UPSTREAM_REFUSED_BATCH' && !refusal.retryable
  return { kind: 'refused', ...refusal, ...readRetryAfter(retryAfter), status, error, ...(isOfRows && named && { named }) }
}
