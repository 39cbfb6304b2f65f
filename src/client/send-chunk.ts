import type { Chunk } from './chunks.ts'
import { ClientError } from './client-error.ts'
import { ingestBody, type Payload, payloadIn, type Target } from './ingest-request.ts'
import { FEW_TRIES, isWorthRepeating, pauseMs, sleep, TRIES } from './retry.ts'
import type { Settled } from './tally.ts'
import { aborted, type Body, type Transport } from './transport.ts'

/** What sending a chunk needs of its run. */
export interface ChunkSending {
  readonly target: Target
  readonly transport: Transport
  /** The key of each chunk; null where none is to be sent. */
  keyOf(number: number): string | null
  /** Told of each request, and of each pause before one. */
  onRequest(isRepeated: boolean): void
  onPause(ms: number): void
  /** Has the run go on without keys; false where rows could be written twice then. */
  dropKeys(): boolean
  /** The caller's: aborts requests under way. */
  readonly signal: AbortSignal | undefined
  /** The run's: no request is repeated any more. */
  readonly stopped: AbortSignal
}

/** Rows that are worth sending again are, until so many times in a row none of them came to its end. */
const ROUNDS = 8

/**
 * Sends a chunk until there is nothing of it left to do, always by the very same request: what the gateway has settled under the
 * key is not sent again. Rejects with a `ClientError` where no outcome could be had.
 */
export async function sendChunk<Row>(chunk: Chunk<Row>, sending: ChunkSending): Promise<Settled<Row>> {
  if (chunk.texts.length === 0) return { chunk, key: null, payload: undefined, replayed: 0 }
  const request = createRequest(chunk, sending)
  let latest: Payload | undefined
  let replayed = 0
  for (let rounds = 0; ; rounds++) {
    const before: Payload | undefined = latest
    try {
      latest = await request.answer()
    } catch (error) {
      // What was told before stays true.
      if (before === undefined || !(error instanceof ClientError)) throw error
      break
    }
    if (before === undefined && !request.wasLost()) replayed = latest.replayedCount
    if (before !== undefined && latest.retryableCount < before.retryableCount) rounds = 0
    if (latest.retryableCount === 0 || rounds >= ROUNDS) break
    if (!(await pause(sending, pauseMs(rounds, latest.retryAfterMs)))) break
  }
  return { chunk, key: request.key(), payload: latest, replayed }
}

/** Waits; false where the run has stopped meanwhile. */
async function pause({ onPause, stopped }: ChunkSending, ms: number): Promise<boolean> {
  if (!stopped.aborted) onPause(ms)
  await sleep(ms, stopped)
  return !stopped.aborted
}

function createRequest<Row>({ number, texts }: Chunk<Row>, sending: ChunkSending) {
  const { target, transport, signal } = sending
  let key = sending.keyOf(number)
  let body: Body | undefined
  let asked = false
  let lost = false

  async function ask(): Promise<Payload> {
    if (signal?.aborted) throw aborted(signal)
    body ??= await transport.prepare(ingestBody(target, key, texts))
    sending.onRequest(asked)
    asked = true
    return payloadIn(await transport.post(body, signal), texts.length)
  }

  /** Throws where the request is not to be repeated. */
  async function afterFailure(error: unknown, tries: number): Promise<void> {
    if (!(error instanceof ClientError) || !isWorthRepeating(error)) throw error
    lost ||= error.retryAfterMs === undefined
    const isStore = error.code === 'STORE_UNAVAILABLE'
    if (tries >= (isStore ? FEW_TRIES : TRIES)) {
      if (!isStore || key === null || !sending.dropKeys()) throw error
      key = null
      body = undefined
    }
    if (!(await pause(sending, pauseMs(tries, error.retryAfterMs)))) throw error
  }

  return {
    /** What the gateway answers; a request that got lost, or is to wait, is repeated as it was. */
    async answer(): Promise<Payload> {
      for (let tries = 1; ; tries++) {
        try {
          return await ask()
        } catch (error) {
          await afterFailure(error, tries)
        }
      }
    },
    key: () => key,
    /** Whether a request may have been carried out without an answer. */
    wasLost: () => lost,
  }
}
