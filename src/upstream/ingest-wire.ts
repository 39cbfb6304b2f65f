import type { Batch } from '../ingest/batch.ts'
import type { Answer, UpstreamPort } from '../ingest/upstream-port.ts'
import { objectName } from '../resource/module.ts'
import { createBufferPool } from '../util/buffer-pool.ts'
import type { Client, Exchange } from './client.ts'
import type { AnswerReading } from './match-rows.ts'
import { readAnswer } from './read-answer.ts'
import { readRefusal } from './read-refusal.ts'
import { meaningOf, readRetryAfter } from './statuses.ts'

/** Where rows are posted: a path with `{object}` in it. */
interface IngestWireOptions extends AnswerReading {
  readonly ingestionPath: string
  /** Called for each answer that was believed on its status alone, with its top-level names, which can be any text. */
  readonly onUnknownAnswer: OnUnknownAnswer
  /** Called for each answer that settles no row. */
  readonly onUnusableAnswer: (status: number, text: string | undefined, batch: Batch) => void
}

/** Takes the top-level names of an answer without a known word, and its batch. */
export type OnUnknownAnswer = (names: readonly string[], batch: Batch) => void

/** The upstream's ingest endpoint, behind the port of `ingest`. */
export function createIngestWire(client: Client, options: IngestWireOptions): UpstreamPort {
  const bodies = createBufferPool()
  return {
    prepare(batch) {
      const { tenant, solution, resource, operation, dryRun } = batch.destination
      const object = encodeURIComponent(objectName(solution, resource))
      const path = options.ingestionPath.replace('{object}', object)
      const body = bodies.write(
        `{"solutionName":${JSON.stringify(solution.name)},"data":[`,
        ...batch.rows.json(),
        `],"operationType":"${operation}","dryRun":${dryRun}}`,
      )
      return {
        byteLength: body.byteLength,
        async send(signal, noteLeft) {
          const { origins, rowOrigins, waitingSince, rows } = batch
          const exchange = await client.call({
            method: 'POST',
            path,
            tenant,
            body,
            origins,
            waitingSince,
            rows: rows.length,
            rowOrigins,
            signal,
            noteLeft,
          })
          return readExchange(exchange, batch, options)
        },
        [Symbol.dispose]: () => bodies.giveBack(body),
      }
    },
  }
}

function readExchange(exchange: Exchange, batch: Batch, options: IngestWireOptions): Answer {
  if (exchange.kind === 'unsent') return { kind: 'unsent', failure: 'UNSENT' }
  if (exchange.kind === 'lost') return { ...exchange, failure: 'LOST' }
  const { status, text } = exchange
  const asked = readRetryAfter(exchange.retryAfter)
  const meaning = meaningOf(status, asked.retryAfterMs !== undefined)
  if (meaning.kind === 'lost') {
    options.onUnusableAnswer(status, text, batch)
    return { ...meaning, ...(meaning.failure === 'UNAVAILABLE' && asked) }
  }
  if (meaning.kind === 'answered') {
    const { verdicts, unknownShape } = readAnswer(status, text, batch, options)
    if (unknownShape) options.onUnknownAnswer(unknownShape, batch)
    if (verdicts.every(({ kind }) => kind === 'none')) options.onUnusableAnswer(status, text, batch)
    return { kind: 'answered', verdicts }
  }
  const { error, named, contradiction } = readRefusal(text, batch, options)
  if (contradiction) return { kind: 'answered', verdicts: contradiction }
  const isOfRows = meaning.code === 'UPSTREAM_REFUSED_BATCH' && meaning.failure === 'FINAL'
  return { ...meaning, ...asked, status, error, ...(isOfRows && named && { named }) }
}
