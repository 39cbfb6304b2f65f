import type { Chunk } from './chunks.ts'
import type { ClientError } from './client-error.ts'
import { ingestBody, noneConfirmed, type Payload, payloadIn, type Target, UNREADABLE } from './ingest-request.ts'
import { FEW_TRIES, pauseMs, repeated, TRIES } from './retry.ts'
import { sleep } from './stop.ts'
import type { Settled } from './tally.ts'
import type { Body, Transport } from './transport.ts'

/** What sending a chunk needs of its run. */
export interface Sending {
  readonly target: Target
  readonly transport: Transport
  /** The key of the run; null where requests carry none, or no longer do. */
  key: string | null
  /** Called for each request, and for each pause before one. */
  readonly progress: { request(isRepeated: boolean): void; pause(ms: number): void }
  /** The caller's: aborts requests under way. */
  readonly signal?: AbortSignal | undefined
  /** The run's: no request is repeated any more. */
  readonly stopped: AbortSignal
}

/** How often in a row rows are sent again without any of them being settled. */
const ROUNDS = 8

const NO_STORE = 'STORE_UNAVAILABLE'

/**
 * Sends a chunk until nothing of it is left to do, always by the same request: what the gateway has settled under the key is not sent
 * again. Rejects with a `ClientError` where no outcomes could be obtained.
 */
export async function sendChunk<Row>({ texts, number, start, rows, faults }: Chunk<Row>, sending: Sending): Promise<Settled<Row>> {
  const settled = {
    chunk: { start, rows, faults },
    key: sending.key && `${sending.key}:${number}`,
    payload: undefined,
    replayed: 0,
    isKeyLost: false,
    failure: undefined as ClientError | undefined,
  }
  const { target, transport, progress, signal, stopped } = sending
  let body: Body | undefined
  let requests = 0
  if (texts.length === 0) return settled

  async function ask(): Promise<Payload> {
    stopped.throwIfAborted()
    body ??= await transport.prepare(ingestBody(target, settled.key, texts))
    progress.request(requests++ > 0)
    return payloadIn(await transport.post(body, signal), texts)
  }

  /** Waits; false where the run has stopped meanwhile. */
  function pause(ms: number): Promise<boolean> {
    if (!stopped.aborted) progress.pause(ms)
    return sleep(ms, stopped)
  }

  /** The gateway's answer; a request that was lost, or has to wait, is repeated unchanged. */
  const answer = () => repeated(ask, pause, ({ code }) => (code === NO_STORE ? FEW_TRIES : TRIES))

  /** The fallback after an error: an UPSERT can do without a key, and an unreadable answer leaves all rows unconfirmed. */
  async function otherwise(error: ClientError): Promise<Payload> {
    if (error.code === UNREADABLE) {
      settled.failure = error
      return noneConfirmed(texts)
    }
    if (!settled.key || target.operation === 'append' || error.code !== NO_STORE) throw error
    settled.isKeyLost = true
    sending.key = settled.key = null
    body = undefined
    return answer().catch(otherwise)
  }

  let payload = await answer().catch(otherwise)
  // What an earlier try of this run has sent is told in the same way.
  if (requests === 1) settled.replayed = payload.replayedCount
  for (let rounds = 0; payload.retryableCount > 0 && rounds < ROUNDS; rounds++) {
    if (!(await pause(pauseMs(rounds, payload.retryAfterMs)))) break
    // Where there is no further answer, what was told before stays true.
    const next = await answer().catch(() => undefined)
    if (next === undefined) break
    if (next.retryableCount < payload.retryableCount) rounds = 0
    payload = next
    settled.failure = undefined
  }
  return { ...settled, payload }
}
